/* The Go part as the loader left it.

   Go cannot be started twice, and what a forked child has of it is dead: its
   threads are gone. But all that makes it differ from a Go that never ran is in
   its variables, in what the thread that forked knows of it, and in the signal
   handlers (handlers.c). So its variables are kept from before the first start, and
   put back before each other: no file is needed for that, no descriptor, and none
   of the loader's memory. What Go had mapped stays mapped, and is not used.

   scripts/libzmq puts Go's variables into sections of these names, which the
   variables of C are not in. */
#define _GNU_SOURCE
#include "edge.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define HIDDEN __attribute__ ((visibility ("hidden")))
extern char __start_zeroth_data[] HIDDEN, __stop_zeroth_data[] HIDDEN;
extern char __start_zeroth_zero[] HIDDEN, __stop_zeroth_zero[] HIDDEN;

/* What a thread has of Go in its own memory. */
extern _Thread_local void *zeroth_thread __attribute__ ((tls_model ("initial-exec")));

static char *kept;

/* key is how Go is told that a thread ends. Every start gets the same one. */
static pthread_key_t key;
static bool has_key;

/* zeroth_key_create is what Go calls in place of pthread_key_create: once, from
   each start. */
int zeroth_key_create (pthread_key_t *to, void (*ended) (void *))
{
	if (!has_key) {
		int error = pthread_key_create (&key, ended);
		if (error)
			return error;
		has_key = true;
	}
	*to = key;
	return 0;
}

/* zeroth_image_forked is called in the child of a fork, by its thread. */
void zeroth_image_forked (void)
{
	zeroth_thread = NULL;
	if (has_key)
		pthread_setspecific (key, NULL);
}

static int keep (size_t size)
{
	void *p = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return ENOMEM;
	kept = memcpy (p, __start_zeroth_data, size);
	return 0;
}

/* clear makes memory zeros, and gives back all of it that is whole pages. */
static int clear (char *from, char *to)
{
	uintptr_t page = (uintptr_t) sysconf (_SC_PAGESIZE);
	char *first = (char *) (((uintptr_t) from + page - 1) & ~(page - 1));
	char *last = (char *) ((uintptr_t) to & ~(page - 1));
	if (first >= last) {
		memset (from, 0, (size_t) (to - from));
		return 0;
	}
	if (mmap (first, (size_t) (last - first), PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) == MAP_FAILED)
		return ENOMEM;
	memset (from, 0, (size_t) (first - from));
	memset (last, 0, (size_t) (to - last));
	return 0;
}

/* zeroth_image_ready makes the Go part ready for its first start, or for another
   after a fork. It returns 0, or ENOMEM. */
int zeroth_image_ready (void)
{
	size_t size = (size_t) (__stop_zeroth_data - __start_zeroth_data);
	if (!kept)
		return keep (size);
	memcpy (__start_zeroth_data, kept, size);
	return clear (__start_zeroth_zero, __stop_zeroth_zero);
}
