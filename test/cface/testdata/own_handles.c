/* Pointers that are no handles, or none any more: an errno, never a crash. */
#include "check.h"

#include <sys/mman.h>

static void bad_socket (void *s)
{
	char buf[64];
	size_t size = sizeof buf;
	zmq_msg_t m;
	zmq_msg_init (&m);
	FAILS (zmq_send (s, "x", 1, 0), ENOTSOCK);
	FAILS (zmq_recv (s, buf, 1, 0), ENOTSOCK);
	FAILS (zmq_msg_send (&m, s, 0), ENOTSOCK);
	FAILS (zmq_msg_recv (&m, s, 0), ENOTSOCK);
	FAILS (zmq_getsockopt (s, ZMQ_TYPE, buf, &size), ENOTSOCK);
	FAILS (zmq_setsockopt (s, ZMQ_LINGER, buf, 4), ENOTSOCK);
	FAILS (zmq_bind (s, "inproc://x"), ENOTSOCK);
	FAILS (zmq_connect (s, "inproc://x"), ENOTSOCK);
	FAILS (zmq_unbind (s, "inproc://x"), ENOTSOCK);
	FAILS (zmq_disconnect (s, "inproc://x"), ENOTSOCK);
	FAILS (zmq_socket_monitor (s, "inproc://x", 1), ENOTSOCK);
	FAILS (zmq_join (s, "x"), ENOTSOCK);
	FAILS (zmq_socket_get_peer_state (s, "x", 1), ENOTSOCK);
	FAILS (zmq_close (s), ENOTSOCK);
	zmq_pollitem_t item = {.socket = s, .events = ZMQ_POLLIN};
	if (s) {
		FAILS (zmq_poll (&item, 1, 0), ENOTSOCK);
		FAILS (zmq_proxy (s, s, NULL), ENOTSOCK);
	}
	void *p = zmq_poller_new ();
	FAILS (zmq_poller_add (p, s, NULL, ZMQ_POLLIN), ENOTSOCK);
	FAILS (zmq_poller_modify (p, s, ZMQ_POLLIN), ENOTSOCK);
	FAILS (zmq_poller_remove (p, s), ENOTSOCK);
	zmq_poller_destroy (&p);
	zmq_msg_close (&m);
}

static void bad_other (void *p)
{
	zmq_poller_event_t e;
	void *q = p;
	FAILS (zmq_ctx_term (p), EFAULT);
	FAILS (zmq_ctx_shutdown (p), EFAULT);
	FAILS (zmq_ctx_get (p, ZMQ_IO_THREADS), EFAULT);
	FAILS (zmq_ctx_set (p, ZMQ_IO_THREADS, 1), EFAULT);
	IS_NULL (zmq_socket (p, ZMQ_PAIR), EFAULT);
	FAILS (zmq_poller_size (p), EFAULT);
	FAILS (zmq_poller_wait (p, &e, 0), EFAULT);
	FAILS (zmq_poller_destroy (&q), EFAULT);
	FAILS (zmq_timers_timeout (p), EFAULT);
	FAILS (zmq_timers_destroy (&q), EFAULT);
}

int main (void)
{
	void *ctx = zmq_ctx_new (), *a = new_socket (ctx, ZMQ_PAIR), *closed = new_socket (ctx, ZMQ_PAIR);
	CHECK (zmq_close (closed) == 0);
	void *unmapped = mmap (NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int local = 0;
	void *bad[] = {NULL, (void *) 1, (void *) 0xdeadbeef, (void *) ~(uintptr_t) 0, unmapped, &local, ctx, closed,
		(char *) a + 1, (char *) a + 8, (char *) a + (1 << 20)};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		bad_socket (bad[i]);
		if (bad[i] != ctx)
			bad_other (bad[i]);
	}
	bad_other (a);
	FAILS (zmq_send (a, NULL, 1, 0), EFAULT);
	FAILS (zmq_recv (a, NULL, 1, 0), EFAULT);
	FAILS (zmq_bind (a, NULL), EFAULT);
	FAILS (zmq_getsockopt (a, ZMQ_TYPE, NULL, NULL), EFAULT);
	FAILS (zmq_setsockopt (a, ZMQ_LINGER, NULL, 4), EINVAL);
	FAILS (zmq_msg_init (NULL), EFAULT);
	FAILS (zmq_msg_close (NULL), EFAULT);
	zmq_msg_t m;
	memset (&m, 0, sizeof m);
	FAILS (zmq_msg_close (&m), EFAULT);
	FAILS (zmq_msg_send (&m, a, 0), EFAULT);
	FAILS (zmq_msg_recv (&m, a, 0), EFAULT);
	CHECK (zmq_msg_data (&m) == NULL && zmq_msg_size (&m) == 0);
	FAILS (zmq_msg_init_size (&m, (size_t) -1), ENOMEM);
	CHECK (zmq_close (a) == 0);
	FAILS (zmq_close (a), ENOTSOCK);
	CHECK (zmq_ctx_term (ctx) == 0);
	FAILS (zmq_ctx_term (ctx), EFAULT);
	return 0;
}
