/* zmq_poll, ZMQ_FD and ZMQ_EVENTS. */
#include "calls.h"

#include <poll.h>
#include <unistd.h>

static void bad (void *ctx)
{
	void *s = sock (ctx, ZMQ_PAIR);
	zmq_pollitem_t item = {s, 0, ZMQ_POLLIN, 0};
	I (zmq_poll (NULL, 0, 0));
	I (zmq_poll (NULL, 0, SHORT_MS));
	I (zmq_poll (&item, 0, 0));
	I (zmq_poll (&item, 0, SHORT_MS));
	I (zmq_poll (&item, -1, 0));
	I (zmq_poll (NULL, 1, 0));
	I (zmq_poll (NULL, -1, 0));
	item.socket = fake;
	I (zmq_poll (&item, 1, 0));
	item = (zmq_pollitem_t){NULL, 12345, ZMQ_POLLIN, 0};
	I (zmq_poll (&item, 1, 0));
	note ("events = %d", item.revents);
	I (zmq_close (s));
}

static void sockets (void *ctx)
{
	void *a = sock (ctx, ZMQ_PAIR), *b = sock (ctx, ZMQ_PAIR);
	zmq_pollitem_t items[3] = {{a, 0, ZMQ_POLLIN | ZMQ_POLLOUT, 7}, {b, 0, ZMQ_POLLIN, 7}, {b, 0, 0, 7}};
	I (zmq_poll (items, 3, 0));
	note ("events = %d %d %d", items[0].revents, items[1].revents, items[2].revents);
	I (zmq_poll (items, 3, SHORT_MS));
	join (a, b, "inproc://poll");
	I (zmq_poll (items, 3, -1));
	note ("events = %d %d %d", items[0].revents, items[1].revents, items[2].revents);
	I (zmq_send (a, "x", 1, 0));
	I (zmq_poll (items + 1, 1, -1));
	I (zmq_poll (items, 3, LONG_MS));
	note ("events = %d %d %d", items[0].revents, items[1].revents, items[2].revents);
	items[1].events = ZMQ_POLLOUT;
	items[2].events = ZMQ_POLLIN;
	I (zmq_poll (items, 3, 0));
	note ("events = %d %d %d", items[0].revents, items[1].revents, items[2].revents);
	items[2].events = ZMQ_POLLERR | ZMQ_POLLPRI;
	I (zmq_poll (items + 2, 1, 0));
	note ("events = %d", items[2].revents);
	I (zmq_recv (b, fake, 1, 0));
	items[1].events = ZMQ_POLLIN;
	I (zmq_poll (items + 1, 1, SHORT_MS));
	note ("events = %d", items[1].revents);
	I (zmq_close (a));
	I (zmq_close (b));
}

static void descriptors (void *ctx)
{
	int ends[2];
	must (pipe (ends));
	void *s = sock (ctx, ZMQ_PULL);
	zmq_pollitem_t items[3] = {{NULL, ends[0], ZMQ_POLLIN, 7}, {NULL, ends[1], ZMQ_POLLOUT, 7}, {s, 0, ZMQ_POLLIN, 7}};
	I (zmq_poll (items, 1, 0));
	I (zmq_poll (items, 1, SHORT_MS));
	I (zmq_poll (items, 3, -1));
	note ("events = %d %d %d", items[0].revents, items[1].revents, items[2].revents);
	must ((int) write (ends[1], "x", 1));
	I (zmq_poll (items, 3, -1));
	note ("events = %d %d %d", items[0].revents, items[1].revents, items[2].revents);
	items[0].events = 0;
	I (zmq_poll (items, 1, SHORT_MS));
	note ("events = %d", items[0].revents);
	items[0].events = ZMQ_POLLIN;
	must (close (ends[1]));
	I (zmq_poll (items, 1, 0));
	note ("events = %d", items[0].revents);
	must ((int) read (ends[0], fake, 1));
	I (zmq_poll (items, 1, LONG_MS));
	note ("events = %d", items[0].revents);
	must (close (ends[0]));
	I (zmq_poll (items, 1, 0));
	note ("events = %d", items[0].revents);
	fake[0] = 0;
	I (zmq_close (s));
}

static void many (void *ctx)
{
	enum { N = 50 };
	void *a[N], *b[N];
	zmq_pollitem_t items[N];
	for (int i = 0; i < N; i++) {
		char ep[32];
		snprintf (ep, sizeof ep, "inproc://many-%d", i);
		a[i] = sock (ctx, ZMQ_PUSH);
		b[i] = sock (ctx, ZMQ_PULL);
		join (b[i], a[i], ep);
		items[i] = (zmq_pollitem_t){b[i], 0, ZMQ_POLLIN, 0};
	}
	I (zmq_poll (items, N, 0));
	must (zmq_send (a[17], "x", 1, 0));
	must (zmq_send (a[43], "x", 1, 0));
	settle (b[17], ZMQ_POLLIN);
	settle (b[43], ZMQ_POLLIN);
	I (zmq_poll (items, N, -1));
	for (int i = 0; i < N; i++) {
		if (items[i].revents)
			note ("ready = %d", i);
		must (zmq_close (a[i]));
		must (zmq_close (b[i]));
	}
}

