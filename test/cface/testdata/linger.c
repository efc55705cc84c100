/* What is sent and closed at once still arrives; LINGER 0 gives it up. */
#include "check.h"

int main (void)
{
	void *ctx = zmq_ctx_new (), *there = zmq_ctx_new ();
	void *pull = new_socket (there, ZMQ_PULL), *push = new_socket (ctx, ZMQ_PUSH);
	CHECK (zmq_bind (pull, "tcp://127.0.0.1:*") == 0);
	char endpoint[64];
	size_t size = sizeof endpoint;
	CHECK (zmq_getsockopt (pull, ZMQ_LAST_ENDPOINT, endpoint, &size) == 0);
	CHECK (zmq_connect (push, endpoint) == 0);
	for (int i = 0; i < 500; i++)
		send_text (push, "message", 0);
	CHECK (zmq_close (push) == 0);
	CHECK (zmq_ctx_term (ctx) == 0);
	for (int i = 0; i < 500; i++)
		recv_text (pull, "message");
	CHECK (zmq_close (pull) == 0 && zmq_ctx_term (there) == 0);

	ctx = zmq_ctx_new ();
	push = new_socket (ctx, ZMQ_PUSH);
	set_int (push, ZMQ_LINGER, 0);
	CHECK (zmq_connect (push, "tcp://127.0.0.1:1") == 0);
	send_text (push, "lost", 0);
	CHECK (zmq_close (push) == 0 && zmq_ctx_term (ctx) == 0);
	return 0;
}
