/* What the C part of the library calls in the Go part.

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
	int32_t conn;    /* one more than a descriptor that means the same; 0: none */
} zeroth_wait;

/* One socket that a poll asks about, as cshim.Item. */
typedef struct {
	uint64_t socket;
	int32_t want, got; /* ZMQ_POLLIN, ZMQ_POLLOUT */
	int64_t held;      /* not 0: there is something to receive in the socket's cache */
} zeroth_item;

/* Messages that a socket was given and Go has not yet asked for, in ZMTP framing,
   in the send ring: see stream.c and core.SendRing. Positions only grow. C writes head and
   wrap, Go tail; both change credit. */
typedef struct {
	int32_t busy;   /* C's own: one thread puts at a time */
	uint32_t credit; /* how many may be put */
	uint64_t head;  /* behind the last */
	uint64_t wrap;  /* where the ring was left early, for its beginning */
	uint64_t tail;  /* the first */
	uint64_t cap;   /* a power of two */
	unsigned char *buf;
} zeroth_ring;

/* Parts that Go gave and the program has not yet asked for: see stream.c. The
   cache holds a reference to each peer that sent any of them. */
enum { ZEROTH_PEERS = 16 };
typedef struct {
	int32_t lock;
	uint32_t want; /* how many parts to fill in */
	uint32_t at, end, cap; /* of buf */
	uint32_t n_peers;
	struct zeroth_peer *peers[ZEROTH_PEERS];
	unsigned char *buf;
	/* C's own: more references to one of the peers, for messages to come */
	struct zeroth_peer *from;
	int32_t stock;
} zeroth_cache;

/* The head of each part in a receive cache. Behind it are the bytes, unless there is a
   block, padded to 8. */
typedef struct {
	uint64_t size;
	struct zeroth_block *block;
	struct zeroth_peer *peer;
	uint64_t more;
} zeroth_held;

/* The sender of a message: names and values, one behind the other, each with a NUL,
   and an empty name. refs is changed atomically, by both parts. */
struct zeroth_peer {
	int32_t refs;
	char text[];
};

/* From this size on parts are not copied between C and Go: cshim.ByReference. */
enum { ZEROTH_BY_REFERENCE = 256 << 10 };

/* What a message has beside its parts, as msg.Props. Zeros: nothing. */
typedef struct {
	uint32_t routing_id;
	char group[16]; /* with a NUL */
} zeroth_props;

/* A part that was received. The caller gives room for small ones; of a larger
   one a block is made. */
typedef struct {
	void *room;
	size_t cap;
	size_t size;
	struct zeroth_block *block; /* NULL: it is in room */
	struct zeroth_peer *peer;   /* a reference, or NULL */
	zeroth_props props;
	int more;
} zeroth_part;

/* The calls: the name, the function of package cshim that it is passed on to
   (gen writes these), and the parameters. */
