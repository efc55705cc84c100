/* Messages: whose memory it is, and what is known of them. */
#include "check.h"

static int freed;
static void *freed_data, *freed_hint;

static void give_back (void *data, void *hint)
{
	freed++;
	freed_data = data;
	freed_hint = hint;
}

static void sizes (void)
{
	for (size_t n = 0; n < 200; n++) {
		zmq_msg_t m;
		CHECK (zmq_msg_init_size (&m, n) == 0 && zmq_msg_size (&m) == n);
		memset (zmq_msg_data (&m), (int) n, n);
		zmq_msg_t c;
		CHECK (zmq_msg_init (&c) == 0 && zmq_msg_copy (&c, &m) == 0);
		CHECK (zmq_msg_size (&c) == n && zmq_msg_size (&m) == n);
		CHECK (!memcmp (zmq_msg_data (&c), zmq_msg_data (&m), n));
		zmq_msg_t d;
		CHECK (zmq_msg_init_size (&d, 1000) == 0 && zmq_msg_move (&d, &c) == 0);
		CHECK (zmq_msg_size (&d) == n && zmq_msg_size (&c) == 0);
		CHECK (zmq_msg_close (&m) == 0 && zmq_msg_close (&c) == 0);
		for (size_t i = 0; i < n; i++)
			CHECK (((unsigned char *) zmq_msg_data (&d))[i] == (unsigned char) n);
		CHECK (zmq_msg_close (&d) == 0);
		FAILS (zmq_msg_close (&d), EFAULT);
	}
}

static void shared (void)
{
	static char body[300];
	int hint;
	zmq_msg_t m, c;
	CHECK (zmq_msg_init_data (&m, body, sizeof body, give_back, &hint) == 0);
	CHECK (zmq_msg_data (&m) == body && zmq_msg_size (&m) == sizeof body);
	CHECK (zmq_msg_get (&m, ZMQ_SHARED) == 0);
	CHECK (zmq_msg_init (&c) == 0 && zmq_msg_copy (&c, &m) == 0);
	CHECK (zmq_msg_data (&c) == body);
	CHECK (zmq_msg_get (&m, ZMQ_SHARED) == 1 && zmq_msg_get (&c, ZMQ_SHARED) == 1);
	CHECK (zmq_msg_close (&m) == 0 && freed == 0);
	CHECK (zmq_msg_close (&c) == 0 && freed == 1 && freed_data == body && freed_hint == &hint);

	CHECK (zmq_msg_init_data (&m, body, 10, NULL, NULL) == 0);
	CHECK (zmq_msg_data (&m) == body && zmq_msg_get (&m, ZMQ_SHARED) == 1);
	CHECK (zmq_msg_close (&m) == 0 && freed == 1);

	CHECK (zmq_msg_init_data (&m, NULL, 0, give_back, NULL) == 0);
	CHECK (zmq_msg_size (&m) == 0 && zmq_msg_close (&m) == 0 && freed == 2);
}

static void properties (void)
{
	zmq_msg_t m;
	CHECK (zmq_msg_init (&m) == 0);
	CHECK (zmq_msg_more (&m) == 0 && zmq_msg_get (&m, ZMQ_MORE) == 0);
	CHECK (zmq_msg_get (&m, ZMQ_SRCFD) == -1);
	FAILS (zmq_msg_get (&m, 99), EINVAL);
	FAILS (zmq_msg_set (&m, ZMQ_MORE, 1), EINVAL);
	IS_NULL (zmq_msg_gets (&m, "Socket-Type"), EINVAL);
	CHECK (zmq_msg_close (&m) == 0);
}

/* A message that was sent is empty, one that was not sent is still whole, and
   what is received says from whom. */
static void sent (void *ctx)
{
	static char body[100000];
	void *pull, *push;
	pair (ctx, &pull, ZMQ_PULL, &push, ZMQ_PUSH);
	zmq_msg_t m;
	freed = 0;
	CHECK (zmq_msg_init_data (&m, body, sizeof body, give_back, NULL) == 0);
	FAILS (zmq_msg_send (&m, pull, 0), ENOTSUP);
	CHECK (zmq_msg_size (&m) == sizeof body && freed == 0);
	CHECK (zmq_msg_send (&m, push, 0) == sizeof body);
	CHECK (zmq_msg_size (&m) == 0);
	CHECK (zmq_msg_close (&m) == 0);
	CHECK (zmq_msg_init (&m) == 0 && zmq_msg_recv (&m, pull, 0) == sizeof body);
	CHECK (!strcmp (zmq_msg_gets (&m, "Socket-Type"), "PUSH"));
	CHECK (!strcmp (zmq_msg_gets (&m, "Peer-Address"), "127.0.0.1"));
	IS_NULL (zmq_msg_gets (&m, "socket-type"), EINVAL);
	IS_NULL (zmq_msg_gets (&m, "User-Id"), EINVAL);
	zmq_msg_t c;
	CHECK (zmq_msg_init (&c) == 0 && zmq_msg_copy (&c, &m) == 0 && zmq_msg_close (&m) == 0);
	CHECK (!strcmp (zmq_msg_gets (&c, "Socket-Type"), "PUSH"));
	CHECK (zmq_msg_close (&c) == 0);

	for (int i = 0; i < 3; i++)
		send_text (push, "part", i < 2 ? ZMQ_SNDMORE : 0);
	for (int i = 0; i < 3; i++) {
		CHECK (zmq_msg_init (&m) == 0 && zmq_msg_recv (&m, pull, 0) == 4);
		CHECK (zmq_msg_more (&m) == (i < 2) && get_int (pull, ZMQ_RCVMORE) == (i < 2));
		CHECK (!strcmp (zmq_msg_gets (&m, "Socket-Type"), "PUSH"));
		CHECK (zmq_msg_close (&m) == 0);
	}
	FAILS (zmq_msg_recv (&m, pull, ZMQ_DONTWAIT), EFAULT);
	CHECK (zmq_msg_init (&m) == 0);
	FAILS (zmq_msg_recv (&m, pull, ZMQ_DONTWAIT), EAGAIN);
	FAILS (zmq_msg_recv (&m, NULL, 0), ENOTSOCK);
	FAILS (zmq_msg_send (&m, NULL, 0), ENOTSOCK);
	CHECK (zmq_msg_close (&m) == 0);
	CHECK (zmq_close (pull) == 0 && zmq_close (push) == 0);
}

int main (void)
{
	void *ctx = zmq_ctx_new ();
	sizes ();
	shared ();
	properties ();
	sent (ctx);
	CHECK (zmq_ctx_term (ctx) == 0);
	return 0;
}
