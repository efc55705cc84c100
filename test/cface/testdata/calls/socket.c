/* Sockets and their endpoints. */
#include "calls.h"

#include <unistd.h>

static void handles (void *ctx)
{
	(void) ctx;
	int value = 0;
	size_t size = sizeof value;
	zmq_msg_t msg;
	must (zmq_msg_init (&msg));
	void *bad[] = {NULL, fake};
	for (int i = 0; i < 2; i++) {
		void *s = bad[i];
		I (zmq_close (s));
		I (zmq_setsockopt (s, ZMQ_LINGER, &value, sizeof value));
		I (zmq_getsockopt (s, ZMQ_LINGER, &value, &size));
		I (zmq_bind (s, "inproc://x"));
		I (zmq_connect (s, "inproc://x"));
		I (zmq_unbind (s, "inproc://x"));
		I (zmq_disconnect (s, "inproc://x"));
		I (zmq_send (s, "x", 1, 0));
		I (zmq_send_const (s, "x", 1, 0));
		I (zmq_recv (s, fake, 1, 0));
		I (zmq_msg_send (&msg, s, 0));
		I (zmq_msg_recv (&msg, s, 0));
		I (zmq_sendmsg (s, &msg, 0));
		I (zmq_recvmsg (s, &msg, 0));
		I (zmq_socket_monitor (s, "inproc://m", ZMQ_EVENT_ALL));
		I (zmq_socket_monitor (s, NULL, 0));
		zmq_pollitem_t item = {s, 0, ZMQ_POLLIN, 0};
		if (s)
			I (zmq_poll (&item, 1, 0));
	}
	must (zmq_msg_close (&msg));
}

static const char *const endpoints[] = {"", "x", ":", "://", "tcp", "tcp:", "tcp:/", "tcp://", "://x", "tcp://x", "tcp://:",
	"tcp://*", "tcp://*:", "tcp://127.0.0.1", "tcp://127.0.0.1:", "tcp://127.0.0.1:x", "tcp://127.0.0.1:-",
	"tcp://[::1", "tcp://[::1]", "tcp://[::1]x:1", "tcp://256.256.256.256:9", "tcp://999.0.0.1:9",
	"tcp://192.0.2.1:5555", "tcp://no-such-interface:5555", "tcp://a b:9", "tcp://a$:9", "tcp://,:9",
	"pgm://127.0.0.1:9", "epgm://127.0.0.1;239.192.1.1:9", "pgm://", "pgm://x",
	"tipc://x", "norm://x", "vmci://x",
	"TCP://127.0.0.1:9", "Tcp://127.0.0.1:9", " tcp://127.0.0.1:9", "foo://bar", "http://x", "udp://127.0.0.1:9",
	"inproc://", "inproc://a", "inproc://a/b?c d", "ipc://", "ipc:///nowhere/at/all", "ipc://@", "ipc://*x/y",
	"ipc:///0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012"};

static void each_endpoint (void *ctx)
{
	for (size_t i = 0; i < sizeof endpoints / sizeof *endpoints; i++) {
		const char *ep = endpoints[i];
		void *s = sock (ctx, ZMQ_PULL);
		errno = 0;
		int rc = zmq_bind (s, ep);
		note ("bind %s = %s", ep, rc ? errname (errno) : "done");
		must (zmq_close (s));
		s = sock (ctx, ZMQ_PULL);
		errno = 0;
		rc = zmq_connect (s, ep);
		note ("connect %s = %s", ep, rc ? errname (errno) : "done");
		must (zmq_close (s));
		s = sock (ctx, ZMQ_PULL);
		errno = 0;
		rc = zmq_unbind (s, ep);
		note ("unbind %s = %s", ep, rc ? errname (errno) : "done");
		errno = 0;
		rc = zmq_disconnect (s, ep);
		note ("disconnect %s = %s", ep, rc ? errname (errno) : "done");
		must (zmq_close (s));
	}
}

static void taken (void *ctx)
{
	void *a = sock (ctx, ZMQ_PULL), *b = sock (ctx, ZMQ_PULL);
	const char *ep = bound (a, "tcp://127.0.0.1:*");
	I (zmq_bind (b, ep));
	I (zmq_bind (a, ep));
	I (zmq_unbind (b, ep));
	I (zmq_unbind (a, "tcp://127.0.0.1:*"));
	I (zmq_unbind (a, ep));
	I (zmq_unbind (a, ep));
	I (zmq_disconnect (a, ep));
	I (zmq_bind (a, "inproc://taken"));
	I (zmq_bind (b, "inproc://taken"));
	I (zmq_bind (a, "inproc://taken"));
	I (zmq_unbind (b, "inproc://taken"));
	I (zmq_unbind (a, "inproc://taken"));
	I (zmq_bind (b, "inproc://taken"));
	I (zmq_disconnect (a, "inproc://taken"));
	char abstract[64];
	snprintf (abstract, sizeof abstract, "ipc://@zeroth-calls-%d", (int) getpid ());
	I (zmq_bind (a, abstract));
	I (zmq_bind (b, abstract));
	I (zmq_unbind (a, abstract));
	I (zmq_unbind (a, abstract));
	I (zmq_close (a));
	I (zmq_close (b));
}

