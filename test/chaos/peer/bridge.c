/* A process that holds a socket for the harness, over zmq.h: see bridge.go. The
 * same program is run on libzmq and on this project's C library. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zmq.h>

static void *ctx, *sock;
static int echo, deaf, kind;

static void die(const char *what)
{
    fprintf(stderr, "bridge: %s: %s\n", what, zmq_strerror(errno));
    exit(1);
}

/* Records out. */

static uint8_t out[1 << 17];
static size_t out_len;

static void flush(void)
{
    size_t at = 0;
    while (at < out_len) {
        ssize_t n = write(1, out + at, out_len - at);
        if (n <= 0)
            exit(0); /* the harness has gone */
        at += n;
    }
    out_len = 0;
}

static void put(const void *data, size_t len)
{
    const uint8_t *p = data;
    while (len > 0) {
        size_t n = sizeof out - out_len;
        if (n > len)
            n = len;
        memcpy(out + out_len, p, n);
        out_len += n, p += n, len -= n;
        if (out_len == sizeof out)
            flush();
    }
}

static void put32(uint32_t n)
{
    uint8_t b[4] = {n >> 24, n >> 16, n >> 8, n};
    put(b, 4);
}

static void say(char letter, const char *text)
{
    put(&letter, 1);
    put32(strlen(text));
    put(text, strlen(text));
    flush();
}

/* Records in: what has come, whole or not. */

static uint8_t *in;
static size_t in_len, in_at, in_cap;

static uint32_t get32(const uint8_t *b)
{
    return (uint32_t)b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3];
}

/* next is the body of the next whole record, or NULL. */
static uint8_t *next(char *letter, size_t *len)
{
    uint8_t *b = in + in_at;
    if (in_len - in_at < 5 || in_len - in_at - 5 < get32(b + 1))
        return NULL;
    *letter = b[0];
    *len = get32(b + 1);
    in_at += 5 + *len;
    return b + 5;
}

static void more(void)
{
    ssize_t n;
    memmove(in, in + in_at, in_len - in_at);
    in_len -= in_at, in_at = 0;
    if (in_cap - in_len < 1 << 16) {
        in_cap = 2 * in_cap + (1 << 17);
        in = realloc(in, in_cap);
        if (!in)
            die("memory");
    }
    n = read(0, in + in_len, in_cap - in_len);
    if (n <= 0) {
        if (sock)
            zmq_close(sock);
        flush();
        _exit(0);
    }
    in_len += n;
}

/* Who may come in: all keys, and one user. */

static int more_frames(void *s)
{
    int more = 0;
    size_t size = sizeof more;
    return !zmq_getsockopt(s, ZMQ_RCVMORE, &more, &size) && more;
}

static int granted(void *zap)
{
    char part[10][256];
    int n = 0, len, yes;
    do {
        len = zmq_recv(zap, part[n], 255, 0);
        if (len < 0)
            return 0;
        part[n][len < 255 ? len : 255] = 0;
        if (n < 9)
            n++;
    } while (more_frames(zap));
    yes = n > 5 && (strcmp(part[5], "PLAIN") || (n > 7 && !strcmp(part[6], "joe") && !strcmp(part[7], "secret")));
    zmq_send(zap, "1.0", 3, ZMQ_SNDMORE);
    zmq_send(zap, part[1], strlen(part[1]), ZMQ_SNDMORE);
    zmq_send(zap, yes ? "200" : "400", 3, ZMQ_SNDMORE);
    zmq_send(zap, "", 0, ZMQ_SNDMORE);
    zmq_send(zap, "", 0, ZMQ_SNDMORE);
    return zmq_send(zap, "", 0, 0) == 0;
}

static void *authenticator(void *zap)
{
    while (granted(zap))
        ;
    return NULL;
}

