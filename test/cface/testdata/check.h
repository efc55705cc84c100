/* What the programs here share: checks that say where they failed. */
#ifndef CHECK_H
#define CHECK_H

#include <zmq.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(what) \
	do { \
		if (!(what)) { \
			fprintf (stderr, "%s:%d: %s: errno %d, %s\n", __FILE__, __LINE__, #what, zmq_errno (), \
				zmq_strerror (zmq_errno ())); \
			exit (1); \
		} \
	} while (0)

/* FAILS: the call returns -1 and sets errno. */
#define FAILS(call, error) \
	do { \
		errno = 0; \
		int is = (int) (call); \
		if (is != -1 || zmq_errno () != (error)) { \
			fprintf (stderr, "%s:%d: %s: %d, errno %d, not %s\n", __FILE__, __LINE__, #call, is, \
				zmq_errno (), #error); \
			exit (1); \
		} \
	} while (0)

/* IS_NULL: the call returns NULL and sets errno. */
#define IS_NULL(call, error) \
	do { \
		errno = 0; \
		CHECK ((call) == NULL); \
		CHECK (zmq_errno () == (error)); \
	} while (0)

static inline void *new_socket (void *ctx, int type)
{
	void *s = zmq_socket (ctx, type);
	CHECK (s);
	return s;
}

static inline void set_int (void *s, int option, int value)
{
	CHECK (zmq_setsockopt (s, option, &value, sizeof value) == 0);
}

static inline int get_int (void *s, int option)
{
	int value = -99;
	size_t size = sizeof value;
	CHECK (zmq_getsockopt (s, option, &value, &size) == 0 && size == sizeof value);
	return value;
}

/* pair joins two new sockets over tcp. */
static inline void pair (void *ctx, void **a, int type_a, void **b, int type_b)
{
	char endpoint[256];
	size_t size = sizeof endpoint;
	*a = new_socket (ctx, type_a);
	*b = new_socket (ctx, type_b);
	CHECK (zmq_bind (*a, "tcp://127.0.0.1:*") == 0);
	CHECK (zmq_getsockopt (*a, ZMQ_LAST_ENDPOINT, endpoint, &size) == 0);
	CHECK (zmq_connect (*b, endpoint) == 0);
}

static inline void send_text (void *s, const char *text, int flags)
{
	CHECK (zmq_send (s, text, strlen (text), flags) == (int) strlen (text));
}

static inline void recv_text (void *s, const char *text)
{
	char buf[256];
	int n = zmq_recv (s, buf, sizeof buf, 0);
	CHECK (n == (int) strlen (text) && !memcmp (buf, text, (size_t) n));
}

#endif
