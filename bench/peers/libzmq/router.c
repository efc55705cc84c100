/* One ROUTER that sends everything back, and its DEALERs. */
#include <stdlib.h>
#include "peer.h"

void router (const char *endpoint)
{
    void *s = bound (ZMQ_ROUTER, endpoint);
    zmq_msg_t id, body;
    zmq_msg_init (&id);
    zmq_msg_init (&body);
    for (long i = 0; i < count + fan; i++) {
        if (zmq_msg_recv (&id, s, 0) < 0)
            die ("zmq_msg_recv");
        receive (s, &body);
        if (zmq_msg_send (&id, s, ZMQ_SNDMORE) < 0 || zmq_msg_send (&body, s, 0) < 0)
            die ("zmq_msg_send");
    }
    hold ();
    zmq_msg_close (&id);
    zmq_msg_close (&body);
    zmq_close (s);
}

struct dealer {
    long to_send, to_receive;
};

/* Takes what has come on a socket, sends as many, and returns the number. */
static int converse (void *s, struct dealer *d, const void *buf, zmq_msg_t *m)
{
    int got = 0;
    while (got < 100 && d->to_receive > 0 && try_receive (s, m)) {
        check_size (m, size);
        d->to_receive--;
        got++;
    }
    for (int i = 0; i < got && d->to_send > 0; i++, d->to_send--)
        send_bytes (s, buf, size, 0);
    return got;
}

void dealers (const char *endpoint)
{
    void **sockets = connected_fan (ZMQ_DEALER, endpoint), *buf = allocate (size);
    struct dealer *d = allocate (fan * sizeof *d);
    zmq_msg_t m;
    zmq_msg_init (&m);
    for (int i = 0; i < fan; i++) /* so that all are connected */
        send_bytes (sockets[i], buf, size, 0);
    for (int i = 0; i < fan; i++)
        receive (sockets[i], &m);
    int64_t start = now ();
    int window = fan > 50 ? 10 : 500 / fan;
    for (int i = 0; i < fan; i++) {
        d[i].to_send = d[i].to_receive = share (count, i);
        for (int w = 0; w < window && d[i].to_send > 0; w++, d[i].to_send--)
            send_bytes (sockets[i], buf, size, 0);
    }
    for (long left = count; left > 0;) {
        long before = left;
        for (int i = 0; i < fan; i++)
            left -= converse (sockets[i], &d[i], buf, &m);
        if (before == left)
            wait_any (sockets, fan);
    }
    took (now () - start);
    hold ();
    zmq_msg_close (&m);
    free (d);
    free (buf);
    close_fan (sockets);
}
