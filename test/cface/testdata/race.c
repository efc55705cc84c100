/* Fault B22: many threads make the first call at once, with a context each and
   with one for all. Children do so again, and so do children that are made while
   their parent's first call is under way. */
#include "process.h"

#include <pthread.h>

enum { MANY = 16 };
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
	for (int i = 0; i < 3; i++)
		IN_CHILD (whole, NULL);
	CHECK (pthread_join (t, NULL) == 0);
	whole (NULL);
}

int main (void)
{
	for (useconds_t us = 0; us < 4000; us += 200)
		IN_CHILD (fork_meanwhile, &us);
	void *ctx = zmq_ctx_new ();
	for (int i = 0; i < 5; i++)
		IN_CHILD (race, ctx);
	race (ctx);
	CHECK (zmq_ctx_term (ctx) == 0);
	for (int i = 0; i < 5; i++)
		IN_CHILD (race, NULL);
	race (NULL);
	return 0;
}
