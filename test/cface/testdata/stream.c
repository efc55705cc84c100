/* Many messages, so many that a library may change its ways for them: they are
   whole, in order, and none is kept back. */
#include "check.h"

#include <pthread.h>
#include <unistd.h>

enum { MANY = 60000 };

/* The size of message i: mostly small, some large. */
static size_t size_of (unsigned i)
{
	if (i % 997 == 0)
		return 9000;
	return i % 31 == 0 ? 1500 + i % 700 : i % 7 == 0 ? 200 + i % 200 : i % 60;
}

static char text[10000];

static void fill_in (unsigned i, size_t size)
{
	memset (text, 'a' + (int) (i % 26), size);
	memcpy (text, &i, size < sizeof i ? size : sizeof i);
}

static void check_whole (unsigned i, const char *got, int n)
{
	size_t size = size_of (i);
	CHECK (n == (int) size);
	CHECK (!memcmp (got, &i, size < sizeof i ? size : sizeof i));
	if (size > sizeof i)
		CHECK (got[size - 1] == 'a' + (char) (i % 26));
}

static void *sender (void *s)
{
	for (unsigned i = 0; i < MANY; i++) {
		size_t size = size_of (i);
		fill_in (i, size);
		if (i % 3 == 0) {
			zmq_msg_t m;
			CHECK (zmq_msg_init_size (&m, size) == 0);
			memcpy (zmq_msg_data (&m), text, size);
			CHECK (zmq_msg_send (&m, s, 0) == (int) size && zmq_msg_close (&m) == 0);
		} else if (i % 50 == 1) {
			CHECK (zmq_send (s, text, size, ZMQ_SNDMORE) == (int) size);
			CHECK (zmq_send (s, "tail", 4, 0) == 4);
		} else if (i % 5 == 1) {
			while (zmq_send (s, text, size, ZMQ_DONTWAIT) < 0)
				CHECK (errno == EAGAIN);
		} else
			CHECK (zmq_send (s, text, size, 0) == (int) size);
		if (i % 10000 == 0)
			usleep (1000);
	}
	return NULL;
}

static void receive (void *s, int with_id)
{
	static char buf[10000];
	zmq_pollitem_t item = {.socket = s, .events = ZMQ_POLLIN};
	for (unsigned i = 0; i < MANY; i++) {
		if (i % 1000 == 0)
			CHECK (zmq_poll (&item, 1, -1) == 1 && item.revents == ZMQ_POLLIN);
		if (with_id) {
			CHECK (zmq_recv (s, buf, sizeof buf, 0) == 5);
			CHECK (get_int (s, ZMQ_RCVMORE) == 1);
		}
		if (i % 4 == 0) {
			zmq_msg_t m;
			CHECK (zmq_msg_init (&m) == 0);
			int n = zmq_msg_recv (&m, s, 0);
			check_whole (i, zmq_msg_data (&m), n);
			CHECK (zmq_msg_more (&m) == (i % 3 && i % 50 == 1));
			CHECK (zmq_msg_gets (&m, "Socket-Type"));
			CHECK (zmq_msg_close (&m) == 0);
		} else {
			int n = zmq_recv (s, buf, sizeof buf, 0);
			check_whole (i, buf, n);
		}
		if (i % 3 && i % 50 == 1) {
			CHECK (get_int (s, ZMQ_RCVMORE) == 1);
			recv_text (s, "tail");
		}
		if (i % 100 == 0)
			CHECK (get_int (s, ZMQ_RCVMORE) == 0);
	}
	CHECK (!(get_int (s, ZMQ_EVENTS) & ZMQ_POLLIN));
}

static void through (void *ctx, int to, int from)
{
	void *a, *b;
	pthread_t t;
	pair (ctx, &a, to, &b, from);
	CHECK (pthread_create (&t, NULL, sender, b) == 0);
	receive (a, to == ZMQ_ROUTER);
	CHECK (pthread_join (t, NULL) == 0);
	CHECK (zmq_close (a) == 0 && zmq_close (b) == 0);
}

