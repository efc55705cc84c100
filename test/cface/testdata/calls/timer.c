/* Timers. */
#include "calls.h"

#include <unistd.h>

static void *all;
static char order[64];

static void fired (int id, void *arg)
{
	(void) id;
	strcat (order, arg);
}

static int cancel_of;

static void cancels (int id, void *arg)
{
	(void) id;
	strcat (order, arg);
	I (zmq_timers_cancel (all, cancel_of));
}

static void timers (void *ctx)
{
	(void) ctx;
	I (zmq_timers_timeout (NULL));
	I (zmq_timers_execute (NULL));
	I (zmq_timers_add (NULL, 1, fired, "x"));
	I (zmq_timers_cancel (NULL, 1));
	I (zmq_timers_reset (NULL, 1));
	I (zmq_timers_set_interval (NULL, 1, 1));
	void *none = NULL;
	I (zmq_timers_destroy (&none));
	none = fake;
	I (zmq_timers_destroy (&none));
	I (zmq_timers_timeout (fake));
	I (zmq_timers_add (fake, 1, fired, "x"));
	all = P (zmq_timers_new ());
	L (zmq_timers_timeout (all));
	I (zmq_timers_execute (all));
	I (zmq_timers_add (all, 10, NULL, NULL));
	int slow = (int) I (zmq_timers_add (all, 1000000, fired, "slow"));
	note ("the time left is near = %d", zmq_timers_timeout (all) > 990000);
	I (zmq_timers_execute (all));
	int fast = (int) I (zmq_timers_add (all, 10, fired, "a"));
	int second = (int) I (zmq_timers_add (all, 20, fired, "b"));
	usleep (40000);
	L (zmq_timers_timeout (all));
	I (zmq_timers_execute (all));
	note ("order = %s", order);
	order[0] = 0;
	I (zmq_timers_set_interval (all, fast, 500000));
	I (zmq_timers_set_interval (all, 99, 5));
	I (zmq_timers_reset (all, second));
	I (zmq_timers_reset (all, 99));
	I (zmq_timers_cancel (all, 99));
	I (zmq_timers_cancel (all, -1));
	I (zmq_timers_cancel (all, second));
	I (zmq_timers_cancel (all, second));
	I (zmq_timers_reset (all, second));
	I (zmq_timers_set_interval (all, second, 1));
	note ("the time left is near = %d", zmq_timers_timeout (all) > 490000);
	I (zmq_timers_cancel (all, fast));
	I (zmq_timers_cancel (all, slow));
	L (zmq_timers_timeout (all));
	I (zmq_timers_add (all, 0, fired, "zero"));
	L (zmq_timers_timeout (all));
	I (zmq_timers_destroy (&all));
	note ("and is forgotten = %d", all == NULL);
}

/* A function that cancels another timer that is due as well. */
static void cancelling (void *ctx)
{
	(void) ctx;
	all = P (zmq_timers_new ());
	order[0] = 0;
	I (zmq_timers_add (all, 5, cancels, "c"));
	cancel_of = (int) I (zmq_timers_add (all, 10, fired, "d"));
	usleep (20000);
	I (zmq_timers_execute (all));
	note ("order = %s", order);
	I (zmq_timers_destroy (&all));
}

const section timer_sections[] = {{"timers", timers}, {"timers-cancelling", cancelling}, {NULL, NULL}};
