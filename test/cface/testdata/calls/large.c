/* Large messages, whose memory goes from one hand to the next. */
#include "calls.h"

#include <stdatomic.h>

static atomic_int freed;

static void let_go (void *data, void *hint)
{
	(void) data, (void) hint;
	freed++;
}

/* What is let go is so before the context has ended, and the program's function may
   send. */
static void *hint_socket;

static void let_go_and_tell (void *data, void *hint)
{
	(void) data;
	zmq_send (hint_socket, hint, 1, 0);
}

static void telling (void *ctx)
{
	static char body[BIG];
	void *tells = sock (ctx, ZMQ_PUSH), *told = sock (ctx, ZMQ_PULL), *a = sock (ctx, ZMQ_PUSH), *b = sock (ctx, ZMQ_PULL);
	join (told, tells, "inproc://telling");
	hint_socket = tells;
	must (zmq_connect (a, bound (b, "tcp://127.0.0.1:*")));
	for (int i = 0; i < 5; i++) {
		zmq_msg_t msg;
		must (zmq_msg_init_data (&msg, body, sizeof body, let_go_and_tell, "hint"));
		I (zmq_msg_send (&msg, a, i < 4 ? ZMQ_SNDMORE : 0));
	}
	for (int i = 0; i < 5; i++) {
		I (zmq_recv (b, fake, 1, 0));
		I (zmq_recv (told, fake, 4, 0));
	}
	memset (fake, 0, 4);
	I (zmq_close (a));
	I (zmq_close (b));
	I (zmq_close (tells));
	I (zmq_close (told));
	void *own = must_ptr (zmq_ctx_new ()), *s = sock (own, ZMQ_PUSH);
	freed = 0;
	must (zmq_connect (s, "tcp://127.0.0.1:9"));
	zmq_msg_t msg;
	must (zmq_msg_init_data (&msg, body, sizeof body, let_go, NULL));
	I (zmq_msg_send (&msg, s, 0));
	I (zmq_close (s));
	I (zmq_ctx_term (own));
	I (freed);
}

/* A large message that was received is the program's: it may change it, copy it and
   send it on. */
static void forwarded (void *ctx)
{
	void *a = sock (ctx, ZMQ_DEALER), *b = sock (ctx, ZMQ_DEALER);
	must (zmq_connect (a, bound (b, "tcp://127.0.0.1:*")));
	zmq_msg_t msg, copy;
	must (zmq_msg_init_size (&msg, BIG));
	memset (zmq_msg_data (&msg), 'f', BIG);
	for (int i = 0; i < 4; i++) {
		void *from = i % 2 ? b : a, *to = i % 2 ? a : b;
		I (zmq_send (from, "head", 4, ZMQ_SNDMORE));
		I (zmq_msg_send (&msg, from, 0));
		L (zmq_msg_size (&msg));
		I (zmq_recv (to, fake, 4, 0));
		I (zmq_msg_recv (&msg, to, 0));
		I (zmq_msg_get (&msg, ZMQ_SHARED));
		memset (zmq_msg_data (&msg), 'f' + i + 1, BIG / 2);
		must (zmq_msg_init (&copy));
		I (zmq_msg_copy (&copy, &msg));
		size_t wrong = 0;
		for (size_t k = 0; k < BIG; k++)
			wrong += ((char *) zmq_msg_data (&copy))[k] != (k < BIG / 2 ? 'f' + i + 1 : 'f');
		note ("wrong bytes = %zu", wrong);
		must (zmq_msg_close (&copy));
	}
	memset (fake, 0, 4);
	I (zmq_msg_close (&msg));
	I (zmq_close (a));
	I (zmq_close (b));
}

const section large_sections[] = {{"large-telling", telling}, {"large-forwarded", forwarded}, {NULL, NULL}};
