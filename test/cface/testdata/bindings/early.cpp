// A C++ program whose static objects have sockets: made before main, some of
// them in other files' order, and destroyed after it. cppzmq is not needed.
#include <zmq.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>

static void check (bool ok, const char *what)
{
	if (!ok) {
		std::fprintf (stderr, "%s: %s\n", what, zmq_strerror (zmq_errno ()));
		std::_Exit (1);
	}
}

struct Context {
	void *it = zmq_ctx_new ();
	~Context () { check (zmq_ctx_term (it) == 0, "term"); }
};

struct Socket {
	void *it;
	Socket (Context &ctx, int type) : it (zmq_socket (ctx.it, type)) { check (it, "socket"); }
	~Socket () { check (zmq_close (it) == 0, "close"); }
};

static Context context;
static Socket server (context, ZMQ_REP), client (context, ZMQ_REQ);

static struct Joined {
	Joined ()
	{
		check (zmq_bind (server.it, "tcp://127.0.0.1:*") == 0, "bind");
		char endpoint[64];
		size_t size = sizeof endpoint;
		check (zmq_getsockopt (server.it, ZMQ_LAST_ENDPOINT, endpoint, &size) == 0, "endpoint");
		check (zmq_connect (client.it, endpoint) == 0, "connect");
		std::thread t ([] {
			char buf[8];
			check (zmq_recv (server.it, buf, 8, 0) == 5, "request");
			check (zmq_send (server.it, "reply", 5, 0) == 5, "reply");
		});
		ask ();
		t.join ();
	}
	static void ask ()
	{
		char buf[8];
		check (zmq_send (client.it, "hello", 5, 0) == 5, "ask");
		check (zmq_recv (client.it, buf, 8, 0) == 5 && !std::memcmp (buf, "reply", 5), "answer");
	}
} joined;

int main ()
{
	static thread_local Context own; // ends with the thread
	static thread_local Socket s (own, ZMQ_PUSH);
	check (s.it != nullptr, "a socket of the thread");
	std::thread t ([] {
		char buf[8];
		check (zmq_recv (server.it, buf, 8, 0) == 5 && zmq_send (server.it, "reply", 5, 0) == 5, "serve");
	});
	Joined::ask ();
	t.join ();
	// An exception goes through, and what it leaves is destroyed.
	try {
		Context c;
		Socket a (c, ZMQ_PAIR), b (c, ZMQ_PAIR);
		throw std::string ("thrown");
	} catch (const std::string &) {
		return 0;
	}
	return 1;
}
