/* Calls that the state of a socket, or of its context, forbids. */
#include "calls.h"

static void directions (void *ctx)
{
	for (int type = ZMQ_PAIR; type <= ZMQ_STREAM; type++) {
		void *s = sock (ctx, type);
		note ("type = %d", type);
		I (get_int (s, ZMQ_EVENTS));
		I (zmq_send (s, "x", 1, ZMQ_DONTWAIT));
		I (zmq_recv (s, fake, 1, ZMQ_DONTWAIT));
		I (get_int (s, ZMQ_EVENTS));
		I (zmq_close (s));
	}
}

static void request (void *ctx)
{
	void *a = sock (ctx, ZMQ_REQ), *b = sock (ctx, ZMQ_REP);
	join (b, a, "inproc://request");
	I (zmq_recv (a, fake, 8, ZMQ_DONTWAIT));
	I (zmq_send (b, "x", 1, ZMQ_DONTWAIT));
	I (get_int (a, ZMQ_EVENTS));
	I (get_int (b, ZMQ_EVENTS));
	I (zmq_send (a, "part", 4, ZMQ_SNDMORE));
	I (zmq_recv (a, fake, 8, ZMQ_DONTWAIT));
	I (zmq_send (a, "rest", 4, 0));
	I (zmq_send (a, "again", 5, ZMQ_DONTWAIT));
	I (get_int (a, ZMQ_EVENTS));
	settle (b, ZMQ_POLLIN);
	I (get_int (b, ZMQ_EVENTS));
	I (zmq_recv (b, fake, 8, 0));
	I (zmq_send (b, "early", 5, ZMQ_DONTWAIT));
	I (zmq_recv (b, fake, 8, 0));
	I (zmq_recv (b, fake, 8, ZMQ_DONTWAIT));
	I (get_int (b, ZMQ_EVENTS));
	I (zmq_send (b, "reply", 5, ZMQ_SNDMORE));
	I (zmq_recv (b, fake, 8, ZMQ_DONTWAIT));
	I (zmq_send (b, "reply", 5, 0));
	I (zmq_send (b, "twice", 5, 0));
	I (zmq_recv (a, fake, 8, 0));
	I (zmq_send (a, "early", 5, ZMQ_DONTWAIT));
	I (zmq_recv (a, fake, 8, 0));
	I (zmq_recv (a, fake, 8, ZMQ_DONTWAIT));
	set_int (a, ZMQ_REQ_RELAXED, 1);
	set_int (a, ZMQ_REQ_CORRELATE, 1);
	I (zmq_send (a, "one", 3, 0));
	I (zmq_send (a, "two", 3, 0));
	I (zmq_recv (b, fake, 8, 0));
	I (zmq_send (b, "to one", 6, 0));
	I (zmq_recv (b, fake, 8, 0));
	I (zmq_send (b, "to two", 6, 0));
	memset (fake, 0, 8);
	I (zmq_recv (a, fake, 8, 0));
	note ("text = %s", fake);
	memset (fake, 0, 8);
	I (zmq_close (a));
	I (zmq_close (b));
}

static void router (void *ctx)
{
	void *a = sock (ctx, ZMQ_ROUTER), *b = sock (ctx, ZMQ_DEALER);
	must (zmq_setsockopt (b, ZMQ_ROUTING_ID, "bee", 3));
	join (a, b, "inproc://router");
	I (zmq_send (a, "nobody", 6, ZMQ_SNDMORE));
	I (zmq_send (a, "x", 1, 0));
	set_int (a, ZMQ_ROUTER_MANDATORY, 1);
	I (zmq_send (a, "nobody", 6, ZMQ_SNDMORE));
	I (zmq_send (a, "bee", 3, ZMQ_SNDMORE));
	I (zmq_send (a, "for you", 7, 0));
	I (zmq_recv (b, fake, 8, 0));
	I (zmq_send (b, "back", 4, 0));
	memset (fake, 0, 8);
	I (zmq_recv (a, fake, 8, 0));
	note ("text = %s", fake);
	memset (fake, 0, 8);
	I (zmq_recv (a, fake, 8, 0));
	note ("text = %s", fake);
	memset (fake, 0, 8);
	char id[8];
	size_t size = sizeof id;
	I (zmq_getsockopt (b, ZMQ_ROUTING_ID, id, &size));
	note ("size = %zu", size);
	size = 2;
	I (zmq_getsockopt (b, ZMQ_ROUTING_ID, id, &size));
	I (zmq_close (a));
	I (zmq_close (b));
}

