/* Clocks, results, memory, threads. */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include "peer.h"

static int64_t read_clock (clockid_t which)
{
    struct timespec t;
    clock_gettime (which, &t);
    return (int64_t) t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t now (void)
{
    return read_clock (CLOCK_MONOTONIC);
}

int64_t wall (void)
{
    return read_clock (CLOCK_REALTIME);
}

long resident (void)
{
    long all = 0, pages = 0;
    FILE *f = fopen ("/proc/self/statm", "r");
    if (!f || fscanf (f, "%ld %ld", &all, &pages) != 2)
        fail ("/proc/self/statm cannot be read");
    fclose (f);
    return pages * sysconf (_SC_PAGESIZE);
}

void took (int64_t ns)
{
    printf ("result %" PRId64 "\n", ns);
    fflush (stdout);
}

static int ascending (const void *a, const void *b)
{
    int64_t x = *(const int64_t *) a, y = *(const int64_t *) b;
    return (x > y) - (x < y);
}

void spread (int64_t *took, long n, int64_t all)
{
    long skip = n / 10;
    took += skip;
    n -= skip;
    qsort (took, n, sizeof *took, ascending);
    printf ("result %" PRId64 " %" PRId64 " %" PRId64 "\n", took[n / 2], took[n * 99 / 100], all);
    fflush (stdout);
}

int sockets_in_fan (void)
{
    return fan > 1 ? fan : 1;
}

long share (long total, int i)
{
    int n = sockets_in_fan ();
    return total / n + (i < total % n);
}

void hold (void)
{
    while (getchar () != EOF)
        ;
}

void together (void *(*play) (void *), void **sockets)
{
    int n = sockets_in_fan ();
    pthread_t *threads = allocate (n * sizeof *threads);
    for (int i = 0; i < n; i++)
        if (pthread_create (&threads[i], NULL, play, &sockets[i]) != 0)
            fail ("pthread_create failed");
    for (int i = 0; i < n; i++)
        pthread_join (threads[i], NULL);
    free (threads);
}

void *allocate (size_t n)
{
    void *p = calloc (1, n);
    if (!p)
        fail ("no memory");
    return p;
}
