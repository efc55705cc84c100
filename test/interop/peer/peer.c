/* A libzmq process that tests drive over stdin and stdout.
 *
 * One command a line in, one line back: "ok ..." or "err ENAME". Words are
 * separated by single spaces. Sockets have numbers that the driver chooses.
 * Frames are hexadecimal, an empty one is "-", and "@N" is the N bytes of a
 * known pattern. Times are milliseconds, below zero for ever. The end of stdin ends the process, at once and without
 * waiting for messages; "term" is the orderly way.
 *
 *   new N TYPE              close N               term
 *   seti N OPT VALUE        setl N OPT VALUE      setb N OPT HEX
 *   geti N OPT              getl N OPT            getb N OPT
 *   bind N ENDPOINT         connect N ENDPOINT
 *   unbind N ENDPOINT       disconnect N ENDPOINT
 *   send N MS FRAME...      recv N MS
 *   flood N COUNT MS FRAME  until one would wait longer than MS; how many
 *   number N FROM COUNT MS  the same with decimal numbers as messages
 *   drain N MS              receives until MS pass without a message; how many
 *   gets N PROPERTY         of the message that was received last
 *   monitor N [EVENTS]      unmonitor N           proxy N N
 *   event N MS              its number, value and endpoint in hex
 *   end N                   closes N, but not what "event" reads: "close" does
 */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

#define SLOTS 256

struct slot {
    void *sock;
    void *mon;
    zmq_msg_t last; /* first frame of the last message, for its properties */
    int has_last;
};

static void *ctx;
static struct slot slots[SLOTS];
static char *next_word; /* rest of the line */

static const char *name_of(int e)
{
    static char other[32];
    switch (e) {
#define CASE(x) case x: return #x
    CASE(EAGAIN); CASE(EINVAL); CASE(ENOTSUP); CASE(EPROTONOSUPPORT);
    CASE(ENOCOMPATPROTO); CASE(EADDRINUSE); CASE(EADDRNOTAVAIL); CASE(ENODEV);
    CASE(ENOENT); CASE(EFSM); CASE(EHOSTUNREACH); CASE(ETERM); CASE(ENOTSOCK);
    CASE(EMTHREAD); CASE(EFAULT); CASE(ENAMETOOLONG); CASE(EACCES);
    CASE(EISDIR); CASE(ENOTDIR); CASE(EMFILE); CASE(EINTR); CASE(EMSGSIZE);
#undef CASE
    }
    snprintf(other, sizeof other, "E%d", e);
    return other;
}

static void fail(int e) { printf("err %s\n", name_of(e)); }

static void done(int rc)
{
    if (rc == -1)
        fail(errno);
    else
        puts("ok");
}

static char *word(void)
{
    char *w = next_word, *end;
    if (!w)
        return NULL;
    end = strchr(w, ' ');
    if (end) {
        *end = 0;
        next_word = end + 1;
    } else {
        next_word = NULL;
    }
    return w;
}

static long long number(void)
{
    char *w = word();
    return w ? strtoll(w, NULL, 10) : 0;
}

static struct slot *slot(void)
{
    long long n = number();
    if (n < 0 || n >= SLOTS) {
        puts("err no such slot");
        return NULL;
    }
    return &slots[n];
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c - 'a' + 10;
}

/* The byte at i of the pattern that is n bytes long. */
static unsigned char pattern(size_t i, size_t n)
{
    return (unsigned char)(i * 7 + (i >> 8) + n);
}

#define MOST (2 << 20) /* of a pattern */
#define LEAST 4096     /* shorter ones are printed in full */

/* Decodes a frame, in place unless it is a pattern. */
static char *decode(char *w, size_t *n)
{
    static char buf[MOST];
    *n = 0;
    if (strcmp(w, "-") == 0)
        return w;
    if (w[0] == '@') {
        size_t want = (size_t)strtoull(w + 1, NULL, 10);
        for (; *n < want && *n < MOST; ++*n)
            buf[*n] = (char)pattern(*n, want);
        return buf;
    }
    for (char *p = w; p[0] && p[1]; p += 2)
        w[(*n)++] = (char)(digit(p[0]) << 4 | digit(p[1]));
    return w;
}

static void put_hex(const void *data, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *p = data;
    size_t same = 0;
    if (n == 0) {
        putchar('-');
        return;
    }
    while (n >= LEAST && same < n && p[same] == pattern(same, n))
        same++;
    if (same == n) {
        printf("@%zu", n);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        putchar_unlocked(digits[p[i] >> 4]);
        putchar_unlocked(digits[p[i] & 15]);
    }
}

/* Looking at the events makes libzmq notice what has happened meanwhile, which
 * a plain send may put off. */
