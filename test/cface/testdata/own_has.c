/* Fault B22: zmq_has needs no Go, and yet says what Go has: a transport that it
   names is one that can be bound, and the others are not. */
#include "process.h"

static const struct {
	const char *name, *endpoint;
} transports[] = {{"ipc", "ipc://@zeroth-has"}, {"pgm", "pgm://127.0.0.1;239.192.7.7:47000"},
	{"tipc", "tipc://{5560,0,0}"}, {"norm", "norm://127.0.0.1:47001"}, {"vmci", "vmci://*:47002"},
	{"vsock", "vsock://*:47003"}, {"WS", "ws://127.0.0.1:*"}, {"WSS", "wss://127.0.0.1:*"}};

int main (void)
{
	CHECK (zmq_has ("curve") == 1 && zmq_has ("gssapi") == 0 && zmq_has (NULL) == 0 && threads () == 1);
	void *ctx = zmq_ctx_new ();
	for (size_t i = 0; i < sizeof transports / sizeof *transports; i++) {
		void *s = new_socket (ctx, ZMQ_PUB);
		errno = 0;
		int unknown = zmq_bind (s, transports[i].endpoint) < 0 && errno == EPROTONOSUPPORT;
		if (zmq_has (transports[i].name) == unknown) {
			fprintf (stderr, "%s: has %d, errno %d\n", transports[i].name, !unknown, errno);
			return 1;
		}
		CHECK (zmq_close (s) == 0);
	}
	void *s = zmq_socket (ctx, ZMQ_SERVER);
	CHECK (zmq_has ("draft") == (s != NULL) && (!s || zmq_close (s) == 0));
	CHECK (zmq_ctx_term (ctx) == 0);
	return 0;
}