static void authenticate(void)
{
    static int begun;
    pthread_t t;
    void *zap;
    if (begun++)
        return;
    zap = zmq_socket(ctx, ZMQ_REP);
    if (!zap || zmq_bind(zap, "inproc://zeromq.zap.01") || pthread_create(&t, NULL, authenticator, zap))
        die("authenticator");
}

/* Commands. */

static const struct option {
    const char *name;
    int id;
    char kind; /* i int, l int64_t, b bytes */
} options[] = {
    {"ROUTING_ID", ZMQ_ROUTING_ID, 'b'}, {"SUBSCRIBE", ZMQ_SUBSCRIBE, 'b'},
    {"SNDHWM", ZMQ_SNDHWM, 'i'}, {"RCVHWM", ZMQ_RCVHWM, 'i'}, {"SNDBUF", ZMQ_SNDBUF, 'i'},
    {"RCVBUF", ZMQ_RCVBUF, 'i'}, {"SNDTIMEO", ZMQ_SNDTIMEO, 'i'},
    {"LINGER", ZMQ_LINGER, 'i'}, {"RECONNECT_IVL", ZMQ_RECONNECT_IVL, 'i'},
    {"HEARTBEAT_IVL", ZMQ_HEARTBEAT_IVL, 'i'}, {"HEARTBEAT_TIMEOUT", ZMQ_HEARTBEAT_TIMEOUT, 'i'},
    {"HANDSHAKE_IVL", ZMQ_HANDSHAKE_IVL, 'i'}, {"MAXMSGSIZE", ZMQ_MAXMSGSIZE, 'l'},
    {"BACKLOG", ZMQ_BACKLOG, 'i'}, {"ROUTER_MANDATORY", ZMQ_ROUTER_MANDATORY, 'i'},
    {"ROUTER_HANDOVER", ZMQ_ROUTER_HANDOVER, 'i'}, {"XPUB_NODROP", ZMQ_XPUB_NODROP, 'i'},
    {"PLAIN_SERVER", ZMQ_PLAIN_SERVER, 'i'}, {"PLAIN_USERNAME", ZMQ_PLAIN_USERNAME, 'b'},
    {"PLAIN_PASSWORD", ZMQ_PLAIN_PASSWORD, 'b'}, {"CURVE_SERVER", ZMQ_CURVE_SERVER, 'i'},
    {"CURVE_SECRETKEY", ZMQ_CURVE_SECRETKEY, 'b'}, {"CURVE_PUBLICKEY", ZMQ_CURVE_PUBLICKEY, 'b'},
    {"CURVE_SERVERKEY", ZMQ_CURVE_SERVERKEY, 'b'}};

static int set(char *name, char *value)
{
    size_t i;
    int n = atoi(value);
    int64_t l = atoll(value);
    if (!strcmp(name, "ECHO"))
        return echo = 1, 0;
    if (!strcmp(name, "DEAF"))
        return deaf = 1, 0;
    for (i = 0; i < sizeof options / sizeof *options; i++) {
        const struct option *o = &options[i];
        if (strcmp(name, o->name))
            continue;
        if (o->id == ZMQ_PLAIN_SERVER || o->id == ZMQ_CURVE_SERVER)
            authenticate();
        if (o->kind == 'b')
            return zmq_setsockopt(sock, o->id, value, strlen(value));
        return zmq_setsockopt(sock, o->id, o->kind == 'i' ? (void *)&n : (void *)&l,
                              o->kind == 'i' ? sizeof n : sizeof l);
    }
    errno = EINVAL;
    return -1;
}

static int begin(char *text)
{
    char *line, *value;
    if (sock && zmq_close(sock))
        return -1;
    sock = NULL;
    echo = deaf = 0;
    if (!*text)
        return 0;
    line = strtok(text, "\n");
    kind = atoi(line);
    sock = zmq_socket(ctx, kind);
    if (!sock)
        return -1;
    while ((line = strtok(NULL, "\n"))) {
        value = strchr(line, '=');
        *value++ = 0;
        if (set(line, value))
            return -1;
    }
    return 0;
}

