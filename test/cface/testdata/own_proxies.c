/* Proxies where libzmq 4.3.4 crashes or differs from 4.3.6: commands that are
   none, a REP for control, no sockets at all. */
#include "check.h"

#include <pthread.h>
#include <stdint.h>

typedef struct {
	void *front, *back, *control;
} proxy;

static void *runs (void *arg)
{
	proxy *p = arg;
	CHECK (zmq_proxy_steerable (p->front, p->back, NULL, p->control) == 0);
	return NULL;
}

/* ask gives an order, and waits for the empty reply. */
static void ask (void *control, const char *word)
{
	send_text (control, word, 0);
	recv_text (control, "");
	CHECK (!get_int (control, ZMQ_RCVMORE));
}

int main (void)
{
	void *ctx = zmq_ctx_new (), *in, *out, *control;
	proxy p;
	pair (ctx, &p.front, ZMQ_PULL, &in, ZMQ_PUSH);
	pair (ctx, &p.back, ZMQ_PUSH, &out, ZMQ_PULL);
	pair (ctx, &p.control, ZMQ_REP, &control, ZMQ_REQ);
	pthread_t t;
	CHECK (pthread_create (&t, NULL, runs, &p) == 0);
	ask (control, "nonsense");
	ask (control, "");
	ask (control, "PAUS");
	ask (control, "PAUSED");
	ask (control, "PAUSE");
	send_text (in, "held", 0);
	char buf[8];
	FAILS (zmq_recv (out, buf, 8, ZMQ_DONTWAIT), EAGAIN);
	ask (control, "RESUME");
	recv_text (out, "held");
	send_text (control, "STATISTICS", 0);
	static const uint64_t want[8] = {1, 4, 0, 0, 0, 0, 1, 4};
	for (int i = 0; i < 8; i++) {
		uint64_t n;
		CHECK (zmq_recv (control, &n, 8, 0) == 8 && n == want[i] && get_int (control, ZMQ_RCVMORE) == (i < 7));
	}
	ask (control, "TERMINATE");
	CHECK (pthread_join (t, NULL) == 0);

	FAILS (zmq_device (ZMQ_QUEUE, NULL, NULL), EFAULT);
	FAILS (zmq_device (ZMQ_STREAMER, p.front, NULL), EFAULT);
	FAILS (zmq_device (99, NULL, p.front), EFAULT);
	FAILS (zmq_proxy_steerable (p.front, NULL, NULL, p.control), EFAULT);
	FAILS (zmq_proxy (p.front, p.back, &t), ENOTSOCK);
	CHECK (zmq_close (p.front) == 0 && zmq_close (p.back) == 0 && zmq_close (p.control) == 0);
	CHECK (zmq_close (in) == 0 && zmq_close (out) == 0 && zmq_close (control) == 0);
	FAILS (zmq_proxy (p.front, p.back, NULL), ENOTSOCK);
	CHECK (zmq_ctx_term (ctx) == 0);
	return 0;
}
