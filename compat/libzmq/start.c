/* When Go runs.

   The Go part is linked into this library, and the loader starts nothing of it:
   a program that is only linked with it has no thread more. The first call that
   needs Go starts it, in this process; a forked child's first call does it anew.

   1. go, in edge.h, sees that this thread has not called Go in this process.
   2. zeroth_greet starts Go if that was not done yet.
   3. zeroth_greet says hello for this thread. */
#define _GNU_SOURCE
#include "edge.h"

#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#define LIVE(name, go, args) .name = zeroth_##name,
static const struct zeroth_calls live = {ZEROTH_CALLS (LIVE)};

/* What every call returns that cannot have Go: why it did not start. */
static int why;
#define DEAD(name, go, args) \
	static int dead_##name args { return -__atomic_load_n (&why, __ATOMIC_RELAXED); }
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
ZEROTH_CALLS (DEAD)
#pragma GCC diagnostic pop
#define DEAD_ROW(name, go, args) .name = dead_##name,
static const struct zeroth_calls dead = {ZEROTH_CALLS (DEAD_ROW)};

const struct zeroth_calls *zeroth_go_calls = &dead;
unsigned zeroth_instance = 1;
_Thread_local unsigned zeroth_greeted __attribute__ ((tls_model ("initial-exec")));

static pthread_mutex_t starting = PTHREAD_MUTEX_INITIALIZER;

/* What Go begins with: threads, addresses that it reserves for itself and for
   their stacks, and the two descriptors that it waits with. */
enum { THREADS = 6 };
static const size_t reserved = sizeof (void *) == 8 ? (size_t) 1792 << 20 : (size_t) 256 << 20;

static void *pass (void *gate)
{
	pthread_mutex_lock (gate);
	pthread_mutex_unlock (gate);
	return NULL;
}

/* can_wait is an errno if there are no descriptors for what Go waits with. */
static int can_wait (void)
{
	int poll = epoll_create1 (EPOLL_CLOEXEC);
	if (poll < 0)
		return errno;
	int event = eventfd (0, EFD_CLOEXEC);
	int error = event < 0 ? errno : 0;
	close (poll);
	if (!error)
		close (event);
	return error;
}

/* can_start is an errno if the process cannot have what Go would abort for. */
static int can_start (void)
{
	pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
	pthread_t t[THREADS];
	int n = 0, error = 0;
	pthread_mutex_lock (&gate);
	while (!error && n < THREADS)
		if (!(error = pthread_create (&t[n], NULL, pass, &gate)))
			n++;
	pthread_mutex_unlock (&gate);
	while (n)
		pthread_join (t[--n], NULL);
	void *p = mmap (NULL, reserved, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return ENOMEM;
	munmap (p, reserved);
	return error ? error : can_wait ();
}

/* What the loader would call when the library is loaded. */
typedef void start_fn (int, char **, char **);
extern start_fn *const __start_zeroth_start[] __attribute__ ((visibility ("hidden")));
extern start_fn *const __stop_zeroth_start[] __attribute__ ((visibility ("hidden")));

/* start starts Go, while this thread blocks all signals: Go's threads begin with
   its mask, and are to take no signal that is meant for the program, nor die of
   SIGPIPE. It returns 0, or an errno. */
static int start (void)
{
	char **args = zeroth_args ();
	int error = args ? can_start () : ENOMEM;
	if (!error)
		error = zeroth_image_ready ();
	if (error)
		return error;
	zeroth_handlers_begin ();
	for (start_fn *const *f = __start_zeroth_start; f < __stop_zeroth_start; f++)
		(*f) (1, args, args + 2);
	zeroth_handlers_began ();
	return 0;
}

static bool runs (void) { return __atomic_load_n (&zeroth_go_calls, __ATOMIC_ACQUIRE) == &live; }

/* run has Go run in this process, and reports whether it does. */
static bool run (void)
{
	if (runs ())
		return true;
	sigset_t all, mask;
	sigfillset (&all);
	pthread_sigmask (SIG_SETMASK, &all, &mask);
	pthread_mutex_lock (&starting);
	if (!runs ()) {
		int error = start ();
		__atomic_store_n (&why, error, __ATOMIC_RELAXED);
		if (!error)
			__atomic_store_n (&zeroth_go_calls, &live, __ATOMIC_RELEASE);
	}
	pthread_mutex_unlock (&starting);
	pthread_sigmask (SIG_SETMASK, &mask, NULL);
	return runs ();
}

/* zeroth_greet makes the first call of a thread. Go unblocks signals in threads
   that call it; the thread keeps the mask that it had. */
void zeroth_greet (void)
{
	int error = errno;
	if (run ()) {
		sigset_t mask;
		pthread_sigmask (SIG_SETMASK, NULL, &mask);
		live.hello ();
		pthread_sigmask (SIG_SETMASK, &mask, NULL);
		zeroth_greeted = zeroth_instance;
	}
	errno = error;
}

/* child is called in the child of a fork. There Go did not start yet. */
static void child (void)
{
	pthread_mutex_init (&starting, NULL);
	zeroth_handles_forked ();
	zeroth_contexts_forked ();
	zeroth_streams_forked ();
	zeroth_image_forked ();
	zeroth_handlers_forked ();
	zeroth_go_calls = &dead;
	zeroth_instance++;
}

__attribute__ ((constructor)) static void loaded (void)
{
	pthread_atfork (NULL, NULL, child);
}