static void notice(void *sock)
{
    int type = 0, events;
    size_t n = sizeof type;
    zmq_getsockopt(sock, ZMQ_TYPE, &type, &n);
    if (type == ZMQ_PUB || type == ZMQ_XPUB || type == ZMQ_PUSH) {
        n = sizeof events;
        zmq_getsockopt(sock, ZMQ_EVENTS, &events, &n);
    }
}

static void timeout_for(void *sock, int opt)
{
    int ms = (int)number();
    zmq_setsockopt(sock, opt, &ms, sizeof ms);
}

static void do_send(struct slot *s)
{
    char *w;
    timeout_for(s->sock, ZMQ_SNDTIMEO);
    notice(s->sock);
    w = word();
    while (w) {
        int more = next_word ? ZMQ_SNDMORE : 0;
        size_t n;
        char *data = decode(w, &n);
        if (zmq_send(s->sock, data, n, more) == -1) {
            fail(errno);
            return;
        }
        w = word();
    }
    puts("ok");
}

/* Sends count messages, all the same or numbered from first on. */
static void flood(struct slot *s, int numbered)
{
    long long first = numbered ? number() : 0, count = number(), i;
    char text[32], *data = text;
    size_t size = 0;
    timeout_for(s->sock, ZMQ_SNDTIMEO);
    notice(s->sock);
    if (!numbered) {
        data = decode(word(), &size);
    }
    for (i = 0; i < count; i++) {
        if (numbered)
            size = (size_t)snprintf(text, sizeof text, "%lld", first + i);
        if (zmq_send(s->sock, data, size, 0) == -1) {
            if (errno == EAGAIN)
                break;
            fail(errno);
            return;
        }
    }
    printf("ok %lld\n", i);
}

static void do_recv(struct slot *s)
{
    int more = 0;
    timeout_for(s->sock, ZMQ_RCVTIMEO);
    do {
        zmq_msg_t m;
        zmq_msg_init(&m);
        if (zmq_msg_recv(&m, s->sock, 0) == -1) {
            fail(errno);
            return;
        }
        if (more) {
            putchar(' ');
        } else {
            fputs("ok ", stdout);
            if (s->has_last)
                zmq_msg_close(&s->last);
            zmq_msg_init(&s->last);
            zmq_msg_copy(&s->last, &m);
            s->has_last = 1;
        }
        put_hex(zmq_msg_data(&m), zmq_msg_size(&m));
        more = zmq_msg_more(&m);
        zmq_msg_close(&m);
    } while (more);
    putchar('\n');
}

static void drain(struct slot *s)
{
    long long n = 0;
    timeout_for(s->sock, ZMQ_RCVTIMEO);
    for (;;) {
        zmq_msg_t m;
        int rc;
        zmq_msg_init(&m);
        rc = zmq_msg_recv(&m, s->sock, 0);
        if (rc != -1 && !zmq_msg_more(&m))
            n++;
        zmq_msg_close(&m);
        if (rc == -1)
            break;
    }
    printf("ok %lld\n", n);
}

static void get(struct slot *s, char kind)
{
    int opt = (int)number(), i = 0;
    int64_t l = 0;
    char buf[512];
    size_t n;
    void *to;
    if (kind == 'i') {
        to = &i;
        n = sizeof i;
    } else if (kind == 'l') {
        to = &l;
        n = sizeof l;
    } else {
        to = buf;
        n = sizeof buf;
    }
    if (zmq_getsockopt(s->sock, opt, to, &n) == -1) {
        fail(errno);
        return;
    }
    if (kind == 'i') {
        printf("ok %d\n", i);
    } else if (kind == 'l') {
        printf("ok %lld\n", (long long)l);
    } else {
        fputs("ok ", stdout);
        put_hex(buf, n);
        putchar('\n');
    }
}

static void set(struct slot *s, char kind)
{
    int opt = (int)number();
    if (kind == 'i') {
        int v = (int)number();
        done(zmq_setsockopt(s->sock, opt, &v, sizeof v));
    } else if (kind == 'l') {
        int64_t v = number();
        done(zmq_setsockopt(s->sock, opt, &v, sizeof v));
    } else {
        size_t n;
        char *w = decode(word(), &n);
        done(zmq_setsockopt(s->sock, opt, w, n));
    }
}

static void gets_property(struct slot *s)
{
    const char *v;
    char *w = word();
    v = s->has_last ? zmq_msg_gets(&s->last, w) : NULL;
    if (!v) {
        fail(errno);
        return;
    }
    fputs("ok ", stdout);
    put_hex(v, strlen(v));
    putchar('\n');
}

static void monitor(struct slot *s)
{
    static int monitors;
    char addr[64];
    int events = next_word ? (int)number() : ZMQ_EVENT_ALL;
    snprintf(addr, sizeof addr, "inproc://monitor-%d", monitors++);
    if (zmq_socket_monitor(s->sock, addr, events) == -1) {
        fail(errno);
        return;
    }
    if (s->mon) /* of the monitor that this one replaces */
        zmq_close(s->mon);
    s->mon = zmq_socket(ctx, ZMQ_PAIR);
    done(zmq_connect(s->mon, addr));
}

