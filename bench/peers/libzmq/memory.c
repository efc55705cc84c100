/* Messages that wait: how much memory they take. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "peer.h"

static void report (long bytes, int64_t ns)
{
    printf ("result %ld %" PRId64 "\n", bytes, ns);
    fflush (stdout);
}

/* Nobody is bound to the endpoint. */
void hoard_out (const char *endpoint)
{
    void *s = make (ZMQ_PUSH), *buf = allocate (size);
    set (s, ZMQ_SNDHWM, 0);
    set (s, ZMQ_LINGER, 0);
    dial (s, endpoint);
    long before = resident ();
    int64_t start = now ();
    for (long i = 0; i < count; i++)
        send_bytes (s, buf, size, 0);
    int64_t ns = now () - start;
    report (resident () - before, ns);
    free (buf);
    zmq_close (s);
}

/* Nothing tells how much is queued: all is when the memory has not grown for a
 * while. That it was all is seen afterwards. */
static long settled (void)
{
    struct timespec pause = {.tv_nsec = 50000000};
    long last = resident ();
    for (int quiet = 0; quiet < 10; quiet++) {
        nanosleep (&pause, NULL);
        long held = resident ();
        if (held != last)
            quiet = 0;
        last = held;
    }
    return last;
}

void hoard_in (const char *endpoint)
{
    void *s = make (ZMQ_PULL);
    zmq_msg_t m;
    set (s, ZMQ_RCVHWM, 0);
    long before = resident ();
    serve (s, endpoint);
    zmq_msg_init (&m);
    receive (s, &m);
    int64_t start = now ();
    long held = settled () - before;
    for (long i = 0; i < count; i++)
        receive (s, &m);
    report (held, now () - start);
    zmq_msg_close (&m);
    zmq_close (s);
}
