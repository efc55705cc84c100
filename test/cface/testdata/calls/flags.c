/* The flags of every call that sends or receives, on every type: what is ignored, what is
   refused, and what the peer gets. */
#include "calls.h"

#include <sys/uio.h>

int zmq_sendiov (void *socket, struct iovec *iov, size_t count, int flags);
int zmq_recviov (void *socket, struct iovec *iov, size_t *count, int flags);

/* ZMQ_NOBLOCK is 1 and ZMQ_SNDMORE 2; the others have no meaning. */
static const int all[] = {0, 1, 2, 3, 4, 5, 6, 64, 1 << 16, INT32_MIN, INT32_MIN | 2};
enum { N_FLAGS = sizeof all / sizeof *all };

/* join_anew joins two sockets at an endpoint that was not used before: libzmq frees it late. */
static void join_anew (void *a, void *b)
{
	static int n;
	char endpoint[32];
	snprintf (endpoint, sizeof endpoint, "inproc://flags-%d", n++);
	join (a, b, endpoint);
}

/* drain prints everything that there is to receive, with RCVMORE. */
static void drain (void *s)
{
	int n;
	memset (fake, 0, 64);
	while ((n = zmq_recv (s, fake, 64, ZMQ_DONTWAIT)) >= 0) {
		note ("got %d, more %d = %s", n, get_int (s, ZMQ_RCVMORE), n > 4 ? "name" : hex (fake, (size_t) n));
		memset (fake, 0, 64);
	}
	note ("end = %s", errname (errno));
}

/* alone is a socket without a peer: each flag, then the socket as it is left. */
static void alone (void *ctx)
{
	for (int type = ZMQ_PAIR; type <= ZMQ_STREAM; type++) {
		for (int i = 0; i < N_FLAGS; i++) {
			void *s = sock (ctx, type);
			set_int (s, ZMQ_SNDTIMEO, 0);
			set_int (s, ZMQ_RCVTIMEO, 0);
			zmq_msg_t msg;
			must (zmq_msg_init_size (&msg, 1));
			*(char *) zmq_msg_data (&msg) = 'm';
			struct iovec v[2] = {{"i", 1}, {"v", 1}};
			size_t count = 2;
			note ("type %d, flags %d = ", type, all[i]);
			I (zmq_send (s, "x", 1, all[i]));
			I (zmq_recv (s, fake, 1, all[i]));
			I (zmq_send (s, "x", 1, all[i]));
			I (zmq_send_const (s, "x", 1, all[i]));
			I (zmq_msg_send (&msg, s, all[i]));
			I (zmq_sendiov (s, v, 2, all[i]));
			I (zmq_msg_recv (&msg, s, all[i]));
			I (zmq_recviov (s, v, &count, all[i]));
			I (get_int (s, ZMQ_EVENTS));
			must (zmq_msg_close (&msg));
			must (zmq_close (s));
		}
	}
}

/* talk sends one message with the flags, and one behind it. */
static void talk (void *from, void *to, int flags)
{
	note ("flags %d = ", flags);
	I (zmq_send (from, "a", 1, flags));
	drain (to);
	I (zmq_send (from, "b", 1, 0));
	drain (to);
	zmq_msg_t msg;
	must (zmq_msg_init_size (&msg, 1));
	*(char *) zmq_msg_data (&msg) = 'm';
	I (zmq_msg_send (&msg, from, flags));
	I (zmq_msg_more (&msg));
	drain (to);
	must (zmq_msg_init_size (&msg, 1));
	*(char *) zmq_msg_data (&msg) = 'n';
	I (zmq_msg_send (&msg, from, 0));
	drain (to);
	struct iovec v[3] = {{"i", 1}, {"o", 1}, {"v", 1}};
	I (zmq_sendiov (from, v, 3, flags));
	drain (to);
	must (zmq_msg_close (&msg));
}

static void pairs (void *ctx)
{
	static const int types[][2] = {{ZMQ_PAIR, ZMQ_PAIR}, {ZMQ_PUSH, ZMQ_PULL}, {ZMQ_DEALER, ZMQ_DEALER},
		{ZMQ_DEALER, ZMQ_ROUTER}, {ZMQ_PUB, ZMQ_SUB}, {ZMQ_XPUB, ZMQ_XSUB}, {ZMQ_XSUB, ZMQ_XPUB}};
	for (size_t k = 0; k < sizeof types / sizeof *types; k++) {
		for (int i = 0; i < N_FLAGS; i++) {
			void *from = sock (ctx, types[k][0]), *to = sock (ctx, types[k][1]);
			note ("from %d to %d = ", types[k][0], types[k][1]);
			join_anew (to, from);
			if (types[k][1] == ZMQ_SUB)
				must (zmq_setsockopt (to, ZMQ_SUBSCRIBE, "", 0));
			else if (types[k][1] == ZMQ_XSUB)
				must (zmq_send (to, "\1", 1, 0));
			if (types[k][0] == ZMQ_XPUB)
				must (zmq_recv (from, fake, 8, 0));
			get_int (to, ZMQ_EVENTS); /* has libzmq send subscriptions, and look at them */
			get_int (from, ZMQ_EVENTS);
			talk (from, to, all[i]);
			must (zmq_close (from));
			must (zmq_close (to));
		}
	}
}

