/* The subjects of subject_test.go with libzmq. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <zmq.h>

static char line[256];

static int said (void)
{
    return fgets (line, sizeof line, stdin) != NULL;
}

static void check (int rc)
{
    if (rc < 0) {
        fprintf (stderr, "%s\n", zmq_strerror (zmq_errno ()));
        exit (1);
    }
}

static long long now (void)
{
    struct timespec t;
    clock_gettime (CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void bound (void *s, const char *addr)
{
    char at[256];
    size_t len = sizeof at;
    check (zmq_bind (s, addr));
    check (zmq_getsockopt (s, ZMQ_LAST_ENDPOINT, at, &len));
    printf ("at %s\n", at);
}

static int name (char *dst, const char *text, long i)
{
    if (text[0] != '*')
        return sprintf (dst, "%s", text);
    return sprintf (dst, "topic.%ld%s", i % 1000000 + 1000000, text + 1);
}

static void publish (void *s)
{
    char text[128], topic[192];
    while (said ()) {
        long n;
        if (sscanf (line, "%ld %100s", &n, text) != 2)
            exit (2);
        long long began = now ();
        for (long i = 0; i < n; i++)
            check (zmq_send (s, topic, name (topic, text, i * 7919), 0));
        printf ("took %lld\n", now () - began);
    }
}

static void queue (void *s, int n)
{
    char body[64] = {0};
    said ();
    long long began = now ();
    for (int i = 0; i < n; i++)
        check (zmq_send (s, body, sizeof body, 0));
    printf ("took %lld\n", now () - began);
}

int main (int argc, char **argv)
{
    if (argc != 4)
        return 2;
    struct rlimit files;
    getrlimit (RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit (RLIMIT_NOFILE, &files);
    setvbuf (stdout, NULL, _IOLBF, 0);

    const char *role = argv[1], *addr = argv[3];
    int n = atoi (argv[2]), zero = 0, backlog = 1000;
    int type = !strcmp (role, "pull") ? ZMQ_PULL : !strcmp (role, "pub") ? ZMQ_PUB : ZMQ_PUSH;
    void *ctx = zmq_ctx_new ();
    void *s = zmq_socket (ctx, type);
    check (zmq_setsockopt (s, ZMQ_LINGER, &zero, sizeof zero));
    check (zmq_setsockopt (s, ZMQ_BACKLOG, &backlog, sizeof backlog));
    if (!strcmp (role, "queue"))
        check (zmq_setsockopt (s, ZMQ_SNDHWM, &zero, sizeof zero));

    if (type == ZMQ_PUSH) {
        int times = strcmp (role, "queue") ? n : 1;
        for (int i = 0; i < times; i++)
            check (zmq_connect (s, addr));
        if (!strcmp (role, "queue")) {
            printf ("at %s\n", addr);
            queue (s, n);
        } else
            printf ("done\n");
    } else
        bound (s, addr);
    if (type == ZMQ_PUB)
        publish (s);
    while (said ()) {
    }
    check (zmq_close (s));
    check (zmq_ctx_term (ctx));
    return 0;
}