static void last_endpoint (void *ctx)
{
	void *s = sock (ctx, ZMQ_PULL);
	char text[256];
	size_t size = sizeof text;
	I (zmq_getsockopt (s, ZMQ_LAST_ENDPOINT, text, &size));
	note ("size = %zu, text = %s", size, text);
	size = 0;
	I (zmq_getsockopt (s, ZMQ_LAST_ENDPOINT, text, &size));
	I (zmq_bind (s, "inproc://last"));
	size = sizeof text;
	I (zmq_getsockopt (s, ZMQ_LAST_ENDPOINT, text, &size));
	note ("size = %zu, text = %s", size, text);
	size = strlen ("inproc://last");
	I (zmq_getsockopt (s, ZMQ_LAST_ENDPOINT, text, &size));
	size++;
	I (zmq_getsockopt (s, ZMQ_LAST_ENDPOINT, text, &size));
	note ("size = %zu", size);
	I (zmq_connect (s, "tcp://127.0.0.1:9"));
	size = sizeof text;
	I (zmq_getsockopt (s, ZMQ_LAST_ENDPOINT, text, &size));
	note ("size = %zu, text = %s", size, text);
	I (zmq_bind (s, "tcp://nonsense"));
	size = sizeof text;
	I (zmq_getsockopt (s, ZMQ_LAST_ENDPOINT, text, &size));
	note ("size = %zu, text = %s", size, text);
	I (zmq_close (s));
}

/* Connecting before there is anything to connect to, and leaving again. */
static void early (void *ctx)
{
	void *a = sock (ctx, ZMQ_PUSH), *b = sock (ctx, ZMQ_PULL);
	I (zmq_connect (a, "inproc://early"));
	I (zmq_send (a, "early", 5, ZMQ_DONTWAIT));
	I (zmq_bind (b, "inproc://early"));
	I (zmq_recv (b, fake, 5, 0));
	I (zmq_disconnect (a, "inproc://early"));
	I (zmq_disconnect (a, "inproc://early"));
	I (zmq_send (a, "late", 4, ZMQ_DONTWAIT));
	I (zmq_close (a));
	I (zmq_close (b));
	a = sock (ctx, ZMQ_PUSH);
	I (zmq_connect (a, "inproc://never"));
	I (zmq_close (a));
}

/* Both ends of every pair of types that talk, over each transport. */
static void talk (void *ctx)
{
	static const int types[][2] = {{ZMQ_PAIR, ZMQ_PAIR}, {ZMQ_PUSH, ZMQ_PULL}, {ZMQ_REQ, ZMQ_REP}, {ZMQ_DEALER, ZMQ_REP},
		{ZMQ_DEALER, ZMQ_DEALER}, {ZMQ_REQ, ZMQ_ROUTER}, {ZMQ_DEALER, ZMQ_ROUTER}};
	static const char *const transports[] = {"tcp://127.0.0.1:*", "ipc://*", "inproc://talk"};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		for (int j = 0; j < 3; j++) {
			void *a = sock (ctx, types[i][0]), *b = sock (ctx, types[i][1]);
			char own[32]; /* libzmq frees a name some time after zmq_close */
			snprintf (own, sizeof own, "%s%zu", transports[j], i);
			const char *ep = bound (b, j == 2 ? own : transports[j]);
			note ("types %d and %d over %.3s = ...", types[i][0], types[i][1], ep);
			I (zmq_connect (a, ep));
			if (types[i][1] == ZMQ_REP && types[i][0] == ZMQ_DEALER)
				I (zmq_send (a, "", 0, ZMQ_SNDMORE));
			I (zmq_send (a, "ping", 4, 0));
			do {
				memset (fake, 0, 8);
				int n = zmq_recv (b, fake, 8, 0);
				note ("received = %d %s", n, fake[0] ? fake : "");
			} while (get_int (b, ZMQ_RCVMORE));
			memset (fake, 0, 8);
			I (zmq_close (a));
			I (zmq_close (b));
		}
	}
}

const section socket_sections[] = {{"socket-handles", handles}, {"socket-endpoints", each_endpoint},
	{"socket-taken", taken}, {"socket-last-endpoint", last_endpoint}, {"socket-early", early}, {"socket-talk", talk},
	{NULL, NULL}};
