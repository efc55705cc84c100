/* What the C files share. */
#ifndef ZEROTH_EDGE_H
#define ZEROTH_EDGE_H

#define ZMQ_BUILD_DRAFT_API
#include "calls.h"
#include "zmq.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>

/* start.c */
extern const struct zeroth_calls *zeroth_go_calls;
extern unsigned zeroth_instance; /* counts forks */
extern _Thread_local unsigned zeroth_greeted __attribute__ ((tls_model ("initial-exec")));
void zeroth_greet (void);

/* What a start needs: args.c, image.c, handlers.c. */
char **zeroth_args (void);
int zeroth_image_ready (void);
void zeroth_image_forked (void);
void zeroth_handlers_begin (void);
void zeroth_handlers_began (void);
void zeroth_handlers_forked (void);

/* go is the Go part, ready for a call by this thread. */
static inline const struct zeroth_calls *go (void)
{
	if (__builtin_expect (zeroth_greeted != zeroth_instance, 0))
		zeroth_greet ();
	return zeroth_go_calls;
}

/* result turns a call's result into what C functions return: -1 and errno. */
static inline int result (int rc)
{
	if (__builtin_expect (rc >= 0, 1))
		return rc;
	errno = -rc;
	return -1;
}

static inline int fails (int error) { return result (-error); }

/* handle.c */
enum kind {
	FREE,
	CONTEXT,
	SOCKET,
	POLLER,
	TIMERS,
	INHERITED, /* a socket of the process that forked */
};
void *zeroth_handle_new (enum kind kind, uint64_t what);
enum kind zeroth_handle_kind (const void *handle);
uint64_t zeroth_handle_get (const void *handle, enum kind kind);
uint64_t zeroth_handle_take (void *handle, enum kind kind);
void zeroth_handles_forked (void);

/* stream.c: what C keeps of a socket that many messages go through. */
typedef struct zeroth_stream {
	struct zeroth_stream *context; /* of a socket */
	zeroth_ring *ring;             /* NULL: none yet */
	zeroth_cache *cache;           /* likewise */
	uint32_t sends, recvs;         /* by calls of Go, until there are these */
	int ended;                     /* of a context: no message is taken or given any more */
	int more;                      /* of what the cache gave last; -1: that was not the last */
} zeroth_stream;
zeroth_stream *zeroth_stream_of (const void *handle);
bool zeroth_ring_put (zeroth_stream *s, uint64_t socket, const void *data, size_t size);
int zeroth_cache_recv (zeroth_stream *s, uint64_t socket, zeroth_part *part, int flags, zeroth_wait *w);
void zeroth_cache_ref (zeroth_stream *s, struct zeroth_peer *peer);
void zeroth_cache_done (zeroth_stream *s);
bool zeroth_cache_some (const zeroth_stream *s);
void zeroth_cache_filter (zeroth_stream *s, uint64_t socket);
void zeroth_stream_end (zeroth_stream *s);
void zeroth_streams_forked (void);

static inline uint64_t socket_of (const void *handle)
{
	return zeroth_handle_get (handle, SOCKET);
}

/* ctx.c */
int zeroth_context (const void *handle, uint64_t *id);
void zeroth_contexts_forked (void);

/* wait.c: see there. */
int64_t zeroth_now_ms (void);
int zeroth_pause (const zeroth_wait *w, int64_t *until);

/* msg.c */
bool zeroth_msg_valid (const zmq_msg_t *msg);
int zeroth_msg_take (zmq_msg_t *msg, zeroth_part *part);
bool zeroth_msg_block (const zmq_msg_t *msg, struct zeroth_block **block);
void zeroth_msg_given (zmq_msg_t *msg);
bool zeroth_msg_props (const zmq_msg_t *msg, zeroth_props *props);

/* poll.c */
int zeroth_poll (zmq_pollitem_t *items, int n, long timeout, const sigset_t *mask);

#endif
