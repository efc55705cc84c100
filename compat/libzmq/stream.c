/* A call of Go costs more than a small message does. A socket that many messages
   go through has

   a send ring: what is sent is put there, as long as Go has given credit for it and
   will come to fetch it; see core.SendRing;

   a receive cache: Go fills in many parts in one call, twice as many each time that
   it is asked without having to wait, and one after a wait.

   A socket of which little is asked has neither, and is exact in all that
   libzmq's is. With a receive cache, messages are taken off their queues before the
   program asks for them: the sender's high-water mark is reached that much
   later. */
#include "edge.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
	RING_SIZE = 64 << 10,
	RING_PART = 2 << 10,
	CACHE_SIZE = 64 << 10,
	CACHE_MOST = 256,
	BEGIN = 256, /* calls after which a socket gets one */
	NEVER = 1 << 30,
};

/* What is not used any more is kept: a program that closes a socket in one
   thread and uses it in another must not touch memory that is not there. */
static struct {
	pthread_mutex_t mu;
	int n_rings, n_caches;
	zeroth_ring *rings[64];
	zeroth_cache *caches[64];
} spare = {.mu = PTHREAD_MUTEX_INITIALIZER};

/* zeroth_streams_forked is called in the child of a fork. */
void zeroth_streams_forked (void) { pthread_mutex_init (&spare.mu, NULL); }

static bool try_lock (int32_t *lock) { return !__atomic_exchange_n (lock, 1, __ATOMIC_ACQUIRE); }

static void unlock (int32_t *lock) { __atomic_store_n (lock, 0, __ATOMIC_RELEASE); }

static zeroth_ring *new_ring (void)
{
	zeroth_ring *f = NULL;
	pthread_mutex_lock (&spare.mu);
	if (spare.n_rings)
		f = spare.rings[--spare.n_rings];
	pthread_mutex_unlock (&spare.mu);
	if (f)
		return f;
	f = calloc (1, sizeof *f + RING_SIZE);
	if (f) {
		f->cap = RING_SIZE;
		f->buf = (unsigned char *) (f + 1);
	}
	return f;
}

static zeroth_cache *new_cache (void)
{
	zeroth_cache *i = NULL;
	pthread_mutex_lock (&spare.mu);
	if (spare.n_caches)
		i = spare.caches[--spare.n_caches];
	pthread_mutex_unlock (&spare.mu);
	if (i)
		return i;
	i = calloc (1, sizeof *i + CACHE_SIZE);
	if (i) {
		i->cap = CACHE_SIZE;
		i->buf = (unsigned char *) (i + 1);
	}
	return i;
}

static bool over (const zeroth_stream *s)
{
	return s->context && __atomic_load_n (&s->context->ended, __ATOMIC_RELAXED);
}

/* room is where a frame of that size can be put in one piece; NULL: nowhere. */
static unsigned char *room (zeroth_ring *f, uint64_t *head, size_t size)
{
	uint64_t at = f->head & (f->cap - 1), tail = __atomic_load_n (&f->tail, __ATOMIC_ACQUIRE);
	*head = f->head;
	if (at + size > f->cap)
		*head += f->cap - at; /* from the beginning */
	if (*head + size - tail > f->cap)
		return NULL;
	if (*head != f->head)
		__atomic_store_n (&f->wrap, f->head, __ATOMIC_RELAXED);
	return f->buf + (*head & (f->cap - 1));
}

enum put { NO_ROOM, IS_PUT, IS_LATE };

/* put is IS_LATE if the credit was taken away meanwhile, so that perhaps no call comes to
   fetch it. */
