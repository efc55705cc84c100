/* A signal ends whatever waits. It comes again and again, so that none is
   missed between two calls. */
#include "calls.h"

#include <signal.h>
#include <sys/time.h>

static volatile sig_atomic_t caught;

static void on_signal (int number)
{
	(void) number;
	caught++;
}

static void begin (void)
{
	struct sigaction act = {.sa_handler = on_signal};
	must (sigaction (SIGALRM, &act, NULL));
	struct itimerval every = {{0, 20000}, {0, 20000}};
	must (setitimer (ITIMER_REAL, &every, NULL));
}

static void end (void)
{
	struct itimerval never = {{0, 0}, {0, 0}};
	must (setitimer (ITIMER_REAL, &never, NULL));
	note ("signals were handled = %d", caught > 0);
}

static void waits (void *ctx)
{
	void *s = must_ptr (zmq_socket (ctx, ZMQ_PAIR)), *t = sock (ctx, ZMQ_PAIR);
	zmq_msg_t msg;
	must (zmq_msg_init (&msg));
	zmq_pollitem_t item = {s, 0, ZMQ_POLLIN, 0};
	begin ();
	I (zmq_recv (s, fake, 1, 0));
	I (zmq_msg_recv (&msg, s, 0));
	I (zmq_send (s, "x", 1, 0));
	I (zmq_msg_send (&msg, s, 0));
	I (zmq_poll (&item, 1, -1));
	I (zmq_poll (&item, 1, LONG_MS));
	item = (zmq_pollitem_t){NULL, 0, 0, 0};
	I (zmq_poll (&item, 1, -1));
	set_int (s, ZMQ_RCVTIMEO, LONG_MS);
	I (zmq_recv (s, fake, 1, 0));
	end ();
	/* Nothing was lost, and the socket works. */
	join (s, t, "inproc://after");
	I (zmq_send (t, "x", 1, 0));
	I (zmq_recv (s, fake, 1, 0));
	I (zmq_msg_close (&msg));
	I (zmq_close (s));
	I (zmq_close (t));
}

/* A context that waits for its sockets goes on waiting when it is asked again. */
static void term (void *unused)
{
	(void) unused;
	void *ctx = must_ptr (zmq_ctx_new ());
	void *s = must_ptr (zmq_socket (ctx, ZMQ_PUSH));
	begin ();
	I (zmq_ctx_term (ctx));
	I (zmq_ctx_term (ctx));
	I (zmq_send (s, "x", 1, 0));
	end ();
	I (zmq_close (s));
	I (zmq_ctx_term (ctx));
}

static void proxy (void *ctx)
{
	void *a = sock (ctx, ZMQ_PULL), *b = sock (ctx, ZMQ_PUSH);
	begin ();
	I (zmq_proxy (a, b, NULL));
	end ();
	I (zmq_close (a));
	I (zmq_close (b));
}

const section signal_sections[] = {{"signal-waits", waits}, {"signal-term", term}, {"signal-proxy", proxy}, {NULL, NULL}};
