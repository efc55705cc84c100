/* zmq_poll: sockets and descriptors together.

   Descriptors are polled without waiting, then sockets are looked at, all in one
   call. If none is ready, one descriptor stands for all sockets from then on, and
   is polled beside those of the program. */
#define _GNU_SOURCE
#include "edge.h"

#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>

/* The items of one call, those that are sockets and those that are not. */
typedef struct {
	zeroth_item *socks;
	struct pollfd *fds; /* with room for one more */
	int n_socks, n_fds;
	zeroth_wait w;
} sets;

static int sort_items (sets *p, zmq_pollitem_t *items, int n)
{
	for (int i = 0; i < n; i++) {
		items[i].revents = 0;
		if (!items[i].socket) {
			short e = items[i].events;
			p->fds[p->n_fds++] = (struct pollfd){.fd = items[i].fd,
				.events = (short) ((e & ZMQ_POLLIN ? POLLIN : 0) | (e & ZMQ_POLLOUT ? POLLOUT : 0)
					| (e & ZMQ_POLLPRI ? POLLPRI : 0))};
			continue;
		}
		uint64_t s = socket_of (items[i].socket);
		if (!s)
			return -ENOTSOCK;
		p->socks[p->n_socks++] = (zeroth_item){.socket = s,
			.want = items[i].events,
			.held = zeroth_cache_some (zeroth_stream_of (items[i].socket))};
	}
	return 0;
}

/* pass polls descriptors for left ms, and then looks at sockets. It returns how
   many are ready. If none is and arm is set, p->w says what to wait for beside
   the descriptors.

   In this order, for looking at a socket lowers its ZMQ_FD, which may be among
   the descriptors. */
static int pass (sets *p, int left, bool arm, const sigset_t *mask)
{
	int n = p->n_fds;
	if (p->w.token)
		p->fds[n++] = (struct pollfd){.fd = p->w.fd, .events = POLLIN};
	if (n || left || mask) {
		struct timespec t = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000L};
		if (ppoll (p->fds, (nfds_t) n, left < 0 ? NULL : &t, mask) < 0)
			return -errno;
	}
	int ready = 0;
	for (int i = 0; i < p->n_fds; i++)
		ready += p->fds[i].revents != 0;
	if (!p->n_socks)
		return ready;
	int found = go ()->look (p->socks, p->n_socks, arm && !ready, &p->w);
	return found < 0 ? found : ready + found;
}

static short of_fd (short revents)
{
	short e = 0;
	if (revents & POLLIN)
		e |= ZMQ_POLLIN;
	if (revents & POLLOUT)
		e |= ZMQ_POLLOUT;
	if (revents & POLLPRI)
		e |= ZMQ_POLLPRI;
	if (revents & ~(POLLIN | POLLOUT | POLLPRI))
		e |= ZMQ_POLLERR;
	return e;
}

static int wait_all (sets *p, zmq_pollitem_t *items, int n, long timeout, const sigset_t *mask)
{
	int rc = sort_items (p, items, n), left = 0;
	int64_t until = timeout > 0 ? zeroth_now_ms () + timeout : 0;
	while (!rc) {
		rc = pass (p, left, timeout != 0, mask);
		left = timeout < 0 ? -1 : 0;
		if (timeout > 0) {
			int64_t now = zeroth_now_ms ();
			left = until <= now ? 0 : until - now < INT_MAX ? (int) (until - now) : INT_MAX;
		}
		if (!left)
			break;
	}
	if (p->w.token)
		go ()->forget (p->w.token);
	if (rc <= 0)
		return rc;
	const zeroth_item *s = p->socks;
	const struct pollfd *f = p->fds;
	for (int i = 0; i < n; i++)
		items[i].revents = items[i].socket ? (short) (s++)->got : of_fd ((f++)->revents);
	return rc;
}

/* zeroth_poll is zmq_ppoll that returns an errno with its sign turned. */
int zeroth_poll (zmq_pollitem_t *items, int n, long timeout, const sigset_t *mask)
{
	zeroth_item some_socks[ZMQ_POLLITEMS_DFLT];
	struct pollfd some_fds[ZMQ_POLLITEMS_DFLT + 1];
	if (n <= ZMQ_POLLITEMS_DFLT) {
		sets p = {.socks = some_socks, .fds = some_fds};
		return wait_all (&p, items, n, timeout, mask);
	}
	sets p = {.socks = calloc ((size_t) n, sizeof (zeroth_item)),
		.fds = calloc ((size_t) n + 1, sizeof (struct pollfd))};
	int rc = -ENOMEM;
	if (p.socks && p.fds)
		rc = wait_all (&p, items, n, timeout, mask);
	free (p.socks);
	free (p.fds);
	return rc;
}

int zmq_ppoll (zmq_pollitem_t *items, int nitems, long timeout, const void *sigmask)
{
	if (nitems < 0)
		return fails (EINVAL);
	if (!items && nitems)
		return fails (EFAULT);
	return result (zeroth_poll (items, nitems, timeout, sigmask));
}

int zmq_poll (zmq_pollitem_t *items, int nitems, long timeout)
{
	return zmq_ppoll (items, nitems, timeout, NULL);
}
