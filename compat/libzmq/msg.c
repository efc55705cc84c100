/* Messages. Small bodies are in the message itself; of larger ones it holds a
   reference to a block, or the program's own constant memory. */
#include "edge.h"

#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { TINY = 40, MARK = 0xd7 };
enum where { IN_TINY = 1, IN_BLOCK, CONSTANT };
enum { MORE = 1, SHARED = 2 };

/* What a zmq_msg_t is inside. One that is not initialised has no mark. */
typedef struct {
	union {
		unsigned char tiny[TINY];
		struct {
			void *data;
			size_t size;
			struct zeroth_block *block;
		} far;
	};
	struct zeroth_peer *peer;
	struct group *group;
	uint32_t routing_id;
	uint8_t where, flags, size, mark;
} message;

_Static_assert (sizeof (message) == sizeof (zmq_msg_t), "zmq_msg_t has another size");
_Static_assert (sizeof (zmq_msg_t) == 64, "zmq_msg_t has 64 bytes");

/* A block is a body that messages share. */
struct zeroth_block {
	atomic_int refs;
	unsigned instance; /* of Go, if the body is lent */
	uint64_t loan;     /* 0: it is not */
	zmq_free_fn *free; /* NULL: the body is behind the block, or lent */
	void *data, *hint;
};

struct group {
	atomic_int refs;
	char name[ZMQ_GROUP_MAX_LENGTH + 1];
};

struct zeroth_block *zeroth_block_new (size_t size)
{
	struct zeroth_block *b = NULL;
	if (size <= PTRDIFF_MAX - sizeof *b)
		b = malloc (sizeof *b + size);
	if (b) {
		atomic_init (&b->refs, 1);
		b->loan = 0;
		b->free = NULL;
		b->data = b + 1;
	}
	return b;
}

/* zeroth_block_lent is a block whose body is in Go's memory. A forked child has that
   still, and a Go that knows nothing of it. */
struct zeroth_block *zeroth_block_lent (void *data, uint64_t loan)
{
	struct zeroth_block *b = zeroth_block_new (0);
	if (b) {
		b->instance = zeroth_instance;
		b->loan = loan;
		b->data = data;
	}
	return b;
}

void *zeroth_block_data (struct zeroth_block *b) { return b->data; }

void zeroth_block_drop (struct zeroth_block *b)
{
	if (atomic_fetch_sub (&b->refs, 1) > 1)
		return;
	if (b->free)
		b->free (b->data, b->hint);
	if (b->loan && b->instance == zeroth_instance)
		go ()->take_back (b->loan);
	free (b);
}

static message *valid (const zmq_msg_t *msg)
{
	message *m = (message *) msg;
	return m && m->mark == MARK && m->where >= IN_TINY && m->where <= CONSTANT ? m : NULL;
}

bool zeroth_msg_valid (const zmq_msg_t *msg) { return valid (msg); }

static message *empty (zmq_msg_t *msg, enum where where)
{
	message *m = (message *) msg;
	m->peer = NULL;
	m->group = NULL;
	m->routing_id = 0;
	m->where = where;
	m->flags = m->size = 0;
	m->mark = MARK;
	return m;
}

static void in_block (zmq_msg_t *msg, struct zeroth_block *b, size_t size)
{
	message *m = empty (msg, IN_BLOCK);
	m->far.data = b->data;
	m->far.size = size;
	m->far.block = b;
}

int zmq_msg_init (zmq_msg_t *msg)
{
	if (!msg)
		return fails (EFAULT);
	empty (msg, IN_TINY);
	return 0;
}

int zmq_msg_init_size (zmq_msg_t *msg, size_t size)
{
	if (!msg)
		return fails (EFAULT);
	if (size <= TINY) {
		empty (msg, IN_TINY)->size = (uint8_t) size;
		return 0;
	}
	struct zeroth_block *b = zeroth_block_new (size);
	if (!b)
		return fails (ENOMEM);
	in_block (msg, b, size);
	return 0;
}

int zmq_msg_init_buffer (zmq_msg_t *msg, const void *buf, size_t size)
{
	if (!buf && size)
		return fails (EFAULT);
	int rc = zmq_msg_init_size (msg, size);
	if (!rc && size)
		memcpy (zmq_msg_data (msg), buf, size);
	return rc;
}

int zmq_msg_init_data (zmq_msg_t *msg, void *data, size_t size, zmq_free_fn *free, void *hint)
{
	if (!msg || (!data && size))
		return fails (EFAULT);
	if (!free) {
		message *m = empty (msg, CONSTANT);
		m->far.data = data;
		m->far.size = size;
		m->far.block = NULL;
		return 0;
	}
	struct zeroth_block *b = zeroth_block_new (0);
	if (!b)
		return fails (ENOMEM);
	b->free = free;
	b->data = data;
	b->hint = hint;
	in_block (msg, b, size);
	return 0;
}

/* zeroth_msg_take makes the message what was received, in place of what it
   was. ENOMEM: what was received is lost. */
int zeroth_msg_take (zmq_msg_t *msg, zeroth_part *part)
{
	zmq_msg_close (msg);
	int rc = 0;
	if (part->block)
		in_block (msg, part->block, part->size);
	else
		rc = zmq_msg_init_buffer (msg, part->room, part->size);
	if (rc)
		empty (msg, IN_TINY);
	message *m = (message *) msg;
	m->peer = part->peer;
	m->flags = part->more ? MORE : 0;
	m->routing_id = part->props.routing_id;
	if (!rc && part->props.group[0])
		rc = zmq_msg_set_group (msg, part->props.group);
	return rc;
}

