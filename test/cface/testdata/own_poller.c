/* Pollers, found by dlsym as by a program that was not built with the drafts:
   who wakes them, and what ends their waiting. And monitors of version 2. */
#define _GNU_SOURCE
#include "check.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/time.h>
#include <unistd.h>

static void *(*poller_new) (void);
static int (*destroy) (void **);
static int (*add) (void *, void *, void *, short);
static int (*add_fd) (void *, int, void *, short);
static int (*modify) (void *, void *, short);
static int (*take_out) (void *, void *);
static int (*wait_one) (void *, zmq_poller_event_t *, long);
static int (*wait_all) (void *, zmq_poller_event_t *, int, long);

static void find (void *to, const char *name)
{
	void *f = dlsym (RTLD_DEFAULT, name);
	CHECK (f);
	memcpy (to, &f, sizeof f);
}

static void load (void)
{
	find (&poller_new, "zmq_poller_new");
	find (&destroy, "zmq_poller_destroy");
	find (&add, "zmq_poller_add");
	find (&add_fd, "zmq_poller_add_fd");
	find (&modify, "zmq_poller_modify");
	find (&take_out, "zmq_poller_remove");
	find (&wait_one, "zmq_poller_wait");
	find (&wait_all, "zmq_poller_wait_all");
}

static void *sends (void *s)
{
	usleep (20000);
	send_text (s, "wake", 0);
	return NULL;
}

/* One that waits is woken, over every transport. */
static void woken (void *ctx)
{
	static const char *const endpoints[] = {"tcp://127.0.0.1:*", "ipc://*", "inproc://woken"};
	for (int i = 0; i < 3; i++) {
		char endpoint[256];
		size_t size = sizeof endpoint;
		void *a = new_socket (ctx, ZMQ_PULL), *b = new_socket (ctx, ZMQ_PUSH), *p = poller_new ();
		CHECK (zmq_bind (a, endpoints[i]) == 0);
		CHECK (zmq_getsockopt (a, ZMQ_LAST_ENDPOINT, endpoint, &size) == 0 && zmq_connect (b, endpoint) == 0);
		CHECK (add (p, a, endpoint, ZMQ_POLLIN) == 0);
		for (int j = 0; j < 5; j++) {
			zmq_poller_event_t e;
			pthread_t t;
			CHECK (pthread_create (&t, NULL, sends, b) == 0);
			CHECK (wait_one (p, &e, -1) == 0);
			CHECK (e.socket == a && e.user_data == endpoint && e.events == ZMQ_POLLIN);
			recv_text (a, "wake");
			CHECK (pthread_join (t, NULL) == 0);
		}
		CHECK (take_out (p, a) == 0 && destroy (&p) == 0);
		CHECK (zmq_close (a) == 0 && zmq_close (b) == 0);
	}
}

/* More are ready than there is room for: the others come another time. */
static void room (void *ctx)
{
	enum { N = 30 };
	void *s[N], *p = poller_new ();
	zmq_poller_event_t e[N + 5];
	for (long i = 0; i < N; i++) {
		s[i] = new_socket (ctx, ZMQ_PUB); /* can always be sent to */
		CHECK (add (p, s[i], (void *) i, ZMQ_POLLOUT) == 0);
	}
	CHECK (wait_all (p, e, 7, -1) == 7);
	CHECK (wait_all (p, e, N + 5, -1) == N);
	for (long i = 0; i < N; i++)
		CHECK (e[i].socket == s[i] && e[i].user_data == (void *) i && e[i].events == ZMQ_POLLOUT);
	for (int i = N; i < N + 5; i++)
		CHECK (!e[i].socket && !e[i].user_data && !e[i].events);
	for (int i = 0; i < N; i++)
		CHECK (modify (p, s[i], i % 2 ? ZMQ_POLLOUT : 0) == 0);
	CHECK (wait_all (p, e, N, -1) == N / 2);
	for (int i = 0; i < N; i++)
		CHECK (take_out (p, s[i]) == 0 && zmq_close (s[i]) == 0);
	FAILS (wait_all (p, e, N, 0), EAGAIN);
	CHECK (destroy (&p) == 0);
}

/* Fault C8: what nothing can end fails, and what has nothing to tell ends with its
   time. */
static void nothing (void *ctx)
{
	void *a, *b, *p = poller_new ();
	pair (ctx, &a, ZMQ_PAIR, &b, ZMQ_PAIR);
	int ends[2];
	zmq_poller_event_t e[2];
	CHECK (pipe (ends) == 0);
	FAILS (wait_all (p, NULL, 0, -1), EFAULT);
	FAILS (wait_all (p, e, -1, -1), EINVAL);
	FAILS (wait_all (p, e, 2, -1), EFAULT);
	FAILS (wait_all (p, e, 2, 10), EAGAIN);
	CHECK (add (p, a, NULL, ZMQ_POLLOUT) == 0);
	FAILS (wait_all (p, e, 0, 0), EAGAIN);
	FAILS (wait_all (p, e, 0, 10), EAGAIN);
	FAILS (wait_all (p, e, 0, -1), EFAULT);
	CHECK (wait_all (p, e, 2, -1) == 1);
	CHECK (modify (p, a, 0) == 0 && add_fd (p, ends[0], NULL, 0) == 0);
	FAILS (wait_all (p, e, 2, -1), EFAULT);
	e[0].fd = 7;
	FAILS (wait_one (p, e, -1), EFAULT);
	CHECK (!e[0].socket && e[0].fd == -1 && !e[0].events);
	FAILS (wait_one (p, e, 10), EAGAIN);
	FAILS (wait_all (p, e, 2, 0), EAGAIN);
	CHECK (e[0].fd == -1 && e[1].fd == -1);
	/* A descriptor of which nothing is asked does not tell of its errors either. */
	CHECK (close (ends[1]) == 0 && modify (p, a, ZMQ_POLLIN) == 0);
	FAILS (wait_all (p, e, 2, 10), EAGAIN);
	send_text (b, "x", 0);
	CHECK (wait_all (p, e, 2, -1) == 1 && e[0].socket == a);
	CHECK (close (ends[0]) == 0 && destroy (&p) == 0 && zmq_close (a) == 0 && zmq_close (b) == 0);
}

