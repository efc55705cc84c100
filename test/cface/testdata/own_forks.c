/* Forks at bad moments: while threads of the parent wait in calls, by a thread
   that is not the first, and with children that only exit. Nothing hangs, and
   the parent notices nothing. */
#include "check.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FORKS = 20, BUSY = 4 };

static void *ctx;
static int stop;

static void *busy (void *arg)
{
	(void) arg;
	void *a, *b;
	pair (ctx, &a, ZMQ_PAIR, &b, ZMQ_PAIR);
	while (!__atomic_load_n (&stop, __ATOMIC_RELAXED)) {
		send_text (a, "x", 0);
		recv_text (b, "x");
	}
	CHECK (zmq_close (a) == 0 && zmq_close (b) == 0);
	return NULL;
}

static void *waiter (void *s)
{
	char buf[8];
	FAILS (zmq_recv (s, buf, 8, 0), ETERM);
	CHECK (zmq_close (s) == 0);
	return NULL;
}

static void finish (pid_t child)
{
	int status;
	CHECK (child > 0 && waitpid (child, &status, 0) == child);
	CHECK (WIFEXITED (status) && WEXITSTATUS (status) == 0);
}

/* refused makes every call with what was inherited: an errno at once. */
static void refused (void *s)
{
	char buf[8];
	size_t size = sizeof buf;
	zmq_msg_t m;
	CHECK (zmq_msg_init (&m) == 0);
	zmq_pollitem_t item = {.socket = s, .events = ZMQ_POLLIN};
	FAILS (zmq_send (s, "x", 1, 0), ENOTSOCK);
	FAILS (zmq_recv (s, buf, 8, 0), ENOTSOCK);
	FAILS (zmq_msg_send (&m, s, 0), ENOTSOCK);
	FAILS (zmq_msg_recv (&m, s, 0), ENOTSOCK);
	FAILS (zmq_poll (&item, 1, -1), ENOTSOCK);
	FAILS (zmq_bind (s, "inproc://x"), ENOTSOCK);
	FAILS (zmq_connect (s, "inproc://x"), ENOTSOCK);
	FAILS (zmq_unbind (s, "inproc://x"), ENOTSOCK);
	FAILS (zmq_getsockopt (s, ZMQ_TYPE, buf, &size), ENOTSOCK);
	FAILS (zmq_setsockopt (s, ZMQ_LINGER, buf, 4), ENOTSOCK);
	FAILS (zmq_proxy (s, s, NULL), ENOTSOCK);
	FAILS (zmq_socket_monitor (s, "inproc://m", ZMQ_EVENT_ALL), ENOTSOCK);
	CHECK (zmq_msg_close (&m) == 0 && zmq_close (s) == 0 && zmq_ctx_term (ctx) == 0);
}

static void *forks (void *s)
{
	for (int i = 0; i < FORKS; i++) {
		pid_t child = fork ();
		if (!child) {
			alarm (60);
			if (i % 2)
				refused (s);
			if (i % 5 == 0) {
				void *own = zmq_ctx_new (), *a, *b;
				CHECK (own);
				pair (own, &a, ZMQ_PULL, &b, ZMQ_PUSH);
				send_text (b, "hello", 0);
				recv_text (a, "hello");
				CHECK (zmq_close (a) == 0 && zmq_close (b) == 0 && zmq_ctx_term (own) == 0);
			}
			_exit (0);
		}
		finish (child);
	}
	return NULL;
}

int main (void)
{
	pthread_t all[BUSY], waits, t;
	ctx = zmq_ctx_new ();
	void *s = new_socket (ctx, ZMQ_PULL);
	CHECK (pthread_create (&waits, NULL, waiter, new_socket (ctx, ZMQ_PULL)) == 0);
	for (int i = 0; i < BUSY; i++)
		CHECK (pthread_create (&all[i], NULL, busy, NULL) == 0);
	CHECK (pthread_create (&t, NULL, forks, s) == 0 && pthread_join (t, NULL) == 0);
	__atomic_store_n (&stop, 1, __ATOMIC_RELAXED);
	for (int i = 0; i < BUSY; i++)
		CHECK (pthread_join (all[i], NULL) == 0);
	CHECK (zmq_close (s) == 0 && zmq_ctx_term (ctx) == 0);
	CHECK (pthread_join (waits, NULL) == 0);
	return 0;
}