/* zeroth_msg_props gives what a message has beside its body; false: nothing. */
bool zeroth_msg_props (const zmq_msg_t *msg, zeroth_props *props)
{
	const message *m = (const message *) msg;
	if (!m->routing_id && !m->group)
		return false;
	memset (props, 0, sizeof *props);
	props->routing_id = m->routing_id;
	if (m->group)
		memcpy (props->group, m->group->name, sizeof m->group->name);
	return true;
}

/* zeroth_msg_block gives the block of a large message that can be sent as it is;
   NULL: it is the program's constant memory. False: it is not such a message. */
bool zeroth_msg_block (const zmq_msg_t *msg, struct zeroth_block **block)
{
	message *m = valid (msg);
	if (!m || m->where == IN_TINY || m->far.size < ZEROTH_BY_REFERENCE)
		return false;
	*block = m->far.block;
	return true;
}

/* zeroth_msg_given makes a message empty whose block has another owner now. */
void zeroth_msg_given (zmq_msg_t *msg)
{
	((message *) msg)->where = IN_TINY;
	zmq_msg_close (msg);
	zmq_msg_init (msg);
}

int zmq_msg_close (zmq_msg_t *msg)
{
	message *m = valid (msg);
	if (!m)
		return fails (EFAULT);
	m->mark = 0;
	if (m->where == IN_BLOCK)
		zeroth_block_drop (m->far.block);
	if (m->peer)
		zeroth_peer_drop (m->peer);
	if (m->group && atomic_fetch_sub (&m->group->refs, 1) == 1)
		free (m->group);
	return 0;
}

int zmq_msg_move (zmq_msg_t *dest, zmq_msg_t *src)
{
	if (!valid (src) || !valid (dest))
		return fails (EFAULT);
	if (dest == src)
		return 0;
	zmq_msg_close (dest);
	*dest = *src;
	return zmq_msg_init (src);
}

int zmq_msg_copy (zmq_msg_t *dest, zmq_msg_t *src)
{
	message *m = valid (src);
	if (!m || !valid (dest))
		return fails (EFAULT);
	if (dest == src)
		return 0;
	zmq_msg_close (dest);
	if (m->where == IN_BLOCK) {
		atomic_fetch_add (&m->far.block->refs, 1);
		m->flags |= SHARED;
	}
	if (m->peer)
		__atomic_add_fetch (&m->peer->refs, 1, __ATOMIC_RELAXED);
	if (m->group)
		atomic_fetch_add (&m->group->refs, 1);
	*dest = *src;
	return 0;
}

void *zmq_msg_data (zmq_msg_t *msg)
{
	message *m = valid (msg);
	if (!m)
		return NULL;
	return m->where == IN_TINY ? m->tiny : m->far.data;
}

size_t zmq_msg_size (const zmq_msg_t *msg)
{
	message *m = valid (msg);
	if (!m)
		return 0;
	return m->where == IN_TINY ? m->size : m->far.size;
}

int zmq_msg_more (const zmq_msg_t *msg) { return zmq_msg_get (msg, ZMQ_MORE); }

int zmq_msg_get (const zmq_msg_t *msg, int property)
{
	message *m = valid (msg);
	if (!m)
		return fails (EFAULT);
	switch (property) {
	case ZMQ_MORE:
		return m->flags & MORE ? 1 : 0;
	case ZMQ_SRCFD: {
		const char *fd = zmq_msg_gets (msg, "__fd");
		return fd ? atoi (fd) : -1;
	}
	case ZMQ_SHARED:
		return m->where == CONSTANT || m->flags & SHARED ? 1 : 0;
	}
	return fails (EINVAL);
}

int zmq_msg_set (zmq_msg_t *msg, int property, int value)
{
	(void) msg, (void) property, (void) value;
	return fails (EINVAL);
}

int zmq_msg_set_routing_id (zmq_msg_t *msg, uint32_t id)
{
	message *m = valid (msg);
	if (!m)
		return fails (EFAULT);
	if (!id)
		return fails (EINVAL);
	m->routing_id = id;
	return 0;
}

uint32_t zmq_msg_routing_id (zmq_msg_t *msg)
{
	message *m = valid (msg);
	return m ? m->routing_id : 0;
}

int zmq_msg_set_group (zmq_msg_t *msg, const char *name)
{
	message *m = valid (msg);
	if (!m || !name)
		return fails (EFAULT);
	struct group *g = malloc (sizeof *g);
	if (!g)
		return fails (ENOMEM);
	atomic_init (&g->refs, 1);
	size_t n = strnlen (name, ZMQ_GROUP_MAX_LENGTH);
	memcpy (g->name, name, n);
	g->name[n] = 0;
	if (m->group && atomic_fetch_sub (&m->group->refs, 1) == 1)
		free (m->group);
	m->group = g;
	return 0;
}

const char *zmq_msg_group (zmq_msg_t *msg)
{
	message *m = valid (msg);
	return m && m->group ? m->group->name : "";
}

struct zeroth_peer *zeroth_peer_new (void *text, size_t size)
{
	struct zeroth_peer *p = malloc (sizeof *p + size);
	if (p) {
		p->refs = 1;
		memcpy (p->text, text, size);
	}
	return p;
}

void zeroth_peer_drop (struct zeroth_peer *p)
{
	if (__atomic_sub_fetch (&p->refs, 1, __ATOMIC_ACQ_REL) == 0)
		free (p);
}

const char *zmq_msg_gets (const zmq_msg_t *msg, const char *property)
{
	message *m = valid (msg);
	if (!m || !property) {
		errno = EFAULT;
		return NULL;
	}
	if (m->peer) {
		for (const char *p = m->peer->text; *p;) {
			const char *value = p + strlen (p) + 1;
			if (!strcmp (p, property))
				return value;
			p = value + strlen (value) + 1;
		}
	}
	errno = EINVAL;
	return NULL;
}
