/* Contexts and their options. */
#include "check.h"

int main (void)
{
	void *ctx = zmq_ctx_new ();
	CHECK (ctx);
	CHECK (zmq_ctx_get (ctx, ZMQ_IO_THREADS) == 1);
	CHECK (zmq_ctx_get (ctx, ZMQ_MAX_SOCKETS) == 1023);
	CHECK (zmq_ctx_get (ctx, ZMQ_SOCKET_LIMIT) == 65535);
	CHECK (zmq_ctx_get (ctx, ZMQ_MSG_T_SIZE) == 64);
	CHECK (zmq_ctx_get (ctx, ZMQ_MAX_MSGSZ) == 2147483647);
	CHECK (zmq_ctx_set (ctx, ZMQ_MAX_SOCKETS, 2) == 0);
	CHECK (zmq_ctx_get (ctx, ZMQ_MAX_SOCKETS) == 2);
	FAILS (zmq_ctx_set (ctx, ZMQ_MAX_SOCKETS, 0), EINVAL);
	FAILS (zmq_ctx_set (ctx, ZMQ_IO_THREADS, -1), EINVAL);
	FAILS (zmq_ctx_set (ctx, 12345, 1), EINVAL);
	FAILS (zmq_ctx_get (ctx, 12345), EINVAL);
	FAILS (zmq_ctx_set (NULL, ZMQ_MAX_SOCKETS, 1), EFAULT);
	FAILS (zmq_ctx_get (NULL, ZMQ_MAX_SOCKETS), EFAULT);
	FAILS (zmq_ctx_term (NULL), EFAULT);
	FAILS (zmq_ctx_shutdown (NULL), EFAULT);
	FAILS (zmq_ctx_destroy (NULL), EFAULT);
	FAILS (zmq_term (NULL), EFAULT);
	IS_NULL (zmq_socket (NULL, ZMQ_PAIR), EFAULT);
	IS_NULL (zmq_socket (ctx, 99), EINVAL);
	IS_NULL (zmq_socket (ctx, -1), EINVAL);

	void *a = new_socket (ctx, ZMQ_PAIR), *b = new_socket (ctx, ZMQ_PAIR);
	IS_NULL (zmq_socket (ctx, ZMQ_PAIR), EMFILE);
	CHECK (zmq_ctx_shutdown (ctx) == 0);
	CHECK (zmq_ctx_shutdown (ctx) == 0);
	IS_NULL (zmq_socket (ctx, ZMQ_PAIR), ETERM);
	FAILS (zmq_send (a, "x", 1, 0), ETERM);
	FAILS (zmq_recv (a, NULL, 0, 0), ETERM);
	FAILS (zmq_bind (a, "inproc://a"), ETERM);
	FAILS (zmq_connect (a, "inproc://a"), ETERM);
	int value;
	size_t size = sizeof value;
	FAILS (zmq_getsockopt (a, ZMQ_TYPE, &value, &size), ETERM);
	FAILS (zmq_setsockopt (a, ZMQ_LINGER, &value, sizeof value), ETERM);
	zmq_pollitem_t item = {.socket = a, .events = ZMQ_POLLIN};
	FAILS (zmq_poll (&item, 1, -1), ETERM);
	CHECK (zmq_close (a) == 0);
	CHECK (zmq_close (b) == 0);
	CHECK (zmq_ctx_term (ctx) == 0);

	ctx = zmq_init (3);
	CHECK (ctx && zmq_ctx_get (ctx, ZMQ_IO_THREADS) == 3);
	CHECK (zmq_ctx_set (ctx, ZMQ_IPV6, 1) == 0 && zmq_ctx_set (ctx, ZMQ_BLOCKY, 0) == 0);
	a = new_socket (ctx, ZMQ_PUSH);
	CHECK (get_int (a, ZMQ_IPV6) == 1 && get_int (a, ZMQ_LINGER) == 0);
	CHECK (zmq_close (a) == 0);
	CHECK (zmq_term (ctx) == 0);
	IS_NULL (zmq_init (-1), EINVAL);

	/* Names of one context mean nothing in another. */
	void *one = zmq_ctx_new (), *two = zmq_ctx_new ();
	a = new_socket (one, ZMQ_PAIR);
	b = new_socket (two, ZMQ_PAIR);
	CHECK (zmq_bind (a, "inproc://name") == 0);
	CHECK (zmq_bind (b, "inproc://name") == 0);
	CHECK (zmq_close (a) == 0 && zmq_close (b) == 0);
	CHECK (zmq_ctx_destroy (one) == 0 && zmq_ctx_destroy (two) == 0);

	ctx = zmq_ctx_new ();
	CHECK (zmq_ctx_set (ctx, ZMQ_IO_THREADS, 0) == 0);
	a = new_socket (ctx, ZMQ_PAIR);
	FAILS (zmq_bind (a, "tcp://127.0.0.1:*"), EMTHREAD);
	CHECK (zmq_bind (a, "inproc://works") == 0);
	CHECK (zmq_close (a) == 0);
	CHECK (zmq_ctx_term (ctx) == 0);
	return 0;
}
