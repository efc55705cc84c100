/* Pollers: lists of what zmq_poll is to be asked about. */
#include "edge.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
	zmq_pollitem_t *items; /* with room for twice as many: the answers */
	void **users;
	int n, cap;
} poller;

static poller *of (const void *handle)
{
	return (poller *) (uintptr_t) zeroth_handle_get (handle, POLLER);
}

void *zmq_poller_new (void)
{
	poller *p = calloc (1, sizeof *p);
	void *handle = p ? zeroth_handle_new (POLLER, (uintptr_t) p) : NULL;
	if (!handle)
		free (p);
	return handle;
}

int zmq_poller_destroy (void **handle)
{
	poller *p = NULL;
	if (handle)
		p = (poller *) (uintptr_t) zeroth_handle_take (*handle, POLLER);
	if (!p)
		return fails (EFAULT);
	free (p->items);
	free (p->users);
	free (p);
	*handle = NULL;
	return 0;
}

int zmq_poller_size (void *handle)
{
	poller *p = of (handle);
	return p ? p->n : fails (EFAULT);
}

static int find (poller *p, const void *socket, zmq_fd_t fd)
{
	for (int i = 0; i < p->n; i++) {
		if (p->items[i].socket == socket && (socket || p->items[i].fd == fd))
			return i;
	}
	return -1;
}

/* refuse is the errno for what cannot be in a poller, or 0. */
static int refuse (poller *p, const void *socket, zmq_fd_t fd, short events)
{
	if (!p)
		return EFAULT;
	if (socket ? !socket_of (socket) : fd == -1)
		return socket ? ENOTSOCK : EBADF;
	return events & ~(ZMQ_POLLIN | ZMQ_POLLOUT | ZMQ_POLLERR | ZMQ_POLLPRI) ? EINVAL : 0;
}

static bool grow (poller *p)
{
	if (p->n < p->cap)
		return true;
	int cap = p->cap ? 2 * p->cap : 8;
	void *items = realloc (p->items, 2 * (size_t) cap * sizeof *p->items);
	if (items)
		p->items = items;
	void *users = realloc (p->users, (size_t) cap * sizeof *p->users);
	if (users)
		p->users = users;
	if (items && users)
		p->cap = cap;
	return items && users;
}

static int add (poller *p, void *socket, zmq_fd_t fd, void *user, short events)
{
	int error = refuse (p, socket, fd, events);
	if (error)
		return fails (error);
	if (find (p, socket, fd) >= 0)
		return fails (EINVAL);
	if (!grow (p))
		return fails (ENOMEM);
	p->items[p->n] = (zmq_pollitem_t){.socket = socket, .fd = fd, .events = events};
	p->users[p->n++] = user;
	return 0;
}

static int modify (poller *p, void *socket, zmq_fd_t fd, short events)
{
	int error = refuse (p, socket, fd, events);
	int i = error ? -1 : find (p, socket, fd);
	if (i < 0)
		return fails (error ? error : EINVAL);
	p->items[i].events = events;
	return 0;
}

static int take_out (poller *p, void *socket, zmq_fd_t fd)
{
	int error = refuse (p, socket, fd, 0);
	int i = error ? -1 : find (p, socket, fd);
	if (i < 0)
		return fails (error ? error : EINVAL);
	p->n--;
	memmove (p->items + i, p->items + i + 1, (size_t) (p->n - i) * sizeof *p->items);
	memmove (p->users + i, p->users + i + 1, (size_t) (p->n - i) * sizeof *p->users);
	return 0;
}

/* no_socket is what NULL is to the functions that take sockets. */
static int no_socket (poller *p) { return fails (p ? ENOTSOCK : EFAULT); }

int zmq_poller_add (void *handle, void *socket, void *user_data, short events)
{
	return socket ? add (of (handle), socket, -1, user_data, events) : no_socket (of (handle));
}

int zmq_poller_modify (void *handle, void *socket, short events)
{
	return socket ? modify (of (handle), socket, -1, events) : no_socket (of (handle));
}

int zmq_poller_remove (void *handle, void *socket)
{
	return socket ? take_out (of (handle), socket, -1) : no_socket (of (handle));
}

int zmq_poller_add_fd (void *handle, zmq_fd_t fd, void *user_data, short events)
{
	return add (of (handle), NULL, fd, user_data, events);
}

int zmq_poller_modify_fd (void *handle, zmq_fd_t fd, short events)
{
	return modify (of (handle), NULL, fd, events);
}

int zmq_poller_remove_fd (void *handle, zmq_fd_t fd)
{
	return take_out (of (handle), NULL, fd);
}

/* asked copies what the poller waits for, and reports whether that is anything. A
   descriptor of which nothing is asked is left out; a socket may have ended. */
static bool asked (const poller *p, zmq_pollitem_t *to)
{
	bool some = false;
	for (int i = 0; i < p->n; i++) {
		to[i] = p->items[i];
		if (to[i].events)
			some = true;
		else if (!to[i].socket)
			to[i].fd = -1; /* as poll(2) has it */
	}
	return some;
}

int zmq_poller_wait_all (void *handle, zmq_poller_event_t *events, int n_events, long timeout)
{
	poller *p = of (handle);
	if (!p || !events)
		return fails (EFAULT);
	if (n_events < 0)
		return fails (EINVAL);
	zmq_pollitem_t *answers = p->items + p->cap;
	int n = n_events && asked (p, answers) ? p->n : 0;
	if (!n && timeout < 0)
		return fails (EFAULT); /* nothing can end it */
	int rc = zeroth_poll (answers, n, timeout, NULL), found = 0;
	for (int i = 0; rc > 0 && i < p->n && found < n_events; i++) {
		if (answers[i].revents)
			events[found++] = (zmq_poller_event_t){.socket = answers[i].socket, .fd = answers[i].fd,
				.user_data = p->users[i], .events = answers[i].revents};
	}
	for (int i = found; i < n_events; i++)
		events[i] = (zmq_poller_event_t){.fd = -1};
	return rc > 0 ? found : fails (rc ? -rc : EAGAIN);
}

int zmq_poller_wait (void *handle, zmq_poller_event_t *event, long timeout)
{
	int rc = zmq_poller_wait_all (handle, event, 1, timeout);
	if (rc >= 0)
		return 0;
	if (event)
		*event = (zmq_poller_event_t){.fd = -1};
	return rc;
}

/* Only sockets that many threads may use have need of one, and there are none. */
int zmq_poller_fd (void *handle, zmq_fd_t *fd)
{
	return fails (of (handle) && fd ? EINVAL : EFAULT);
}
