/* Proxies run in Go; the caller waits here. */
#include "edge.h"

static bool given (void *socket, uint64_t *id)
{
	*id = socket_of (socket);
	return *id || !socket;
}

int zmq_proxy_steerable (void *frontend, void *backend, void *capture, void *control)
{
	uint64_t front, back, copy, steer;
	if (!frontend || !backend)
		return fails (EFAULT);
	if (!given (frontend, &front) || !given (backend, &back) || !given (capture, &copy)
		|| !given (control, &steer))
		return fails (ENOTSOCK);
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
