/* The drafts. */
#define _GNU_SOURCE
#include "check.h"

#include <signal.h>
#include <unistd.h>

static void pollers (void *ctx)
{
	void *a, *b;
	pair (ctx, &a, ZMQ_PAIR, &b, ZMQ_PAIR);
	int p[2], x, y;
	CHECK (pipe (p) == 0);
	void *poller = zmq_poller_new ();
	zmq_poller_event_t e[3];
	CHECK (poller && zmq_poller_size (poller) == 0);
	FAILS (zmq_poller_wait (poller, e, -1), EFAULT);
	FAILS (zmq_poller_wait (poller, e, 10), EAGAIN);
	FAILS (zmq_poller_wait (poller, NULL, 10), EFAULT);
	FAILS (zmq_poller_wait_all (poller, e, -1, 10), EINVAL);
	CHECK (zmq_poller_add (poller, a, &x, ZMQ_POLLIN) == 0);
	FAILS (zmq_poller_add (poller, a, &x, ZMQ_POLLIN), EINVAL);
	FAILS (zmq_poller_add (poller, b, &x, 16), EINVAL);
	CHECK (zmq_poller_add_fd (poller, p[0], &y, ZMQ_POLLIN) == 0);
	FAILS (zmq_poller_add_fd (poller, p[0], &y, ZMQ_POLLIN), EINVAL);
	FAILS (zmq_poller_add_fd (poller, -1, &y, ZMQ_POLLIN), EBADF);
	FAILS (zmq_poller_modify (poller, b, ZMQ_POLLIN), EINVAL);
	FAILS (zmq_poller_remove (poller, b), EINVAL);
	CHECK (zmq_poller_size (poller) == 2);
	FAILS (zmq_poller_wait (poller, e, 0), EAGAIN);
	CHECK (e[0].socket == NULL && e[0].fd == -1);
	send_text (b, "hello", 0);
	CHECK (zmq_poller_wait (poller, e, -1) == 0);
	CHECK (e[0].socket == a && e[0].user_data == &x && e[0].events == ZMQ_POLLIN && e[0].fd == -1);
	CHECK (write (p[1], "x", 1) == 1);
	CHECK (zmq_poller_wait_all (poller, e, 3, -1) == 2);
	CHECK (e[1].socket == NULL && e[1].fd == p[0] && e[1].user_data == &y && e[2].fd == -1);
	CHECK (zmq_poller_modify (poller, a, ZMQ_POLLOUT) == 0 && zmq_poller_modify_fd (poller, p[0], 0) == 0);
	CHECK (zmq_poller_wait_all (poller, e, 3, -1) == 1 && e[0].events == ZMQ_POLLOUT);
	CHECK (zmq_poller_remove (poller, a) == 0 && zmq_poller_remove_fd (poller, p[0]) == 0);
	CHECK (zmq_poller_size (poller) == 0);
	zmq_fd_t fd;
	FAILS (zmq_poller_fd (poller, &fd), EINVAL);
	for (int i = 0; i < 40; i++)
		CHECK (zmq_poller_add_fd (poller, 1000 + i, NULL, 0) == 0);
	CHECK (zmq_poller_destroy (&poller) == 0 && !poller);
	recv_text (a, "hello");
	zmq_pollitem_t item = {.socket = a, .events = ZMQ_POLLIN};
	sigset_t none;
	sigfillset (&none);
	CHECK (zmq_ppoll (&item, 1, 10, &none) == 0);
	close (p[0]);
	close (p[1]);
	CHECK (zmq_close (a) == 0 && zmq_close (b) == 0);
}

static void messages (void)
{
	zmq_msg_t m, c;
	char name[400];
	CHECK (zmq_msg_init_buffer (&m, "body", 4) == 0 && !memcmp (zmq_msg_data (&m), "body", 4));
	CHECK (zmq_msg_routing_id (&m) == 0 && !strcmp (zmq_msg_group (&m), ""));
	FAILS (zmq_msg_set_routing_id (&m, 0), EINVAL);
	CHECK (zmq_msg_set_routing_id (&m, 17) == 0 && zmq_msg_routing_id (&m) == 17);
	CHECK (zmq_msg_set_group (&m, "news") == 0 && zmq_msg_set_group (&m, "sport") == 0);
	CHECK (zmq_msg_init (&c) == 0 && zmq_msg_copy (&c, &m) == 0 && zmq_msg_close (&m) == 0);
	CHECK (!strcmp (zmq_msg_group (&c), "sport"));
	memset (name, 'x', sizeof name);
	name[399] = 0;
	CHECK (zmq_msg_set_group (&c, name) == 0 && strlen (zmq_msg_group (&c)) == ZMQ_GROUP_MAX_LENGTH);
	CHECK (zmq_msg_close (&c) == 0);
}

