/* A program that makes calls of zmq.h and prints what each returned. It is run
   on two libraries, and what it printed is compared line by line.

   One section is run in one process, so that a section that crashes loses no
   other. A call that libzmq itself does not survive belongs in own_refusals.c. */
#ifndef CALLS_H
#define CALLS_H

#include <zmq.h>

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* I makes a call that returns -1 and errno, and L one that returns a long; P
   one that returns NULL and errno; S one that returns a text; V one that
   returns nothing. */
#define I(call) (errno = 0, show_int (#call, (call)))
#define L(call) (errno = 0, show_int (#call, (long) (call)))
#define P(call) (errno = 0, show_pointer (#call, (void *) (call)))
#define S(call) (errno = 0, show_text (#call, (call)))
#define V(call) ((call), show_int (#call, 0))

long show_int (const char *call, long rc);
void *show_pointer (const char *call, void *p);
const char *show_text (const char *call, const char *text);

/* note prints a line of its own; fields are told apart by " = ". */
void note (const char *format, ...) __attribute__ ((format (printf, 1, 2)));
const char *errname (int error);
const char *hex (const void *data, size_t size);

/* must is for what a section rests upon: -1 and NULL end the program. */
#define must(call) must_int (#call, (call))
#define must_ptr(call) must_pointer (#call, (call))
int must_int (const char *call, int rc);
void *must_pointer (const char *call, void *p);

/* zmq.h of 4.3.4 has it among the drafts. */
#ifndef ZMQ_METADATA
#define ZMQ_METADATA 95
#endif

/* BIG is the size of messages whose memory is handed on. */
enum { BIG = 1 << 20 };

enum { LONG_MS = 20000, SHORT_MS = 30 };

/* fake is memory that is neither a context nor a socket. */
extern char fake[4096];

/* sock makes a socket whose calls do not wait for ever. */
void *sock (void *ctx, int type);
void set_int (void *socket, int option, int value);
int get_int (void *socket, int option);
/* bound binds to a port that the system chooses; the result is LAST_ENDPOINT. */
const char *bound (void *socket, const char *endpoint);
/* pair joins two sockets over inproc. */
void join (void *a, void *b, const char *endpoint);
/* settle waits until the socket has these events. */
void settle (void *socket, int events);

typedef struct {
	const char *name;
	void (*run) (void *ctx);
} section;

extern const section ctx_sections[], socket_sections[], option_sections[], msg_sections[], part_sections[],
	state_sections[], poll_sections[], timer_sections[], util_sections[], monitor_sections[], proxy_sections[],
	signal_sections[], flags_sections[], large_sections[];

#endif
