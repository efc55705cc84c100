/* Sockets, but for sending and receiving. */
#include "edge.h"

#include <string.h>

void *zmq_socket (void *ctx, int type)
{
	uint64_t c, id = 0;
	if (result (zeroth_context (ctx, &c)) < 0 || result (go ()->socket (c, type, &id)) < 0)
		return NULL;
	void *socket = zeroth_handle_new (SOCKET, id);
	if (!socket) {
		go ()->close (id);
		errno = EMFILE;
		return NULL;
	}
	zeroth_stream_of (socket)->context = zeroth_stream_of (ctx);
	return socket;
}

int zmq_close (void *socket)
{
	if (zeroth_handle_kind (socket) == INHERITED)
		return 0;
	zeroth_stream *stream = zeroth_stream_of (socket);
	uint64_t s = zeroth_handle_take (socket, SOCKET);
	if (!s)
		return fails (ENOTSOCK);
	int rc = go ()->close (s);
	zeroth_stream_end (stream);
	return result (rc);
}

int zmq_setsockopt (void *socket, int option, const void *value, size_t size)
{
	uint64_t s = socket_of (socket);
	if (!s)
		return fails (ENOTSOCK);
	int rc = go ()->setsockopt (s, option, (void *) value, size);
	if (!rc && option == ZMQ_UNSUBSCRIBE)
		zeroth_cache_filter (zeroth_stream_of (socket), s);
	return result (rc);
}

/* known mends what Go says of a socket that has something in its cache. */
static void known (const zeroth_stream *s, int option, void *value)
{
	int n;
	memcpy (&n, value, sizeof n);
	if (option == ZMQ_EVENTS && zeroth_cache_some (s))
		n |= ZMQ_POLLIN;
	else if (option == ZMQ_RCVMORE && s->cache && s->more >= 0)
		n = s->more;
	else
		return;
	memcpy (value, &n, sizeof n);
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
	known (zeroth_stream_of (socket), option, value);
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
