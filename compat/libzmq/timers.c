/* Timers: functions that the program calls by way of zmq_timers_execute. Not for
   many threads at once. A function may add, change and cancel timers. */
#include "edge.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
	int id;
	size_t interval;
	int64_t due; /* ms */
	uint64_t order; /* of setting: breaks ties */
	zmq_timer_fn *call;
	void *arg;
	unsigned round; /* when it was executed last */
	bool cancelled; /* and is taken out when it would be due */
} timer;

typedef struct {
	timer *all;
	int n, cap, last;
	uint64_t order;
	unsigned round;
} timers;

static timers *of (const void *handle)
{
	return (timers *) (uintptr_t) zeroth_handle_get (handle, TIMERS);
}

void *zmq_timers_new (void)
{
	timers *t = calloc (1, sizeof *t);
	void *handle = t ? zeroth_handle_new (TIMERS, (uintptr_t) t) : NULL;
	if (!handle)
		free (t);
	return handle;
}

int zmq_timers_destroy (void **handle)
{
	timers *t = NULL;
	if (handle)
		t = (timers *) (uintptr_t) zeroth_handle_take (*handle, TIMERS);
	if (!t)
		return fails (EFAULT);
	free (t->all);
	free (t);
	*handle = NULL;
	return 0;
}

static void arm (timers *t, timer *x, int64_t now)
{
	x->due = now + (int64_t) x->interval;
	x->order = ++t->order;
}

int zmq_timers_add (void *handle, size_t interval, zmq_timer_fn handler, void *arg)
{
	timers *t = of (handle);
	if (!t || !handler)
		return fails (EFAULT);
	if (t->n == t->cap) {
		int cap = t->cap ? 2 * t->cap : 8;
		timer *all = realloc (t->all, (size_t) cap * sizeof *all);
		if (!all)
			return fails (ENOMEM);
		t->all = all;
		t->cap = cap;
	}
	timer *x = &t->all[t->n++];
	*x = (timer){.id = ++t->last, .interval = interval, .call = handler, .arg = arg, .round = t->round};
	arm (t, x, zeroth_now_ms ());
	return x->id;
}

static timer *find (timers *t, int id)
{
	for (int i = 0; t && i < t->n; i++) {
		if (t->all[i].id == id)
			return &t->all[i];
	}
	errno = t ? EINVAL : EFAULT;
	return NULL;
}

int zmq_timers_set_interval (void *handle, int id, size_t interval)
{
	timers *t = of (handle);
	timer *x = find (t, id);
	if (!x)
		return -1;
	x->interval = interval;
	arm (t, x, zeroth_now_ms ());
	return 0;
}

int zmq_timers_reset (void *handle, int id)
{
	timers *t = of (handle);
	timer *x = find (t, id);
	if (!x)
		return -1;
	arm (t, x, zeroth_now_ms ());
	return 0;
}

int zmq_timers_cancel (void *handle, int id)
{
	timers *t = of (handle);
	timer *x = find (t, id);
	if (!x)
		return -1;
	if (x->cancelled)
		return fails (EINVAL);
	x->cancelled = true;
	return 0;
}

/* first is the timer that is due first, of those not executed in this round if
   that is not 0. */
static timer *first_of (timers *t, unsigned round)
{
	timer *first = NULL;
	for (int i = 0; i < t->n; i++) {
		timer *x = &t->all[i];
		if (round && x->round == round)
			continue;
		if (!first || x->due < first->due || (x->due == first->due && x->order < first->order))
			first = x;
	}
	return first;
}

/* next is the first that is not cancelled, if it comes before the time. Those
   that are, and come before it, are taken out. */
static timer *next (timers *t, unsigned round, int64_t before)
{
	timer *x;
	while ((x = first_of (t, round)) && x->due <= before && x->cancelled) {
		t->n--;
		memmove (x, x + 1, (size_t) (t->all + t->n - x) * sizeof *x);
	}
	return x && x->due <= before ? x : NULL;
}

long zmq_timers_timeout (void *handle)
{
	timers *t = of (handle);
	if (!t)
		return fails (EFAULT);
	timer *x = next (t, 0, INT64_MAX);
	if (!x)
		return -1;
	int64_t left = x->due - zeroth_now_ms ();
	return left > 0 ? (long) left : 0;
}

int zmq_timers_execute (void *handle)
{
	timers *t = of (handle);
	if (!t)
		return fails (EFAULT);
	int64_t now = zeroth_now_ms ();
	if (!++t->round)
		t->round = 1;
	timer *x;
	while ((x = next (t, t->round, now))) {
		x->round = t->round;
		arm (t, x, now);
		x->call (x->id, x->arg); /* x may be elsewhere afterwards */
	}
	return 0;
}
