/* zmq_poll, and ZMQ_FD in loops of the program's own. */
#define _GNU_SOURCE
#include "check.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

static void mixed (void *ctx)
{
	void *a, *b;
	int p[2];
	pair (ctx, &a, ZMQ_PAIR, &b, ZMQ_PAIR);
	CHECK (pipe (p) == 0);
	zmq_pollitem_t items[3] = {
		{.socket = a, .events = ZMQ_POLLIN},
		{.fd = p[0], .events = ZMQ_POLLIN},
		{.socket = b, .events = ZMQ_POLLIN},
	};
	CHECK (zmq_poll (items, 3, 0) == 0);
	CHECK (zmq_poll (items, 3, 20) == 0);
	CHECK (items[0].revents == 0 && items[1].revents == 0);
	CHECK (write (p[1], "x", 1) == 1);
	CHECK (zmq_poll (items, 3, -1) == 1 && items[1].revents == ZMQ_POLLIN && !items[0].revents);
	send_text (b, "hello", 0);
	items[1].events = 0;
	CHECK (zmq_poll (items, 3, -1) == 1 && items[0].revents == ZMQ_POLLIN && !items[1].revents);
	items[1].events = ZMQ_POLLIN;
	CHECK (zmq_poll (items, 3, -1) == 2);
	recv_text (a, "hello");
	close (p[1]);
	char c;
	CHECK (read (p[0], &c, 1) == 1);
	CHECK (zmq_poll (items, 3, -1) == 1 && items[1].revents & ZMQ_POLLERR);
	items[1].events = ZMQ_POLLOUT;
	items[1].fd = 1;
	items[0].events = ZMQ_POLLIN | ZMQ_POLLOUT;
	CHECK (zmq_poll (items, 1, 0) == 1 && items[0].revents == ZMQ_POLLOUT);
	close (p[0]);

	/* The same socket twice, and more items than fit on the stack. */
	zmq_pollitem_t many[40];
	for (int i = 0; i < 40; i++)
		many[i] = (zmq_pollitem_t){.socket = i % 2 ? a : b, .events = ZMQ_POLLIN};
	send_text (a, "to b", 0);
	CHECK (zmq_poll (many, 1, -1) == 1); /* it has come: else it may come between two items */
	CHECK (zmq_poll (many, 40, -1) == 20 && many[0].revents == ZMQ_POLLIN && !many[1].revents);
	recv_text (b, "to b");

	FAILS (zmq_poll (NULL, 1, 0), EFAULT);
	FAILS (zmq_poll (items, -1, 0), EINVAL);
	CHECK (zmq_poll (NULL, 0, 0) == 0 && zmq_poll (NULL, 0, 10) == 0);
	CHECK (zmq_close (a) == 0 && zmq_close (b) == 0);
}

/* Wait on the descriptor alone, and read EVENTS after each call. */
static void level (void *ctx)
{
	void *a, *b;
	pair (ctx, &a, ZMQ_ROUTER, &b, ZMQ_DEALER);
	struct pollfd p = {.fd = get_int (a, ZMQ_FD), .events = POLLIN};
	CHECK (get_int (a, ZMQ_FD) == p.fd);
	for (int i = 0; i < 300; i++) {
		int burst = i % 5 + 1;
		for (int k = 0; k < burst; k++)
			send_text (b, "x", 0);
		for (int got = 0; got < burst;) {
			while (!(get_int (a, ZMQ_EVENTS) & ZMQ_POLLIN))
				CHECK (poll (&p, 1, 30000) == 1);
			char id[16];
			CHECK (zmq_recv (a, id, 16, ZMQ_DONTWAIT) == 5);
			recv_text (a, "x");
			got++;
		}
	}
	CHECK (zmq_close (a) == 0 && zmq_close (b) == 0);
}

/* The same with edges: only when EVENTS or a call said that there is nothing
   does the loop wait again. */
static void edges (void *ctx, int by_events)
{
	void *a, *b;
	pair (ctx, &a, ZMQ_PULL, &b, ZMQ_PUSH);
	int ep = epoll_create1 (EPOLL_CLOEXEC);
	struct epoll_event e = {.events = EPOLLIN | EPOLLET};
	CHECK (epoll_ctl (ep, EPOLL_CTL_ADD, get_int (a, ZMQ_FD), &e) == 0);
	int sent = 0, got = 0;
	while (got < 2000) {
		if (sent < 2000 && sent - got < 100) {
			send_text (b, "x", 0);
			sent++;
		}
		char c;
		if (by_events ? get_int (a, ZMQ_EVENTS) & ZMQ_POLLIN : 1) {
			if (zmq_recv (a, &c, 1, ZMQ_DONTWAIT) == 1) {
				got++;
				continue;
			}
			CHECK (errno == EAGAIN);
		}
		if (sent > got)
			CHECK (epoll_wait (ep, &e, 1, 30000) == 1);
	}
	close (ep);
	CHECK (zmq_close (a) == 0 && zmq_close (b) == 0);
}

int main (void)
{
	void *ctx = zmq_ctx_new ();
	mixed (ctx);
	level (ctx);
	edges (ctx, 1);
	edges (ctx, 0);
	CHECK (zmq_ctx_term (ctx) == 0);
	return 0;
}
