/* Waiting happens here and not in Go, so that a signal that the program handles
   ends it: with EINTR, as in libzmq. */
#include "edge.h"

#include <poll.h>
#include <time.h>

int64_t zeroth_now_ms (void)
{
	struct timespec t;
	clock_gettime (CLOCK_MONOTONIC, &t);
	return (int64_t) t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* zeroth_pause waits until a call is to be made again: 0. *until is 0 at first.
   EAGAIN: the time is over. EINTR: a signal was handled. */
int zeroth_pause (const zeroth_wait *w, int64_t *until)
{
	int left = -1;
	if (w->timeout >= 0) {
		int64_t now = zeroth_now_ms ();
		if (!*until)
			*until = now + w->timeout;
		if (*until <= now)
			return -EAGAIN; /* the last try came up to now */
		left = (int) (*until - now);
	}
	struct pollfd p[] = {{.fd = w->fd, .events = POLLIN}, {.fd = w->conn - 1, .events = POLLIN}};
	int rc = poll (p, w->conn ? 2 : 1, left);
	if (rc < 0)
		return -errno;
	return rc ? 0 : -EAGAIN;
}
