/* Sending and receiving, part by part. */
#include "calls.h"

#include <sys/uio.h>

int zmq_sendiov (void *socket, struct iovec *iov, size_t count, int flags);
int zmq_recviov (void *socket, struct iovec *iov, size_t *count, int flags);

static void parts (void *ctx)
{
	void *a = sock (ctx, ZMQ_PUSH), *b = sock (ctx, ZMQ_PULL);
	char buf[16];
	join (b, a, "inproc://parts");
	I (get_int (b, ZMQ_RCVMORE));
	I (zmq_send (a, "one", 3, ZMQ_SNDMORE));
	I (zmq_recv (b, buf, sizeof buf, ZMQ_DONTWAIT));
	I (zmq_send (a, "", 0, ZMQ_SNDMORE | ZMQ_DONTWAIT));
	I (zmq_send (a, NULL, 0, ZMQ_SNDMORE));
	I (zmq_send (a, "four", 4, 0));
	for (int i = 0; i < 4; i++) {
		memset (buf, 0, sizeof buf);
		I (zmq_recv (b, buf, sizeof buf, 0));
		note ("text = %s", buf);
		I (get_int (b, ZMQ_RCVMORE));
	}
	I (zmq_recv (b, buf, sizeof buf, ZMQ_DONTWAIT));
	I (get_int (b, ZMQ_RCVMORE));
	I (zmq_send (a, "0123456789", 10, 0));
	memset (buf, '.', sizeof buf);
	I (zmq_recv (b, buf, 4, 0));
	note ("text = %.6s", buf);
	I (zmq_send (a, "0123456789", 10, 0));
	I (zmq_recv (b, NULL, 0, 0));
	I (zmq_send (a, "0123456789", 10, 0));
	I (zmq_recv (b, buf, 0, 0));
	I (zmq_send_const (a, "constant", 8, 0));
	I (zmq_recv (b, buf, 8, 0));
	I (zmq_send (a, "x", 1, 64));
	I (zmq_recv (b, buf, 8, 64));
	I (zmq_send (a, "half", 4, ZMQ_SNDMORE));
	I (zmq_close (a));
	I (zmq_recv (b, buf, 8, ZMQ_DONTWAIT));
	I (zmq_close (b));
}

static void messages (void *ctx)
{
	void *a = sock (ctx, ZMQ_DEALER), *b = sock (ctx, ZMQ_DEALER);
	join (b, a, "inproc://messages");
	zmq_msg_t msg;
	for (int i = 0; i < 3; i++) {
		must (zmq_msg_init_size (&msg, (size_t) i * 300));
		memset (zmq_msg_data (&msg), 'm', zmq_msg_size (&msg));
		I (zmq_msg_send (&msg, a, i < 2 ? ZMQ_SNDMORE : 0));
		I (zmq_msg_more (&msg));
	}
	must (zmq_msg_init (&msg));
	for (int i = 0; i < 3; i++) {
		I (zmq_msg_recv (&msg, b, 0));
		I (zmq_msg_more (&msg));
		I (zmq_msg_get (&msg, ZMQ_MORE));
	}
	I (zmq_msg_recv (&msg, b, ZMQ_DONTWAIT));
	I (zmq_msg_more (&msg));
	must (zmq_msg_close (&msg));
	must (zmq_msg_init_size (&msg, 4));
	memcpy (zmq_msg_data (&msg), "old!", 4);
	I (zmq_sendmsg (a, &msg, 0));
	I (zmq_recvmsg (b, &msg, 0));
	note ("text = %.4s", (char *) zmq_msg_data (&msg));
	/* A part that was received with more to come is sent as the last. */
	I (zmq_send (a, "first", 5, ZMQ_SNDMORE));
	I (zmq_send (a, "last", 4, 0));
	I (zmq_msg_recv (&msg, b, 0));
	I (zmq_msg_more (&msg));
	zmq_msg_t rest;
	must (zmq_msg_init (&rest));
	I (zmq_msg_recv (&rest, b, 0));
	I (zmq_msg_send (&msg, b, 0));
	I (zmq_msg_recv (&msg, a, 0));
	I (zmq_msg_more (&msg));
	I (zmq_msg_close (&msg));
	I (zmq_msg_close (&rest));
	I (zmq_close (a));
	I (zmq_close (b));
}