/* Prints the next event: its number, its value and its endpoint. */
static void event(struct slot *s)
{
    unsigned char b[64], rest[512];
    uint16_t id = 0;
    uint32_t value = 0;
    int n;
    timeout_for(s->mon, ZMQ_RCVTIMEO);
    if (zmq_recv(s->mon, b, sizeof b, 0) == -1 || (n = zmq_recv(s->mon, rest, sizeof rest, 0)) == -1) {
        fail(errno);
        return;
    }
    memcpy(&id, b, sizeof id);
    memcpy(&value, b + sizeof id, sizeof value);
    printf("ok %u %u ", id, value);
    put_hex(rest, (size_t)n < sizeof rest ? (size_t)n : sizeof rest);
    putchar('\n');
}

static void *run_proxy(void *arg)
{
    void **pair = arg;
    zmq_proxy(pair[0], pair[1], NULL);
    return NULL;
}

static void proxy(struct slot *a)
{
    struct slot *b = slot();
    void **pair;
    pthread_t t;
    if (!b)
        return;
    pair = malloc(2 * sizeof *pair);
    pair[0] = a->sock;
    pair[1] = b->sock;
    if (pthread_create(&t, NULL, run_proxy, pair) != 0) {
        free(pair);
        fail(EAGAIN);
        return;
    }
    pthread_detach(t); /* lives until the process ends */
    puts("ok");
}

static void close_slot(struct slot *s)
{
    int zero = 0;
    if (s->has_last) {
        zmq_msg_close(&s->last);
        s->has_last = 0;
    }
    if (s->mon) {
        /* In this order: an event that nobody receives blocks the I/O thread. */
        if (s->sock)
            zmq_socket_monitor(s->sock, NULL, 0);
        zmq_setsockopt(s->mon, ZMQ_LINGER, &zero, sizeof zero);
        zmq_close(s->mon);
        s->mon = NULL;
    }
    done(s->sock ? zmq_close(s->sock) : 0);
    s->sock = NULL;
}

/* Closes the socket alone: its monitor can be read on until "close". */
static void end(struct slot *s)
{
    done(zmq_close(s->sock));
    s->sock = NULL;
}

static void command(const char *verb)
{
    struct slot *s;
    if (strcmp(verb, "term") == 0) {
        done(zmq_ctx_term(ctx));
        ctx = zmq_ctx_new();
        return;
    }
    if (!(s = slot()))
        return;
    if (strcmp(verb, "new") == 0) {
        s->sock = zmq_socket(ctx, (int)number());
        done(s->sock ? 0 : -1);
    }
    else if (s->mon && strcmp(verb, "event") == 0) event(s);
    else if (s->mon && strcmp(verb, "close") == 0) close_slot(s);
    else if (!s->sock) puts("err ENOTSOCK");
    else if (strcmp(verb, "close") == 0) close_slot(s);
    else if (strcmp(verb, "end") == 0) end(s);
    else if (strncmp(verb, "set", 3) == 0) set(s, verb[3]);
    else if (strcmp(verb, "gets") == 0) gets_property(s);
    else if (strncmp(verb, "get", 3) == 0) get(s, verb[3]);
    else if (strcmp(verb, "bind") == 0) done(zmq_bind(s->sock, next_word ? next_word : ""));
    else if (strcmp(verb, "connect") == 0) done(zmq_connect(s->sock, next_word ? next_word : ""));
    else if (strcmp(verb, "unbind") == 0) done(zmq_unbind(s->sock, next_word ? next_word : ""));
    else if (strcmp(verb, "disconnect") == 0) done(zmq_disconnect(s->sock, next_word ? next_word : ""));
    else if (strcmp(verb, "send") == 0) do_send(s);
    else if (strcmp(verb, "flood") == 0) flood(s, 0);
    else if (strcmp(verb, "number") == 0) flood(s, 1);
    else if (strcmp(verb, "recv") == 0) do_recv(s);
    else if (strcmp(verb, "drain") == 0) drain(s);
    else if (strcmp(verb, "monitor") == 0) monitor(s);
    else if (strcmp(verb, "unmonitor") == 0) done(zmq_socket_monitor(s->sock, NULL, 0));
    else if (strcmp(verb, "proxy") == 0) proxy(s);
    else puts("err unknown command");
}

int main(void)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    ctx = zmq_ctx_new();
    while ((n = getline(&line, &cap, stdin)) > 0) {
        if (line[n - 1] == '\n')
            line[n - 1] = 0;
        next_word = line;
        command(word());
        fflush(stdout);
    }
    free(line);
    _exit(0);
}