static void topics (void *ctx)
{
	void *a = sock (ctx, ZMQ_XPUB), *b = sock (ctx, ZMQ_SUB), *c = sock (ctx, ZMQ_XSUB);
	join (a, b, "inproc://topics");
	must (zmq_connect (c, "inproc://topics"));
	I (zmq_setsockopt (b, ZMQ_SUBSCRIBE, "", 0));
	I (zmq_recv (a, fake, 8, 0));
	note ("subscription = %s", hex (fake, 1));
	I (zmq_setsockopt (b, ZMQ_SUBSCRIBE, "a", 1));
	I (zmq_recv (a, fake, 8, 0));
	note ("subscription = %s", hex (fake, 2));
	I (zmq_setsockopt (b, ZMQ_UNSUBSCRIBE, "", 0));
	I (zmq_recv (a, fake, 8, 0));
	note ("subscription = %s", hex (fake, 1));
	I (zmq_setsockopt (b, ZMQ_UNSUBSCRIBE, "zzz", 3));
	I (zmq_setsockopt (c, ZMQ_SUBSCRIBE, "a", 1));
	I (zmq_setsockopt (a, ZMQ_SUBSCRIBE, "a", 1));
	I (zmq_send (c, "\1x", 2, 0));
	I (zmq_recv (a, fake, 8, 0));
	note ("subscription = %s", hex (fake, 2));
	I (zmq_send (c, "hello", 5, 0));
	I (zmq_recv (a, fake, 8, 0));
	I (zmq_send (a, "abc", 3, ZMQ_SNDMORE));
	I (zmq_send (a, "body", 4, 0));
	I (zmq_send (a, "xyz", 3, 0));
	I (zmq_recv (b, fake, 8, 0));
	I (zmq_recv (b, fake, 8, 0));
	I (zmq_recv (b, fake, 8, ZMQ_DONTWAIT));
	I (zmq_recv (c, fake, 8, 0));
	I (zmq_recv (c, fake, 8, ZMQ_DONTWAIT));
	memset (fake, 0, 8);
	I (zmq_close (a));
	I (zmq_close (b));
	I (zmq_close (c));
}

/* Every call on a socket whose context was ended. */
static void ended (void *unused)
{
	(void) unused;
	for (int type = ZMQ_PAIR; type <= ZMQ_STREAM; type++) {
		void *ctx = must_ptr (zmq_ctx_new ());
		void *s = sock (ctx, type);
		must (zmq_bind (s, type == ZMQ_STREAM ? "tcp://127.0.0.1:*" : "inproc://ended"));
		must (zmq_ctx_shutdown (ctx));
		note ("type = %d", type);
		int value = 0;
		size_t size = sizeof value;
		zmq_msg_t msg;
		must (zmq_msg_init (&msg));
		zmq_pollitem_t item = {s, 0, ZMQ_POLLIN, 0};
		I (zmq_send (s, "x", 1, 0));
		I (zmq_send (s, "x", 1, ZMQ_DONTWAIT));
		I (zmq_send_const (s, "x", 1, 0));
		I (zmq_recv (s, fake, 1, 0));
		I (zmq_recv (s, fake, 1, ZMQ_DONTWAIT));
		I (zmq_msg_send (&msg, s, 0));
		I (zmq_msg_recv (&msg, s, 0));
		I (zmq_setsockopt (s, ZMQ_LINGER, &value, sizeof value));
		I (zmq_getsockopt (s, ZMQ_LINGER, &value, &size));
		I (zmq_getsockopt (s, ZMQ_EVENTS, &value, &size));
		I (zmq_getsockopt (s, ZMQ_FD, &value, &size));
		I (zmq_setsockopt (s, -5, &value, sizeof value));
		I (zmq_bind (s, "inproc://other"));
		I (zmq_connect (s, "inproc://other"));
		I (zmq_unbind (s, "inproc://ended"));
		I (zmq_disconnect (s, "inproc://ended"));
		I (zmq_bind (s, "nonsense"));
		I (zmq_poll (&item, 1, 0));
		I (zmq_poll (&item, 1, -1));
		I (zmq_proxy (s, s, NULL));
		I (zmq_socket_monitor (s, "inproc://m", ZMQ_EVENT_ALL));
		must (zmq_msg_close (&msg));
		I (zmq_close (s));
		I (zmq_ctx_term (ctx));
	}
}

const section state_sections[] = {{"state-directions", directions}, {"state-request", request}, {"state-router", router},
	{"state-topics", topics}, {"state-ended", ended}, {NULL, NULL}};
