/* What a monitor tells, as frames. */
#include "calls.h"

static void bad (void *ctx)
{
	void *s = sock (ctx, ZMQ_PAIR), *m = sock (ctx, ZMQ_PAIR);
	I (zmq_socket_monitor (s, "tcp://127.0.0.1:9", ZMQ_EVENT_ALL));
	I (zmq_socket_monitor (s, "nonsense", ZMQ_EVENT_ALL));
	I (zmq_socket_monitor (s, "", ZMQ_EVENT_ALL));
	I (zmq_socket_monitor (s, "inproc://", ZMQ_EVENT_ALL));
	I (zmq_socket_monitor (s, NULL, 0));
	I (zmq_socket_monitor (s, "inproc://m", 0x10000));
	I (zmq_socket_monitor (s, "inproc://m", 0));
	must (zmq_bind (m, "inproc://taken"));
	I (zmq_socket_monitor (s, "inproc://taken", ZMQ_EVENT_ALL));
	I (zmq_close (s));
	I (zmq_close (m));
}

/* next prints the event that comes next, without what differs from run to run:
   ports, descriptors and delays. */
static int next (void *mon)
{
	unsigned char head[16];
	char ep[256] = "";
	uint16_t event;
	uint32_t value;
	int n = must (zmq_recv (mon, head, sizeof head, 0));
	int more = get_int (mon, ZMQ_RCVMORE);
	int size = must (zmq_recv (mon, ep, sizeof ep - 1, 0));
	memcpy (&event, head, 2);
	memcpy (&value, head + 2, 4);
	char *port = strrchr (ep, ':');
	if (port && port > ep + 5)
		*port = 0;
	bool fd = event & (ZMQ_EVENT_CONNECTED | ZMQ_EVENT_LISTENING | ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_CLOSED
		| ZMQ_EVENT_DISCONNECTED);
	if (fd || event == ZMQ_EVENT_CONNECT_RETRIED) {
		note ("the value is one = %d", value > 2);
		value = 0;
	}
	note ("event = %d, %d bytes, more %d, value %u, endpoint %s %d, more %d", event, n, more, value, ep,
		size > 0, get_int (mon, ZMQ_RCVMORE));
	return event;
}

static void both_ends (void *ctx)
{
	void *a = sock (ctx, ZMQ_PUSH), *b = sock (ctx, ZMQ_PULL);
	void *ma = sock (ctx, ZMQ_PAIR), *mb = sock (ctx, ZMQ_PAIR);
	I (zmq_socket_monitor (a, "inproc://ma", ZMQ_EVENT_ALL));
	I (zmq_socket_monitor (b, "inproc://mb", ZMQ_EVENT_ALL));
	must (zmq_connect (ma, "inproc://ma"));
	must (zmq_connect (mb, "inproc://mb"));
	const char *ep = bound (b, "tcp://127.0.0.1:*");
	note ("listening = ...");
	next (mb);
	must (zmq_connect (a, ep));
	note ("connecting = ...");
	next (ma);
	next (ma);
	next (ma);
	next (mb);
	next (mb);
	must (zmq_send (a, "x", 1, 0));
	must (zmq_recv (b, fake, 1, 0));
	note ("stopping = ...");
	I (zmq_socket_monitor (b, NULL, 0));
	next (mb);
	I (zmq_recv (mb, fake, 16, ZMQ_DONTWAIT));
	I (zmq_close (b));
	next (ma);
	I (zmq_close (a));
	while (next (ma) != ZMQ_EVENT_MONITOR_STOPPED)
		;
	I (zmq_close (ma));
	I (zmq_close (mb));
}

/* Only what was asked for, and a monitor that takes the place of another. */
static void some (void *ctx)
{
	void *b = sock (ctx, ZMQ_PULL), *m1 = sock (ctx, ZMQ_PAIR), *m2 = sock (ctx, ZMQ_PAIR);
	I (zmq_socket_monitor (b, "inproc://m1", ZMQ_EVENT_LISTENING));
	must (zmq_connect (m1, "inproc://m1"));
	const char *ep = bound (b, "tcp://127.0.0.1:*");
	next (m1);
	I (zmq_socket_monitor (b, "inproc://m2", ZMQ_EVENT_ALL));
	must (zmq_connect (m2, "inproc://m2"));
	set_int (m1, ZMQ_RCVTIMEO, 200);
	I (zmq_recv (m1, fake, 6, 0));
	I (zmq_bind (b, ep));
	next (m2);
	I (zmq_unbind (b, ep));
	next (m2);
	I (zmq_close (b));
	next (m2);
	I (zmq_close (m1));
	I (zmq_close (m2));
}

/* A monitor ends with its context. */
static void ending (void *ctx)
{
	void *own = must_ptr (zmq_ctx_new ());
	void *b = sock (own, ZMQ_PULL), *m = sock (own, ZMQ_PAIR);
	I (zmq_socket_monitor (b, "inproc://m", ZMQ_EVENT_ALL));
	must (zmq_connect (m, "inproc://m"));
	I (zmq_ctx_shutdown (own));
	I (zmq_recv (m, fake, 6, 0));
	I (zmq_close (b));
	I (zmq_close (m));
	I (zmq_ctx_term (own));
	(void) ctx;
}

const section monitor_sections[] = {{"monitor-bad", bad}, {"monitor-both-ends", both_ends}, {"monitor-some", some},
	{"monitor-ending", ending}, {NULL, NULL}};
