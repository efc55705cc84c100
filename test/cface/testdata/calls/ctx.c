/* Contexts. */
#include "calls.h"

static void options (void *ctx)
{
	for (int option = -1; option <= 80; option++) {
		errno = 0;
		int rc = zmq_ctx_get (ctx, option);
		note ("ctx_get %d = %d %s", option, rc, rc == -1 ? errname (errno) : "");
	}
	static const int values[] = {-2, -1, 0, 1, 2, 7, 16, 1000, INT32_MAX};
	for (int option = -1; option <= 80; option++) {
		for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
			void *c = must_ptr (zmq_ctx_new ());
			errno = 0;
			int rc = zmq_ctx_set (c, option, values[i]);
			note ("ctx_set %d to %d = %d %s", option, values[i], rc, rc ? errname (errno) : "");
			if (!rc) {
				errno = 0;
				rc = zmq_ctx_get (c, option);
				note ("ctx_get %d after %d = %d %s", option, values[i], rc, rc == -1 ? errname (errno) : "");
			}
			must (zmq_ctx_term (c));
		}
	}
}

static void handles (void *ctx)
{
	(void) ctx;
	I (zmq_ctx_term (NULL));
	I (zmq_ctx_term (fake));
	I (zmq_term (NULL));
	I (zmq_term (fake));
	I (zmq_ctx_destroy (NULL));
	I (zmq_ctx_destroy (fake));
	I (zmq_ctx_shutdown (NULL));
	I (zmq_ctx_shutdown (fake));
	I (zmq_ctx_set (NULL, ZMQ_IO_THREADS, 1));
	I (zmq_ctx_set (fake, ZMQ_IO_THREADS, 1));
	I (zmq_ctx_get (NULL, ZMQ_IO_THREADS));
	I (zmq_ctx_get (fake, ZMQ_IO_THREADS));
	P (zmq_socket (NULL, ZMQ_PUSH));
	P (zmq_socket (fake, ZMQ_PUSH));
	P (zmq_init (-1));
	void *old = P (zmq_init (0));
	I (zmq_ctx_get (old, ZMQ_IO_THREADS));
	I (zmq_term (old));
	old = P (zmq_init (3));
	I (zmq_ctx_get (old, ZMQ_IO_THREADS));
	I (zmq_ctx_destroy (old));
}

static void types (void *ctx)
{
	static const int bad[] = {-2, -1, 21, 22, 100, 1 << 30};
	for (int type = ZMQ_PAIR; type <= ZMQ_STREAM; type++) {
		errno = 0;
		void *s = zmq_socket (ctx, type);
		note ("socket of type %d = %s", type, s ? "made" : errname (errno));
		I (get_int (s, ZMQ_TYPE));
		I (zmq_close (s));
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		errno = 0;
		void *s = zmq_socket (ctx, bad[i]);
		note ("socket of type %d = %s", bad[i], s ? "made" : errname (errno));
	}
}

static void limits (void *ctx)
{
	I (zmq_ctx_set (ctx, ZMQ_MAX_SOCKETS, 2));
	void *a = P (zmq_socket (ctx, ZMQ_PUSH));
	void *b = P (zmq_socket (ctx, ZMQ_PULL));
	P (zmq_socket (ctx, ZMQ_PAIR));
	I (zmq_ctx_set (ctx, ZMQ_MAX_SOCKETS, 3));
	I (zmq_ctx_get (ctx, ZMQ_MAX_SOCKETS));
	P (zmq_socket (ctx, ZMQ_PAIR));
	I (zmq_close (a));
	I (zmq_close (b));
}

