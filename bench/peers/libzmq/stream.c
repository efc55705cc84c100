/* PUSH to PULL: messages one way. */
#include <pthread.h>
#include <stdlib.h>
#include "peer.h"

static void pull_all (void *s)
{
    zmq_msg_t m;
    zmq_msg_init (&m);
    receive (s, &m);
    int64_t start = now ();
    for (long i = 0; i < count; i++)
        receive (s, &m);
    took (now () - start);
    zmq_msg_close (&m);
}

static void push_n (void *s, long n)
{
    void *buf = allocate (size);
    for (long i = 0; i < n; i++)
        send_bytes (s, buf, size, 0);
    free (buf);
}

void pull (const char *endpoint)
{
    void *s = bound (ZMQ_PULL, endpoint);
    pull_all (s);
    zmq_close (s);
}

static void **pushers;

static void *push_share (void *socket)
{
    void **place = socket;
    push_n (*place, share (count + 1, place - pushers));
    return NULL;
}

/* libzmq 4.3.4 drops what it has not read of an ipc connection if the sender
 * leaves while the receiver is at its high-water mark: the sender stays. */
void push (const char *endpoint)
{
    pushers = connected_fan (ZMQ_PUSH, endpoint);
    if (fan > 1)
        together (push_share, pushers);
    else
        push_n (*pushers, count + 1);
    hold ();
    close_fan (pushers);
}

static void keep (void *data, void *hint)
{
    (void) data;
    (void) hint;
}

/* Messages that are not copied: all are the same bytes. */
void push_owned (const char *endpoint)
{
    void *s = connected (ZMQ_PUSH, endpoint);
    void *buf = allocate (size);
    for (long i = 0; i < count + 1; i++) {
        zmq_msg_t m;
        if (zmq_msg_init_data (&m, buf, size, keep, NULL) != 0)
            fail ("zmq_msg_init_data");
        if (zmq_msg_send (&m, s, 0) < 0)
            fail ("zmq_msg_send");
    }
    hold ();
    zmq_close (s);
    free (buf);
}

void spout (const char *endpoint)
{
    void *s = bound (ZMQ_PUSH, endpoint);
    push_n (s, count + fan);
    hold ();
    zmq_close (s);
}

void sink (const char *endpoint)
{
    void **sockets = connected_fan (ZMQ_PULL, endpoint);
    int64_t start = 0;
    zmq_msg_t m;
    zmq_msg_init (&m);
    for (long left = count + fan; left > 0;) {
        long before = left;
        for (int i = 0; i < fan; i++)
            for (int burst = 0; burst < 100 && left > 0 && try_receive (sockets[i], &m); burst++) {
                check_size (&m, size);
                if (left-- == count)
                    start = now ();
            }
        if (before == left)
            wait_any (sockets, fan);
    }
    took (now () - start);
    zmq_msg_close (&m);
    close_fan (sockets);
}

static void *push_thread (void *s)
{
    push_n (s, count + 1);
    return NULL;
}

void inproc (const char *endpoint)
{
    pthread_t sender;
    void *to = make (ZMQ_PULL);
    attach (to, endpoint);
    void *from = connected (ZMQ_PUSH, endpoint);
    if (pthread_create (&sender, NULL, push_thread, from) != 0)
        fail ("pthread_create failed");
    pull_all (to);
    pthread_join (sender, NULL);
    zmq_close (from);
    zmq_close (to);
}

static void receive_parts (void *s, zmq_msg_t *m)
{
    for (int i = 0; i < fan; i++) {
        receive (s, m);
        if (zmq_msg_more (m) != (i < fan - 1))
            fail ("frame %d of %d is followed by more: %d", i, fan, zmq_msg_more (m));
    }
}

void parts_pull (const char *endpoint)
{
    void *s = bound (ZMQ_PULL, endpoint);
    zmq_msg_t m;
    zmq_msg_init (&m);
    receive_parts (s, &m);
    int64_t start = now ();
    for (long i = 0; i < count; i++)
        receive_parts (s, &m);
    took (now () - start);
    zmq_msg_close (&m);
    zmq_close (s);
}

void parts_push (const char *endpoint)
{
    void *s = connected (ZMQ_PUSH, endpoint), *buf = allocate (size);
    for (long i = 0; i <= count; i++)
        for (int f = 0; f < fan; f++)
            send_bytes (s, buf, size, f < fan - 1 ? ZMQ_SNDMORE : 0);
    free (buf);
    hold ();
    zmq_close (s);
}
