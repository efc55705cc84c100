/* The libzmq peer of the benchmarks. One process plays one part:
 *
 *     libzmq ROLE ENDPOINT SIZE COUNT
 *
 * pull and rep bind ENDPOINT and print "endpoint E", where E is what was bound.
 * push and req connect to it. pull prints "result NS", the time from its first
 * message to the one COUNT later; req prints "result P50 P99 NS" of COUNT round
 * trips, the first tenth left out of P50 and P99, all of them in NS. inproc is
 * push and pull in two threads. push closes its socket when standard input
 * ends, so that the harness can let the receiver finish first: libzmq 4.3.4
 * drops what it has not read of an ipc connection if the sender leaves while
 * the receiver is at its high-water mark. Everything has libzmq's defaults.
 * Errors are printed and end the process with 1.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zmq.h>

static size_t size;
static long count;

static void die (const char *what)
{
    fprintf (stderr, "libzmq peer: %s: %s\n", what, zmq_strerror (zmq_errno ()));
    exit (1);
}

static int64_t now (void)
{
    struct timespec t;
    clock_gettime (CLOCK_MONOTONIC, &t);
    return (int64_t) t.tv_sec * 1000000000 + t.tv_nsec;
}

static void *make (void *ctx, int type)
{
    void *s = zmq_socket (ctx, type);
    if (!s)
        die ("zmq_socket");
    return s;
}

static void *bound (void *ctx, int type, const char *endpoint)
{
    char last[512];
    size_t n = sizeof last;
    void *s = make (ctx, type);
    if (zmq_bind (s, endpoint) != 0)
        die ("zmq_bind");
    if (zmq_getsockopt (s, ZMQ_LAST_ENDPOINT, last, &n) != 0)
        die ("zmq_getsockopt");
    printf ("endpoint %s\n", last);
    fflush (stdout);
    return s;
}

static void *connected (void *ctx, int type, const char *endpoint)
{
    void *s = make (ctx, type);
    if (zmq_connect (s, endpoint) != 0)
        die ("zmq_connect");
    return s;
}

static void receive (void *s, zmq_msg_t *m)
{
    if (zmq_msg_recv (m, s, 0) < 0)
        die ("zmq_msg_recv");
    if (zmq_msg_size (m) != size) {
        fprintf (stderr, "libzmq peer: %zu bytes instead of %zu\n", zmq_msg_size (m), size);
        exit (1);
    }
}

static void pull (void *s)
{
    zmq_msg_t m;
    zmq_msg_init (&m);
    receive (s, &m);
    int64_t start = now ();
    for (long i = 0; i < count; i++)
        receive (s, &m);
    printf ("result %" PRId64 "\n", now () - start);
    zmq_msg_close (&m);
}

static void send_one (void *s, const void *buf)
{
    if (zmq_send (s, buf, size, 0) < 0)
        die ("zmq_send");
}

static void push (void *s)
{
    void *buf = calloc (1, size);
    for (long i = 0; i <= count; i++)
        send_one (s, buf);
    free (buf);
}

static void hold (void)
{
    while (getchar () != EOF)
        ;
}

static void rep (void *s)
{
    zmq_msg_t m;
    zmq_msg_init (&m);
    for (long i = 0; i < count; i++) {
        receive (s, &m);
        if (zmq_msg_send (&m, s, 0) < 0)
            die ("zmq_msg_send");
    }
    zmq_msg_close (&m);
}

static int ascending (const void *a, const void *b)
{
    int64_t x = *(const int64_t *) a, y = *(const int64_t *) b;
    return (x > y) - (x < y);
}

static void req (void *s)
{
    int64_t *took = malloc (count * sizeof *took);
    void *buf = calloc (1, size);
    zmq_msg_t m;
    zmq_msg_init (&m);
    int64_t start = now ();
    for (long i = 0; i < count; i++) {
        int64_t t = now ();
        send_one (s, buf);
        receive (s, &m);
        took[i] = now () - t;
    }
    int64_t all = now () - start;
    long skip = count / 10, n = count - skip;
    qsort (took + skip, n, sizeof *took, ascending);
    printf ("result %" PRId64 " %" PRId64 " %" PRId64 "\n", took[skip + n / 2],
            took[skip + n * 99 / 100], all);
    zmq_msg_close (&m);
    free (buf);
    free (took);
}

static void *push_thread (void *s)
{
    push (s);
    return NULL;
}

static void inproc (void *ctx, const char *endpoint)
{
    pthread_t sender;
    void *to = make (ctx, ZMQ_PULL);
    if (zmq_bind (to, endpoint) != 0)
        die ("zmq_bind");
    void *from = connected (ctx, ZMQ_PUSH, endpoint);
    if (pthread_create (&sender, NULL, push_thread, from) != 0)
        die ("pthread_create");
    pull (to);
    pthread_join (sender, NULL);
    zmq_close (from);
    zmq_close (to);
}

int main (int argc, char **argv)
{
    if (argc != 5) {
        fprintf (stderr, "usage: libzmq ROLE ENDPOINT SIZE COUNT\n");
        return 2;
    }
    const char *role = argv[1], *endpoint = argv[2];
    size = strtoul (argv[3], NULL, 10);
    count = strtol (argv[4], NULL, 10);
    if (size < 1 || count < 1) {
        fprintf (stderr, "libzmq peer: SIZE and COUNT must be above 0\n");
        return 2;
    }
    void *ctx = zmq_ctx_new (), *s = NULL;
    if (!strcmp (role, "pull"))
        pull (s = bound (ctx, ZMQ_PULL, endpoint));
    else if (!strcmp (role, "push")) {
        push (s = connected (ctx, ZMQ_PUSH, endpoint));
        hold ();
    } else if (!strcmp (role, "rep"))
        rep (s = bound (ctx, ZMQ_REP, endpoint));
    else if (!strcmp (role, "req"))
        req (s = connected (ctx, ZMQ_REQ, endpoint));
    else if (!strcmp (role, "inproc"))
        inproc (ctx, endpoint);
    else {
        fprintf (stderr, "libzmq peer: no role %s\n", role);
        return 2;
    }
    if (s)
        zmq_close (s);
    zmq_ctx_term (ctx);
    return 0;
}
