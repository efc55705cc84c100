/* Messages: where they come from, what they hold, and when they let it go. */
#include "calls.h"

#include <stdatomic.h>
#include <unistd.h>

static atomic_int freed;
static void *freed_data, *freed_hint;

static void let_go (void *data, void *hint)
{
	freed_data = data;
	freed_hint = hint;
	freed++;
}

/* freed_soon waits until the free function was called n times: in libzmq a
   thread in the background may do so. */
static int freed_soon (int n)
{
	for (int i = 0; i < 2000 && freed < n; i++)
		usleep (1000);
	return freed;
}

static void init (void *ctx)
{
	(void) ctx;
	static const size_t sizes[] = {0, 1, 29, 33, 34, 64, 255, 256, 4096, 1 << 20};
	zmq_msg_t msg;
	I (zmq_msg_init (&msg));
	L (zmq_msg_size (&msg));
	I (zmq_msg_more (&msg));
	P (zmq_msg_data (&msg));
	I (zmq_msg_close (&msg));
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		I (zmq_msg_init_size (&msg, sizes[i]));
		L (zmq_msg_size (&msg));
		P (zmq_msg_data (&msg));
		memset (zmq_msg_data (&msg), 'x', sizes[i]);
		I (zmq_msg_get (&msg, ZMQ_SHARED));
		I (zmq_msg_close (&msg));
	}
	I (zmq_msg_init_size (&msg, SIZE_MAX));
	I (zmq_msg_init_size (&msg, SIZE_MAX - 64));
	I (zmq_msg_init_size (&msg, (size_t) 1 << 60));
}

static void data (void *ctx)
{
	(void) ctx;
	char body[100] = "some text", hint;
	zmq_msg_t msg;
	freed = 0;
	I (zmq_msg_init_data (&msg, body, sizeof body, let_go, &hint));
	L (zmq_msg_size (&msg));
	note ("the data is the program's = %d", zmq_msg_data (&msg) == body);
	I (freed);
	I (zmq_msg_get (&msg, ZMQ_SHARED));
	I (zmq_msg_close (&msg));
	I (freed);
	note ("called with what was given = %d", freed_data == body && freed_hint == &hint);
	I (zmq_msg_close (&msg));
	I (zmq_msg_init_data (&msg, body, sizeof body, NULL, NULL));
	note ("the data is the program's = %d", zmq_msg_data (&msg) == body);
	I (zmq_msg_get (&msg, ZMQ_SHARED));
	I (zmq_msg_close (&msg));
	freed = 0;
	I (zmq_msg_init_data (&msg, body, 0, let_go, NULL));
	L (zmq_msg_size (&msg));
	I (zmq_msg_close (&msg));
	I (freed);
	freed = 0;
	I (zmq_msg_init_data (&msg, NULL, 0, let_go, NULL));
	I (zmq_msg_close (&msg));
	I (freed);
	freed = 0;
	I (zmq_msg_init_data (&msg, body, 1, let_go, NULL));
	L (zmq_msg_size (&msg));
	note ("the data is the program's = %d", zmq_msg_data (&msg) == body);
	I (zmq_msg_close (&msg));
	I (freed);
}

static void closing (void *ctx)
{
	(void) ctx;
	zmq_msg_t msg;
	must (zmq_msg_init_size (&msg, 100));
	I (zmq_msg_close (&msg));
	I (zmq_msg_close (&msg));
	memset (&msg, 0, sizeof msg);
	I (zmq_msg_close (&msg));
	zmq_msg_t other;
	must (zmq_msg_init (&other));
	I (zmq_msg_move (&other, &msg));
	I (zmq_msg_copy (&other, &msg));
	I (zmq_msg_move (&msg, &other));
	I (zmq_msg_copy (&msg, &other));
	I (zmq_msg_close (&other));
}

/* Every order of closing a message and its copies, small, large and given. */
static void copies (void *ctx)
{
	(void) ctx;
	char body[500];
	memset (body, 'y', sizeof body);
	for (int kind = 0; kind < 4; kind++) {
		for (int order = 0; order < 6; order++) {
			zmq_msg_t m[3];
			freed = 0;
			if (kind == 0)
				must (zmq_msg_init_size (&m[0], 10));
			else if (kind == 1)
				must (zmq_msg_init_size (&m[0], 500));
			else
				must (zmq_msg_init_data (&m[0], body, sizeof body, kind == 2 ? let_go : NULL, NULL));
			memset (zmq_msg_data (&m[0]), 'a' + order, zmq_msg_size (&m[0]));
			must (zmq_msg_init (&m[1]));
			must (zmq_msg_init_size (&m[2], 700));
			note ("kind %d, order %d = ...", kind, order);
			I (zmq_msg_copy (&m[1], &m[0]));
			I (zmq_msg_copy (&m[2], &m[1]));
			for (int i = 0; i < 3; i++) {
				I (zmq_msg_get (&m[i], ZMQ_SHARED));
				note ("size = %zu, first = %c", zmq_msg_size (&m[i]), *(char *) zmq_msg_data (&m[i]));
			}
			static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
			for (int i = 0; i < 3; i++) {
				note ("first = %c, freed %d", *(char *) zmq_msg_data (&m[orders[order][i]]), freed);
				I (zmq_msg_close (&m[orders[order][i]]));
			}
			I (freed);
		}
	}
}