static int readable (int fd)
{
	struct pollfd p = {fd, POLLIN, 0};
	return poll (&p, 1, 0);
}

/* The descriptor tells of edges: it is readable until ZMQ_EVENTS was read. */
static void edges (void *ctx)
{
	void *a = sock (ctx, ZMQ_PAIR), *b = sock (ctx, ZMQ_PAIR);
	join (a, b, "inproc://edges");
	int fd = get_int (b, ZMQ_FD);
	note ("the same again = %d", fd == get_int (b, ZMQ_FD));
	I (get_int (b, ZMQ_EVENTS));
	I (readable (fd));
	I (zmq_send (a, "one", 3, 0));
	struct pollfd p = {fd, POLLIN, 0};
	I (poll (&p, 1, LONG_MS));
	I (get_int (b, ZMQ_EVENTS));
	I (readable (fd));
	I (zmq_send (a, "two", 3, 0));
	I (zmq_recv (b, fake, 3, 0));
	I (zmq_recv (b, fake, 3, 0));
	I (get_int (b, ZMQ_EVENTS));
	I (readable (fd));
	I (zmq_recv (b, fake, 3, ZMQ_DONTWAIT));
	I (readable (fd));
	I (zmq_send (a, "three", 5, 0));
	I (poll (&p, 1, LONG_MS));
	I (zmq_recv (b, fake, 5, ZMQ_DONTWAIT));
	I (zmq_recv (b, fake, 5, ZMQ_DONTWAIT));
	I (readable (fd));
	I (zmq_close (a));
	I (zmq_close (b));
}

/* await waits until a descriptor is readable. */
static void await (int fd)
{
	struct pollfd p = {fd, POLLIN, 0};
	must (poll (&p, 1, LONG_MS) == 1 ? 0 : -1);
}

/* Fault B20: ZMQ_FD among the descriptors that are polled, of a socket that is polled
   too. The look at a socket lowers it, which comes after it was polled. */
static void watched (void *ctx)
{
	void *a = sock (ctx, ZMQ_PULL), *b = sock (ctx, ZMQ_PULL), *c = sock (ctx, ZMQ_PUSH), *d = sock (ctx, ZMQ_PUSH);
	join (a, c, "inproc://watched-a");
	join (b, d, "inproc://watched-b");
	int fa = get_int (a, ZMQ_FD), fb = get_int (b, ZMQ_FD);
	static const short wants[] = {ZMQ_POLLIN, ZMQ_POLLOUT, 0};
	for (int i = 0; i < 3; i++) {
		zmq_pollitem_t items[] = {{a, 0, wants[i], 7}, {b, 0, wants[i], 7}, {NULL, fb, ZMQ_POLLIN, 7}, {NULL, fa, ZMQ_POLLIN, 7}};
		get_int (a, ZMQ_EVENTS);
		get_int (b, ZMQ_EVENTS);
		note ("wants = %d", wants[i]);
		I (zmq_poll (items, 4, 0));
		I (zmq_poll (items, 4, SHORT_MS));
		must (zmq_send (d, "x", 1, 0));
		await (fb);
		I (zmq_poll (items, 4, i % 2 ? 0 : -1));
		for (int k = 0; k < 4; k++)
			note ("events = %d", items[k].revents);
		I (readable (fb));
		I (zmq_poll (items, 4, SHORT_MS));
		must (zmq_send (c, "x", 1, 0));
		await (fa);
		/* It is another's, and stays readable. */
		I (zmq_poll (items + 1, 3, -1));
		I (zmq_poll (items + 1, 3, -1));
		for (int k = 1; k < 4; k++)
			note ("events = %d", items[k].revents);
		I (readable (fa));
		must (zmq_recv (b, fake, 1, 0));
		must (zmq_recv (a, fake, 1, 0));
		I (zmq_recv (a, fake, 1, ZMQ_DONTWAIT));
		I (readable (fa));
	}
	I (zmq_close (a));
	I (zmq_close (b));
	I (zmq_close (c));
	I (zmq_close (d));
}

const section poll_sections[] = {{"poll-bad", bad}, {"poll-sockets", sockets}, {"poll-descriptors", descriptors},
	{"poll-many", many}, {"poll-edges", edges}, {"poll-watched", watched},
	{NULL, NULL}};
