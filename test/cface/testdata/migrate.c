/* A socket goes from thread to thread, each handing it on with a full fence, and
   is closed by another than made it; two hundred contexts at once. */
#include "check.h"

#include <pthread.h>
#include <stdatomic.h>

enum { HANDS = 4, ROUNDS = 500, CONTEXTS = 200 };

static void *_Atomic shelf[HANDS];

static void *hand (void *arg)
{
	long me = (long) arg;
	for (int i = 0; i < ROUNDS; i++) {
		void *s;
		while (!(s = atomic_exchange (&shelf[me], NULL)))
			sched_yield ();
		char text[32];
		snprintf (text, sizeof text, "%d", (int) me + i * HANDS);
		send_text (s, text, 0);
		atomic_store (&shelf[(me + 1) % HANDS], s);
	}
	return NULL;
}

static void migrate (void)
{
	void *ctx = zmq_ctx_new (), *pull, *push;
	pair (ctx, &pull, ZMQ_PULL, &push, ZMQ_PUSH);
	pthread_t all[HANDS];
	atomic_store (&shelf[0], push);
	for (long i = 0; i < HANDS; i++)
		CHECK (pthread_create (&all[i], NULL, hand, (void *) i) == 0);
	for (int i = 0; i < HANDS * ROUNDS; i++) {
		char text[32];
		snprintf (text, sizeof text, "%d", i);
		recv_text (pull, text);
	}
	for (int i = 0; i < HANDS; i++)
		CHECK (pthread_join (all[i], NULL) == 0);
	CHECK (zmq_close (pull) == 0 && zmq_close (push) == 0 && zmq_ctx_term (ctx) == 0);
}

/* A thread that ends leaves its socket usable. */
static void *makes (void *ctx)
{
	void *s = new_socket (ctx, ZMQ_PAIR);
	CHECK (zmq_bind (s, "inproc://made") == 0);
	return s;
}

static void *closes (void *s) { return zmq_close (s) ? NULL : s; }

static void survives (void)
{
	void *ctx = zmq_ctx_new (), *s, *other = new_socket (ctx, ZMQ_PAIR);
	pthread_t t;
	CHECK (pthread_create (&t, NULL, makes, ctx) == 0 && pthread_join (t, &s) == 0);
	CHECK (zmq_connect (other, "inproc://made") == 0);
	send_text (other, "still here", 0);
	recv_text (s, "still here");
	void *done;
	CHECK (pthread_create (&t, NULL, closes, s) == 0 && pthread_join (t, &done) == 0 && done == s);
	CHECK (zmq_close (other) == 0 && zmq_ctx_term (ctx) == 0);
}

static void contexts (void)
{
	void *ctx[CONTEXTS], *a[CONTEXTS], *b[CONTEXTS];
	for (int i = 0; i < CONTEXTS; i++) {
		ctx[i] = zmq_ctx_new ();
		CHECK (ctx[i]);
		a[i] = new_socket (ctx[i], ZMQ_PUSH);
		b[i] = new_socket (ctx[i], ZMQ_PULL);
		CHECK (zmq_bind (b[i], "inproc://name") == 0 && zmq_connect (a[i], "inproc://name") == 0);
	}
	for (int i = 0; i < CONTEXTS; i++) {
		char text[32];
		snprintf (text, sizeof text, "%d", i);
		send_text (a[i], text, 0);
		recv_text (b[i], text);
	}
	for (int i = CONTEXTS - 1; i >= 0; i--)
		CHECK (zmq_close (a[i]) == 0 && zmq_close (b[i]) == 0 && zmq_ctx_term (ctx[i]) == 0);
}

int main (void)
{
	migrate ();
	survives ();
	contexts ();
	return 0;
}
