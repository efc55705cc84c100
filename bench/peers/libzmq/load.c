/* A slow stream of PUB and SUB beside a fast one of PUSH and PULL, each pair's
 * two sockets in the same two processes. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "peer.h"

static void *pull_until_short (void *s)
{
    zmq_msg_t m;
    zmq_msg_init (&m);
    do {
        if (zmq_msg_recv (&m, s, 0) < 0)
            die ("zmq_msg_recv");
        if (zmq_msg_size (&m) != 1)
            check_size (&m, size);
    } while (zmq_msg_size (&m) != 1);
    zmq_msg_close (&m);
    return NULL;
}

void loaded (const char *endpoint)
{
    pthread_t puller;
    char slow[512];
    void *sub = make (ZMQ_SUB), *pull = make (ZMQ_PULL);
    if (zmq_setsockopt (sub, ZMQ_SUBSCRIBE, "", 0) != 0)
        die ("ZMQ_SUBSCRIBE");
    strcpy (slow, attach (sub, endpoint));
    printf ("endpoint %s %s\n", slow, attach (pull, endpoint));
    fflush (stdout);
    if (pthread_create (&puller, NULL, pull_until_short, pull) != 0)
        fail ("pthread_create failed");
    int64_t *each = allocate (count * sizeof *each), start = now (), sent;
    zmq_msg_t m;
    zmq_msg_init (&m);
    for (long i = 0; i < count; i++) {
        receive (sub, &m);
        memcpy (&sent, zmq_msg_data (&m), sizeof sent);
        each[i] = wall () - sent;
        if (each[i] <= 0)
            each[i] = 1;
    }
    pthread_join (puller, NULL);
    spread (each, count, now () - start);
    zmq_msg_close (&m);
    free (each);
    zmq_close (sub);
    zmq_close (pull);
}

static atomic_bool enough;

static void *push_until_enough (void *s)
{
    void *buf = allocate (size);
    while (!enough)
        send_bytes (s, buf, size, 0);
    send_bytes (s, buf, 1, 0);
    free (buf);
    return NULL;
}

void loading (const char *endpoints)
{
    pthread_t pusher;
    char *slow = strdup (endpoints), *fast = strchr (slow, ' ');
    if (!fast)
        fail ("two endpoints are needed, not %s", endpoints);
    *fast++ = 0;
    void *pub = connected (ZMQ_XPUB, slow), *push = connected (ZMQ_PUSH, fast);
    char *buf = allocate (size), subscription[8];
    if (zmq_recv (pub, subscription, sizeof subscription, 0) < 0)
        die ("zmq_recv");
    if (pthread_create (&pusher, NULL, push_until_enough, push) != 0)
        fail ("pthread_create failed");
    struct timespec next;
    clock_gettime (CLOCK_MONOTONIC, &next);
    for (long i = 0; i < count; i++) {
        int64_t t = wall ();
        memcpy (buf, &t, sizeof t);
        send_bytes (pub, buf, size, 0);
        next.tv_nsec += 1000000;
        if (next.tv_nsec >= 1000000000) {
            next.tv_nsec -= 1000000000;
            next.tv_sec++;
        }
        clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
    }
    enough = true;
    pthread_join (pusher, NULL);
    hold ();
    free (buf);
    free (slow);
    zmq_close (pub);
    zmq_close (push);
}
