/* Publishers: to a few, to many, and with many topics. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "peer.h"

/* A publisher that sees every subscription, and waits for subscribers that have
 * no room, so that what was sent is what has to arrive. */
static void *publisher (const char *endpoint)
{
    void *s = make (ZMQ_XPUB);
    set (s, ZMQ_XPUB_VERBOSE, 1);
    set (s, ZMQ_XPUB_NODROP, 1);
    set (s, ZMQ_RCVHWM, 0);
    return serve (s, endpoint);
}

static void await_subscription (void *s, zmq_msg_t *m)
{
    if (zmq_msg_recv (m, s, 0) < 0)
        die ("zmq_msg_recv");
    const char *body = zmq_msg_data (m);
    if (zmq_msg_size (m) < 1 || body[0] != 1)
        fail ("a message of %zu bytes where a subscription was expected", zmq_msg_size (m));
}

static void await_subscriptions (void *s, long n)
{
    zmq_msg_t m;
    zmq_msg_init (&m);
    while (n-- > 0)
        await_subscription (s, &m);
    zmq_msg_close (&m);
}

static void publish (const char *endpoint, long n)
{
    void *s = publisher (endpoint);
    char *buf = allocate (size);
    await_subscriptions (s, fan);
    for (long i = 0; i < n; i++) {
        buf[0] = '0' + i % 10;
        send_bytes (s, buf, size, 0);
    }
    hold ();
    free (buf);
    zmq_close (s);
}

void pub (const char *endpoint)
{
    publish (endpoint, count + 1);
}

void pub_tenth (const char *endpoint)
{
    publish (endpoint, 10 * (count + 1));
}

static void subscribe (void *s, const char *topic)
{
    if (zmq_setsockopt (s, ZMQ_SUBSCRIBE, topic, strlen (topic)) != 0)
        die ("ZMQ_SUBSCRIBE");
}

/* Receives count messages on each socket after the first one; with a filter
 * each socket wants one of ten topics. */
static void subscribers (const char *endpoint, bool filter)
{
    void **sockets = connected_fan (ZMQ_SUB, endpoint);
    long *left = allocate (fan * sizeof *left), all = fan * (count + 1);
    for (int i = 0; i < fan; i++) {
        char topic[2] = {filter ? '0' + i % 10 : 0, 0};
        subscribe (sockets[i], topic);
        left[i] = count + 1;
    }
    zmq_msg_t m;
    zmq_msg_init (&m);
    wait_any (sockets, fan);
    int64_t start = now ();
    while (all > 0) {
        long before = all;
        for (int i = 0; i < fan; i++)
            for (int burst = 0; burst < 100 && left[i] > 0 && try_receive (sockets[i], &m); burst++) {
                check_size (&m, size);
                if (filter && *(char *) zmq_msg_data (&m) != '0' + i % 10)
                    fail ("socket %d received another one's topic", i);
                left[i]--;
                all--;
            }
        if (before == all)
            wait_any (sockets, fan);
    }
    took (now () - start);
    hold ();
    zmq_msg_close (&m);
    free (left);
    close_fan (sockets);
}

void sub (const char *endpoint)
{
    subscribers (endpoint, false);
}

void sub_tenth (const char *endpoint)
{
    subscribers (endpoint, true);
}

/* Subscription number i of the crowd, or one like it that nobody wants: see
 * Topic in ../../internal/peer. */
static size_t topic (char *buf, long i, bool wanted)
{
    uint32_t n = (uint32_t) i * UINT32_C (2654435761);
    char *at = buf + 6;
    memcpy (buf, "quote.", 6);
    for (int shift = 28; shift >= 0; shift -= 4)
        *at++ = "0123456789abcdef"[n >> shift & 15];
    *at++ = wanted ? '!' : '?';
    return at - buf;
}

void topics (const char *endpoint)
{
    void *s = publisher (endpoint);
    char buf[32];
    long before = resident ();
    await_subscriptions (s, 1);
    int64_t start = now ();
    send_bytes (s, buf, topic (buf, 0, true), 0); /* the others are asked for */
    await_subscriptions (s, count - 1);
    int64_t subscribing = now () - start;
    long held = resident () - before;
    start = now ();
    for (long i = 0; i < count; i++)
        send_bytes (s, buf, topic (buf, i * 7919 % count, i % 10 == 0), 0);
    int64_t matching = now () - start;
    printf ("result %" PRId64 " %" PRId64 " %ld %" PRId64 "\n", subscribing, matching, held, subscribing + matching);
    fflush (stdout);
    hold ();
    zmq_close (s);
}

void herald (const char *endpoint)
{
    void *s = publisher (endpoint);
    char *buf = allocate (size);
    await_subscriptions (s, fan);
    for (long i = 0; i < count; i++) {
        int64_t t = wall ();
        memcpy (buf, &t, sizeof t);
        send_bytes (s, buf, size, 0);
        await_subscriptions (s, 1); /* the next message is asked for */
    }
    hold ();
    free (buf);
    zmq_close (s);
}
