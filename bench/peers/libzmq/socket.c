/* Sockets, and messages in and out of them. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "peer.h"

/* Keys of the benchmarks alone: they protect nothing. */
static const char server_public[] = ")S$o6:t$}rxvb:%6D2)6S+HcF>}t]+KN$6-[*:FY", server_secret[] = "2XOU@>L(7BVCRdG{wJ.}9u2.$-M*mz@Dme4yOVJQ",
                  client_public[] = "a}Pj{E<3^fF6uEuFMPjhi@)Kcad:pgek3{gXJHJ!", client_secret[] = "w7u(CI?jtMl#YFqdpeXZW9:eqA:3AQZaTG44RjB%";

void die (const char *what)
{
    fail ("%s: %s", what, zmq_strerror (zmq_errno ()));
}

void fail (const char *format, ...)
{
    va_list args;
    va_start (args, format);
    fprintf (stderr, "libzmq peer: ");
    vfprintf (stderr, format, args);
    fprintf (stderr, "\n");
    va_end (args);
    exit (1);
}

void *make (int type)
{
    void *s = zmq_socket (ctx, type);
    if (!s)
        die ("zmq_socket");
    return s;
}

void set (void *s, int option, int value)
{
    if (zmq_setsockopt (s, option, &value, sizeof value) != 0)
        die ("zmq_setsockopt");
}

static void set_key (void *s, int option, const char *z85)
{
    if (zmq_setsockopt (s, option, z85, strlen (z85)) != 0)
        die ("zmq_setsockopt of a key");
}

const char *attach (void *s, const char *endpoint)
{
    static char last[512];
    size_t n = sizeof last;
    if (curve) {
        set (s, ZMQ_CURVE_SERVER, 1);
        set_key (s, ZMQ_CURVE_SECRETKEY, server_secret);
    }
    if (zmq_bind (s, endpoint) != 0)
        die ("zmq_bind");
    if (zmq_getsockopt (s, ZMQ_LAST_ENDPOINT, last, &n) != 0)
        die ("zmq_getsockopt");
    return last;
}

void *serve (void *s, const char *endpoint)
{
    printf ("endpoint %s\n", attach (s, endpoint));
    fflush (stdout);
    return s;
}

void *bound (int type, const char *endpoint)
{
    return serve (make (type), endpoint);
}

void dial (void *s, const char *endpoint)
{
    if (curve) {
        set_key (s, ZMQ_CURVE_SERVERKEY, server_public);
        set_key (s, ZMQ_CURVE_PUBLICKEY, client_public);
        set_key (s, ZMQ_CURVE_SECRETKEY, client_secret);
    }
    if (zmq_connect (s, endpoint) != 0)
        die ("zmq_connect");
}

void *connected (int type, const char *endpoint)
{
    void *s = make (type);
    dial (s, endpoint);
    return s;
}

void **connected_fan (int type, const char *endpoint)
{
    void **sockets = allocate (sockets_in_fan () * sizeof *sockets);
    for (int i = 0; i < sockets_in_fan (); i++)
        sockets[i] = connected (type, endpoint);
    return sockets;
}

void close_fan (void **sockets)
{
    for (int i = 0; i < sockets_in_fan (); i++)
        zmq_close (sockets[i]);
    free (sockets);
}

void check_size (zmq_msg_t *m, size_t want)
{
    if (zmq_msg_size (m) != want)
        fail ("%zu bytes instead of %zu", zmq_msg_size (m), want);
}

void receive (void *s, zmq_msg_t *m)
{
    if (zmq_msg_recv (m, s, 0) < 0)
        die ("zmq_msg_recv");
    check_size (m, size);
}

bool try_receive (void *s, zmq_msg_t *m)
{
    if (zmq_msg_recv (m, s, ZMQ_DONTWAIT) >= 0)
        return true;
    if (zmq_errno () != EAGAIN)
        die ("zmq_msg_recv");
    return false;
}

void send_bytes (void *s, const void *buf, size_t n, int flags)
{
    if (zmq_send (s, buf, n, flags) < 0)
        die ("zmq_send");
}

void wait_any (void **sockets, int n)
{
    static zmq_pollitem_t *items;
    if (!items)
        items = allocate (n * sizeof *items);
    for (int i = 0; i < n; i++)
        items[i] = (zmq_pollitem_t){.socket = sockets[i], .events = ZMQ_POLLIN};
    if (zmq_poll (items, n, -1) < 0)
        die ("zmq_poll");
}
