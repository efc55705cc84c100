/* Sockets made before main, by a constructor, and closed after it. */
#include "check.h"

static void *ctx, *a, *b;

__attribute__ ((constructor)) static void before (void)
{
	ctx = zmq_ctx_new ();
	pair (ctx, &a, ZMQ_PUSH, &b, ZMQ_PULL);
	send_text (a, "early", 0);
}

__attribute__ ((destructor)) static void after (void)
{
	if (zmq_close (a) || zmq_close (b) || zmq_ctx_term (ctx))
		_Exit (1);
}

int main (void)
{
	recv_text (b, "early");
	return 0;
}