static enum put put (zeroth_ring *f, const void *data, size_t size)
{
	uint32_t credit = __atomic_load_n (&f->credit, __ATOMIC_ACQUIRE);
	uint64_t head;
	unsigned char *p = credit ? room (f, &head, size + (size <= 255 ? 2 : 9)) : NULL;
	if (!p)
		return NO_ROOM;
	if (size <= 255) {
		*p++ = 0;
		*p++ = (unsigned char) size;
		head += 2;
	} else {
		*p++ = 2;
		for (int shift = 56; shift >= 0; shift -= 8)
			*p++ = (unsigned char) ((uint64_t) size >> shift);
		head += 9;
	}
	if (size)
		memcpy (p, data, size);
	__atomic_store_n (&f->head, head + size, __ATOMIC_RELEASE);
	/* Go takes the credit away and then reads head: it sees what came before. */
	bool still = __atomic_compare_exchange_n (&f->credit, &credit, credit - 1, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	return still ? IS_PUT : IS_LATE;
}

/* zeroth_ring_put sends a message of one small part by way of the ring. False: it
   is to be sent by a call. */
bool zeroth_ring_put (zeroth_stream *s, uint64_t socket, const void *data, size_t size)
{
	zeroth_ring *f = s->ring;
	if (!f) {
		if (s->sends == NEVER || ++s->sends < BEGIN)
			return false;
		s->sends = NEVER;
		if ((f = new_ring ())) {
			f->credit = 0;
			f->busy = 0;
			f->head = f->wrap = f->tail = 0;
			if (go ()->set_ring (socket, f) == 0)
				s->ring = f;
			else
				free (f);
		}
		return false;
	}
	if (size > RING_PART || !__atomic_load_n (&f->credit, __ATOMIC_RELAXED) || over (s) || !try_lock (&f->busy))
		return false;
	enum put is = put (f, data, size);
	unlock (&f->busy);
	if (is == IS_LATE)
		go ()->fetch (socket);
	return is != NO_ROOM;
}

static zeroth_held *head (zeroth_cache *i) { return (zeroth_held *) (i->buf + i->at); }

/* next goes to the part behind the head. */
static void next (zeroth_cache *i)
{
	zeroth_held *h = head (i);
	i->at += (uint32_t) sizeof *h;
	if (!h->block)
		i->at += (uint32_t) (h->size + 7) & ~7u;
	if (i->at >= i->end)
		i->at = i->end = 0;
}

/* pop gives out the next part. What is not in a block stays where it is until
   the cache is filled again. */
static void pop (zeroth_stream *s, zeroth_part *part)
{
	zeroth_held *h = head (s->cache);
	part->block = h->block;
	part->room = h + 1;
	part->size = h->size;
	part->peer = h->peer; /* no reference */
	s->more = part->more = h->more != 0;
	next (s->cache);
}

/* give_back drops the references that no message has got. */
static void give_back (zeroth_cache *i)
{
	if (i->stock)
		__atomic_sub_fetch (&i->from->refs, i->stock, __ATOMIC_ACQ_REL); /* one is left, in peers */
	i->stock = 0;
}

/* zeroth_cache_ref is a reference to the sender of the part in hand, one of the
   cache's peers, for a message. They are taken many at once, for changing the
   count costs as much as all else that is done for a small message. */
void zeroth_cache_ref (zeroth_stream *s, struct zeroth_peer *peer)
{
	zeroth_cache *i = s->cache;
	if (!i->stock || i->from != peer) {
		give_back (i);
		i->from = peer;
		i->stock = CACHE_MOST;
		__atomic_add_fetch (&peer->refs, i->stock, __ATOMIC_RELAXED);
	}
	i->stock--;
}

/* clear forgets the senders of what was in it. */
static void clear (zeroth_cache *i)
{
	give_back (i);
	for (uint32_t k = 0; k < i->n_peers; k++)
		zeroth_peer_drop (i->peers[k]);
	i->n_peers = i->at = i->end = 0;
}

static int refill (zeroth_cache *i, uint64_t socket, int flags, zeroth_wait *w)
{
	bool waited = w->token != 0;
	clear (i);
	if (waited)
		i->want = 1;
	int rc = go ()->refill (socket, i, flags, w);
	if (rc == -EAGAIN)
		i->want = 1;
	else if (rc >= 0 && !waited && (uint32_t) rc >= i->want && i->want < CACHE_MOST)
		i->want *= 2;
	return rc;
}

/* zeroth_cache_recv receives a part by way of the cache, whose lock the caller
   then holds: zeroth_cache_done. -ENOSYS: it is to be received by a call. */
int zeroth_cache_recv (zeroth_stream *s, uint64_t socket, zeroth_part *part, int flags, zeroth_wait *w)
{
	if (!s->cache) {
		s->more = -1;
		if (s->recvs == NEVER || ++s->recvs < BEGIN)
			return -ENOSYS;
		s->recvs = NEVER;
		zeroth_cache *i = go ()->can_refill (socket) == 1 ? new_cache () : NULL;
		if (!i)
			return -ENOSYS;
		i->lock = 0;
		i->at = i->end = i->n_peers = 0;
		i->stock = 0;
		i->want = 1;
		s->cache = i;
	}
	zeroth_cache *i = s->cache;
	if (!try_lock (&i->lock)) {
		s->more = -1;
		return -ENOSYS;
	}
	int rc = 0;
	if (i->at == i->end || over (s))
		rc = over (s) ? go ()->check (socket) : refill (i, socket, flags, w);
	if (rc < 0) {
		unlock (&i->lock);
		return rc;
	}
	pop (s, part);
	return 0;
}

void zeroth_cache_done (zeroth_stream *s) { unlock (&s->cache->lock); }

/* zeroth_cache_some reports whether there is something to receive. */
bool zeroth_cache_some (const zeroth_stream *s) { return s->cache && s->cache->at < s->cache->end; }

static void drop (zeroth_held *h)
{
	if (h->block)
		zeroth_block_drop (h->block);
}

/* zeroth_cache_filter drops what a SUB socket does not want any more. */
void zeroth_cache_filter (zeroth_stream *s, uint64_t socket)
{
	zeroth_cache *i = s->cache;
	if (!i || !try_lock (&i->lock))
		return;
	uint32_t kept = 0;
	bool first = s->more != 1, keep = true;
	while (i->at < i->end) {
		zeroth_held *h = head (i);
		uint32_t size = (uint32_t) sizeof *h + (h->block ? 0 : (uint32_t) (h->size + 7) & ~7u);
		if (first)
			keep = go ()->wants (socket, h->block ? zeroth_block_data (h->block) : h + 1, h->size) != 0;
		first = !h->more;
		i->at += size;
		if (keep) {
			memmove (i->buf + kept, h, size);
			kept += size;
		} else
			drop (h);
	}
	i->at = 0;
	i->end = kept;
	if (!first && !keep)
		go ()->drop_rest (socket); /* of the last message, which had no room here */
	unlock (&i->lock);
}

/* zeroth_stream_end is called when the socket is closed. */
void zeroth_stream_end (zeroth_stream *s)
{
	zeroth_cache *i = s->cache;
	while (i && i->at < i->end) {
		drop (head (i));
		next (i);
	}
	if (i)
		clear (i);
	pthread_mutex_lock (&spare.mu);
	if (i && spare.n_caches < 64) {
		spare.caches[spare.n_caches++] = i;
		i = NULL;
	}
	zeroth_ring *f = s->ring;
	if (f && spare.n_rings < 64) {
		spare.rings[spare.n_rings++] = f;
		f = NULL;
	}
	pthread_mutex_unlock (&spare.mu);
	free (i);
	free (f);
}
