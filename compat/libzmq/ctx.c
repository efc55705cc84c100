/* Contexts. One is made in Go when something needs it there, in each process: a
   program may make a context, fork, and use it in both. In the child it is as
   new: without sockets, with the options that it was given, and ended if it was. */
#include "edge.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* An option that was set, or is to be. */
typedef struct setting {
	struct setting *next;
	int option;
	bool is_int; /* by zmq_ctx_set */
	size_t size;
	unsigned char value[];
} setting;

typedef struct {
	uint64_t id;       /* in Go */
	unsigned instance; /* of Go that knows the id; 0: none */
	setting *settings; /* one for each option */
} context;

/* All that a handle stands for is used under the lock. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* zeroth_contexts_forked is called in the child of a fork. */
void zeroth_contexts_forked (void) { pthread_mutex_init (&lock, NULL); }

static context *of_locked (const void *handle)
{
	return (context *) (uintptr_t) zeroth_handle_get (handle, CONTEXT);
}

/* ended is where the sockets' rings and caches see that they are to stand
   still. */
static int *ended (const void *handle) { return &zeroth_stream_of (handle)->ended; }

static int apply (uint64_t id, const setting *s)
{
	if (!s->is_int)
		return go ()->ctx_set_ext (id, s->option, (void *) s->value, s->size);
	int value;
	memcpy (&value, s->value, sizeof value);
	return go ()->ctx_set (id, s->option, value);
}

/* find_locked finds what a handle stands for, and makes it in Go unless it is
   there. *rc says why it is NULL. */
static context *find_locked (const void *handle, int *rc)
{
	context *c = of_locked (handle);
	*rc = c ? 0 : -EFAULT;
	if (!c || c->instance == zeroth_instance)
		return c;
	if ((*rc = go ()->ctx_new (&c->id)) < 0)
		return NULL;
	for (const setting *s = c->settings; s; s = s->next)
		apply (c->id, s);
	if (*ended (handle))
		go ()->ctx_shutdown (c->id);
	c->instance = zeroth_instance;
	return c;
}

/* zeroth_context finds a context's number in Go. It returns 0, or an errno with
   its sign turned: EFAULT if it is none, or why there is no Go. */
int zeroth_context (const void *handle, uint64_t *id)
{
	int rc;
	pthread_mutex_lock (&lock);
	context *c = find_locked (handle, &rc);
	*id = c ? c->id : 0;
	pthread_mutex_unlock (&lock);
	return rc;
}

/* end ends a context for its sockets. *id is its number in Go, 0 if it is not
   there. */
static int end (const void *handle, uint64_t *id)
{
	pthread_mutex_lock (&lock);
	context *c = of_locked (handle);
	if (c)
		__atomic_store_n (ended (handle), 1, __ATOMIC_RELAXED);
	*id = c && c->instance == zeroth_instance ? c->id : 0;
	pthread_mutex_unlock (&lock);
	return c ? 0 : -EFAULT;
}

static void forget (void *handle)
{
	pthread_mutex_lock (&lock);
	context *c = (context *) (uintptr_t) zeroth_handle_take (handle, CONTEXT);
	while (c && c->settings) {
		setting *s = c->settings;
		c->settings = s->next;
		free (s);
	}
	free (c);
	pthread_mutex_unlock (&lock);
}

void *zmq_ctx_new (void)
{
	context *c = calloc (1, sizeof *c);
	void *handle = c ? zeroth_handle_new (CONTEXT, (uintptr_t) c) : NULL;
	if (!handle)
		free (c);
	return handle;
}

int zmq_ctx_term (void *ctx)
{
	uint64_t id;
	int rc = end (ctx, &id);
	while (!rc && id) {
		zeroth_wait w = {0};
		int64_t until = 0;
		rc = go ()->ctx_term (id, &w);
		if (!rc)
			break;
		if (rc == -EAGAIN)
			rc = zeroth_pause (&w, &until);
	}
	if (!rc)
		forget (ctx);
	return result (rc);
}

int zmq_ctx_shutdown (void *ctx)
{
	uint64_t id;
	int rc = end (ctx, &id);
	return result (!rc && id ? go ()->ctx_shutdown (id) : rc);
}

/* set sets an option, and keeps what it was set to, for a child. */
static int set (void *ctx, int option, bool is_int, const void *value, size_t size)
{
	setting *s = size < SIZE_MAX - sizeof *s ? malloc (sizeof *s + size) : NULL;
	if (!s)
		return -ENOMEM;
	*s = (setting){.option = option, .is_int = is_int, .size = size};
	memcpy (s->value, value, size);
	int rc;
	pthread_mutex_lock (&lock);
	context *c = find_locked (ctx, &rc);
	if (c && (rc = apply (c->id, s)) == 0) {
		setting **at = &c->settings;
		while (*at && (*at)->option != option)
			at = &(*at)->next;
		setting *old = *at;
		s->next = old ? old->next : NULL;
		*at = s;
		s = old;
	}
	pthread_mutex_unlock (&lock);
	free (s);
	return rc;
}

int zmq_ctx_set (void *ctx, int option, int value)
{
	return result (set (ctx, option, true, &value, sizeof value));
}

int zmq_ctx_set_ext (void *ctx, int option, const void *value, size_t size)
{
	if (!value)
		return fails (zeroth_handle_kind (ctx) == CONTEXT ? EINVAL : EFAULT);
	return result (set (ctx, option, false, value, size));
}

int zmq_ctx_get (void *ctx, int option)
{
	uint64_t id;
	int32_t value = 0;
	int rc = zeroth_context (ctx, &id);
	if (!rc)
		rc = go ()->ctx_get (id, option, &value);
	return rc < 0 ? result (rc) : value;
}

int zmq_ctx_get_ext (void *ctx, int option, void *value, size_t *size)
{
	if (!value || !size)
		return fails (EFAULT);
	uint64_t id;
	int rc = zeroth_context (ctx, &id);
	if (!rc)
		rc = go ()->ctx_get_ext (id, option, value, *size);
	if (rc < 0)
		return result (rc);
	*size = (size_t) rc;
	return 0;
}

void *zmq_init (int io_threads)
{
	if (io_threads < 0) {
		errno = EINVAL;
		return NULL;
	}
	void *ctx = zmq_ctx_new ();
	if (ctx)
		zmq_ctx_set (ctx, ZMQ_IO_THREADS, io_threads);
	return ctx;
}

int zmq_term (void *ctx) { return zmq_ctx_term (ctx); }

int zmq_ctx_destroy (void *ctx) { return zmq_ctx_term (ctx); }
