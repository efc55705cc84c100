/* Fault B22: what cannot have Go says so with an errno, and can have it later. The
   program's signal handlers stay, in a child too; and two children of one
   process do not make the same random names. */
#define _GNU_SOURCE
#include "process.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>

static void refused (int kind, int error)
{
	struct rlimit none = {0, 0}, was;
	void *ctx = zmq_ctx_new ();
	CHECK (ctx && getrlimit (kind, &was) == 0);
	none.rlim_max = was.rlim_max;
	if (kind == RLIMIT_AS)
		none.rlim_cur = 500 << 20;
	CHECK (setrlimit (kind, &none) == 0);
	IS_NULL (zmq_socket (ctx, ZMQ_PAIR), error);
	FAILS (zmq_ctx_get (ctx, ZMQ_MAX_SOCKETS), error);
	FAILS (zmq_curve_keypair ((char[41]){0}, (char[41]){0}), error);
	CHECK (setrlimit (kind, &was) == 0 && threads () == 1);
	exchange (ctx);
	CHECK (zmq_ctx_term (ctx) == 0);
}

static void without_memory (void *arg)
{
	(void) arg;
	refused (RLIMIT_AS, ENOMEM);
}

static void without_threads (void *arg)
{
	(void) arg;
	CHECK (geteuid () || (setgid (65534) == 0 && setuid (65534) == 0));
	refused (RLIMIT_NPROC, EAGAIN);
}

static void without_descriptors (void *arg)
{
	(void) arg;
	refused (RLIMIT_NOFILE, EMFILE);
}

/* Go has started, and nothing was ever waited for when descriptors run out. */
static void out_of_descriptors (void *arg)
{
	(void) arg;
	void *ctx = zmq_ctx_new ();
	void *push = zmq_socket (ctx, ZMQ_PUSH);
	CHECK (push);
	struct rlimit none = {0, 0}, was;
	CHECK (getrlimit (RLIMIT_NOFILE, &was) == 0);
	none.rlim_max = was.rlim_max;
	CHECK (setrlimit (RLIMIT_NOFILE, &none) == 0);
	CHECK (zmq_connect (push, "tcp://127.0.0.1:1") == 0);
	int ms = 1, none_linger = 0;
	CHECK (zmq_setsockopt (push, ZMQ_LINGER, &none_linger, sizeof none_linger) == 0);
	CHECK (zmq_setsockopt (push, ZMQ_SNDTIMEO, &ms, sizeof ms) == 0);
	FAILS (zmq_bind (push, "tcp://127.0.0.1:*"), EMFILE);
	CHECK (setrlimit (RLIMIT_NOFILE, &was) == 0);
	CHECK (zmq_close (push) == 0);
	exchange (ctx);
	CHECK (zmq_ctx_term (ctx) == 0);
}

static sigjmp_buf back;
static volatile sig_atomic_t faults;

static void fault (int sig, siginfo_t *info, void *context)
{
	(void) sig, (void) info, (void) context;
	faults++;
	siglongjmp (back, 1);
}

static void faulty (void *page)
{
	int before = faults;
	if (!sigsetjmp (back, 1))
		*(volatile char *) page = 1;
	CHECK (faults == before + 1);
}

static struct sigaction next;
static volatile sig_atomic_t chained;

/* chain passes on to what was there before it. */
static void chain (int sig, siginfo_t *info, void *context)
{
	chained++;
	next.sa_sigaction (sig, info, context);
}

static void is_handler (void (*want) (int, siginfo_t *, void *))
{
	struct sigaction is;
	CHECK (sigaction (SIGSEGV, NULL, &is) == 0 && is.sa_sigaction == want);
}

static void faulty_child (void *page)
{
	is_handler (fault);
	faulty (page);
	whole (NULL);
	faulty (page);
	IN_CHILD (whole, NULL);
}

/* chained_child has a handler above Go's, which passes on to that, and one below. */
static void chained_child (void *page)
{
	is_handler (chain);
	for (int i = 0; i < 3; i++) {
		whole (NULL);
		chained = 0;
		faulty (page);
		CHECK (chained == 1);
		is_handler (chain);
	}
	IN_CHILD (whole, NULL);
}

static void handlers (void *arg)
{
	(void) arg;
	struct sigaction action = {.sa_sigaction = fault, .sa_flags = SA_SIGINFO | SA_NODEFER};
	void *page = mmap (NULL, 1 << 12, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK (page != MAP_FAILED && sigaction (SIGSEGV, &action, NULL) == 0);
	faulty (page);
	whole (NULL);
	faulty (page);
	IN_CHILD (faulty_child, page);
	action.sa_sigaction = chain;
	CHECK (sigaction (SIGSEGV, &action, &next) == 0);
	chained_child (page);
	IN_CHILD (chained_child, page);
	chained_child (page);
}

/* name is what a ROUTER calls a peer that has no name. */
static void name (void *to)
{
	void *ctx = zmq_ctx_new (), *router, *dealer;
	pair (ctx, &router, ZMQ_ROUTER, &dealer, ZMQ_DEALER);
	send_text (dealer, "x", 0);
	CHECK (zmq_recv (router, to, 5, 0) == 5);
	CHECK (zmq_close (router) == 0 && zmq_close (dealer) == 0 && zmq_ctx_term (ctx) == 0);
}

static void names (void *arg)
{
	(void) arg;
	char *list = mmap (NULL, 1 << 12, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK (list != MAP_FAILED);
	name (list);
	for (int i = 1; i < 4; i++) {
		IN_CHILD (name, list + 5 * i);
		for (int k = 0; k < i; k++)
			CHECK (memcmp (list + 5 * i, list + 5 * k, 5));
	}
}

int main (void)
{
	IN_CHILD (without_memory, NULL);
	IN_CHILD (without_threads, NULL);
	IN_CHILD (without_descriptors, NULL);
	IN_CHILD (out_of_descriptors, NULL);
	IN_CHILD (handlers, NULL);
	IN_CHILD (names, NULL);
	whole (NULL);
	IN_CHILD (without_memory, NULL);
	IN_CHILD (without_threads, NULL);
	IN_CHILD (without_descriptors, NULL);
	IN_CHILD (out_of_descriptors, NULL);
	IN_CHILD (handlers, NULL);
	return 0;
}
