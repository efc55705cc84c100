/* Which instance of the Go half is used, and by whom.

   Go does not survive a fork: in the child there is one thread, and none of the
   runtime's. What the parent had is of no use there, but a child may make new
   contexts: for it another instance of this library is loaded, from a copy of
   its file since the loader would give the same one again, and called in place
   of the one that is dead. */
#define _GNU_SOURCE
#include "edge.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#define ZEROTH_LIVE(name, args) .name = zeroth_##name,
__attribute__ ((visibility ("default"))) const struct zeroth_calls zeroth_calls_live = {
	ZEROTH_CALLS (ZEROTH_LIVE)};

/* What a child without a Go half says. */
#define ZEROTH_DEAD(name, args) \
	static int dead_##name args { return -ENOTSUP; }
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
ZEROTH_CALLS (ZEROTH_DEAD)
#pragma GCC diagnostic pop
#define ZEROTH_DEAD_ROW(name, args) .name = dead_##name,
static const struct zeroth_calls dead = {ZEROTH_CALLS (ZEROTH_DEAD_ROW)};

const struct zeroth_calls *zeroth_go_calls = &zeroth_calls_live;
unsigned zeroth_instance = 1; /* counts forks */
_Thread_local unsigned zeroth_greeted __attribute__ ((tls_model ("initial-exec")));

static pthread_mutex_t reviving = PTHREAD_MUTEX_INITIALIZER;
static bool forked; /* and nothing was done about it yet */

static int copy_of_library (void)
{
	Dl_info here;
	struct stat st;
	if (!dladdr ((void *) copy_of_library, &here))
		return -1;
	int from = open (here.dli_fname, O_RDONLY | O_CLOEXEC);
	if (from < 0)
		return -1;
	int to = memfd_create ("libzmq", MFD_CLOEXEC);
	bool ok = to >= 0 && fstat (from, &st) == 0;
	for (off_t at = 0; ok && at < st.st_size;)
		ok = sendfile (to, from, &at, (size_t) (st.st_size - at)) > 0;
	close (from);
	if (!ok && to >= 0) {
		close (to);
		to = -1;
	}
	return to;
}

static const struct zeroth_calls *another_instance (void)
{
	int fd = copy_of_library ();
	if (fd < 0)
		return NULL;
	char path[32];
	snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
	void *lib = dlopen (path, RTLD_NOW | RTLD_LOCAL);
	close (fd);
	return lib ? dlsym (lib, "zeroth_calls_live") : NULL;
}

static void revive (void)
{
	pthread_mutex_lock (&reviving);
	if (forked) {
		forked = false;
		const struct zeroth_calls *calls = another_instance ();
		if (calls)
			zeroth_go_calls = calls;
		else
			fprintf (stderr, "libzmq: no further instance can be loaded after a fork; every call fails\n");
	}
	pthread_mutex_unlock (&reviving);
}

/* zeroth_greet makes the first call of a thread. Go unblocks signals in threads
   that call it; the thread keeps the mask that it had. */
void zeroth_greet (void)
{
	int error = errno;
	revive ();
	sigset_t mask;
	pthread_sigmask (SIG_SETMASK, NULL, &mask);
	zeroth_go_calls->hello ();
	pthread_sigmask (SIG_SETMASK, &mask, NULL);
	zeroth_greeted = zeroth_instance;
	errno = error;
}

static void child (void)
{
	pthread_mutex_init (&reviving, NULL);
	zeroth_handles_forked ();
	zeroth_streams_forked ();
	zeroth_go_calls = &dead;
	zeroth_instance++;
	forked = true;
}

/* Go's threads get the mask of the thread that loads the library. They are to
   take no signal that is meant for the program, nor die of SIGPIPE. This runs
   before Go starts, and began after. */
static sigset_t loader;

__attribute__ ((constructor (101))) static void begin (void)
{
	sigset_t none;
	sigfillset (&none);
	pthread_sigmask (SIG_SETMASK, &none, &loader);
}

__attribute__ ((constructor)) static void began (void)
{
	pthread_sigmask (SIG_SETMASK, &loader, NULL);
	pthread_atfork (NULL, NULL, child);
}
