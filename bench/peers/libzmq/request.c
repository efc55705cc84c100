/* REQ and REP: round trips, and handshakes. */
#include <pthread.h>
#include <stdlib.h>
#include "peer.h"

static void answer (void *s, long n)
{
    zmq_msg_t m;
    zmq_msg_init (&m);
    for (long i = 0; i < n; i++) {
        receive (s, &m);
        if (zmq_msg_send (&m, s, 0) < 0)
            die ("zmq_msg_send");
    }
    zmq_msg_close (&m);
}

static void ask (void *s, const void *buf, zmq_msg_t *m)
{
    send_bytes (s, buf, size, 0);
    receive (s, m);
}

void rep (const char *endpoint)
{
    void *s = bound (ZMQ_REP, endpoint);
    answer (s, count + fan);
    zmq_close (s);
}

static void round_trips (void *s)
{
    int64_t *each = allocate (count * sizeof *each);
    void *buf = allocate (size);
    zmq_msg_t m;
    zmq_msg_init (&m);
    int64_t start = now ();
    for (long i = 0; i < count; i++) {
        int64_t t = now ();
        ask (s, buf, &m);
        each[i] = now () - t;
    }
    spread (each, count, now () - start);
    zmq_msg_close (&m);
    free (buf);
    free (each);
}

void req (const char *endpoint)
{
    void *s = connected (ZMQ_REQ, endpoint);
    round_trips (s);
    hold ();
    zmq_close (s);
}

static void *answer_thread (void *s)
{
    answer (s, count);
    return NULL;
}

void inproc_rtt (const char *endpoint)
{
    pthread_t server;
    void *to = make (ZMQ_REP);
    attach (to, endpoint);
    if (pthread_create (&server, NULL, answer_thread, to) != 0)
        fail ("pthread_create failed");
    void *from = connected (ZMQ_REQ, endpoint);
    round_trips (from);
    pthread_join (server, NULL);
    zmq_close (from);
    zmq_close (to);
}

static void **askers;

static void *ask_share (void *socket)
{
    void **place = socket, *buf = allocate (size);
    zmq_msg_t m;
    zmq_msg_init (&m);
    for (long n = share (count, place - askers); n > 0; n--)
        ask (*place, buf, &m);
    zmq_msg_close (&m);
    free (buf);
    return NULL;
}

void reqs (const char *endpoint)
{
    void *buf = allocate (size);
    zmq_msg_t m;
    zmq_msg_init (&m);
    askers = connected_fan (ZMQ_REQ, endpoint);
    for (int i = 0; i < fan; i++) /* so that all are connected */
        ask (askers[i], buf, &m);
    int64_t start = now ();
    together (ask_share, askers);
    took (now () - start);
    hold ();
    zmq_msg_close (&m);
    free (buf);
    close_fan (askers);
}

static void *greeter (const char *endpoint, const void *buf)
{
    void *s = connected (ZMQ_REQ, endpoint);
    send_bytes (s, buf, size, 0);
    return s;
}

void greet (const char *endpoint)
{
    void *buf = allocate (size), **open = allocate (fan * sizeof *open);
    zmq_msg_t m;
    zmq_msg_init (&m);
    int64_t start = 0;
    for (int i = 0; i < fan; i++)
        open[i] = greeter (endpoint, buf);
    for (long i = 0; i < count + fan; i++) {
        void **s = &open[i % fan];
        if (i == fan)
            start = now ();
        receive (*s, &m);
        zmq_close (*s);
        if (i < count)
            *s = greeter (endpoint, buf);
    }
    took (now () - start);
    hold ();
    zmq_msg_close (&m);
    free (open);
    free (buf);
}
