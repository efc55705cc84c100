/* What the programs share that are about processes. */
#ifndef PROCESS_H
#define PROCESS_H

#include "check.h"

#include <dirent.h>
#include <sys/wait.h>
#include <unistd.h>

static inline int threads (void)
{
	int n = 0;
	DIR *d = opendir ("/proc/self/task");
	CHECK (d);
	for (struct dirent *e; (e = readdir (d));)
		n += e->d_name[0] != '.';
	closedir (d);
	return n;
}

/* begin_child runs a case in a process of its own, which may use the argument. */
static inline pid_t begin_child (void (*run) (void *), void *arg)
{
	pid_t child = fork ();
	CHECK (child >= 0);
	if (!child) {
		alarm (100);
		run (arg);
		_exit (0);
	}
	return child;
}

static inline void end_child (const char *name, pid_t child)
{
	int status;
	CHECK (waitpid (child, &status, 0) == child);
	if (status) {
		fprintf (stderr, "%s: status %x\n", name, status);
		exit (1);
	}
}

static inline void in_child (const char *name, void (*run) (void *), void *arg)
{
	end_child (name, begin_child (run, arg));
}
#define IN_CHILD(run, arg) in_child (#run, run, arg)

/* exchange sends a text there and back, over tcp. */
static inline void exchange (void *ctx)
{
	void *a, *b;
	pair (ctx, &a, ZMQ_PAIR, &b, ZMQ_PAIR);
	send_text (b, "ping", 0);
	recv_text (a, "ping");
	send_text (a, "pong", 0);
	recv_text (b, "pong");
	CHECK (zmq_close (a) == 0 && zmq_close (b) == 0);
}

/* whole makes a context, uses it and ends it. */
static inline void whole (void *arg)
{
	(void) arg;
	void *ctx = zmq_ctx_new ();
	CHECK (ctx);
	exchange (ctx);
	CHECK (zmq_ctx_term (ctx) == 0);
}

#endif
