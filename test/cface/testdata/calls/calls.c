/* calls SECTION runs one section; calls without one prints their names. */
#include "calls.h"

#include <stdarg.h>
#include <unistd.h>

char fake[4096];

static const section *const groups[] = {ctx_sections, socket_sections, option_sections, msg_sections, part_sections,
	state_sections, poll_sections, timer_sections, util_sections, monitor_sections, proxy_sections,
	signal_sections, flags_sections, large_sections};

static const struct {
	int number;
	const char *name;
} names[] = {
#define NAME(e) {e, #e},
	NAME (EPERM) NAME (ENOENT) NAME (EINTR) NAME (EBADF) NAME (EAGAIN) NAME (ENOMEM) NAME (EACCES) NAME (EFAULT)
	NAME (ENODEV) NAME (EINVAL) NAME (EMFILE) NAME (EPIPE) NAME (ENAMETOOLONG) NAME (EPROTO) NAME (ENOTSOCK)
	NAME (EMSGSIZE) NAME (EPROTONOSUPPORT) NAME (ENOTSUP) NAME (EAFNOSUPPORT) NAME (EADDRINUSE)
	NAME (EADDRNOTAVAIL) NAME (ENETDOWN) NAME (ENETUNREACH) NAME (ECONNRESET) NAME (ENOBUFS) NAME (ENOTCONN)
	NAME (ETIMEDOUT) NAME (ECONNREFUSED) NAME (EHOSTUNREACH) NAME (EINPROGRESS)
	NAME (EFSM) NAME (ENOCOMPATPROTO) NAME (ETERM) NAME (EMTHREAD)
};

const char *errname (int error)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (names[i].number == error)
			return names[i].name;
	}
	static char number[16];
	snprintf (number, sizeof number, "%d", error);
	return number;
}

long show_int (const char *call, long rc)
{
	int error = errno;
	if (rc == -1)
		printf ("%s = -1 %s\n", call, errname (error));
	else
		printf ("%s = %ld\n", call, rc);
	return rc;
}

void *show_pointer (const char *call, void *p)
{
	int error = errno;
	if (p)
		printf ("%s = pointer\n", call);
	else
		printf ("%s = NULL %s\n", call, errname (error));
	return p;
}

const char *show_text (const char *call, const char *text)
{
	int error = errno;
	if (text)
		printf ("%s = \"%s\"\n", call, text);
	else
		printf ("%s = NULL %s\n", call, errname (error));
	return text;
}

void note (const char *format, ...)
{
	va_list args;
	va_start (args, format);
	vprintf (format, args);
	va_end (args);
	putchar ('\n');
}

const char *hex (const void *data, size_t size)
{
	static char text[2 * 64 + 4];
	size_t n = size < 64 ? size : 64;
	text[0] = 0;
	for (size_t i = 0; i < n; i++)
		sprintf (text + 2 * i, "%02x", ((const unsigned char *) data)[i]);
	if (n < size)
		strcat (text, "...");
	return text;
}

int must_int (const char *call, int rc)
{
	if (rc == -1) {
		fprintf (stderr, "%s: %s\n", call, errname (errno));
		exit (1);
	}
	return rc;
}

void *must_pointer (const char *call, void *p)
{
	if (!p) {
		fprintf (stderr, "%s: %s\n", call, errname (errno));
		exit (1);
	}
	return p;
}

void set_int (void *socket, int option, int value)
{
	must (zmq_setsockopt (socket, option, &value, sizeof value));
}

int get_int (void *socket, int option)
{
	int value = 0;
	size_t size = sizeof value;
	must (zmq_getsockopt (socket, option, &value, &size));
	return value;
}

void *sock (void *ctx, int type)
{
	void *s;
	/* libzmq counts sockets that are closed for some time longer. */
	while (!(s = zmq_socket (ctx, type)) && errno == EMFILE)
		usleep (1000);
	must_ptr (s);
	set_int (s, ZMQ_LINGER, 0);
	set_int (s, ZMQ_RCVTIMEO, LONG_MS);
	set_int (s, ZMQ_SNDTIMEO, LONG_MS);
	return s;
}

const char *bound (void *socket, const char *endpoint)
{
	static char text[4][256];
	static int turn;
	char *at = text[turn++ % 4];
	size_t size = sizeof *text;
	must (zmq_bind (socket, endpoint));
	must (zmq_getsockopt (socket, ZMQ_LAST_ENDPOINT, at, &size));
	return at;
}

void join (void *a, void *b, const char *endpoint)
{
	must (zmq_bind (a, endpoint));
	must (zmq_connect (b, endpoint));
}

void settle (void *socket, int events)
{
	zmq_pollitem_t item = {socket, 0, (short) events, 0};
	if (zmq_poll (&item, 1, LONG_MS) != 1) {
		fprintf (stderr, "a socket did not become ready\n");
		exit (1);
	}
}

int main (int argc, char **argv)
{
	setvbuf (stdout, NULL, _IOLBF, 0);
	for (size_t g = 0; g < sizeof groups / sizeof *groups; g++) {
		for (const section *s = groups[g]; s->name; s++) {
			if (argc < 2) {
				puts (s->name);
			} else if (!strcmp (s->name, argv[1])) {
				void *ctx = must_ptr (zmq_ctx_new ());
				s->run (ctx);
				must (zmq_ctx_term (ctx));
				return 0;
			}
		}
	}
	return argc < 2 ? 0 : 2;
}