/* A question and its answer, both with the flags. */
static void answers (void *ctx)
{
	for (int i = 0; i < N_FLAGS; i++) {
		void *req = sock (ctx, ZMQ_REQ), *rep = sock (ctx, ZMQ_REP);
		join_anew (rep, req);
		note ("flags %d = ", all[i]);
		I (zmq_send (req, "q", 1, all[i]));
		I (zmq_send (req, "r", 1, ZMQ_DONTWAIT));
		drain (rep);
		I (zmq_send (rep, "a", 1, all[i]));
		I (zmq_send (rep, "b", 1, ZMQ_DONTWAIT));
		drain (req);
		I (zmq_send (req, "s", 1, ZMQ_DONTWAIT));
		must (zmq_close (req));
		must (zmq_close (rep));
	}
}

/* A router with one peer; with ROUTER_MANDATORY, and without. */
static void routers (void *ctx)
{
	for (int mandatory = 0; mandatory < 2; mandatory++) {
		for (int i = 0; i < N_FLAGS; i++) {
			void *r = sock (ctx, ZMQ_ROUTER), *d = sock (ctx, ZMQ_DEALER);
			set_int (r, ZMQ_ROUTER_MANDATORY, mandatory);
			must (zmq_setsockopt (d, ZMQ_ROUTING_ID, "dee", 3));
			join_anew (r, d);
			note ("flags %d, mandatory %d = ", all[i], mandatory);
			I (zmq_send (r, "dee", 3, all[i]));
			I (zmq_send (r, "dee", 3, ZMQ_SNDMORE));
			I (zmq_send (r, "x", 1, all[i]));
			drain (d);
			I (zmq_send (r, "y", 1, 0));
			drain (d);
			I (zmq_send (r, "nobody", 6, all[i]));
			I (zmq_send (r, "nobody", 6, ZMQ_SNDMORE));
			must (zmq_close (r));
			must (zmq_close (d));
		}
	}
}

/* expect receives from a raw peer until its data ends with a dot. */
static void expect (void *s)
{
	char text[64] = "";
	size_t n = 0;
	while (!n || text[n - 1] != '.') {
		must (zmq_recv (s, fake, 64, 0));
		n += (size_t) must (zmq_recv (s, text + n, sizeof text - 1 - n, 0));
	}
	note ("data = %s", text);
}

static int meet (void *s, char *id)
{
	int n = must (zmq_recv (s, id, 64, 0));
	must (zmq_recv (s, fake, 8, 0));
	return n;
}

/* Fault A6: STREAM and ROUTER_RAW ignore ZMQ_SNDMORE behind a frame of data. */
static void raw (void *ctx)
{
	for (int type = ZMQ_ROUTER; type <= ZMQ_STREAM; type += ZMQ_STREAM - ZMQ_ROUTER) {
		for (int i = 0; i < N_FLAGS; i++) {
			void *a = sock (ctx, type), *b = sock (ctx, ZMQ_STREAM);
			char id[64], from[64];
			if (type == ZMQ_ROUTER) {
				set_int (a, ZMQ_ROUTER_RAW, 1);
				set_int (a, ZMQ_ROUTER_MANDATORY, 1);
			}
			must (zmq_connect (b, bound (a, "tcp://127.0.0.1:*")));
			meet (b, id);
			note ("type %d, flags %d = ", type, all[i]);
			if (type == ZMQ_ROUTER) {
				must (zmq_send (b, id, 5, ZMQ_SNDMORE));
				must (zmq_send (b, "!", 1, 0));
			}
			int n = meet (a, id);
			for (int k = 0; k < 3; k++) {
				I (zmq_send (a, id, (size_t) n, ZMQ_SNDMORE));
				I (zmq_send (a, "one ", 4, all[i]));
			}
			zmq_msg_t msg;
			must (zmq_msg_init_size (&msg, 4));
			memcpy (zmq_msg_data (&msg), "msg ", 4);
			I (zmq_send (a, id, (size_t) n, ZMQ_SNDMORE | all[i]));
			I (zmq_msg_send (&msg, a, all[i]));
			I (zmq_msg_more (&msg));
			must (zmq_msg_close (&msg));
			struct iovec v[4] = {{id, (size_t) n}, {"vec ", 4}, {id, (size_t) n}, {"tor", 3}};
			I (zmq_sendiov (a, v, 4, ZMQ_SNDMORE));
			I (zmq_send (a, "none", 4, ZMQ_SNDMORE));
			I (zmq_send (a, id, (size_t) n, ZMQ_SNDMORE));
			I (zmq_send (a, ".", 1, all[i]));
			expect (b);
			/* An empty frame closes the connection, flags or not. */
			I (zmq_send (a, id, (size_t) n, ZMQ_SNDMORE));
			I (zmq_send (a, "", 0, all[i]));
			zmq_pollitem_t both[] = {{a, 0, ZMQ_POLLIN, 0}, {b, 0, ZMQ_POLLIN, 0}};
			while (!both[1].revents) /* libzmq goes on with it in calls for a */
				must (zmq_poll (both, 2, 10));
			note ("size = %d", meet (b, from));
			must (zmq_close (a));
			must (zmq_close (b));
		}
	}
}

const section flags_sections[] = {{"flags-alone", alone}, {"flags-pairs", pairs}, {"flags-answers", answers},
	{"flags-routers", routers}, {"flags-raw", raw}, {NULL, NULL}};
