/* What the roles of the libzmq peer share. One process plays one role with one
 * set of arguments, which is why they are global. Whatever fails prints why and
 * ends the process with 1. */
#ifndef PEER_H
#define PEER_H

#include <stdbool.h>
#include <stdint.h>
#include <zmq.h>

extern size_t size;  /* of a message's body, or of each frame */
extern long count;   /* of messages, or of what else the role counts */
extern int fan;      /* sockets, connections or frames; 0 where there is one */
extern bool curve;   /* sockets use CURVE */
extern void *ctx;

/* socket.c */
void die (const char *what); /* with libzmq's error */
void fail (const char *format, ...) __attribute__ ((format (printf, 1, 2)));
void *make (int type);
void set (void *s, int option, int value);
const char *attach (void *s, const char *endpoint); /* binds; returns what was bound, in static memory */
void *bound (int type, const char *endpoint);       /* and tells the harness */
void *serve (void *s, const char *endpoint);        /* the same, of a socket that is there already */
void dial (void *s, const char *endpoint);
void *connected (int type, const char *endpoint);
void **connected_fan (int type, const char *endpoint); /* fan of them, or one */
void close_fan (void **sockets);
void check_size (zmq_msg_t *m, size_t want);
void receive (void *s, zmq_msg_t *m); /* one frame of size bytes */
bool try_receive (void *s, zmq_msg_t *m);
void send_bytes (void *s, const void *buf, size_t n, int flags);
void wait_any (void **sockets, int n); /* until one of them can receive */

/* tools.c */
int64_t now (void);  /* nanoseconds, of a clock that only goes on */
int64_t wall (void); /* nanoseconds, of a clock that processes share */
long resident (void); /* bytes of memory that the process holds */
void took (int64_t ns);
void spread (int64_t *took, long n, int64_t all); /* reports median, 99th percentile, and all */
int sockets_in_fan (void);
long share (long total, int i); /* of socket i */
void hold (void); /* until the harness lets go */
void together (void *(*play) (void *), void **sockets); /* a thread for each socket of the fan */
void *allocate (size_t n);

/* The roles. */
void pull (const char *endpoint);
void push (const char *endpoint);
void push_owned (const char *endpoint);
void spout (const char *endpoint);
void sink (const char *endpoint);
void inproc (const char *endpoint);
void parts_pull (const char *endpoint);
void parts_push (const char *endpoint);
void rep (const char *endpoint);
void req (const char *endpoint);
void reqs (const char *endpoint);
void inproc_rtt (const char *endpoint);
void greet (const char *endpoint);
void pub (const char *endpoint);
void group_sub (const char *endpoint);
void group_pub (const char *endpoint);
void sub (const char *endpoint);
void pub_tenth (const char *endpoint);
void sub_tenth (const char *endpoint);
void topics (const char *endpoint);
void herald (const char *endpoint);
void router (const char *endpoint);
void dealers (const char *endpoint);
void streamer (const char *endpoint);
void queue (const char *endpoint);
void idle (const char *endpoint);
void hoard_out (const char *endpoint);
void hoard_in (const char *endpoint);
void loaded (const char *endpoint);
void loading (const char *endpoint);

#endif