#define ZEROTH_CALLS(CALL) \
	CALL (hello, BY_HAND, (void)) \
	CALL (ctx_new, NewContext, (uint64_t * ctx)) \
	CALL (ctx_set, SetContext, (uint64_t ctx, int option, int value)) \
	CALL (ctx_get, GetContext, (uint64_t ctx, int option, int32_t *value)) \
	CALL (ctx_set_ext, SetContextRaw, (uint64_t ctx, int option, void *value, size_t size)) \
	CALL (ctx_get_ext, GetContextRaw, (uint64_t ctx, int option, void *value, size_t size)) \
	CALL (ctx_shutdown, Shutdown, (uint64_t ctx)) \
	CALL (ctx_term, Term, (uint64_t ctx, zeroth_wait *w)) \
	CALL (socket, NewSocket, (uint64_t ctx, int type, uint64_t *socket)) \
	CALL (close, Close, (uint64_t socket)) \
	CALL (check, Check, (uint64_t socket)) \
	CALL (setsockopt, Set, (uint64_t socket, int option, void *value, size_t size)) \
	CALL (getsockopt, Get, (uint64_t socket, int option, void *value, size_t size)) \
	CALL (bind, Bind, (uint64_t socket, char *endpoint)) \
	CALL (connect, Connect, (uint64_t socket, char *endpoint)) \
	CALL (leave, Leave, (uint64_t socket, char *endpoint)) \
	CALL (send, BY_HAND, (uint64_t socket, void *data, size_t size, zeroth_props *props, int flags, zeroth_wait *w)) \
	CALL (send_block, BY_HAND, (uint64_t socket, struct zeroth_block *block, void *data, size_t size, zeroth_props *props, int flags, zeroth_wait *w)) \
	CALL (take_back, BY_HAND, (uint64_t loan)) \
	CALL (recv, BY_HAND, (uint64_t socket, void *buf, size_t cap, int flags, zeroth_wait *w)) \
	CALL (recv_part, BY_HAND, (uint64_t socket, zeroth_part *part, int flags, zeroth_wait *w)) \
	CALL (set_ring, BY_HAND, (uint64_t socket, zeroth_ring *ring)) \
	CALL (fetch, PullSendRing, (uint64_t socket)) \
	CALL (can_refill, CanPrefetch, (uint64_t socket)) \
	CALL (refill, BY_HAND, (uint64_t socket, zeroth_cache *cache, int flags, zeroth_wait *w)) \
	CALL (wants, Wants, (uint64_t socket, void *first, size_t size)) \
	CALL (drop_rest, DropRest, (uint64_t socket)) \
	CALL (look, BY_HAND, (zeroth_item *items, int n, int arm, zeroth_wait *w)) \
	CALL (forget, BY_HAND, (uint64_t token)) \
	CALL (proxy, Proxy, (uint64_t front, uint64_t back, uint64_t capture, uint64_t control, zeroth_wait *w)) \
	CALL (result, Result, (uint64_t job, zeroth_wait *w)) \
	CALL (stop, Stop, (uint64_t job)) \
	CALL (monitor, Monitor, (uint64_t socket, char *endpoint, uint64_t events, int version, int type)) \
	CALL (pipes_stats, PipesStats, (uint64_t socket)) \
	CALL (peer_state, PeerState, (uint64_t socket, void *id, size_t size)) \
	CALL (z85_encode, BY_HAND, (char *dst, void *src, size_t size)) \
	CALL (z85_decode, BY_HAND, (void *dst, char *src)) \
	CALL (curve_keypair, BY_HAND, (char *public_key, char *secret_key)) \
	CALL (curve_public, BY_HAND, (char *public_key, char *secret_key))

#define ZEROTH_PROTOTYPE(name, go, args) extern int zeroth_##name args;
ZEROTH_CALLS (ZEROTH_PROTOTYPE)
#undef ZEROTH_PROTOTYPE

/* The calls as a table: see start.c. */
#define ZEROTH_MEMBER(name, go, args) int(*name) args;
struct zeroth_calls {
	ZEROTH_CALLS (ZEROTH_MEMBER)
};
#undef ZEROTH_MEMBER

/* What the Go part calls in the C part. There they are weak, so that go build can
   link it without. */
struct zeroth_block *zeroth_block_new (size_t size);
struct zeroth_block *zeroth_block_lent (void *data, uint64_t loan);
void *zeroth_block_data (struct zeroth_block *block);
void zeroth_block_drop (struct zeroth_block *block);
struct zeroth_peer *zeroth_peer_new (void *text, size_t size);
void zeroth_peer_drop (struct zeroth_peer *peer);
#ifdef ZEROTH_EXPORTS
#pragma weak zeroth_block_new
#pragma weak zeroth_block_lent
#pragma weak zeroth_block_data
#pragma weak zeroth_block_drop
#pragma weak zeroth_peer_new
#pragma weak zeroth_peer_drop
#endif

#endif
