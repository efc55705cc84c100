/* Fault B22: a program that is only linked with the library is as it was. It has
   one thread and no descriptor more, its handlers and its mask; it can make a
   user namespace, which a process with threads cannot. Calls that need nothing of
   the machine leave it so. */
#define _GNU_SOURCE
#include "process.h"

#include <sched.h>
#include <signal.h>

static void as_it_was (void)
{
	struct sigaction is;
	sigset_t mask;
	char name[32], file[256];
	for (int fd = 0; fd < 64; fd++) {
		snprintf (name, sizeof name, "/proc/self/fd/%d", fd);
		ssize_t n = readlink (name, file, sizeof file - 1);
		file[n < 0 ? 0 : n] = 0;
		CHECK (!strstr (file, "libzmq") && !strstr (file, "anon_inode"));
	}
	CHECK (threads () == 1);
	for (int sig = 1; sig < 32; sig++)
		CHECK (sigaction (sig, NULL, &is) != 0 || is.sa_handler == SIG_DFL || is.sa_handler == SIG_IGN);
	CHECK (pthread_sigmask (SIG_SETMASK, NULL, &mask) == 0 && sigisemptyset (&mask));
}

static void small_calls (void)
{
	int major, minor, patch;
	zmq_msg_t m;
	zmq_version (&major, &minor, &patch);
	CHECK (major == 4 && zmq_strerror (EAGAIN));
	CHECK (zmq_msg_init_size (&m, 100) == 0 && zmq_msg_size (&m) == 100 && zmq_msg_close (&m) == 0);
	void *n = zmq_atomic_counter_new (), *watch = zmq_stopwatch_start (), *timers = zmq_timers_new ();
	CHECK (zmq_atomic_counter_inc (n) == 0 && zmq_stopwatch_stop (watch) < 100000000);
	CHECK (zmq_timers_execute (timers) == 0 && zmq_timers_destroy (&timers) == 0);
	zmq_atomic_counter_destroy (&n);
	zmq_pollitem_t item = {.fd = 1, .events = ZMQ_POLLOUT};
	CHECK (zmq_poll (&item, 1, 0) >= 0);
	CHECK (zmq_socket (NULL, ZMQ_PAIR) == NULL && errno == EFAULT);
}

/* names makes a user namespace, which some machines forbid to all. */
static void names (void *ctx)
{
	if (unshare (CLONE_NEWUSER) != 0)
		CHECK (errno == EPERM || errno == ENOSPC || errno == ENOSYS);
	if (ctx)
		exchange (ctx);
	whole (NULL);
}

static void names_as_nobody (void *ctx)
{
	CHECK (geteuid () || (setgid (65534) == 0 && setuid (65534) == 0));
	names (ctx);
}

extern char **environ;

/* renamed writes over its arguments and its environment before its first call, as
   programs do that change what ps calls them. */
static void renamed (void *argv)
{
	char *from = ((char **) argv)[0], *last = from;
	for (char **e = environ; *e; e++)
		last = *e > last ? *e : last;
	memset (from, 'x', (size_t) (last + strlen (last) - from));
	environ[0] = NULL;
	((char **) argv)[0] = NULL;
	whole (NULL);
	environ = NULL;
	IN_CHILD (whole, NULL);
}

int main (int argc, char **argv)
{
	CHECK (argc == 1);
	as_it_was ();
	small_calls ();
	CHECK (threads () == 1);
	IN_CHILD (renamed, argv);
	IN_CHILD (names, NULL);
	IN_CHILD (names_as_nobody, NULL);
	void *ctx = zmq_ctx_new ();
	CHECK (ctx && threads () == 1);
	IN_CHILD (names, ctx);
	IN_CHILD (names_as_nobody, ctx);
	names (ctx);
	CHECK (threads () > 1 && zmq_ctx_term (ctx) == 0);
	return 0;
}
