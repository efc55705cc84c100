/* Calls that name one peer, or a group of them. */
#include "edge.h"

int zmq_socket_get_peer_state (void *socket, const void *id, size_t size)
{
	uint64_t s = socket_of (socket);
	if (!s)
		return fails (ENOTSOCK);
	if (!id && size)
		return fails (EFAULT);
	return result (go ()->peer_state (s, (void *) id, size));
}

/* The socket types that these are for do not exist here. */

static int no_such_type (void *socket)
{
	return fails (socket_of (socket) ? ENOTSUP : ENOTSOCK);
}

int zmq_join (void *socket, const char *group)
{
	(void) group;
	return no_such_type (socket);
}

int zmq_leave (void *socket, const char *group)
{
	(void) group;
	return no_such_type (socket);
}

uint32_t zmq_connect_peer (void *socket, const char *endpoint)
{
	(void) endpoint;
	no_such_type (socket);
	return 0;
}

int zmq_disconnect_peer (void *socket, uint32_t routing_id)
{
	(void) routing_id;
	return no_such_type (socket);
}
