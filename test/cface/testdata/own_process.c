/* What a library may do to the process that loads it: no signals taken, none
   sent, masks kept, and handlers without a stack of their own survive. */
#define _GNU_SOURCE
#include "check.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

static volatile sig_atomic_t ticks;

/* It uses much stack. */
static void tick (int sig)
{
	volatile char room[24 << 10];
	(void) sig;
	memset ((char *) room, 1, sizeof room);
	ticks++;
}

/* Threads of the library block what is the program's. */
static void masks (void)
{
	char name[64], line[256];
	DIR *d = opendir ("/proc/self/task");
	CHECK (d);
	int others = 0;
	for (struct dirent *e; (e = readdir (d));) {
		if (e->d_name[0] == '.' || atoi (e->d_name) == getpid ())
			continue;
		snprintf (name, sizeof name, "/proc/self/task/%.20s/status", e->d_name);
		FILE *f = fopen (name, "r");
		unsigned long long blocked = 0;
		while (f && fgets (line, sizeof line, f))
			sscanf (line, "SigBlk: %llx", &blocked);
		for (const int *s = (int[]){SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGUSR1, SIGALRM, 0}; *s; s++)
			CHECK (blocked >> (*s - 1) & 1);
		if (f)
			fclose (f);
		others++;
	}
	closedir (d);
	CHECK (others > 0);
}

static void same_mask (const sigset_t *want)
{
	sigset_t is;
	pthread_sigmask (SIG_SETMASK, NULL, &is);
	for (int s = 1; s < 32; s++)
		CHECK (s == SIGKILL || s == SIGSTOP || sigismember (&is, s) == sigismember (want, s));
}

static void *exchange (void *ctx)
{
	sigset_t mask;
	sigfillset (&mask);
	pthread_sigmask (SIG_SETMASK, &mask, NULL);
	void *a = new_socket (ctx, ZMQ_PAIR);
	same_mask (&mask);
	CHECK (zmq_close (a) == 0);
	return NULL;
}

int main (void)
{
	sigset_t mask;
	pthread_sigmask (SIG_SETMASK, NULL, &mask);
	void *ctx = zmq_ctx_new (), *a, *b;
	same_mask (&mask);
	pair (ctx, &a, ZMQ_PAIR, &b, ZMQ_PAIR);
	pthread_t t;
	CHECK (pthread_create (&t, NULL, exchange, ctx) == 0 && pthread_join (t, NULL) == 0);
	masks ();

	signal (SIGALRM, tick);
	struct itimerval every = {{0, 100}, {0, 100}};
	setitimer (ITIMER_REAL, &every, NULL);
	while (ticks < 4000) {
		for (int i = 0; i < 50; i++)
			get_int (a, ZMQ_EVENTS);
		char buf[2000] = {0};
		while (zmq_send (b, buf, sizeof buf, 0) < 0)
			CHECK (errno == EINTR);
		while (zmq_recv (a, buf, sizeof buf, 0) < 0)
			CHECK (errno == EINTR);
	}
	setitimer (ITIMER_REAL, &(struct itimerval){0}, NULL);

	/* No call of the program's own is interrupted by the library's signals. */
	for (int i = 0; i < 300; i++) {
		send_text (b, "x", 0);
		recv_text (a, "x");
		CHECK (usleep (500) == 0);
	}

	/* A peer that goes away kills nobody. */
	set_int (b, ZMQ_LINGER, 0);
	CHECK (zmq_close (a) == 0);
	for (int i = 0; i < 100; i++) {
		zmq_send (b, "x", 1, ZMQ_DONTWAIT);
		usleep (500);
	}
	CHECK (zmq_close (b) == 0 && zmq_ctx_term (ctx) == 0);
	return 0;
}
