/* What happens to a socket, as messages. */
#include "edge.h"

int zmq_socket_monitor_versioned (void *socket, const char *endpoint, uint64_t events, int version, int type)
{
	uint64_t s = socket_of (socket);
	if (!s)
		return fails (ENOTSOCK);
	if (endpoint && !*endpoint) { /* which is not to stop */
		int rc = go ()->check (s);
		return result (rc < 0 ? rc : -EINVAL);
	}
	return result (go ()->monitor (s, (char *) endpoint, events, version, type));
}

int zmq_socket_monitor (void *socket, const char *endpoint, int events)
{
	return zmq_socket_monitor_versioned (socket, endpoint, (uint64_t) events, 1, ZMQ_PAIR);
}

int zmq_socket_monitor_pipes_stats (void *socket)
{
	uint64_t s = socket_of (socket);
	return s ? result (go ()->pipes_stats (s)) : fails (ENOTSOCK);
}
