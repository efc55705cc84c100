/* Monitors of version 1. */
#include "check.h"

static int event (void *mon, uint32_t *value)
{
	unsigned char frame[6];
	char endpoint[256];
	CHECK (zmq_recv (mon, frame, 6, 0) == 6);
	CHECK (get_int (mon, ZMQ_RCVMORE) == 1);
	CHECK (zmq_recv (mon, endpoint, sizeof endpoint, 0) >= 0);
	CHECK (get_int (mon, ZMQ_RCVMORE) == 0);
	uint16_t e;
	memcpy (&e, frame, 2);
	memcpy (value, frame + 2, 4);
	return e;
}

int main (void)
{
	void *ctx = zmq_ctx_new ();
	void *s = new_socket (ctx, ZMQ_PULL), *mon = new_socket (ctx, ZMQ_PAIR), *push = new_socket (ctx, ZMQ_PUSH);
	FAILS (zmq_socket_monitor (NULL, "inproc://m", ZMQ_EVENT_ALL), ENOTSOCK);
	FAILS (zmq_socket_monitor (s, "tcp://127.0.0.1:*", ZMQ_EVENT_ALL), EPROTONOSUPPORT);
	FAILS (zmq_socket_monitor (s, "nonsense", ZMQ_EVENT_ALL), EINVAL);
	CHECK (zmq_socket_monitor (s, "inproc://m", ZMQ_EVENT_ALL) == 0);
	CHECK (zmq_connect (mon, "inproc://m") == 0);
	CHECK (zmq_bind (s, "tcp://127.0.0.1:*") == 0);
	uint32_t value;
	CHECK (event (mon, &value) == ZMQ_EVENT_LISTENING && value > 2);
	char endpoint[64];
	size_t size = sizeof endpoint;
	CHECK (zmq_getsockopt (s, ZMQ_LAST_ENDPOINT, endpoint, &size) == 0);
	CHECK (zmq_connect (push, endpoint) == 0);
	CHECK (event (mon, &value) == ZMQ_EVENT_ACCEPTED && value > 2);
	CHECK (event (mon, &value) == ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
	CHECK (zmq_close (push) == 0);
	CHECK (event (mon, &value) == ZMQ_EVENT_DISCONNECTED);
	CHECK (zmq_socket_monitor (s, NULL, 0) == 0);
	CHECK (event (mon, &value) == ZMQ_EVENT_MONITOR_STOPPED && value == 0);
	CHECK (zmq_close (mon) == 0 && zmq_close (s) == 0);
	CHECK (zmq_ctx_term (ctx) == 0);
	return 0;
}