/* Streams to and from, so that both have changed their ways. */
static void warm (void *to, void *from, const char *what, int n)
{
	char buf[64];
	for (int i = 0; i < n; i++) {
		CHECK (zmq_send (from, what, strlen (what), 0) >= 0);
		if (i % 50 == 49) {
			for (int k = 0; k < 50; k++)
				CHECK (zmq_recv (to, buf, sizeof buf, 0) >= 0);
		}
	}
}

static void topics (void *ctx)
{
	void *pub = new_socket (ctx, ZMQ_XPUB), *sub = new_socket (ctx, ZMQ_SUB);
	char buf[64];
	size_t size = sizeof buf;
	set_int (pub, ZMQ_SNDHWM, 0);
	set_int (sub, ZMQ_RCVHWM, 0);
	CHECK (zmq_bind (pub, "tcp://127.0.0.1:*") == 0 && zmq_getsockopt (pub, ZMQ_LAST_ENDPOINT, buf, &size) == 0);
	CHECK (zmq_connect (sub, buf) == 0);
	CHECK (zmq_setsockopt (sub, ZMQ_SUBSCRIBE, "a", 1) == 0 && zmq_setsockopt (sub, ZMQ_SUBSCRIBE, "b", 1) == 0);
	CHECK (zmq_recv (pub, buf, 64, 0) == 2 && zmq_recv (pub, buf, 64, 0) == 2);
	warm (sub, pub, "a", 5000);
	for (int i = 0; i < 200; i++) {
		send_text (pub, "a part", ZMQ_SNDMORE);
		send_text (pub, i % 2 ? "odd" : "even", 0);
		send_text (pub, "b", 0);
	}
	recv_text (sub, "a part");
	CHECK (zmq_setsockopt (sub, ZMQ_UNSUBSCRIBE, "a", 1) == 0);
	recv_text (sub, "even");
	for (int i = 0; i < 200; i++)
		recv_text (sub, "b");
	CHECK (zmq_close (pub) == 0 && zmq_close (sub) == 0);
}

/* What was sent leaves, though the sender does nothing any more. */
static void last (void *ctx)
{
	void *a, *b;
	pair (ctx, &a, ZMQ_PULL, &b, ZMQ_PUSH);
	warm (a, b, "warm", 5000);
	for (int round = 0; round < 300; round++) {
		int n = 1 + round % 40;
		for (int i = 0; i < n; i++)
			send_text (b, "message", 0);
		for (int i = 0; i < n; i++)
			recv_text (a, "message");
	}
	CHECK (zmq_close (a) == 0 && zmq_close (b) == 0);
}

/* What waits to be received is handed on by a proxy too. */
static void *forward (void *s)
{
	void **both = s;
	FAILS (zmq_proxy (both[0], both[1], NULL), ETERM);
	CHECK (zmq_close (both[0]) == 0 && zmq_close (both[1]) == 0);
	return NULL;
}

static void handed_on (void)
{
	void *ctx = zmq_ctx_new (), *in, *front, *back, *out;
	char buf[16];
	pair (ctx, &front, ZMQ_PULL, &in, ZMQ_PUSH);
	pair (ctx, &out, ZMQ_PULL, &back, ZMQ_PUSH);
	warm (front, in, "warm", 5000);
	for (int i = 0; i < 600; i++) {
		sprintf (buf, "%03d", i);
		send_text (in, buf, 0);
	}
	recv_text (front, "000");
	void *both[] = {front, back};
	pthread_t t;
	CHECK (pthread_create (&t, NULL, forward, both) == 0);
	for (int i = 1; i < 600; i++) {
		sprintf (buf, "%03d", i);
		recv_text (out, buf);
	}
	CHECK (zmq_close (in) == 0 && zmq_close (out) == 0 && zmq_ctx_term (ctx) == 0);
	CHECK (pthread_join (t, NULL) == 0);
}

