/* What needs no context. */
#include "check.h"

static int calls[8], n_calls;
static void *timers;

static void note (int id, void *arg)
{
	calls[n_calls++ % 8] = id;
	if (arg)
		CHECK (zmq_timers_cancel (timers, *(int *) arg) == 0);
}

static void wait_for (int n)
{
	while (n_calls < n) {
		long ms = zmq_timers_timeout (timers);
		CHECK (ms >= 0);
		zmq_poll (NULL, 0, ms);
		CHECK (zmq_timers_execute (timers) == 0);
	}
}

static void timing (void)
{
	timers = zmq_timers_new ();
	CHECK (timers && zmq_timers_timeout (timers) == -1);
	CHECK (zmq_timers_execute (timers) == 0);
	int a = zmq_timers_add (timers, 20, note, NULL), b = zmq_timers_add (timers, 100000, note, NULL);
	CHECK (a == 1 && b == 2);
	CHECK (zmq_timers_timeout (timers) <= 20);
	wait_for (2);
	CHECK (calls[0] == a && calls[1] == a);
	CHECK (zmq_timers_cancel (timers, a) == 0);
	FAILS (zmq_timers_cancel (timers, a), EINVAL);
	CHECK (zmq_timers_reset (timers, a) == 0); /* it is forgotten later, when it would be due */
	FAILS (zmq_timers_set_interval (timers, 77, 1), EINVAL);
	CHECK (zmq_timers_timeout (timers) > 50000);
	FAILS (zmq_timers_reset (timers, a), EINVAL);
	CHECK (zmq_timers_set_interval (timers, b, 5) == 0 && zmq_timers_timeout (timers) <= 5);
	wait_for (3);
	CHECK (calls[2] == b && zmq_timers_reset (timers, b) == 0);
	int c = zmq_timers_add (timers, 1, note, &b);
	wait_for (4);
	CHECK (zmq_timers_cancel (timers, c) == 0 && zmq_timers_timeout (timers) == -1);
	FAILS (zmq_timers_add (timers, 1, NULL, NULL), EFAULT);
	FAILS (zmq_timers_add (NULL, 1, note, NULL), EFAULT);
	FAILS (zmq_timers_timeout (NULL), EFAULT);
	FAILS (zmq_timers_execute (NULL), EFAULT);
	FAILS (zmq_timers_cancel (NULL, 1), EFAULT);
	CHECK (zmq_timers_destroy (&timers) == 0 && !timers);
	FAILS (zmq_timers_destroy (&timers), EFAULT);
}

static int ran;

static void thread (void *arg) { ran = *(int *) arg; }

int main (void)
{
	timing ();

	void *c = zmq_atomic_counter_new ();
	CHECK (c && zmq_atomic_counter_value (c) == 0);
	CHECK (zmq_atomic_counter_inc (c) == 0 && zmq_atomic_counter_inc (c) == 1);
	CHECK (zmq_atomic_counter_dec (c) == 1 && zmq_atomic_counter_dec (c) == 0);
	zmq_atomic_counter_set (c, 7);
	CHECK (zmq_atomic_counter_value (c) == 7);
	zmq_atomic_counter_destroy (&c);
	CHECK (!c);

	void *w = zmq_stopwatch_start ();
	zmq_poll (NULL, 0, 20);
	unsigned long us = zmq_stopwatch_intermediate (w);
	CHECK (us >= 15000 && zmq_stopwatch_stop (w) >= us);

	int seven = 7;
	void *t = zmq_threadstart (thread, &seven);
	CHECK (t);
	zmq_threadclose (t);
	CHECK (ran == 7);

	int major, minor, patch;
	zmq_version (&major, &minor, &patch);
	CHECK (major == 4 && minor == 3 && patch >= 4);
	CHECK (zmq_has ("ipc") == 1 && zmq_has ("curve") == 1);
	CHECK (zmq_has ("nonsense") == 0 && zmq_has ("tcp") == 0);
	errno = EFSM;
	CHECK (zmq_errno () == EFSM);
	for (const int *e = (int[]){EFSM, ENOCOMPATPROTO, ETERM, EMTHREAD, EAGAIN, EINVAL, 0}; *e; e++)
		CHECK (strlen (zmq_strerror (*e)) > 5);

	uint8_t key[32], back[32];
	char text[41], again[41], public[41], secret[41];
	for (int i = 0; i < 32; i++)
		key[i] = (uint8_t) (i * 7);
	CHECK (zmq_z85_encode (text, key, 32) == text && strlen (text) == 40);
	CHECK (zmq_z85_decode (back, text) == back && !memcmp (key, back, 32));
	IS_NULL (zmq_z85_encode (text, key, 31), EINVAL);
	IS_NULL (zmq_z85_decode (back, "abcd"), EINVAL);
	IS_NULL (zmq_z85_decode (back, "ab~de"), EINVAL);
	CHECK (zmq_curve_keypair (public, secret) == 0 && strlen (public) == 40 && strlen (secret) == 40);
	CHECK (zmq_curve_public (again, secret) == 0 && !strcmp (again, public));
	FAILS (zmq_curve_public (again, "too short"), EINVAL);
	return 0;
}
