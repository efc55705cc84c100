/* Proxies run in Go; the caller waits here. */
#include "edge.h"

static bool given (void *socket, uint64_t *id)
{
	*id = socket_of (socket);
	return *id || !socket;
}

/* forward hands on what a socket's cache holds already: Go does not know of it. */
static int forward (void *from, void *to, void *capture)
{
	int rc = 0;
	while (rc >= 0 && zeroth_cache_some (zeroth_stream_of (from))) {
		zmq_msg_t msg, copy;
		zmq_msg_init (&msg);
		zmq_msg_init (&copy);
		rc = zmq_msg_recv (&msg, from, 0);
		int flags = rc >= 0 && zmq_msg_more (&msg) ? ZMQ_SNDMORE : 0;
		if (rc >= 0 && capture && zmq_msg_copy (&copy, &msg) == 0)
			rc = zmq_msg_send (&copy, capture, flags);
		if (rc >= 0)
			rc = zmq_msg_send (&msg, to, flags);
		int error = errno;
		zmq_msg_close (&msg);
		zmq_msg_close (&copy);
		errno = error;
	}
	return rc < 0 ? -1 : 0;
}

int zmq_proxy_steerable (void *frontend, void *backend, void *capture, void *control)
{
	uint64_t front, back, copy, steer;
	if (!frontend || !backend)
		return fails (EFAULT);
	if (!given (frontend, &front) || !given (backend, &back) || !given (capture, &copy)
		|| !given (control, &steer))
		return fails (ENOTSOCK);
	if (forward (frontend, backend, capture) < 0 || (frontend != backend && forward (backend, frontend, capture) < 0))
		return -1;
	zeroth_wait w = {0};
	int rc = go ()->proxy (front, back, copy, steer, &w);
	while (rc == -EAGAIN && w.token) {
		int64_t until = 0;
		int why = zeroth_pause (&w, &until);
		if (why) {
			go ()->stop (w.token);
			return result (why);
		}
		rc = go ()->result (w.token, &w);
	}
	return result (rc);
}

int zmq_proxy (void *frontend, void *backend, void *capture)
{
	return zmq_proxy_steerable (frontend, backend, capture, NULL);
}

int zmq_device (int type, void *frontend, void *backend)
{
	(void) type;
	return zmq_proxy (frontend, backend, NULL);
}
