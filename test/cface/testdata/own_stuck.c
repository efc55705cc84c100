/* Fault A3: a peer that sends and does not read costs the others of a ROUTER nothing; one
   that has gone has gone. libzmq does the first as well, and waits for ever for the second. */
#include "check.h"

#include <errno.h>

static char body[1000];

static void few (void *s)
{
	set_int (s, ZMQ_SNDHWM, 10);
	set_int (s, ZMQ_RCVHWM, 10);
	set_int (s, ZMQ_SNDBUF, 16384);
	set_int (s, ZMQ_RCVBUF, 16384);
	set_int (s, ZMQ_LINGER, 0);
}

/* echo sends the next message back to whom it came from. */
static int echo (void *router)
{
	char id[256], what[sizeof body];
	int n = zmq_recv (router, id, sizeof id, ZMQ_DONTWAIT);
	if (n < 0)
		return -1;
	int size = zmq_recv (router, what, sizeof what, 0);
	CHECK (size >= 0);
	CHECK (zmq_send (router, id, (size_t) n, ZMQ_SNDMORE) == n);
	CHECK (zmq_send (router, what, (size_t) size, 0) == size);
	return size;
}

int main (void)
{
	void *ctx = zmq_ctx_new (), *other = zmq_ctx_new ();
	void *router = new_socket (ctx, ZMQ_ROUTER), *good = new_socket (ctx, ZMQ_DEALER), *bad = new_socket (other, ZMQ_DEALER);
	few (router);
	few (good);
	few (bad);
	CHECK (zmq_setsockopt (bad, ZMQ_ROUTING_ID, "bad", 3) == 0);
	CHECK (zmq_bind (router, "tcp://127.0.0.1:*") == 0);
	char endpoint[256];
	size_t size = sizeof endpoint;
	CHECK (zmq_getsockopt (router, ZMQ_LAST_ENDPOINT, endpoint, &size) == 0);
	CHECK (zmq_connect (good, endpoint) == 0 && zmq_connect (bad, endpoint) == 0);

	int answered = 0, flooded = 0;
	while (answered < 100 || flooded < 2000) {
		while (zmq_send (bad, body, sizeof body, ZMQ_DONTWAIT) >= 0) {
		}
		zmq_send (good, "ping", 4, ZMQ_DONTWAIT);
		for (int n; (n = echo (router)) >= 0;)
			flooded += n == sizeof body;
		char answer[8];
		answered += zmq_recv (good, answer, sizeof answer, ZMQ_DONTWAIT) == 4;
	}

	/* It is full, and nothing of it is received any more. */
	set_int (router, ZMQ_ROUTER_MANDATORY, 1);
	while (zmq_send (router, "bad", 3, ZMQ_SNDMORE | ZMQ_DONTWAIT) >= 0)
		CHECK (zmq_send (router, body, sizeof body, 0) >= 0);
	CHECK (zmq_errno () == EAGAIN);
	while (zmq_send (bad, body, sizeof body, ZMQ_DONTWAIT) >= 0) {
	}
	CHECK (zmq_close (bad) == 0 && zmq_ctx_term (other) == 0);
	while (zmq_send (router, "bad", 3, ZMQ_SNDMORE) >= 0)
		CHECK (zmq_send (router, body, sizeof body, 0) >= 0);
	CHECK (zmq_errno () == EHOSTUNREACH);
	CHECK (zmq_close (router) == 0 && zmq_close (good) == 0 && zmq_ctx_term (ctx) == 0);
	return 0;
}
