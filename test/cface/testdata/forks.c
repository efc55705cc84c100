/* Fault B22: a context that was made before a fork is of use after it: in the
   parent, and in each child, with the options that it was given, as long as it
   had no socket. So is one that is made afterwards, however deep. */
#include "process.h"

#include <pthread.h>

/* end ends a context. In a child of the process that made it libzmq says EINTR. */
static void end (void *ctx) { CHECK (zmq_ctx_term (ctx) == 0 || errno == EINTR); }

static void use (void *ctx)
{
	CHECK (zmq_ctx_get (ctx, ZMQ_MAX_SOCKETS) == 77 && zmq_ctx_get (ctx, ZMQ_IPV6) == 1);
	exchange (ctx);
	end (ctx);
	whole (NULL);
}

/* ended is for a context that was shut down. */
static void ended (void *ctx)
{
	IS_NULL (zmq_socket (ctx, ZMQ_PAIR), ETERM);
	end (ctx);
	whole (NULL);
}

static void *other (void *arg)
{
	whole (arg);
	return NULL;
}

/* joiner waits for the thread that forked, and ends the child. */
static void *joiner (void *first)
{
	CHECK (pthread_join (*(pthread_t *) first, NULL) == 0);
	whole (NULL);
	_exit (0);
}

/* ends is a thread that forks, and ends in the child as well: as the first there,
   or, if used is set, after another thread made a context. */
static void *ends (void *used)
{
	static pthread_t me;
	int status;
	whole (NULL);
	pid_t child = fork ();
	if (child) {
		CHECK (waitpid (child, &status, 0) == child && status == 0);
		return NULL;
	}
	alarm (100);
	pthread_t t;
	me = pthread_self ();
	if (used)
		CHECK (pthread_create (&t, NULL, other, NULL) == 0 && pthread_join (t, NULL) == 0);
	CHECK (pthread_create (&t, NULL, joiner, &me) == 0);
	return NULL;
}

static void thread_ends (void *used)
{
	pthread_t t;
	CHECK (pthread_create (&t, NULL, ends, used) == 0 && pthread_join (t, NULL) == 0);
}

/* deeper makes a context and a child, which does so too. */
static void deeper (void *depth)
{
	int *n = depth;
	whole (NULL);
	if ((*n)--)
		IN_CHILD (deeper, n);
	whole (NULL);
}

int main (void)
{
	int before = 2, after = 12;
	IN_CHILD (whole, NULL);
	IN_CHILD (deeper, &before);
	IN_CHILD (thread_ends, NULL);
	IN_CHILD (thread_ends, &before);
	void *ctx = zmq_ctx_new (), *other = zmq_ctx_new ();
	CHECK (ctx && other && zmq_ctx_set (ctx, ZMQ_MAX_SOCKETS, 7) == 0 && zmq_ctx_set (ctx, ZMQ_IPV6, 1) == 0);
	CHECK (zmq_ctx_set (ctx, ZMQ_MAX_SOCKETS, 77) == 0);
	IN_CHILD (use, ctx);
	IN_CHILD (end, ctx);
	IN_CHILD (use, ctx);
	CHECK (zmq_ctx_shutdown (other) == 0);
	IN_CHILD (ended, other);
	IN_CHILD (end, other);
	ended (other);
	use (ctx);
	IN_CHILD (whole, NULL);
	IN_CHILD (deeper, &after);
	IN_CHILD (thread_ends, NULL);
	IN_CHILD (thread_ends, &before);
	whole (NULL);
	return 0;
}