static void on_signal (int number) { (void) number; }

/* A signal, and the end of the context, end the wait. */
static void ended (void)
{
	void *ctx = zmq_ctx_new (), *s = new_socket (ctx, ZMQ_PULL), *p = poller_new ();
	zmq_poller_event_t e;
	int ends[2];
	CHECK (add (p, s, NULL, ZMQ_POLLIN) == 0 && pipe (ends) == 0 && add_fd (p, ends[0], NULL, ZMQ_POLLIN) == 0);
	struct sigaction act = {.sa_handler = on_signal};
	CHECK (sigaction (SIGALRM, &act, NULL) == 0);
	setitimer (ITIMER_REAL, &(struct itimerval){{0, 20000}, {0, 20000}}, NULL);
	FAILS (wait_one (p, &e, -1), EINTR);
	FAILS (wait_all (p, &e, 1, 60000), EINTR);
	setitimer (ITIMER_REAL, &(struct itimerval){0}, NULL);
	CHECK (write (ends[1], "x", 1) == 1 && wait_one (p, &e, -1) == 0 && e.fd == ends[0] && !e.socket);
	CHECK (zmq_ctx_shutdown (ctx) == 0);
	FAILS (wait_one (p, &e, -1), ETERM);
	CHECK (zmq_close (s) == 0 && destroy (&p) == 0 && zmq_ctx_term (ctx) == 0);
	close (ends[0]);
	close (ends[1]);
}

/* number receives a frame that is one number. */
static uint64_t number (void *mon)
{
	uint64_t n = 0;
	CHECK (zmq_recv (mon, &n, sizeof n, 0) == sizeof n && get_int (mon, ZMQ_RCVMORE));
	return n;
}

/* event receives an event: its number, its values, both its endpoints. */
static uint64_t event (void *mon, uint64_t *n_values, char *local, char *remote)
{
	uint64_t is = number (mon);
	*n_values = number (mon);
	for (uint64_t i = 0; i < *n_values; i++)
		number (mon);
	memset (local, 0, 256);
	memset (remote, 0, 256);
	CHECK (zmq_recv (mon, local, 255, 0) >= 0 && get_int (mon, ZMQ_RCVMORE));
	CHECK (zmq_recv (mon, remote, 255, 0) >= 0 && !get_int (mon, ZMQ_RCVMORE));
	return is;
}

static void second_version (void *ctx)
{
	void *server = new_socket (ctx, ZMQ_ROUTER), *client = new_socket (ctx, ZMQ_DEALER), *mon = new_socket (ctx, ZMQ_SUB);
	int (*monitor) (void *, const char *, uint64_t, int, int);
	find (&monitor, "zmq_socket_monitor_versioned");
	CHECK (zmq_setsockopt (mon, ZMQ_SUBSCRIBE, "", 0) == 0);
	CHECK (monitor (server, "inproc://v2", 0x1ffff, 2, ZMQ_PUSH) == 0);
	CHECK (monitor (server, "inproc://v2-pub", 0x1ffff, 2, ZMQ_PUB) == 0); /* ends the first */
	CHECK (zmq_connect (mon, "inproc://v2-pub") == 0);
	char endpoint[256], local[256], remote[256];
	size_t size = sizeof endpoint;
	uint64_t n;
	CHECK (zmq_bind (server, "tcp://127.0.0.1:*") == 0);
	CHECK (zmq_getsockopt (server, ZMQ_LAST_ENDPOINT, endpoint, &size) == 0 && zmq_connect (client, endpoint) == 0);
	CHECK (event (mon, &n, local, remote) == ZMQ_EVENT_LISTENING && n == 1);
	CHECK (!strcmp (local, endpoint) && !*remote);
	CHECK (event (mon, &n, local, remote) == ZMQ_EVENT_ACCEPTED && n == 1);
	CHECK (!strcmp (local, endpoint) && !strncmp (remote, "tcp://127.0.0.1:", 16));
	CHECK (event (mon, &n, local, remote) == ZMQ_EVENT_HANDSHAKE_SUCCEEDED && n == 1);
	CHECK (zmq_close (client) == 0);
	CHECK (event (mon, &n, local, remote) == ZMQ_EVENT_DISCONNECTED && n == 1);
	CHECK (monitor (server, NULL, 0, 2, ZMQ_PUB) == 0);
	CHECK (event (mon, &n, local, remote) == ZMQ_EVENT_MONITOR_STOPPED && n == 1);
	CHECK (zmq_close (server) == 0 && zmq_close (mon) == 0);
}

int main (void)
{
	load ();
	void *ctx = zmq_ctx_new ();
	woken (ctx);
	room (ctx);
	nothing (ctx);
	ended ();
	second_version (ctx);
	CHECK (zmq_ctx_term (ctx) == 0);
	return 0;
}
