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

/* show prints a message, part by part. */
static void show (void *s)
{
	do {
		memset (fake, 0, 16);
		I (zmq_recv (s, fake, 8, 0));
		note ("text = %s", fake);
	} while (get_int (s, ZMQ_RCVMORE));
	memset (fake, 0, 16);
}

/* Fault C1: one socket as front and back answers what it is asked, whether its type
   takes turns or not. A copy may go to a third socket, or to that one. */
static void echo (void *ctx)
{
	static const int types[][2] = {{ZMQ_REP, ZMQ_REQ}, {ZMQ_DEALER, ZMQ_DEALER}, {ZMQ_PAIR, ZMQ_PAIR},
		{ZMQ_ROUTER, ZMQ_REQ}, {ZMQ_ROUTER, ZMQ_DEALER}, {ZMQ_REP, ZMQ_DEALER}};
	(void) ctx;
	for (size_t k = 0; k < sizeof types / sizeof *types; k++) {
		for (int copies = 0; copies < 2; copies++) {
			void *own = must_ptr (zmq_ctx_new ()), *client = sock (own, types[k][1]), *tap = sock (own, ZMQ_PULL);
			proxy p = {sock (own, types[k][0]), NULL, NULL, sock (own, ZMQ_PAIR), 0, 0};
			void *control = sock (own, ZMQ_PAIR);
			p.back = p.front;
			note ("types %d and %d, copies %d = ", types[k][0], types[k][1], copies);
			join (p.front, client, "inproc://echo");
			join (p.control, control, "inproc://echo-control");
			if (copies) {
				p.capture = sock (own, ZMQ_PUSH);
				join (tap, p.capture, "inproc://echo-copies");
			}
			pthread_t t;
			pthread_create (&t, NULL, run, &p);
			for (int i = 0; i < 3; i++) {
				if (types[k][0] == ZMQ_REP && types[k][1] == ZMQ_DEALER)
					must (zmq_send (client, "", 0, ZMQ_SNDMORE));
				if (types[k][0] != ZMQ_REP) /* libzmq answers the first part: EFSM */
					I (zmq_send (client, "two", 3, ZMQ_SNDMORE));
				I (zmq_send (client, "parts", 5, 0));
				show (client);
				if (copies && types[k][0] != ZMQ_ROUTER)
					show (tap);
			}
			I (zmq_send (control, "STATISTICS", 10, 0));
			for (int i = 0; i < 8 && types[k][0] != ZMQ_ROUTER; i++) {
				uint64_t count = 0;
				must (zmq_recv (control, &count, sizeof count, 0));
				note ("count %d = %llu", i, (unsigned long long) count);
			}
			I (zmq_send (control, "TERMINATE", 9, 0));
			pthread_join (t, NULL);
			note ("proxy = %d", p.rc);
			close_all (&(proxy){p.front, client, p.capture, p.control, 0, 0});
			must (zmq_close (control));
			must (zmq_close (tap));
			must (zmq_ctx_term (own));
		}
	}
}

/* The capture may be one of the two: it sends everything twice. */
static void doubled (void *ctx)
{
	(void) ctx;
	static const int types[][4] = {{ZMQ_DEALER, ZMQ_DEALER, ZMQ_DEALER, ZMQ_DEALER}, {ZMQ_PULL, ZMQ_PUSH, ZMQ_PUSH, ZMQ_PULL}};
	for (int k = 0; k < 2; k++) {
		void *own = must_ptr (zmq_ctx_new ());
		proxy p;
		pthread_t t;
		begin (&p, own, types[k][0], types[k][1]);
		p.capture = p.back;
		pthread_create (&t, NULL, run, &p);
		void *a = sock (own, types[k][2]), *b = sock (own, types[k][3]);
		must (zmq_connect (a, "inproc://front"));
		must (zmq_connect (b, "inproc://back"));
		for (int i = 0; i < 3; i++) {
			I (zmq_send (a, "there", 5, 0));
			show (b);
			show (b);
		}
		if (types[k][0] == ZMQ_DEALER) {
			I (zmq_send (b, "back", 4, 0));
			show (a);
			show (b);
		}
		must (zmq_close (a));
		must (zmq_close (b));
		must (zmq_ctx_shutdown (own));
		pthread_join (t, NULL);
		note ("proxy = %d %s", p.rc, errname (p.error));
		p.capture = NULL;
		close_all (&p);
		must (zmq_ctx_term (own));
	}
	/* A REP that has answered cannot answer again. */
	void *own = must_ptr (zmq_ctx_new ()), *client = sock (own, ZMQ_REQ), *rep = sock (own, ZMQ_REP);
	proxy p = {rep, rep, rep, NULL, 0, 0};
	pthread_t t;
	join (rep, client, "inproc://doubled");
	pthread_create (&t, NULL, run_plain, &p);
	I (zmq_send (client, "once", 4, 0));
	show (client);
	pthread_join (t, NULL);
	note ("proxy = %d %s", p.rc, errname (p.error));
	must (zmq_close (rep));
	must (zmq_close (client));
	must (zmq_ctx_term (own));
}

/* A capture that cannot send ends the proxy with the first message. */
static void captured (void *ctx)
{
	(void) ctx;
	static const int types[] = {ZMQ_PULL, ZMQ_SUB, ZMQ_REP};
	for (int k = 0; k < 3; k++) {
		void *own = must_ptr (zmq_ctx_new ()), *a = sock (own, ZMQ_PUSH), *b = sock (own, ZMQ_PULL);
		proxy p;
		pthread_t t;
		begin (&p, own, ZMQ_PULL, ZMQ_PUSH);
		p.capture = sock (own, types[k]);
		must (zmq_connect (a, "inproc://front"));
		must (zmq_connect (b, "inproc://back"));
		pthread_create (&t, NULL, run_plain, &p);
		I (zmq_send (a, "x", 1, 0));
		pthread_join (t, NULL);
		note ("proxy = %d %s", p.rc, errname (p.error));
		I (zmq_recv (b, fake, 1, ZMQ_DONTWAIT));
		close_all (&p);
		must (zmq_close (a));
		must (zmq_close (b));
		must (zmq_ctx_term (own));
	}
}

const section proxy_sections[] = {{"proxy-ends", ends}, {"proxy-capture", capture}, {"proxy-statistics", statistics},
	{"proxy-mirror", mirror}, {"proxy-echo", echo}, {"proxy-doubled", doubled},
	{"proxy-captured", captured}, {NULL, NULL}};
