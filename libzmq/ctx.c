/* Contexts. What a forked process has of its parent's can be closed, to no
   effect, and nothing else. */
#include "edge.h"

void *zmq_ctx_new (void)
{
	uint64_t id = 0;
	if (result (go ()->ctx_new (&id)) < 0)
		return NULL;
	void *ctx = zeroth_handle_new (CONTEXT, id);
	if (!ctx) {
		zeroth_wait w = {0};
		go ()->ctx_term (id, &w);
		errno = EMFILE;
	}
	return ctx;
}

/* over has the sockets' feeds and inboxes stand still. */
static void over (void *ctx)
{
	__atomic_store_n (&zeroth_stream_of (ctx)->ended, 1, __ATOMIC_RELAXED);
}

int zmq_ctx_term (void *ctx)
{
	if (zeroth_handle_kind (ctx) == INHERITED)
		return 0;
	uint64_t id = context_of (ctx);
	if (!id)
		return fails (EFAULT);
	over (ctx);
	for (;;) {
		zeroth_wait w = {0};
		int64_t until = 0;
		int rc = go ()->ctx_term (id, &w);
		if (rc == -EAGAIN)
			rc = zeroth_pause (&w, &until);
		else if (!rc) {
			zeroth_handle_take (ctx, CONTEXT);
			return 0;
		}
		if (rc < 0)
			return result (rc);
	}
}

int zmq_ctx_shutdown (void *ctx)
{
	if (zeroth_handle_kind (ctx) == INHERITED)
		return 0;
	uint64_t id = context_of (ctx);
	if (!id)
		return fails (EFAULT);
	over (ctx);
	return result (go ()->ctx_shutdown (id));
}

int zmq_ctx_set (void *ctx, int option, int value)
{
	uint64_t id = context_of (ctx);
	return id ? result (go ()->ctx_set (id, option, value)) : fails (EFAULT);
}

int zmq_ctx_get (void *ctx, int option)
{
	uint64_t id = context_of (ctx);
	if (!id)
		return fails (EFAULT);
	int32_t value = 0;
	int rc = go ()->ctx_get (id, option, &value);
	return rc < 0 ? result (rc) : value;
}

int zmq_ctx_set_ext (void *ctx, int option, const void *value, size_t size)
{
	uint64_t id = context_of (ctx);
	if (!id)
		return fails (EFAULT);
	return result (go ()->ctx_set_ext (id, option, (void *) value, size));
}

int zmq_ctx_get_ext (void *ctx, int option, void *value, size_t *size)
{
	uint64_t id = context_of (ctx);
	if (!id || !value || !size)
		return fails (EFAULT);
	int rc = go ()->ctx_get_ext (id, option, value, *size);
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
