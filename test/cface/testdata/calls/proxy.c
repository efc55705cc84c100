/* Proxies, and their control. */
#include "calls.h"

#include <pthread.h>

typedef struct {
	void *front, *back, *capture, *control;
	int rc, error;
} proxy;

static void *run (void *arg)
{
	proxy *p = arg;
	errno = 0;
	p->rc = zmq_proxy_steerable (p->front, p->back, p->capture, p->control);
	p->error = errno;
	return NULL;
}

static void *run_plain (void *arg)
{
	proxy *p = arg;
	errno = 0;
	p->rc = zmq_proxy (p->front, p->back, p->capture);
	p->error = errno;
	return NULL;
}

static void *run_device (void *arg)
{
	proxy *p = arg;
	errno = 0;
	p->rc = zmq_device (ZMQ_QUEUE, p->front, p->back);
	p->error = errno;
	return NULL;
}

static void begin (proxy *p, void *ctx, int front, int back)
{
	*p = (proxy){sock (ctx, front), sock (ctx, back), NULL, NULL, 0, 0};
	must (zmq_bind (p->front, "inproc://front"));
	must (zmq_bind (p->back, "inproc://back"));
}

static void close_all (proxy *p)
{
	must (zmq_close (p->front));
	must (zmq_close (p->back));
	if (p->capture)
		must (zmq_close (p->capture));
	if (p->control)
		must (zmq_close (p->control));
}

static void round_trip (void *client, void *worker)
{
	char buf[16] = "";
	I (zmq_send (client, "question", 8, 0));
	I (zmq_recv (worker, buf, sizeof buf, 0));
	note ("text = %.8s", buf);
	I (zmq_send (worker, "answer", 6, 0));
	memset (buf, 0, sizeof buf);
	I (zmq_recv (client, buf, sizeof buf, 0));
	note ("text = %s", buf);
}

/* A proxy ends with its context. */
static void ends (void *unused)
{
	(void) unused;
	void *(*const ways[]) (void *) = {run_plain, run, run_device};
	for (int i = 0; i < 3; i++) {
		void *ctx = must_ptr (zmq_ctx_new ());
		proxy p;
		pthread_t t;
		begin (&p, ctx, ZMQ_ROUTER, ZMQ_DEALER);
		pthread_create (&t, NULL, ways[i], &p);
		void *client = sock (ctx, ZMQ_REQ), *worker = sock (ctx, ZMQ_REP);
		must (zmq_connect (client, "inproc://front"));
		must (zmq_connect (worker, "inproc://back"));
		round_trip (client, worker);
		must (zmq_close (client));
		must (zmq_close (worker));
		must (zmq_ctx_shutdown (ctx));
		pthread_join (t, NULL);
		note ("proxy = %d %s", p.rc, errname (p.error));
		close_all (&p);
		must (zmq_ctx_term (ctx));
	}
}

static void capture (void *ctx)
{
	proxy p;
	pthread_t t;
	begin (&p, ctx, ZMQ_ROUTER, ZMQ_DEALER);
	p.capture = sock (ctx, ZMQ_PUSH);
	p.control = sock (ctx, ZMQ_PAIR);
	void *copies = sock (ctx, ZMQ_PULL), *control = sock (ctx, ZMQ_PAIR);
	join (copies, p.capture, "inproc://copies");
	join (control, p.control, "inproc://control");
	pthread_create (&t, NULL, run, &p);
	void *client = sock (ctx, ZMQ_REQ), *worker = sock (ctx, ZMQ_REP);
	must (zmq_connect (client, "inproc://front"));
	must (zmq_connect (worker, "inproc://back"));
	round_trip (client, worker);
	for (int i = 0; i < 6; i++) {
		char buf[16] = "";
		int n = must (zmq_recv (copies, buf, sizeof buf, 0));
		note ("copy %d = %d bytes, more %d, %s", i, n, get_int (copies, ZMQ_RCVMORE), n > 5 ? buf : "");
	}
	I (zmq_send (control, "PAUSE", 5, 0));
	I (zmq_send (control, "RESUME", 6, 0));
	round_trip (client, worker);
	I (zmq_send (control, "TERMINATE", 9, 0));
	pthread_join (t, NULL);
	note ("proxy = %d", p.rc);
	close_all (&p);
	must (zmq_close (copies));
	must (zmq_close (control));
	must (zmq_close (client));
	must (zmq_close (worker));
}