static void moves (void *ctx)
{
	(void) ctx;
	char body[100] = "moved", old[100];
	zmq_msg_t a, b;
	freed = 0;
	must (zmq_msg_init_data (&a, body, sizeof body, let_go, NULL));
	must (zmq_msg_init_data (&b, old, sizeof old, let_go, NULL));
	I (zmq_msg_move (&b, &a));
	I (freed);
	note ("what was there was let go = %d", freed_data == old);
	L (zmq_msg_size (&a));
	L (zmq_msg_size (&b));
	note ("text = %s", (char *) zmq_msg_data (&b));
	I (zmq_msg_close (&a));
	I (freed);
	I (zmq_msg_close (&b));
	I (freed);
	must (zmq_msg_init_size (&a, 5));
	memcpy (zmq_msg_data (&a), "small", 5);
	must (zmq_msg_init (&b));
	I (zmq_msg_copy (&b, &a));
	*(char *) zmq_msg_data (&b) = 'S';
	note ("text = %.5s and %.5s", (char *) zmq_msg_data (&a), (char *) zmq_msg_data (&b));
	I (zmq_msg_close (&a));
	I (zmq_msg_close (&b));
	must (zmq_msg_init_size (&a, 500));
	must (zmq_msg_init (&b));
	must (zmq_msg_copy (&b, &a));
	zmq_msg_t c;
	must (zmq_msg_init (&c));
	I (zmq_msg_move (&c, &b));
	I (zmq_msg_get (&c, ZMQ_SHARED));
	I (zmq_msg_get (&b, ZMQ_SHARED));
	I (zmq_msg_close (&a));
	I (zmq_msg_get (&c, ZMQ_SHARED));
	I (zmq_msg_close (&b));
	I (zmq_msg_close (&c));
}

static void properties (void *ctx)
{
	(void) ctx;
	zmq_msg_t msg;
	must (zmq_msg_init_size (&msg, 3));
	for (int property = -1; property < 8; property++) {
		note ("property = %d", property);
		I (zmq_msg_get (&msg, property));
		I (zmq_msg_set (&msg, property, 1));
	}
	S (zmq_msg_gets (&msg, "Socket-Type"));
	S (zmq_msg_gets (&msg, ""));
	S (zmq_msg_gets (&msg, "nothing"));
	I (zmq_msg_close (&msg));
}

/* Who owns a message that was sent, or was not. */
static void sent_of (void *ctx, size_t size)
{
	static char body[BIG];
	char endpoint[32];
	snprintf (endpoint, sizeof endpoint, "inproc://sent-%zu", size);
	strcpy (body, "sent");
	note ("size = %zu", size);
	zmq_msg_t msg;
	void *a = sock (ctx, ZMQ_PUSH), *b = sock (ctx, ZMQ_PULL);
	must (zmq_msg_init_data (&msg, body, size, let_go, NULL));
	freed = 0;
	I (zmq_msg_send (&msg, a, ZMQ_DONTWAIT));
	L (zmq_msg_size (&msg));
	I (freed);
	join (b, a, endpoint);
	I (zmq_msg_send (&msg, a, 0));
	L (zmq_msg_size (&msg));
	I (zmq_msg_close (&msg));
	static char got[BIG];
	I (zmq_recv (b, got, sizeof got, 0));
	I (freed_soon (1));
	must (zmq_msg_init_data (&msg, body, size, let_go, NULL));
	zmq_msg_t copy;
	must (zmq_msg_init (&copy));
	must (zmq_msg_copy (&copy, &msg));
	freed = 0;
	I (zmq_msg_send (&msg, a, 0));
	I (zmq_msg_recv (&msg, b, 0));
	note ("text = %s", (char *) zmq_msg_data (&msg));
	I (freed);
	I (zmq_msg_close (&msg));
	note ("text = %s", (char *) zmq_msg_data (&copy));
	I (freed);
	I (zmq_msg_close (&copy));
	I (freed_soon (1));
	must (zmq_msg_init_data (&msg, body, size, NULL, NULL));
	I (zmq_msg_send (&msg, a, 0));
	I (zmq_msg_close (&msg));
	must (zmq_msg_init_size (&msg, 900));
	I (zmq_msg_recv (&msg, b, 0));
	L (zmq_msg_size (&msg));
	I (zmq_msg_recv (&msg, b, ZMQ_DONTWAIT));
	L (zmq_msg_size (&msg));
	I (zmq_msg_close (&msg));
	void *r = sock (ctx, ZMQ_PUB);
	must (zmq_msg_init_data (&msg, body, size, let_go, NULL));
	freed = 0;
	I (zmq_msg_send (&msg, r, 0));
	I (freed_soon (1));
	I (zmq_msg_close (&msg));
	I (zmq_close (a));
	I (zmq_close (b));
	I (zmq_close (r));
}