/* Soon after the end of a context nothing is sent or received. */
static void ended (void)
{
	void *ctx = zmq_ctx_new (), *a, *b;
	char buf[16];
	pair (ctx, &a, ZMQ_PULL, &b, ZMQ_PUSH);
	warm (a, b, "warm", 5000);
	for (int i = 0; i < 300; i++)
		send_text (b, "x", 0);
	recv_text (a, "x");
	recv_text (a, "x");
	CHECK (zmq_ctx_shutdown (ctx) == 0);
	for (int i = 0; i < 200 && zmq_recv (a, buf, 16, 0) == 1; i++)
		; /* libzmq looks for the end now and then only */
	FAILS (zmq_recv (a, buf, 16, 0), ETERM);
	for (int i = 0; i < 1000000 && zmq_send (b, "x", 1, 0) == 1; i++)
		;
	FAILS (zmq_send (b, "x", 1, 0), ETERM);
	CHECK (zmq_close (a) == 0 && zmq_close (b) == 0 && zmq_ctx_term (ctx) == 0);
}

/* A sender that closes in full flow has sent all. */
static void lingers (void)
{
	void *here = zmq_ctx_new (), *there = zmq_ctx_new ();
	void *a = new_socket (there, ZMQ_PULL), *b = new_socket (here, ZMQ_PUSH);
	char endpoint[64];
	size_t size = sizeof endpoint;
	CHECK (zmq_bind (a, "tcp://127.0.0.1:*") == 0 && zmq_getsockopt (a, ZMQ_LAST_ENDPOINT, endpoint, &size) == 0);
	CHECK (zmq_connect (b, endpoint) == 0);
	warm (a, b, "warm", 5000);
	for (int i = 0; i < 900; i++)
		send_text (b, "x", 0);
	CHECK (zmq_close (b) == 0 && zmq_ctx_term (here) == 0);
	for (int i = 0; i < 900; i++)
		recv_text (a, "x");

	/* And one whose peer has gone, and comes again, loses at most what was
	   under way. */
	here = zmq_ctx_new ();
	b = new_socket (here, ZMQ_PUSH);
	set_int (b, ZMQ_SNDHWM, 100);
	set_int (b, ZMQ_LINGER, 0);
	CHECK (zmq_connect (b, endpoint) == 0);
	warm (a, b, "warm", 5000);
	CHECK (zmq_close (a) == 0);
	int n = 0;
	while (zmq_send (b, "x", 1, ZMQ_DONTWAIT) == 1)
		CHECK (n++ < 1000000);
	CHECK (errno == EAGAIN);
	a = new_socket (there, ZMQ_PULL);
	while (zmq_bind (a, endpoint) != 0) {
		CHECK (errno == EADDRINUSE);
		usleep (10000);
	}
	CHECK (zmq_send (b, "last", 4, 0) == 4);
	char buf[16];
	int rc;
	set_int (a, ZMQ_RCVTIMEO, 2000);
	while ((rc = zmq_recv (a, buf, 16, 0)) == 1)
		;
	if (rc < 0) { /* It was under way to the peer that has gone; the next is not. */
		CHECK (errno == EAGAIN && zmq_send (b, "last", 4, 0) == 4);
		set_int (a, ZMQ_RCVTIMEO, 30000);
		while ((rc = zmq_recv (a, buf, 16, 0)) == 1)
			;
	}
	CHECK (rc == 4);
	CHECK (zmq_close (a) == 0 && zmq_close (b) == 0);
	CHECK (zmq_ctx_term (here) == 0 && zmq_ctx_term (there) == 0);
}

int main (void)
{
	void *ctx = zmq_ctx_new ();
	through (ctx, ZMQ_PULL, ZMQ_PUSH);
	through (ctx, ZMQ_ROUTER, ZMQ_DEALER);
	through (ctx, ZMQ_PAIR, ZMQ_PAIR);
	topics (ctx);
	last (ctx);
	handed_on ();
	ended ();
	lingers ();
	CHECK (zmq_ctx_term (ctx) == 0);
	return 0;
}
