/* Multicast: one publisher, one subscriber. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include "peer.h"

/* libzmq's PGM prints warnings on standard output, where the harness listens:
 * from here on they go to standard error. */
static void keep_output (void)
{
    int fd = dup (1);
    if (fd < 0 || dup2 (2, 1) < 0 || !(stdout = fdopen (fd, "w")))
        fail ("standard output");
}

/* A socket with the options of package peer. */
static void *grouped (int type)
{
    keep_output ();
    void *s = make (type);
    set (s, ZMQ_RATE, 1000000);
    set (s, ZMQ_RECOVERY_IVL, 1000);
    set (s, ZMQ_SNDBUF, 4 << 20);
    set (s, ZMQ_RCVBUF, 4 << 20);
    return s;
}

void group_sub (const char *endpoint)
{
    zmq_msg_t m;
    void *s = grouped (ZMQ_SUB);
    if (zmq_setsockopt (s, ZMQ_SUBSCRIBE, "", 0) != 0)
        die ("ZMQ_SUBSCRIBE");
    dial (s, endpoint);
    printf ("endpoint %s\n", endpoint);
    fflush (stdout);
    zmq_msg_init (&m);
    receive (s, &m);
    int64_t start = now ();
    for (long i = 0; i < count; i++)
        receive (s, &m);
    took (now () - start);
    zmq_msg_close (&m);
    zmq_close (s);
}

void group_pub (const char *endpoint)
{
    struct timespec pause = {0, 300000000};
    struct pollfd in = {0, POLLIN, 0};
    void *s = grouped (ZMQ_PUB);
    void *buf = allocate (size);
    set (s, ZMQ_XPUB_NODROP, 1);
    set (s, ZMQ_LINGER, 0);
    dial (s, endpoint);
    nanosleep (&pause, NULL);
    for (long i = 0; i % 100 != 99 || poll (&in, 1, 0) == 0; i++)
        send_bytes (s, buf, size, 0);
    free (buf);
    zmq_close (s);
}