static void sent (void *ctx)
{
	sent_of (ctx, 500);
	sent_of (ctx, BIG);
}

/* What was queued is let go when its socket ends. */
static void dropped_of (void *ctx, size_t size, const char *endpoint)
{
	static char body[BIG];
	note ("size = %zu", size);
	void *a = sock (ctx, ZMQ_PUSH), *b = sock (ctx, ZMQ_PULL);
	if (!strncmp (endpoint, "tcp:", 4)) /* nobody is there */
		must (zmq_connect (a, endpoint));
	else
		join (b, a, endpoint);
	freed = 0;
	for (int i = 0; i < 5; i++) {
		zmq_msg_t msg;
		must (zmq_msg_init_data (&msg, body, size, let_go, NULL));
		I (zmq_msg_send (&msg, a, i < 4 ? ZMQ_SNDMORE : 0));
	}
	I (zmq_close (a));
	I (zmq_close (b));
	I (freed_soon (5));
}

static void dropped (void *ctx)
{
	dropped_of (ctx, 500, "inproc://dropped-small");
	dropped_of (ctx, BIG, "inproc://dropped-big");
	dropped_of (ctx, 500, "tcp://127.0.0.1:9");
	dropped_of (ctx, BIG, "tcp://127.0.0.1:9");
}

/* What messages know of who sent them. */
static void peers (void *ctx)
{
	static const char *const transports[] = {"tcp://127.0.0.1:*", "inproc://peers"};
	for (int i = 0; i < 2; i++) {
		void *a = sock (ctx, ZMQ_DEALER), *b = sock (ctx, ZMQ_ROUTER);
		must (zmq_setsockopt (a, ZMQ_ROUTING_ID, "somebody", 8));
		must (zmq_setsockopt (a, ZMQ_METADATA, "X-key:value", 11));
		must (zmq_connect (a, bound (b, transports[i])));
		must (zmq_send (a, "x", 1, 0));
		zmq_msg_t msg;
		must (zmq_msg_init (&msg));
		for (int j = 0; j < 2; j++) {
			I (zmq_msg_recv (&msg, b, 0));
			I (zmq_msg_more (&msg));
			S (zmq_msg_gets (&msg, "Socket-Type"));
			S (zmq_msg_gets (&msg, "Identity"));
			S (zmq_msg_gets (&msg, "Peer-Address"));
			S (zmq_msg_gets (&msg, "User-Id"));
			S (zmq_msg_gets (&msg, "X-key"));
			S (zmq_msg_gets (&msg, "x-key"));
			S (zmq_msg_gets (&msg, "Routing-Id"));
			note ("a descriptor = %d", zmq_msg_get (&msg, ZMQ_SRCFD) > 0);
			zmq_msg_t copy;
			must (zmq_msg_init (&copy));
			I (zmq_msg_copy (&copy, &msg));
			const char *type = zmq_msg_gets (&copy, "Socket-Type");
			must (zmq_msg_close (&msg));
			must (zmq_msg_init (&msg));
			S (type);
			I (zmq_msg_move (&msg, &copy));
			S (zmq_msg_gets (&msg, "Socket-Type"));
			S (zmq_msg_gets (&copy, "Socket-Type"));
			must (zmq_msg_close (&copy));
		}
		must (zmq_close (b)); /* before what it received */
		S (zmq_msg_gets (&msg, "Socket-Type"));
		must (zmq_msg_close (&msg));
		must (zmq_close (a));
	}
}

const section msg_sections[] = {{"msg-init", init}, {"msg-data", data}, {"msg-closing", closing}, {"msg-copies", copies},
	{"msg-moves", moves}, {"msg-properties", properties}, {"msg-sent", sent}, {"msg-dropped", dropped},
	{"msg-peers", peers}, {NULL, NULL}};