static void no_threads (void *ctx)
{
	I (zmq_ctx_set (ctx, ZMQ_IO_THREADS, 0));
	void *s = P (zmq_socket (ctx, ZMQ_PUSH));
	I (zmq_bind (s, "tcp://127.0.0.1:*"));
	I (zmq_connect (s, "tcp://127.0.0.1:9"));
	I (zmq_bind (s, "ipc://*"));
	I (zmq_connect (s, "ipc:///nowhere/at/all"));
	I (zmq_bind (s, "inproc://no-threads"));
	void *t = P (zmq_socket (ctx, ZMQ_PULL));
	I (zmq_connect (t, "inproc://no-threads"));
	I (zmq_send (s, "x", 1, ZMQ_DONTWAIT));
	I (zmq_recv (t, fake, 1, ZMQ_DONTWAIT));
	I (zmq_close (s));
	I (zmq_close (t));
}

static void affinity (void *ctx)
{
	void *s = P (zmq_socket (ctx, ZMQ_PUSH));
	uint64_t mask = 2; /* there is one thread, of number 0 */
	I (zmq_setsockopt (s, ZMQ_AFFINITY, &mask, sizeof mask));
	I (zmq_bind (s, "tcp://127.0.0.1:*"));
	mask = 3;
	I (zmq_setsockopt (s, ZMQ_AFFINITY, &mask, sizeof mask));
	I (zmq_bind (s, "tcp://127.0.0.1:*"));
	I (zmq_close (s));
}

static void shutting (void *ctx)
{
	void *own = P (zmq_ctx_new ());
	void *s = P (zmq_socket (own, ZMQ_DEALER));
	I (zmq_bind (s, "inproc://down"));
	I (zmq_ctx_shutdown (own));
	I (zmq_ctx_shutdown (own));
	P (zmq_socket (own, ZMQ_PUSH));
	I (zmq_ctx_get (own, ZMQ_IO_THREADS));
	I (zmq_ctx_set (own, ZMQ_MAX_SOCKETS, 5));
	I (zmq_send (s, "x", 1, 0));
	I (zmq_recv (s, fake, 1, 0));
	I (zmq_close (s));
	I (zmq_ctx_term (own));
	own = P (zmq_ctx_new ());
	I (zmq_ctx_shutdown (own));
	P (zmq_socket (own, ZMQ_PUSH));
	I (zmq_ctx_term (own));
	(void) ctx;
}

/* What sockets get from their context. */
static void inherit (void *ctx)
{
	void *s = P (zmq_socket (ctx, ZMQ_PUSH));
	I (get_int (s, ZMQ_IPV6));
	L (get_int (s, ZMQ_LINGER));
	I (zmq_ctx_set (ctx, ZMQ_IPV6, 1));
	I (zmq_ctx_set (ctx, ZMQ_BLOCKY, 0));
	I (get_int (s, ZMQ_IPV6));
	L (get_int (s, ZMQ_LINGER));
	void *t = P (zmq_socket (ctx, ZMQ_PUSH));
	I (get_int (t, ZMQ_IPV6));
	L (get_int (t, ZMQ_LINGER));
	I (zmq_close (s));
	I (zmq_close (t));
}

/* Names are the context's own. */
static void apart (void *ctx)
{
	void *other = P (zmq_ctx_new ());
	void *a = sock (ctx, ZMQ_PAIR), *b = sock (other, ZMQ_PAIR), *c = sock (other, ZMQ_PAIR);
	I (zmq_bind (a, "inproc://same"));
	I (zmq_bind (b, "inproc://same"));
	I (zmq_bind (c, "inproc://same"));
	I (zmq_connect (c, "inproc://same"));
	I (zmq_send (c, "x", 1, ZMQ_DONTWAIT));
	I (zmq_recv (a, fake, 1, ZMQ_DONTWAIT));
	I (zmq_recv (b, fake, 1, ZMQ_DONTWAIT));
	I (zmq_close (a));
	I (zmq_close (b));
	I (zmq_close (c));
	I (zmq_ctx_term (other));
}

const section ctx_sections[] = {{"ctx-options", options}, {"ctx-handles", handles}, {"ctx-types", types},
	{"ctx-limits", limits}, {"ctx-no-threads", no_threads}, {"ctx-affinity", affinity}, {"ctx-shutting", shutting},
	{"ctx-inherit", inherit}, {"ctx-apart", apart}, {NULL, NULL}};
