/* Errors, the version, capabilities, counters, stopwatches and threads: what needs
   no Go. */
#include "edge.h"
#include "has_gen.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int zmq_errno (void) { return errno; }

const char *zmq_strerror (int errnum)
{
	switch (errnum) {
	case EFSM:
		return "operation cannot be done in this state of the socket";
	case ENOCOMPATPROTO:
		return "this socket type does not work over that transport";
	case ETERM:
		return "context was terminated";
	case EMTHREAD:
		return "context has no I/O thread";
	case EHOSTUNREACH:
		return "no such peer";
	}
	return strerror (errnum);
}

void zmq_version (int *major, int *minor, int *patch)
{
	if (major)
		*major = ZMQ_VERSION_MAJOR;
	if (minor)
		*minor = ZMQ_VERSION_MINOR;
	if (patch)
		*patch = ZMQ_VERSION_PATCH;
}

/* What Go was built with. Programs ask before they have made anything (Python does
   when it imports zmq), and get no Go for that. */
int zmq_has (const char *capability)
{
	for (size_t i = 0; capability && i < sizeof capabilities / sizeof *capabilities; i++) {
		if (!strcmp (capability, capabilities[i]))
			return 1;
	}
	return 0;
}

void *zmq_atomic_counter_new (void)
{
	atomic_int *c = malloc (sizeof *c);
	if (c)
		atomic_init (c, 0);
	return c;
}

void zmq_atomic_counter_set (void *counter, int value)
{
	if (counter)
		atomic_store ((atomic_int *) counter, value);
}

int zmq_atomic_counter_inc (void *counter)
{
	return counter ? atomic_fetch_add ((atomic_int *) counter, 1) : 0;
}

int zmq_atomic_counter_dec (void *counter)
{
	return counter && atomic_fetch_sub ((atomic_int *) counter, 1) != 1;
}

int zmq_atomic_counter_value (void *counter)
{
	return counter ? atomic_load ((atomic_int *) counter) : 0;
}

void zmq_atomic_counter_destroy (void **counter)
{
	if (counter) {
		free (*counter);
		*counter = NULL;
	}
}

static uint64_t now_us (void)
{
	struct timespec t;
	clock_gettime (CLOCK_MONOTONIC, &t);
	return (uint64_t) t.tv_sec * 1000000 + (uint64_t) t.tv_nsec / 1000;
}

void *zmq_stopwatch_start (void)
{
	uint64_t *watch = malloc (sizeof *watch);
	if (watch)
		*watch = now_us ();
	return watch;
}

unsigned long zmq_stopwatch_intermediate (void *watch)
{
	return watch ? (unsigned long) (now_us () - *(uint64_t *) watch) : 0;
}

unsigned long zmq_stopwatch_stop (void *watch)
{
	unsigned long us = zmq_stopwatch_intermediate (watch);
	free (watch);
	return us;
}

void zmq_sleep (int seconds)
{
	struct timespec t = {.tv_sec = seconds > 0 ? seconds : 0};
	nanosleep (&t, NULL);
}

typedef struct {
	pthread_t id;
	zmq_thread_fn *call;
	void *arg;
} thread;

static void *run (void *arg)
{
	thread *t = arg;
	t->call (t->arg);
	return NULL;
}

/* The thread takes no signals, as in libzmq. */
void *zmq_threadstart (zmq_thread_fn *func, void *arg)
{
	thread *t = func ? malloc (sizeof *t) : NULL;
	if (!t)
		return NULL;
	t->call = func;
	t->arg = arg;
	sigset_t none, mask;
	sigfillset (&none);
	pthread_sigmask (SIG_SETMASK, &none, &mask);
	int error = pthread_create (&t->id, NULL, run, t);
	pthread_sigmask (SIG_SETMASK, &mask, NULL);
	if (error) {
		free (t);
		errno = error;
		return NULL;
	}
	return t;
}

void zmq_threadclose (void *handle)
{
	thread *t = handle;
	if (t) {
		pthread_join (t->id, NULL);
		free (t);
	}
}
