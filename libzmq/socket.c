/* Sockets, but for sending and receiving. */
#include "edge.h"

void *zmq_socket (void *ctx, int type)
{
	uint64_t c = context_of (ctx), id = 0;
	if (!c) {
		errno = EFAULT;
		return NULL;
	}
	if (result (go ()->socket (c, type, &id)) < 0)
		return NULL;
	void *socket = zeroth_handle_new (SOCKET, id);
	if (!socket) {
		go ()->close (id);
		errno = EMFILE;
	}
	return socket;
}

int zmq_close (void *socket)
{
	if (zeroth_handle_kind (socket) == INHERITED)
		return 0;
	uint64_t s = zeroth_handle_take (socket, SOCKET);
	return s ? result (go ()->close (s)) : fails (ENOTSOCK);
}

int zmq_setsockopt (void *socket, int option, const void *value, size_t size)
{
	uint64_t s = socket_of (socket);
	if (!s)
		return fails (ENOTSOCK);
	return result (go ()->setsockopt (s, option, (void *) value, size));
}

int zmq_getsockopt (void *socket, int option, void *value, size_t *size)
{
	uint64_t s = socket_of (socket);
	if (!s)
		return fails (ENOTSOCK);
	if (!value || !size)
		return fails (EFAULT);
	int rc = go ()->getsockopt (s, option, value, *size);
	if (rc < 0)
		return result (rc);
	*size = (size_t) rc;
	return 0;
}

/* at makes a call that takes an endpoint. */
static int at (void *socket, int (*call) (uint64_t, char *), const char *endpoint)
{
	uint64_t s = socket_of (socket);
	if (!s)
		return fails (ENOTSOCK);
	if (!endpoint)
		return fails (EFAULT);
	return result (call (s, (char *) endpoint));
}

int zmq_bind (void *socket, const char *endpoint)
{
	return at (socket, go ()->bind, endpoint);
}

int zmq_connect (void *socket, const char *endpoint)
{
	return at (socket, go ()->connect, endpoint);
}

int zmq_unbind (void *socket, const char *endpoint)
{
	return at (socket, go ()->leave, endpoint);
}

int zmq_disconnect (void *socket, const char *endpoint)
{
	return at (socket, go ()->leave, endpoint);
}
