/* Proxies, steered and not, and the older devices. */
#include "check.h"

#include <pthread.h>

static void *ctx;

static void *forward (void *arg)
{
	void **s = arg;
	CHECK (zmq_proxy_steerable (s[0], s[1], s[2], s[3]) == 0);
	return NULL;
}

static void *device (void *arg)
{
	void **s = arg;
	FAILS (zmq_device (ZMQ_QUEUE, s[0], s[1]), ETERM);
	CHECK (zmq_close (s[0]) == 0 && zmq_close (s[1]) == 0);
	return NULL;
}

static void *bound (int type, const char *name)
{
	void *s = new_socket (ctx, type);
	CHECK (zmq_bind (s, name) == 0);
	return s;
}

static void *connected (int type, const char *name)
{
	void *s = new_socket (ctx, type);
	CHECK (zmq_connect (s, name) == 0);
	return s;
}

static void steered (void)
{
	void *s[4] = {bound (ZMQ_ROUTER, "inproc://front"), bound (ZMQ_DEALER, "inproc://back"),
		bound (ZMQ_PUB, "inproc://capture"), bound (ZMQ_PAIR, "inproc://control")};
	void *req = connected (ZMQ_REQ, "inproc://front"), *rep = connected (ZMQ_REP, "inproc://back");
	void *steer = connected (ZMQ_PAIR, "inproc://control");
	pthread_t t;
	CHECK (pthread_create (&t, NULL, forward, s) == 0);
	for (int i = 0; i < 10; i++) {
		send_text (req, "question", 0);
		recv_text (rep, "question");
		send_text (rep, "answer", 0);
		recv_text (req, "answer");
	}
	send_text (steer, "STATISTICS", 0);
	uint64_t n;
	for (int i = 0; i < 8; i++) {
		CHECK (zmq_recv (steer, &n, sizeof n, 0) == 8);
		CHECK (get_int (steer, ZMQ_RCVMORE) == (i < 7));
		if (i == 0)
			CHECK (n == 10 || n == 30); /* 4.3.4 counts messages, later ones frames */
	}
	send_text (steer, "PAUSE", 0);
	send_text (steer, "RESUME", 0);
	send_text (req, "question", 0);
	recv_text (rep, "question");
	send_text (steer, "TERMINATE", 0);
	CHECK (pthread_join (t, NULL) == 0);
	for (int i = 0; i < 4; i++)
		CHECK (zmq_close (s[i]) == 0);
	CHECK (zmq_close (req) == 0 && zmq_close (rep) == 0 && zmq_close (steer) == 0);
}

int main (void)
{
	ctx = zmq_ctx_new ();
	steered ();
	void *s[2] = {bound (ZMQ_PULL, "inproc://in"), bound (ZMQ_PUSH, "inproc://out")};
	FAILS (zmq_proxy (NULL, s[1], NULL), EFAULT);
	FAILS (zmq_proxy (s[0], NULL, NULL), EFAULT);
	void *push = connected (ZMQ_PUSH, "inproc://in"), *pull = connected (ZMQ_PULL, "inproc://out");
	pthread_t t;
	CHECK (pthread_create (&t, NULL, device, s) == 0);
	send_text (push, "one", ZMQ_SNDMORE);
	send_text (push, "two", 0);
	recv_text (pull, "one");
	recv_text (pull, "two");
	CHECK (zmq_close (push) == 0 && zmq_close (pull) == 0);
	CHECK (zmq_ctx_term (ctx) == 0);
	CHECK (pthread_join (t, NULL) == 0);
	return 0;
}