static void sockets (void *ctx)
{
	void *router, *dealer;
	char id[8], buf[8];
	pair (ctx, &router, ZMQ_ROUTER, &dealer, ZMQ_DEALER);
	send_text (dealer, "x", 0);
	int n = zmq_recv (router, id, 8, 0);
	CHECK (zmq_socket_get_peer_state (router, id, (size_t) n) == ZMQ_POLLOUT);
	FAILS (zmq_socket_get_peer_state (router, "nobody", 6), EHOSTUNREACH);
	FAILS (zmq_socket_get_peer_state (dealer, id, 5), ENOTSUP);
	CHECK (zmq_recv (router, buf, 8, 0) == 1);

	uint64_t all = 0x1ffff;
	void *mon = new_socket (ctx, ZMQ_PULL);
	FAILS (zmq_socket_monitor_versioned (dealer, "inproc://m", all, 2, ZMQ_REQ), EINVAL);
	FAILS (zmq_socket_monitor_versioned (dealer, "inproc://m", all, 1, ZMQ_PAIR), EINVAL);
	FAILS (zmq_socket_monitor_pipes_stats (dealer), EINVAL);
	CHECK (zmq_socket_monitor_versioned (dealer, "inproc://m", all, 2, ZMQ_PUSH) == 0);
	CHECK (zmq_connect (mon, "inproc://m") == 0);
	CHECK (zmq_socket_monitor_pipes_stats (dealer) == 0);
	uint64_t event;
	CHECK (zmq_recv (mon, &event, 8, 0) == 8 && event == ZMQ_EVENT_PIPES_STATS);
	while (get_int (mon, ZMQ_RCVMORE))
		CHECK (zmq_recv (mon, buf, 8, 0) >= 0);

	FAILS (zmq_join (dealer, "x"), ENOTSUP);
	FAILS (zmq_leave (dealer, "x"), ENOTSUP);
	FAILS (zmq_disconnect_peer (dealer, 1), ENOTSUP);
	errno = 0;
	CHECK (zmq_connect_peer (dealer, "inproc://x") == 0 && errno == ENOTSUP);
	CHECK (zmq_close (router) == 0 && zmq_close (dealer) == 0 && zmq_close (mon) == 0);

	int value = 0;
	size_t size = sizeof value;
	CHECK (zmq_ctx_set_ext (ctx, ZMQ_MAX_MSGSZ, &(int){77}, 4) == 0);
	CHECK (zmq_ctx_get_ext (ctx, ZMQ_MAX_MSGSZ, &value, &size) == 0 && value == 77 && size == 4);
	/* Fault C7: a text fits into a buffer of its own size, without a NUL. */
	char prefix[8];
	CHECK (zmq_ctx_set_ext (ctx, ZMQ_THREAD_NAME_PREFIX, "five.", 5) == 0);
	for (size_t i = 0; i <= sizeof prefix; i++) {
		memset (prefix, '-', sizeof prefix);
		size = i;
		if (i < 5) {
			FAILS (zmq_ctx_get_ext (ctx, ZMQ_THREAD_NAME_PREFIX, prefix, &size), EINVAL);
			CHECK (*prefix == '-');
			continue;
		}
		CHECK (zmq_ctx_get_ext (ctx, ZMQ_THREAD_NAME_PREFIX, prefix, &size) == 0);
		CHECK (size == (i > 5 ? 6 : 5) && !memcmp (prefix, "five.\0\0", i) && (i == 8 || prefix[i] == '-'));
	}
	FAILS (zmq_ctx_set_ext (ctx, ZMQ_MAX_MSGSZ, &value, 3), EINVAL);
}

int main (void)
{
	void *ctx = zmq_ctx_new ();
	pollers (ctx);
	messages ();
	sockets (ctx);
	CHECK (zmq_ctx_term (ctx) == 0);
	return 0;
}
