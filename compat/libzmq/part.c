/* Sending and receiving part by part. A call that would block says in its
   zeroth_wait what to wait for; see wait.c. */
#include "edge.h"

#include <limits.h>
#include <string.h>

/* end_wait is for a call that has waited, and is over without having asked Go
   again. */
static void end_wait (const zeroth_wait *w)
{
	if (w->token)
		go ()->forget (w->token);
}

/* wait_more reports whether the call is to be made again. Otherwise *rc says
   why not. */
static bool wait_more (int *rc, zeroth_wait *w, int64_t *until)
{
	if (*rc == -EAGAIN && w->token) {
		int why = zeroth_pause (w, until);
		if (!why)
			return true;
		*rc = why;
	}
	end_wait (w);
	return false;
}

static int send_part (uint64_t s, const void *data, size_t size, zeroth_props *props, int flags)
{
	zeroth_wait w = {0};
	int64_t until = 0;
	int rc;
	do
		rc = go ()->send (s, (void *) data, size, props, flags, &w);
	while (wait_more (&rc, &w, &until));
	return rc;
}

static int send_block (uint64_t s, struct zeroth_block *block, void *data, size_t size, zeroth_props *props, int flags)
{
	zeroth_wait w = {0};
	int64_t until = 0;
	int rc;
	do
		rc = go ()->send_block (s, block, data, size, props, flags, &w);
	while (wait_more (&rc, &w, &until));
	return rc;
}

/* by_ring sends a message of one part without a call of Go, if it can. */
static bool by_ring (void *socket, uint64_t s, const void *data, size_t size, int flags)
{
	return !(flags & ZMQ_SNDMORE) && zeroth_ring_put (zeroth_stream_of (socket), s, data, size);
}

int zmq_send (void *socket, const void *buf, size_t len, int flags)
{
	uint64_t s = socket_of (socket);
	if (!s)
		return fails (ENOTSOCK);
	if (!buf && len)
		return fails (EFAULT);
	if (by_ring (socket, s, buf, len, flags))
		return (int) len;
	return result (send_part (s, buf, len, NULL, flags));
}

int zmq_send_const (void *socket, const void *buf, size_t len, int flags)
{
	return zmq_send (socket, buf, len, flags);
}

static int length (size_t size) { return size < INT_MAX ? (int) size : INT_MAX; }

/* take_bytes is what is done with a part that the cache gave. */
static int take_bytes (zeroth_stream *stream, zeroth_part *part, void *buf, size_t len)
{
	size_t size = part->size, n = size < len ? size : len;
	if (n)
		memcpy (buf, part->block ? zeroth_block_data (part->block) : part->room, n);
	zeroth_cache_done (stream);
	if (part->block)
		zeroth_block_drop (part->block);
	return length (size);
}

int zmq_recv (void *socket, void *buf, size_t len, int flags)
{
	uint64_t s = socket_of (socket);
	if (!s)
		return fails (ENOTSOCK);
	if (!buf && len)
		return fails (EFAULT);
	zeroth_stream *stream = zeroth_stream_of (socket);
	zeroth_part part;
	zeroth_wait w = {0};
	int64_t until = 0;
	int rc;
	do {
		rc = zeroth_cache_recv (stream, s, &part, flags, &w);
		if (!rc) {
			end_wait (&w);
			return take_bytes (stream, &part, buf, len);
		}
		if (rc == -ENOSYS)
			rc = go ()->recv (s, buf, len, flags, &w);
	} while (wait_more (&rc, &w, &until));
	return result (rc);
}

/* refused is why a socket takes no message that is invalid: it may have ended
   as well. */
static int refused (uint64_t s)
{
	int rc = go ()->check (s);
	return result (rc < 0 ? rc : -EFAULT);
}

int zmq_msg_send (zmq_msg_t *msg, void *socket, int flags)
{
	uint64_t s = socket_of (socket);
	if (!s)
		return fails (ENOTSOCK);
	if (!zeroth_msg_valid (msg))
		return refused (s);
	void *data = zmq_msg_data (msg);
	size_t size = zmq_msg_size (msg);
	zeroth_props room, *props = zeroth_msg_props (msg, &room) ? &room : NULL;
	struct zeroth_block *block;
	if (zeroth_msg_block (msg, &block)) {
		int sent = send_block (s, block, data, size, props, flags);
		if (sent >= 0)
			zeroth_msg_given (msg);
		return result (sent);
	}
	int rc = (int) size;
	if (!by_ring (socket, s, data, size, flags))
		rc = send_part (s, data, size, props, flags);
	if (rc < 0)
		return result (rc);
	zmq_msg_close (msg);
	zmq_msg_init (msg);
	return rc;
}

int zmq_msg_recv (zmq_msg_t *msg, void *socket, int flags)
{
	uint64_t s = socket_of (socket);
	if (!s)
		return fails (ENOTSOCK);
	if (!zeroth_msg_valid (msg))
		return refused (s);
	zeroth_stream *stream = zeroth_stream_of (socket);
	char room[4096];
	zeroth_part part = {.room = room, .cap = sizeof room};
	zeroth_wait w = {0};
	int64_t until = 0;
	int rc;
	bool held = false;
	do {
		rc = zeroth_cache_recv (stream, s, &part, flags, &w);
		held = !rc;
		if (rc == -ENOSYS)
			rc = go ()->recv_part (s, &part, flags, &w);
	} while (wait_more (&rc, &w, &until));
	if (rc == -EAGAIN || rc == -EINTR) {
		zmq_msg_close (msg); /* as in libzmq, what it held is gone */
		zmq_msg_init (msg);
	}
	if (rc < 0)
		return result (rc);
	if (held && part.peer)
		zeroth_cache_ref (stream, part.peer);
	rc = zeroth_msg_take (msg, &part);
	if (held)
		zeroth_cache_done (stream);
	return rc ? rc : length (part.size);
}

int zmq_sendmsg (void *socket, zmq_msg_t *msg, int flags)
{
	return zmq_msg_send (msg, socket, flags);
}

int zmq_recvmsg (void *socket, zmq_msg_t *msg, int flags)
{
	return zmq_msg_recv (msg, socket, flags);
}
