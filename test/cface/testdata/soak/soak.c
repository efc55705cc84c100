/* soak CYCLES MESSAGES: that many sockets are made, used and closed, and that
   many messages sent. Memory, descriptors and threads must not grow: they are
   compared with what they were after a fifth of it. */
#include "check.h"

#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

enum { SLACK_KB = 16 << 10, SLACK_FDS = 4, SLACK_THREADS = 4, PATIENCE_S = 30 };

typedef struct {
	long kb, fds, threads;
} use;

static use now (void)
{
	use u = {0, -3, 0}; /* . and .. and the directory */
	char line[256];
	FILE *f = fopen ("/proc/self/status", "r");
	CHECK (f);
	while (fgets (line, sizeof line, f)) {
		sscanf (line, "VmRSS: %ld", &u.kb);
		sscanf (line, "Threads: %ld", &u.threads);
	}
	fclose (f);
	DIR *d = opendir ("/proc/self/fd");
	CHECK (d);
	while (readdir (d))
		u.fds++;
	closedir (d);
	return u;
}

static bool grown (use before, use after)
{
	return after.kb > before.kb + SLACK_KB || after.fds > before.fds + SLACK_FDS
		|| after.threads > before.threads + SLACK_THREADS;
}

/* settled is what is in use once it is no more than before: sockets end in the
   background. */
static use settled (use before)
{
	use u = now ();
	for (int i = 0; i < PATIENCE_S * 20 && grown (before, u); i++) {
		usleep (50000);
		u = now ();
	}
	return u;
}

static void report (const char *what, long n, use before, use after)
{
	printf ("%ld %s: memory %ld to %ld KiB, descriptors %ld to %ld, threads %ld to %ld\n", n, what, before.kb,
		after.kb, before.fds, after.fds, before.threads, after.threads);
	CHECK (!grown (before, after));
}

static atomic_long given, freed;

static void let_go (void *data, void *hint)
{
	(void) hint;
	free (data);
	freed++;
}

/* cycle makes two sockets, joins them, sends a message and closes them. */
static void cycle (void *ctx, long i)
{
	char endpoint[64];
	const char *to = i % 16 == 0 ? "tcp://127.0.0.1:*" : endpoint;
	snprintf (endpoint, sizeof endpoint, i % 16 < 4 ? "ipc://@zeroth-soak-%d-%ld" : "inproc://soak-%d-%ld",
		(int) getpid (), i);
	void *pull = new_socket (ctx, ZMQ_PULL), *push = new_socket (ctx, ZMQ_PUSH), *mon = NULL;
	set_int (push, ZMQ_LINGER, 0);
	if (i % 10 == 0) {
		mon = new_socket (ctx, ZMQ_PAIR);
		char name[64];
		snprintf (name, sizeof name, "inproc://mon-%ld", i);
		CHECK (zmq_socket_monitor (pull, name, ZMQ_EVENT_ALL) == 0 && zmq_connect (mon, name) == 0);
	}
	CHECK (zmq_bind (pull, to) == 0);
	size_t size = sizeof endpoint;
	CHECK (zmq_getsockopt (pull, ZMQ_LAST_ENDPOINT, endpoint, &size) == 0);
	CHECK (zmq_connect (push, endpoint) == 0);
	if (i % 3 == 0)
		CHECK (get_int (pull, ZMQ_FD) > 0);
	char *data = malloc (100);
	zmq_msg_t msg;
	given++;
	CHECK (data && zmq_msg_init_data (&msg, data, 100, let_go, NULL) == 0);
	CHECK (zmq_msg_send (&msg, push, 0) == 100);
	if (i % 5)
		CHECK (zmq_recv (pull, endpoint, 1, 0) == 100);
	CHECK (zmq_close (push) == 0);
	if (mon)
		CHECK (zmq_socket_monitor (pull, NULL, 0) == 0);
	CHECK (zmq_close (pull) == 0);
	if (mon)
		CHECK (zmq_close (mon) == 0); /* libzmq stalls if it goes first */
}

static void cycles (long n)
{
	void *ctx = zmq_ctx_new ();
	use before = {0};
	for (long i = 0; i < n; i++) {
		if (i % 100 == 99) { /* which waits for all its sockets */
			CHECK (zmq_ctx_term (ctx) == 0);
			ctx = zmq_ctx_new ();
		}
		cycle (ctx, i);
		if (i == n / 5)
			before = now ();
	}
	CHECK (zmq_ctx_term (ctx) == 0);
	report ("cycles", n, before, settled (before));
	CHECK (given == freed);
}

static long count;

static void *sends (void *push)
{
	char body[2000] = {0};
	for (long i = 0; i < count; i++) {
		zmq_msg_t msg;
		size_t size = (size_t) i % 1000;
		if (i % 100 == 0) {
			given++;
			CHECK (zmq_msg_init_data (&msg, calloc (1, 2000), 2000, let_go, NULL) == 0);
			CHECK (zmq_msg_send (&msg, push, ZMQ_SNDMORE) == 2000);
		} else if (i % 3 == 0) {
			CHECK (zmq_send (push, body, 7, ZMQ_SNDMORE) == 7);
		}
		CHECK (zmq_send (push, body, size, 0) == (int) size);
	}
	return NULL;
}

static void messages (const char *endpoint, long n)
{
	void *ctx = zmq_ctx_new (), *pull = new_socket (ctx, ZMQ_PULL), *push = new_socket (ctx, ZMQ_PUSH);
	char bound[64];
	size_t size = sizeof bound;
	use before = {0};
	CHECK (zmq_bind (pull, endpoint) == 0);
	CHECK (zmq_getsockopt (pull, ZMQ_LAST_ENDPOINT, bound, &size) == 0 && zmq_connect (push, bound) == 0);
	count = n;
	pthread_t t;
	CHECK (pthread_create (&t, NULL, sends, push) == 0);
	zmq_msg_t msg;
	zmq_msg_init (&msg);
	for (long i = 0; i < n; i++) {
		do
			CHECK (zmq_msg_recv (&msg, pull, 0) >= 0);
		while (zmq_msg_more (&msg));
		CHECK (zmq_msg_size (&msg) == (size_t) i % 1000);
		if (i == n / 5)
			before = now ();
	}
	zmq_msg_close (&msg);
	CHECK (pthread_join (t, NULL) == 0);
	report ("messages", n, before, settled (before));
	CHECK (zmq_close (push) == 0 && zmq_close (pull) == 0 && zmq_ctx_term (ctx) == 0);
	CHECK (given == freed);
}

int main (int argc, char **argv)
{
	CHECK (argc == 3);
	cycles (atol (argv[1]));
	messages ("tcp://127.0.0.1:*", atol (argv[2]) / 2);
	messages ("inproc://soak", atol (argv[2]) / 2);
	return 0;
}
