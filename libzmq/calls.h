/* What the C half of the library calls in the Go half.

   Every call returns 0 or more, or an errno with its sign turned. Handles are
   numbers here; 0 is none. */
#ifndef ZEROTH_CALLS_H
#define ZEROTH_CALLS_H

#include <stddef.h>
#include <stdint.h>

/* What a call waits for, as cshim.Wait. The caller begins with zeros. */
typedef struct {
	int32_t fd;      /* readable: call again */
	int32_t timeout; /* ms, from the first call on; negative: none */
	uint64_t token;  /* not 0: call again, or forget */
} zeroth_wait;

/* One socket that a poll asks about, as cshim.Item. */
typedef struct {
	uint64_t socket;
	int32_t want, got; /* ZMQ_POLLIN, ZMQ_POLLOUT */
} zeroth_item;

/* Who sent a message: names and values, one behind the other, each with a NUL,
   and an empty name. refs is changed atomically, by both halves. */
struct zeroth_peer {
	int32_t refs;
	char text[];
};

/* A part that was received. The caller gives room for small ones; of a larger
   one a block is made. */
typedef struct {
	void *room;
	size_t cap;
	size_t size;
	struct zeroth_block *block; /* NULL: it is in room */
	struct zeroth_peer *peer;   /* a reference, or NULL */
	int more;
} zeroth_part;

#define ZEROTH_CALLS(CALL) \
	CALL (hello, (void)) \
	CALL (ctx_new, (uint64_t * ctx)) \
	CALL (ctx_set, (uint64_t ctx, int option, int value)) \
	CALL (ctx_get, (uint64_t ctx, int option, int32_t *value)) \
	CALL (ctx_set_ext, (uint64_t ctx, int option, void *value, size_t size)) \
	CALL (ctx_get_ext, (uint64_t ctx, int option, void *value, size_t size)) \
	CALL (ctx_shutdown, (uint64_t ctx)) \
	CALL (ctx_term, (uint64_t ctx, zeroth_wait *w)) \
	CALL (socket, (uint64_t ctx, int type, uint64_t *socket)) \
	CALL (close, (uint64_t socket)) \
	CALL (check, (uint64_t socket)) \
	CALL (setsockopt, (uint64_t socket, int option, void *value, size_t size)) \
	CALL (getsockopt, (uint64_t socket, int option, void *value, size_t size)) \
	CALL (bind, (uint64_t socket, char *endpoint)) \
	CALL (connect, (uint64_t socket, char *endpoint)) \
	CALL (leave, (uint64_t socket, char *endpoint)) \
	CALL (send, (uint64_t socket, void *data, size_t size, int flags, zeroth_wait *w)) \
	CALL (recv, (uint64_t socket, void *buf, size_t cap, int flags, zeroth_wait *w)) \
	CALL (recv_part, (uint64_t socket, zeroth_part *part, int flags, zeroth_wait *w)) \
	CALL (look, (zeroth_item *items, int n, int arm, zeroth_wait *w)) \
	CALL (forget, (uint64_t token)) \
	CALL (proxy, (uint64_t front, uint64_t back, uint64_t capture, uint64_t control, zeroth_wait *w)) \
	CALL (result, (uint64_t job, zeroth_wait *w)) \
	CALL (stop, (uint64_t job)) \
	CALL (monitor, (uint64_t socket, char *endpoint, uint64_t events, int version, int type)) \
	CALL (pipes_stats, (uint64_t socket)) \
	CALL (peer_state, (uint64_t socket, void *id, size_t size)) \
	CALL (has, (char *capability)) \
	CALL (z85_encode, (char *dst, void *src, size_t size)) \
	CALL (z85_decode, (void *dst, char *src)) \
	CALL (curve_keypair, (char *public_key, char *secret_key)) \
	CALL (curve_public, (char *public_key, char *secret_key))

#define ZEROTH_PROTOTYPE(name, args) extern int zeroth_##name args;
ZEROTH_CALLS (ZEROTH_PROTOTYPE)
#undef ZEROTH_PROTOTYPE

/* The calls as a table: after a fork they are those of another instance of the
   library, see fork.c. */
#define ZEROTH_MEMBER(name, args) int(*name) args;
struct zeroth_calls {
	ZEROTH_CALLS (ZEROTH_MEMBER)
};
#undef ZEROTH_MEMBER

/* What the Go half calls in the C half. */
struct zeroth_block *zeroth_block_new (size_t size);
void *zeroth_block_data (struct zeroth_block *block);
struct zeroth_peer *zeroth_peer_new (void *text, size_t size);
void zeroth_peer_drop (struct zeroth_peer *peer);

#endif
