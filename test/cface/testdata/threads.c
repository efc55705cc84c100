/* Many threads with sockets of their own, several contexts, and sockets that
   are handed from thread to thread. */
#include "check.h"

#include <pthread.h>

enum { THREADS = 8, ROUNDS = 200 };

static void *ctx;

static void *client (void *arg)
{
	(void) arg;
	void *own = zmq_ctx_new ();
	for (int i = 0; i < ROUNDS; i++) {
		void *s = new_socket (i % 2 ? ctx : own, ZMQ_REQ);
		if (i % 2) {
			CHECK (zmq_connect (s, "inproc://server") == 0);
			send_text (s, "ping", 0);
			recv_text (s, "pong");
		}
		CHECK (zmq_close (s) == 0);
	}
	CHECK (zmq_ctx_term (own) == 0);
	return NULL;
}

static void *server (void *socket)
{
	char id[300], buf[8];
	for (int n = 0; n < THREADS * ROUNDS / 2; n++) {
		int size = zmq_recv (socket, id, sizeof id, 0);
		CHECK (size == 5 && zmq_recv (socket, buf, 8, 0) == 0 && zmq_recv (socket, buf, 8, 0) == 4);
		CHECK (zmq_send (socket, id, (size_t) size, ZMQ_SNDMORE) == size);
		CHECK (zmq_send (socket, "", 0, ZMQ_SNDMORE) == 0);
		send_text (socket, "pong", 0);
	}
	CHECK (zmq_close (socket) == 0);
	return NULL;
}

/* A context that ends wakes those who wait. */
static void *waiter (void *socket)
{
	char buf[8];
	FAILS (zmq_recv (socket, buf, 8, 0), ETERM);
	CHECK (zmq_close (socket) == 0);
	return NULL;
}

int main (void)
{
	ctx = zmq_ctx_new ();
	void *s = new_socket (ctx, ZMQ_ROUTER);
	CHECK (zmq_bind (s, "inproc://server") == 0);
	pthread_t all[THREADS], serves;
	CHECK (pthread_create (&serves, NULL, server, s) == 0);
	for (int i = 0; i < THREADS; i++)
		CHECK (pthread_create (&all[i], NULL, client, NULL) == 0);
	for (int i = 0; i < THREADS; i++)
		CHECK (pthread_join (all[i], NULL) == 0);
	CHECK (pthread_join (serves, NULL) == 0);
	for (int i = 0; i < THREADS; i++)
		CHECK (pthread_create (&all[i], NULL, waiter, new_socket (ctx, ZMQ_PULL)) == 0);
	CHECK (zmq_ctx_term (ctx) == 0);
	for (int i = 0; i < THREADS; i++)
		CHECK (pthread_join (all[i], NULL) == 0);
	return 0;
}
