/* A signal that the program handles ends a call that waits, with EINTR. */
#define _GNU_SOURCE
#include "check.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

static pthread_t main_thread;
static volatile sig_atomic_t stop;

static void ignore (int sig) { (void) sig; }

/* Signals again and again: one may come just before the call waits. */
static void *interrupt (void *arg)
{
	(void) arg;
	while (!stop) {
		usleep (20000);
		pthread_kill (main_thread, SIGUSR1);
	}
	return NULL;
}

int main (void)
{
	struct sigaction action = {.sa_handler = ignore};
	sigaction (SIGUSR1, &action, NULL);
	main_thread = pthread_self ();
	pthread_t t;
	CHECK (pthread_create (&t, NULL, interrupt, NULL) == 0);

	void *ctx = zmq_ctx_new ();
	void *pull = new_socket (ctx, ZMQ_PULL), *push = new_socket (ctx, ZMQ_PUSH);
	char buf[8];
	FAILS (zmq_recv (pull, buf, 8, 0), EINTR);
	FAILS (zmq_send (push, "x", 1, 0), EINTR);
	zmq_msg_t m;
	zmq_msg_init_size (&m, 5);
	FAILS (zmq_msg_recv (&m, pull, 0), EINTR);
	CHECK (zmq_msg_size (&m) == 0); /* what it held is gone all the same */
	zmq_msg_close (&m);
	zmq_msg_init_size (&m, 5);
	FAILS (zmq_msg_send (&m, push, 0), EINTR);
	CHECK (zmq_msg_size (&m) == 5);
	zmq_msg_close (&m);
	set_int (pull, ZMQ_RCVTIMEO, 60000);
	FAILS (zmq_recv (pull, buf, 8, 0), EINTR);
	zmq_pollitem_t item = {.socket = pull, .events = ZMQ_POLLIN};
	FAILS (zmq_poll (&item, 1, -1), EINTR);
	FAILS (zmq_poll (&item, 1, 60000), EINTR);
	CHECK (zmq_bind (pull, "inproc://in") == 0 && zmq_bind (push, "inproc://out") == 0);
	FAILS (zmq_proxy (pull, push, NULL), EINTR);

	/* The sockets still work. */
	void *in = new_socket (ctx, ZMQ_PUSH), *out = new_socket (ctx, ZMQ_PULL);
	CHECK (zmq_connect (in, "inproc://in") == 0 && zmq_connect (out, "inproc://out") == 0);
	send_text (in, "in", 0);
	recv_text (pull, "in");
	send_text (push, "out", 0);
	recv_text (out, "out");
	CHECK (zmq_close (in) == 0 && zmq_close (out) == 0 && zmq_close (push) == 0);

	/* A context with an open socket: to be terminated again. */
	FAILS (zmq_ctx_term (ctx), EINTR);
	FAILS (zmq_ctx_term (ctx), EINTR);
	FAILS (zmq_recv (pull, buf, 8, 0), ETERM);
	CHECK (zmq_close (pull) == 0);
	while (zmq_ctx_term (ctx) != 0)
		CHECK (errno == EINTR);
	stop = 1;
	CHECK (pthread_join (t, NULL) == 0);
	return 0;
}
