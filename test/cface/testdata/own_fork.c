/* Forks: sockets that a child inherits are closed to no effect and otherwise
   refused. A context that it inherits is as new, though it has sockets in the
   parent; and it can make contexts of its own, whose children can as well. */
#include "process.h"

static void wait_for_child (pid_t child)
{
	int status;
	CHECK (waitpid (child, &status, 0) == child);
	if (!WIFEXITED (status) || WEXITSTATUS (status)) {
		fprintf (stderr, "the child: status %x\n", status);
		exit (1);
	}
}

static size_t size; /* of the message that a child has from its parent */

/* receive has a message of that size in hand. */
static void receive (void *from, void *to, zmq_msg_t *msg)
{
	CHECK (zmq_msg_init_size (msg, size) == 0);
	memset (zmq_msg_data (msg), 'm', size);
	CHECK (zmq_msg_send (msg, from, 0) == (int) size && zmq_msg_recv (msg, to, 0) == (int) size);
}

static void check_message (zmq_msg_t *msg)
{
	const char *data = zmq_msg_data (msg);
	CHECK (zmq_msg_size (msg) == size && zmq_msg_gets (msg, "Socket-Type"));
	for (size_t i = 0; i < size; i++)
		CHECK (data[i] == 'm');
}

/* child lives in a process of its own, and so may its child. */
static void child (void *ctx, void *socket, zmq_msg_t *msg, int depth)
{
	char buf[8];
	alarm (60);
	FAILS (zmq_send (socket, "x", 1, 0), ENOTSOCK);
	FAILS (zmq_recv (socket, buf, 8, 0), ENOTSOCK);
	exchange (ctx);
	check_message (msg);
	CHECK (zmq_msg_close (msg) == 0);
	CHECK (zmq_close (socket) == 0 && zmq_ctx_shutdown (ctx) == 0 && zmq_ctx_term (ctx) == 0);

	void *own = zmq_ctx_new ();
	CHECK (own);
	exchange (own);
	if (depth > 1) {
		void *s = new_socket (own, ZMQ_PAIR), *a, *b;
		pair (own, &a, ZMQ_PUSH, &b, ZMQ_PULL);
		receive (a, b, msg);
		pid_t p = fork ();
		if (!p) {
			child (own, s, msg, depth - 1);
			exit (0);
		}
		wait_for_child (p);
		exchange (own);
		CHECK (zmq_msg_close (msg) == 0 && zmq_close (s) == 0 && zmq_close (a) == 0 && zmq_close (b) == 0);
	}
	CHECK (zmq_ctx_term (own) == 0);
}

static void parent (size_t of)
{
	size = of;
	void *ctx = zmq_ctx_new (), *socket = new_socket (ctx, ZMQ_PAIR), *a, *b;
	zmq_msg_t msg;
	pair (ctx, &a, ZMQ_PUSH, &b, ZMQ_PULL);
	receive (a, b, &msg);
	pid_t p = fork ();
	CHECK (p >= 0);
	if (!p) {
		child (ctx, socket, &msg, 2);
		exit (0);
	}
	wait_for_child (p);
	exchange (ctx); /* the parent has noticed nothing */
	check_message (&msg);
	CHECK (zmq_close (socket) == 0 && zmq_close (a) == 0 && zmq_close (b) == 0 && zmq_msg_close (&msg) == 0);
	CHECK (zmq_ctx_term (ctx) == 0);
}

int main (void)
{
	parent (1000);
	parent (1 << 20); /* which is in Go's memory */
	return 0;
}
