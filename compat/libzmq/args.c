/* What Go is started with: one argument, the environment, and what the kernel
   tells every program of the machine. Go looks for all that behind the arguments
   of main; by the time of its start a program may have written there. */
#define _GNU_SOURCE
#include "edge.h"

#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <unistd.h>

enum { AUXV = 64 }; /* kinds of what the kernel tells */

typedef struct {
	unsigned long kind, value;
} aux;

/* fill_auxv needs room for AUXV + 1. The bytes of AT_RANDOM, which make Go's
   random numbers, are no two processes' alike: a fork would copy them. */
static void fill_auxv (aux *to, unsigned char *random)
{
	bool has_random = getrandom (random, 16, GRND_NONBLOCK) == 16;
	for (unsigned long kind = 1; kind < AUXV; kind++) {
		errno = 0;
		unsigned long value = getauxval (kind);
		if (kind == AT_RANDOM)
			value = (uintptr_t) random;
		if (kind == AT_RANDOM ? has_random : value || !errno)
			*to++ = (aux){kind, value};
	}
	*to = (aux){AT_NULL, 0};
}

/* zeroth_args is argv, envp and auxv, one behind the other: argv[0], NULL, and so
   on. They are for one start, and last until the next. NULL: no memory. */
char **zeroth_args (void)
{
	static char name[] = "libzmq";
	static unsigned char random[16];
	static char **all;
	size_t n = 0, text = 0;
	for (char **e = environ; e && e[n]; n++)
		text += strlen (e[n]) + 1;
	free (all);
	all = malloc ((n + 3) * sizeof *all + (AUXV + 1) * sizeof (aux) + text);
	if (!all)
		return NULL;
	all[0] = name;
	all[1] = all[n + 2] = NULL;
	fill_auxv ((aux *) (all + n + 3), random);
	char *to = (char *) ((aux *) (all + n + 3) + AUXV + 1);
	for (size_t i = 0; i < n; i++) {
		size_t size = strlen (environ[i]) + 1;
		all[i + 2] = memcpy (to, environ[i], size);
		to += size;
	}
	return all;
}