static void vectors (void *ctx)
{
	void *a = sock (ctx, ZMQ_PUSH), *b = sock (ctx, ZMQ_PULL);
	join (b, a, "inproc://vectors");
	struct iovec out[3] = {{"one", 3}, {"", 0}, {"three", 5}}, in[8];
	size_t count = 8;
	I (zmq_sendiov (NULL, out, 3, 0));
	I (zmq_recviov (NULL, in, &count, 0));
	I (zmq_sendiov (a, out, 0, 0));
	I (zmq_sendiov (a, NULL, 3, 0));
	count = 0;
	I (zmq_recviov (b, in, &count, 0));
	count = 8;
	I (zmq_recviov (b, NULL, &count, 0));
	I (zmq_recviov (b, in, &count, ZMQ_DONTWAIT));
	I (zmq_sendiov (a, out, 3, ZMQ_SNDMORE));
	count = 8;
	I (zmq_recviov (b, in, &count, 0));
	note ("count = %zu", count);
	for (size_t i = 0; i < count && i < 8; i++) {
		note ("size = %zu, text = %.*s", in[i].iov_len, (int) in[i].iov_len, (char *) in[i].iov_base);
		free (in[i].iov_base);
	}
	I (zmq_sendiov (a, out, 3, ZMQ_SNDMORE));
	count = 2;
	I (zmq_recviov (b, in, &count, 0));
	note ("count = %zu", count);
	for (size_t i = 0; i < count && i < 2; i++)
		free (in[i].iov_base);
	count = 8;
	I (zmq_recviov (b, in, &count, 0));
	note ("count = %zu", count);
	for (size_t i = 0; i < count && i < 8; i++)
		free (in[i].iov_base);
	I (zmq_close (a));
	I (zmq_close (b));
}

static void high_water (void *ctx)
{
	static const int marks[][2] = {{1, 1}, {2, 3}, {5, 1}};
	for (int i = 0; i < 3; i++) {
		void *a = sock (ctx, ZMQ_PUSH), *b = sock (ctx, ZMQ_PULL);
		set_int (a, ZMQ_SNDHWM, marks[i][0]);
		set_int (b, ZMQ_RCVHWM, marks[i][1]);
		char ep[32];
		snprintf (ep, sizeof ep, "inproc://high-%d", i);
		join (b, a, ep);
		int n = 0;
		while (n < 100 && zmq_send (a, "x", 1, ZMQ_DONTWAIT) == 1)
			n++;
		note ("marks %d and %d = %d messages", marks[i][0], marks[i][1], n);
		I (zmq_send (a, "x", 1, ZMQ_DONTWAIT));
		set_int (a, ZMQ_SNDTIMEO, SHORT_MS);
		I (zmq_send (a, "x", 1, 0));
		set_int (a, ZMQ_SNDTIMEO, 0);
		I (zmq_send (a, "x", 1, 0));
		I (get_int (a, ZMQ_EVENTS));
		while (zmq_recv (b, fake, 1, ZMQ_DONTWAIT) == 1)
			n--;
		note ("left = %d", n);
		I (get_int (a, ZMQ_EVENTS));
		I (zmq_send (a, "x", 1, ZMQ_DONTWAIT));
		I (zmq_close (a));
		I (zmq_close (b));
	}
}

static void timeouts (void *ctx)
{
	void *a = sock (ctx, ZMQ_PAIR);
	zmq_msg_t msg;
	must (zmq_msg_init (&msg));
	set_int (a, ZMQ_RCVTIMEO, SHORT_MS);
	set_int (a, ZMQ_SNDTIMEO, SHORT_MS);
	I (zmq_recv (a, fake, 1, 0));
	I (zmq_msg_recv (&msg, a, 0));
	I (zmq_send (a, "x", 1, 0));
	I (zmq_msg_send (&msg, a, 0));
	set_int (a, ZMQ_RCVTIMEO, 0);
	set_int (a, ZMQ_SNDTIMEO, 0);
	I (zmq_recv (a, fake, 1, 0));
	I (zmq_send (a, "x", 1, 0));
	must (zmq_msg_close (&msg));
	I (zmq_close (a));
}

/* Bodies of many sizes come through whole. */
static void sizes (void *ctx)
{
	static const size_t all[] = {0, 1, 32, 33, 34, 40, 41, 254, 255, 256, 4095, 4096, 4097, 8191, 8192, 8193, 65535, 65536,
		1 << 20, 5 << 20};
	static const char *const transports[] = {"tcp://127.0.0.1:*", "ipc://*", "inproc://sizes"};
	for (int t = 0; t < 3; t++) {
		void *a = sock (ctx, ZMQ_PUSH), *b = sock (ctx, ZMQ_PULL);
		must (zmq_connect (a, bound (b, transports[t])));
		for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
			zmq_msg_t msg;
			must (zmq_msg_init_size (&msg, all[i]));
			for (size_t j = 0; j < all[i]; j++)
				((unsigned char *) zmq_msg_data (&msg))[j] = (unsigned char) (j * 7 + j / 251);
			note ("size = %zu", all[i]);
			I (zmq_msg_send (&msg, a, 0));
			I (zmq_msg_recv (&msg, b, 0));
			size_t bad = 0;
			for (size_t j = 0; j < zmq_msg_size (&msg); j++)
				bad += ((unsigned char *) zmq_msg_data (&msg))[j] != (unsigned char) (j * 7 + j / 251);
			note ("wrong bytes = %zu", bad);
			must (zmq_msg_close (&msg));
		}
		I (zmq_close (a));
		I (zmq_close (b));
	}
}

const section part_sections[] = {{"part-parts", parts}, {"part-messages", messages}, {"part-vectors", vectors},
	{"part-high-water", high_water}, {"part-timeouts", timeouts}, {"part-sizes", sizes}, {NULL, NULL}};