/* waiting is the rest of a message that could not be sent yet: all of it, since
 * only the first frame can fail to be sent. */
static uint8_t *waiting;
static size_t waiting_len;

static int try_send(void)
{
    size_t at = 0;
    while (at < waiting_len) {
        size_t n = get32(waiting + at);
        int last = at + 4 + n == waiting_len;
        if (zmq_send(sock, waiting + at + 4, n, ZMQ_DONTWAIT | (last ? 0 : ZMQ_SNDMORE)) < 0) {
            if (errno == EAGAIN || errno == EFSM)
                return 0;
            say('F', zmq_strerror(errno));
            break;
        }
        at += 4 + n;
    }
    free(waiting);
    waiting = NULL;
    return 1;
}

static void obey(char letter, uint8_t *body, size_t len)
{
    char text[1000] = "", at[256] = "";
    size_t size = sizeof at;
    struct rlimit r;
    int rc = 0;
    if (letter == 'S') {
        waiting = malloc(len);
        memcpy(waiting, body, waiting_len = len);
        try_send();
        return;
    }
    memcpy(text, body, len < sizeof text ? len : sizeof text - 1);
    switch (letter) {
    case 'N': rc = begin(text); break;
    case 'B':
        rc = zmq_bind(sock, text);
        if (!rc)
            rc = zmq_getsockopt(sock, ZMQ_LAST_ENDPOINT, at, &size);
        break;
    case 'C': rc = zmq_connect(sock, text); break;
    case 'L':
        getrlimit(RLIMIT_NOFILE, &r);
        r.rlim_cur = (rlim_t)atoi(text) < r.rlim_max ? (rlim_t)atoi(text) : r.rlim_max;
        rc = setrlimit(RLIMIT_NOFILE, &r);
        break;
    }
    if (rc < 0)
        snprintf(at, sizeof at, "!%s", zmq_strerror(errno));
    say('R', at);
}

/* receive takes one message and passes it on, or back. */
static int receive(void)
{
    static const uint8_t nobody[8];
    zmq_msg_t part[64];
    int i, n = 0, rc;
    size_t len = 8;
    do {
        zmq_msg_init(&part[n]);
        rc = zmq_msg_recv(&part[n], sock, n ? 0 : ZMQ_DONTWAIT);
        if (rc < 0)
            return 0;
        len += 4 + zmq_msg_size(&part[n++]);
    } while (zmq_msg_more(&part[n - 1]) && n < 64);
    if (echo) {
        for (i = 0; i < n; i++)
            if (zmq_msg_send(&part[i], sock, i < n - 1 ? ZMQ_SNDMORE : 0) < 0)
                break;
    } else {
        put("M", 1);
        put32(len);
        put(nobody, 8);
        for (i = 0; i < n; i++) {
            put32(zmq_msg_size(&part[i]));
            put(zmq_msg_data(&part[i]), zmq_msg_size(&part[i]));
        }
    }
    for (i = 0; i < n; i++)
        zmq_msg_close(&part[i]);
    return 1;
}

int main(void)
{
    ctx = zmq_ctx_new();
    for (;;) {
        zmq_pollitem_t items[2] = {{NULL, 0, waiting ? 0 : ZMQ_POLLIN, 0}, {sock, 0, (deaf ? 0 : ZMQ_POLLIN) | (waiting ? ZMQ_POLLOUT : 0), 0}};
        char letter;
        uint8_t *body;
        size_t len;
        int i;
        flush();
        if (zmq_poll(items, sock ? 2 : 1, waiting ? 100 : -1) < 0 && errno != EINTR)
            die("poll");
        if (items[0].revents)
            more();
        if (waiting && !try_send())
            usleep(500); /* a ROUTER can always send, to others */
        while (!waiting && (body = next(&letter, &len)))
            obey(letter, body, len);
        for (i = 0; sock && !deaf && i < 100 && receive(); i++)
            ;
    }
}