static void statistics (void *ctx)
{
	proxy p;
	pthread_t t;
	begin (&p, ctx, ZMQ_PULL, ZMQ_PUSH);
	p.control = sock (ctx, ZMQ_PAIR);
	void *control = sock (ctx, ZMQ_PAIR);
	must (zmq_bind (p.control, "inproc://control"));
	must (zmq_connect (control, "inproc://control"));
	pthread_create (&t, NULL, run, &p);
	void *from = sock (ctx, ZMQ_PUSH), *to = sock (ctx, ZMQ_PULL);
	must (zmq_connect (from, "inproc://front"));
	must (zmq_connect (to, "inproc://back"));
	for (int i = 0; i < 3; i++) {
		must (zmq_send (from, "ab", 2, ZMQ_SNDMORE));
		must (zmq_send (from, "cde", 3, 0));
		must (zmq_recv (to, fake, 16, 0));
		must (zmq_recv (to, fake, 16, 0));
	}
	I (zmq_send (control, "STATISTICS", 10, 0));
	for (int i = 0; i < 8; i++) {
		uint64_t count = 0;
		int n = must (zmq_recv (control, &count, sizeof count, 0));
		note ("count %d = %d bytes, %llu, more %d", i, n, (unsigned long long) count, get_int (control, ZMQ_RCVMORE));
	}
	I (zmq_send (control, "PAUSE", 5, 0));
	I (zmq_send (control, "STATISTICS", 10, 0)); /* the answer comes after the pause */
	for (int i = 0; i < 8; i++)
		must (zmq_recv (control, fake, 16, 0));
	I (zmq_send (from, "held", 4, 0));
	set_int (to, ZMQ_RCVTIMEO, SHORT_MS);
	I (zmq_recv (to, fake, 16, 0));
	I (zmq_send (control, "RESUME", 6, 0));
	set_int (to, ZMQ_RCVTIMEO, LONG_MS);
	I (zmq_recv (to, fake, 16, 0));
	I (zmq_send (control, "TERMINATE", 9, 0));
	pthread_join (t, NULL);
	note ("proxy = %d", p.rc);
	memset (fake, 0, 16);
	close_all (&p);
	must (zmq_close (control));
	must (zmq_close (from));
	must (zmq_close (to));
}

/* Front and back may be one socket. */
static void mirror (void *ctx)
{
	void *own = must_ptr (zmq_ctx_new ());
	proxy p = {sock (own, ZMQ_DEALER), NULL, NULL, NULL, 0, 0};
	p.back = p.front;
	pthread_t t;
	void *client = sock (own, ZMQ_DEALER);
	must (zmq_bind (p.front, "inproc://mirror"));
	must (zmq_connect (client, "inproc://mirror"));
	pthread_create (&t, NULL, run_plain, &p);
	for (int i = 0; i < 3; i++) {
		I (zmq_send (client, "echo", 4, 0));
		I (zmq_recv (client, fake, 8, 0));
	}
	memset (fake, 0, 8);
	must (zmq_close (client));
	must (zmq_ctx_shutdown (own));
	pthread_join (t, NULL);
	note ("proxy = %d %s", p.rc, errname (p.error));
	must (zmq_close (p.front));
	must (zmq_ctx_term (own));
	(void) ctx;
}

const section proxy_sections[] = {{"proxy-ends", ends}, {"proxy-capture", capture}, {"proxy-statistics", statistics},
	{"proxy-mirror", mirror}, {NULL, NULL}};
