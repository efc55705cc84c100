/* What stands between others: a proxy. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
#include "peer.h"

static void *leave (void *unused)
{
    hold ();
    _exit (0); /* zmq_proxy has no other end that could not change it */
    return unused;
}

static void proxy (int front, int back, const char *endpoint)
{
    pthread_t leaver;
    void *to = connected (back, endpoint), *from = bound (front, "tcp://127.0.0.1:*");
    if (pthread_create (&leaver, NULL, leave, NULL) != 0)
        fail ("pthread_create failed");
    zmq_proxy (from, to, NULL);
    die ("zmq_proxy");
}

void streamer (const char *endpoint)
{
    proxy (ZMQ_PULL, ZMQ_PUSH, endpoint);
}

void queue (const char *endpoint)
{
    proxy (ZMQ_ROUTER, ZMQ_DEALER, endpoint);
}

void idle (const char *endpoint)
{
    void *s = bound (ZMQ_ROUTER, endpoint);
    hold ();
    zmq_close (s);
}
