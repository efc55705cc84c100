/* Sending, receiving, endpoints and options. */
#include "check.h"

#include <sys/uio.h>

static void truncation (void *ctx)
{
	void *a, *b;
	char buf[8] = "-------";
	pair (ctx, &a, ZMQ_PAIR, &b, ZMQ_PAIR);
	send_text (b, "longer", 0);
	CHECK (zmq_recv (a, buf, 3, 0) == 6 && !memcmp (buf, "lon----", 7));
	send_text (b, "gone", 0);
	CHECK (zmq_recv (a, NULL, 0, 0) == 4);
	CHECK (zmq_send (b, NULL, 0, 0) == 0 && zmq_recv (a, buf, 8, 0) == 0);
	static const char constant[] = "constant";
	CHECK (zmq_send_const (b, constant, 8, 0) == 8);
	recv_text (a, "constant");
	static char large[1 << 20], back[1 << 20];
	memset (large, 'l', sizeof large);
	CHECK (zmq_send (b, large, sizeof large, 0) == sizeof large);
	CHECK (zmq_recv (a, back, sizeof back, 0) == sizeof back && !memcmp (large, back, sizeof back));
	CHECK (zmq_close (a) == 0 && zmq_close (b) == 0);
}

static void states (void *ctx)
{
	void *rep, *req;
	char buf[8];
	pair (ctx, &rep, ZMQ_REP, &req, ZMQ_REQ);
	FAILS (zmq_recv (req, buf, 8, 0), EFSM);
	FAILS (zmq_send (rep, "x", 1, 0), EFSM);
	send_text (req, "question", 0);
	FAILS (zmq_send (req, "x", 1, 0), EFSM);
	recv_text (rep, "question");
	FAILS (zmq_recv (rep, buf, 8, 0), EFSM);
	send_text (rep, "an", ZMQ_SNDMORE);
	send_text (rep, "swer", 0);
	recv_text (req, "an");
	CHECK (get_int (req, ZMQ_RCVMORE) == 1);
	recv_text (req, "swer");
	CHECK (get_int (req, ZMQ_RCVMORE) == 0);
	CHECK (zmq_close (rep) == 0 && zmq_close (req) == 0);

	void *push = new_socket (ctx, ZMQ_PUSH), *pull = new_socket (ctx, ZMQ_PULL);
	FAILS (zmq_send (push, "x", 1, ZMQ_DONTWAIT), EAGAIN);
	FAILS (zmq_recv (push, buf, 8, ZMQ_DONTWAIT), ENOTSUP);
	FAILS (zmq_send (pull, "x", 1, ZMQ_DONTWAIT), ENOTSUP);
	FAILS (zmq_recv (pull, buf, 8, ZMQ_DONTWAIT), EAGAIN);
	set_int (push, ZMQ_SNDTIMEO, 0);
	FAILS (zmq_send (push, "x", 1, 0), EAGAIN);
	set_int (push, ZMQ_SNDTIMEO, 20);
	FAILS (zmq_send (push, "x", 1, 0), EAGAIN);
	set_int (pull, ZMQ_RCVTIMEO, 20);
	FAILS (zmq_recv (pull, buf, 8, 0), EAGAIN);
	CHECK (zmq_close (push) == 0 && zmq_close (pull) == 0);

	void *router = new_socket (ctx, ZMQ_ROUTER);
	set_int (router, ZMQ_ROUTER_MANDATORY, 1);
	FAILS (zmq_send (router, "nobody", 6, ZMQ_SNDMORE), EHOSTUNREACH);
	CHECK (zmq_close (router) == 0);
}

static void endpoints (void *ctx)
{
	void *s = new_socket (ctx, ZMQ_ROUTER), *t = new_socket (ctx, ZMQ_ROUTER);
	char endpoint[64];
	size_t size = sizeof endpoint;
	FAILS (zmq_bind (s, "nonsense"), EINVAL);
	FAILS (zmq_bind (s, "tcp://"), EINVAL);
	FAILS (zmq_bind (s, "xyz://x"), EPROTONOSUPPORT);
	FAILS (zmq_connect (s, "xyz://x"), EPROTONOSUPPORT);
	FAILS (zmq_connect (s, "tcp://127.0.0.1"), EINVAL);
	FAILS (zmq_bind (s, "tcp://no.such.host.invalid:1"), ENODEV);
	CHECK (zmq_bind (s, "tcp://127.0.0.1:*") == 0);
	CHECK (zmq_getsockopt (s, ZMQ_LAST_ENDPOINT, endpoint, &size) == 0);
	CHECK (size == strlen (endpoint) + 1 && strstr (endpoint, "tcp://127.0.0.1:") == endpoint);
	FAILS (zmq_bind (t, endpoint), EADDRINUSE);
	size = 5;
	FAILS (zmq_getsockopt (s, ZMQ_LAST_ENDPOINT, endpoint, &size), EINVAL);
	CHECK (zmq_connect (t, endpoint) == 0 && zmq_disconnect (t, endpoint) == 0);
	FAILS (zmq_disconnect (t, endpoint), ENOENT);
	CHECK (zmq_unbind (s, endpoint) == 0);
	FAILS (zmq_unbind (s, endpoint), ENOENT);
	FAILS (zmq_unbind (s, "tcp://127.0.0.1:1"), ENOENT);
	CHECK (zmq_bind (s, "inproc://same") == 0);
	FAILS (zmq_bind (t, "inproc://same"), EADDRINUSE);
	FAILS (zmq_bind (NULL, "inproc://x"), ENOTSOCK);
	FAILS (zmq_connect (NULL, "inproc://x"), ENOTSOCK);
	FAILS (zmq_unbind (NULL, "inproc://x"), ENOTSOCK);
	FAILS (zmq_disconnect (NULL, "inproc://x"), ENOTSOCK);
	FAILS (zmq_close (NULL), ENOTSOCK);
	FAILS (zmq_send (NULL, "x", 1, 0), ENOTSOCK);
	FAILS (zmq_recv (NULL, endpoint, 1, 0), ENOTSOCK);
	CHECK (zmq_close (s) == 0 && zmq_close (t) == 0);
}

