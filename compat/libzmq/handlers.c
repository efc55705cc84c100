/* The signal handlers that Go takes the place of, and those that the program puts
   above Go's.

   Go passes on what is not its own to the handler that it found. A program that
   sets one afterwards may pass on to Go's. So it stays in a forked child: there
   the program's handlers are in force until Go starts, and then Go's is below and
   above the same ones as in the parent. Otherwise two would pass a signal on to
   each other. */
#include "edge.h"

#include <signal.h>

static struct sigaction below[NSIG], above[NSIG];
static bool is_known, is_above[NSIG];

/* This library in memory: the only handlers there are Go's. */
extern const char __ehdr_start[] __attribute__ ((visibility ("hidden")));
extern const char etext[] __attribute__ ((visibility ("hidden")));

static bool of_go (const struct sigaction *is)
{
	uintptr_t at = (uintptr_t) is->sa_sigaction;
	return at >= (uintptr_t) __ehdr_start && at < (uintptr_t) etext;
}

static bool same (const struct sigaction *a, const struct sigaction *b)
{
	return a->sa_sigaction == b->sa_sigaction;
}

/* zeroth_handlers_forked is called in the child of a fork. */
void zeroth_handlers_forked (void)
{
	struct sigaction is;
	for (int sig = 1; is_known && sig < NSIG; sig++) {
		if (sigaction (sig, NULL, &is))
			continue;
		is_above[sig] = !of_go (&is) && !same (&is, &below[sig]);
		if (is_above[sig])
			above[sig] = is;
		else
			sigaction (sig, &below[sig], NULL);
	}
	is_known = false;
}

/* zeroth_handlers_begin is called before Go starts. What was above Go's handlers
   in the parent, and was not changed since, is taken away. */
void zeroth_handlers_begin (void)
{
	struct sigaction is;
	for (int sig = 1; sig < NSIG; sig++) {
		if (sigaction (sig, NULL, &is))
			continue;
		is_above[sig] = is_above[sig] && same (&is, &above[sig]);
		if (is_above[sig])
			sigaction (sig, &below[sig], NULL);
		else
			below[sig] = is;
	}
	is_known = true;
}

/* zeroth_handlers_began is called once Go has its handlers. */
void zeroth_handlers_began (void)
{
	for (int sig = 1; sig < NSIG; sig++) {
		if (is_above[sig])
			sigaction (sig, &above[sig], NULL);
		is_above[sig] = false;
	}
}
