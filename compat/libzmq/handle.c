/* Handles: what C programs hold in place of contexts, sockets, pollers and
   timers.

   A handle points into one range of memory that is never given back, so that
   any pointer at all can be asked whether it is one: a pointer outside, or one
   that was closed, finds nothing. Programs may read what it points to (CZMQ
   looks there for its own marks) and find zeros. A place is used again as late
   as possible. */
#include "edge.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>

typedef struct {
	uint32_t zero;
	_Atomic uint32_t kind;
	_Atomic uint64_t what; /* of a free cell: the next free one's index + 1 */
	zeroth_stream stream;
} cell;

enum { CELLS = 1 << 20, RANGES = 64 };

static struct {
	pthread_mutex_t mu;
	cell *_Atomic cells;
	uint32_t used;
	uint32_t first, last; /* free cells: index + 1, or 0 */
} all = {.mu = PTHREAD_MUTEX_INITIALIZER};

static cell *inherited[RANGES]; /* ranges of processes that forked */
static int n_inherited;

static cell *inside (const void *handle, cell *cells)
{
	uintptr_t at = (uintptr_t) handle - (uintptr_t) cells;
	if (!cells || at >= CELLS * sizeof (cell) || at % sizeof (cell))
		return NULL;
	return (cell *) handle;
}

static uint32_t free_cell_locked (void)
{
	if (all.used < CELLS && (all.used < 1 << 14 || !all.first))
		return ++all.used;
	uint32_t i = all.first;
	if (i) {
		all.first = (uint32_t) all.cells[i - 1].what;
		if (!all.first)
			all.last = 0;
	}
	return i;
}

static bool map_locked (void)
{
	if (all.cells)
		return true;
	void *p = mmap (NULL, CELLS * sizeof (cell), PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return false;
	all.cells = p;
	return true;
}

/* zeroth_handle_new makes a handle of something that is not 0. NULL and EMFILE:
   there are a million already. */
void *zeroth_handle_new (enum kind kind, uint64_t what)
{
	pthread_mutex_lock (&all.mu);
	uint32_t i = map_locked () ? free_cell_locked () : 0;
	pthread_mutex_unlock (&all.mu);
	if (!i) {
		errno = EMFILE;
		return NULL;
	}
	cell *c = &all.cells[i - 1];
	c->stream = (zeroth_stream){0};
	c->what = what;
	c->kind = kind;
	return c;
}

enum kind zeroth_handle_kind (const void *handle)
{
	cell *c = inside (handle, all.cells);
	if (c)
		return c->kind;
	for (int i = 0; i < n_inherited; i++) {
		if ((c = inside (handle, inherited[i])))
			return c->kind == SOCKET ? INHERITED : c->kind;
	}
	return FREE;
}

/* zeroth_handle_get is what the handle stands for; 0: it is not one of that
   kind. */
uint64_t zeroth_handle_get (const void *handle, enum kind kind)
{
	cell *c = inside (handle, all.cells);
	if (__builtin_expect (c && c->kind == kind, 1))
		return c->what;
	return zeroth_handle_kind (handle) == kind ? ((cell *) handle)->what : 0;
}

/* zeroth_stream_of is what belongs to a live context or socket besides; NULL: it
   is neither. */
zeroth_stream *zeroth_stream_of (const void *handle)
{
	cell *c = inside (handle, all.cells);
	if (__builtin_expect (c && c->kind == SOCKET, 1))
		return &c->stream;
	return zeroth_handle_kind (handle) == CONTEXT ? &((cell *) handle)->stream : NULL;
}

/* zeroth_handle_take is zeroth_handle_get that ends the handle. Of two calls
   only one finds it. */
uint64_t zeroth_handle_take (void *handle, enum kind kind)
{
	uint64_t what = zeroth_handle_get (handle, kind);
	cell *c = handle;
	uint32_t is = kind;
	if (!what || !atomic_compare_exchange_strong (&c->kind, &is, FREE))
		return 0;
	if (!inside (handle, all.cells))
		return what;
	pthread_mutex_lock (&all.mu);
	uint32_t i = (uint32_t) (c - all.cells) + 1;
	c->what = 0;
	if (all.last)
		all.cells[all.last - 1].what = i;
	else
		all.first = i;
	all.last = i;
	pthread_mutex_unlock (&all.mu);
	return what;
}

/* zeroth_handles_forked is called in the child of a fork: sockets of the parent
   stay known as such, and are of no use. */
void zeroth_handles_forked (void)
{
	pthread_mutex_init (&all.mu, NULL);
	if (all.cells && n_inherited < RANGES)
		inherited[n_inherited++] = all.cells;
	all.cells = NULL;
	all.used = all.first = all.last = 0;
}
