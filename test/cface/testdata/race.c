/* Fault B22: many threads make the first call at once, with a context each and
   with one for all. Children do so again, and so do children that are made while
   their parent's first call is under way. */
#include "process.h"

#include <pthread.h>

enum { MANY = 12 };
static pthread_barrier_t all_here;

static void *one (void *ctx)
{
	pthread_barrier_wait (&all_here);
	if (ctx)
		exchange (ctx);
	else
		whole (NULL);
	return NULL;
}

static void race (void *ctx)
{
	pthread_t t[MANY];
	CHECK (pthread_barrier_init (&all_here, NULL, MANY) == 0);
	for (int i = 0; i < MANY; i++)
		CHECK (pthread_create (&t[i], NULL, one, i % 2 ? ctx : NULL) == 0);
	for (int i = 0; i < MANY; i++)
		CHECK (pthread_join (t[i], NULL) == 0);
}

static void *first_call (void *arg)
{
	whole (arg);
	return NULL;
}

static void fork_meanwhile (void *delay)
{
	pthread_t t;
	CHECK (pthread_create (&t, NULL, first_call, NULL) == 0);
	usleep (*(useconds_t *) delay);
	pid_t child = begin_child (whole, NULL);
	IN_CHILD (whole, NULL);
	end_child ("whole", child);
	CHECK (pthread_join (t, NULL) == 0);
	whole (NULL);
}

/* at_once makes children that run beside each other. */
static void at_once (const char *name, void (*run) (void *), void *arg)
{
	pid_t child[3];
	for (int i = 0; i < 3; i++)
		child[i] = begin_child (run, arg);
	for (int i = 0; i < 3; i++)
		end_child (name, child[i]);
}

int main (void)
{
	for (useconds_t us = 0; us < 4000; us += 700)
		at_once ("fork_meanwhile", fork_meanwhile, &us);
	void *ctx = zmq_ctx_new ();
	at_once ("race", race, ctx);
	race (ctx);
	CHECK (zmq_ctx_term (ctx) == 0);
	at_once ("race again", race, NULL);
	return 0;
}