static void options (void *ctx)
{
	void *s = new_socket (ctx, ZMQ_DEALER);
	int i = 5;
	int64_t l = 1 << 20;
	uint64_t u = 3;
	size_t size;
	CHECK (get_int (s, ZMQ_TYPE) == ZMQ_DEALER && get_int (s, ZMQ_THREAD_SAFE) == 0);
	set_int (s, ZMQ_SNDHWM, 7);
	CHECK (get_int (s, ZMQ_SNDHWM) == 7);
	FAILS (zmq_setsockopt (s, ZMQ_SNDHWM, &i, 3), EINVAL);
	FAILS (zmq_setsockopt (s, ZMQ_SNDHWM, &l, 8), EINVAL);
	i = -5;
	FAILS (zmq_setsockopt (s, ZMQ_SNDHWM, &i, 4), EINVAL);
	FAILS (zmq_setsockopt (s, ZMQ_TYPE, &i, 4), EINVAL);
	FAILS (zmq_setsockopt (s, 4321, &i, 4), EINVAL);
	FAILS (zmq_setsockopt (s, ZMQ_SUBSCRIBE, "x", 1), EINVAL);
	FAILS (zmq_setsockopt (NULL, ZMQ_LINGER, &i, 4), ENOTSOCK);
	FAILS (zmq_getsockopt (NULL, ZMQ_LINGER, &i, &size), ENOTSOCK);
	CHECK (zmq_setsockopt (s, ZMQ_MAXMSGSIZE, &l, sizeof l) == 0);
	l = 0;
	size = sizeof l;
	CHECK (zmq_getsockopt (s, ZMQ_MAXMSGSIZE, &l, &size) == 0 && l == 1 << 20 && size == 8);
	CHECK (zmq_setsockopt (s, ZMQ_AFFINITY, &u, sizeof u) == 0);
	CHECK (zmq_setsockopt (s, ZMQ_ROUTING_ID, "me", 2) == 0);
	char text[8];
	size = sizeof text;
	CHECK (zmq_getsockopt (s, ZMQ_ROUTING_ID, text, &size) == 0 && size == 2 && !memcmp (text, "me", 2));
	FAILS (zmq_setsockopt (s, ZMQ_ROUTING_ID, "", 0), EINVAL);
	size = 2;
	FAILS (zmq_getsockopt (s, ZMQ_LINGER, &i, &size), EINVAL);
	size = sizeof i;
	FAILS (zmq_getsockopt (s, ZMQ_ROUTER_MANDATORY, &i, &size), EINVAL);
	CHECK (get_int (s, ZMQ_EVENTS) == 0 && get_int (s, ZMQ_FD) > 2);
	CHECK (zmq_close (s) == 0);
}

static void vectors (void *ctx)
{
	void *a, *b;
	struct iovec v[3] = {{"one", 3}, {"two", 3}, {"three", 5}}, w[4];
	size_t n = 4;
	pair (ctx, &a, ZMQ_PAIR, &b, ZMQ_PAIR);
	CHECK (zmq_sendiov (b, v, 3, ZMQ_SNDMORE) == 5);
	CHECK (zmq_recviov (a, w, &n, 0) == 3 && n == 3);
	CHECK (w[2].iov_len == 5 && !memcmp (w[2].iov_base, "three", 5));
	for (int i = 0; i < 3; i++)
		free (w[i].iov_base);
	FAILS (zmq_sendiov (b, v, 0, 0), EINVAL);
	FAILS (zmq_sendiov (NULL, v, 1, 0), ENOTSOCK);
	FAILS (zmq_recviov (NULL, w, &n, 0), ENOTSOCK);
	zmq_msg_t m;
	CHECK (zmq_msg_init_size (&m, 4) == 0 && zmq_sendmsg (a, &m, 0) == 4 && zmq_recvmsg (b, &m, 0) == 4);
	CHECK (zmq_msg_close (&m) == 0);
	CHECK (zmq_close (a) == 0 && zmq_close (b) == 0);
}

static void topics (void *ctx)
{
	void *sub = new_socket (ctx, ZMQ_SUB), *xpub = new_socket (ctx, ZMQ_XPUB);
	CHECK (zmq_bind (xpub, "inproc://topics") == 0 && zmq_connect (sub, "inproc://topics") == 0);
	CHECK (zmq_setsockopt (sub, ZMQ_SUBSCRIBE, "a", 1) == 0);
	recv_text (xpub, "\001a");
	send_text (xpub, "b", 0);
	send_text (xpub, "ab", 0);
	recv_text (sub, "ab");
	CHECK (zmq_setsockopt (sub, ZMQ_UNSUBSCRIBE, "a", 1) == 0);
	CHECK (zmq_setsockopt (sub, ZMQ_SUBSCRIBE, NULL, 0) == 0);
	CHECK (zmq_close (sub) == 0 && zmq_close (xpub) == 0);
}

int main (void)
{
	void *ctx = zmq_ctx_new ();
	truncation (ctx);
	states (ctx);
	endpoints (ctx);
	options (ctx);
	vectors (ctx);
	topics (ctx);
	CHECK (zmq_ctx_term (ctx) == 0);
	return 0;
}
