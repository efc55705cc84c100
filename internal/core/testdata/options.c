// Plays a script of option calls on libzmq: a call a line on standard input, its
// answer a line on standard output. Bytes are in hex; "-" is none, "NULL" the
// null pointer.
//
//   ctx                a new context
//   cset ID N          zmq_ctx_set
//   cget ID            zmq_ctx_get
//   new TYPE           a new socket in place of the last
//   set ID BYTES       zmq_setsockopt
//   get ID SIZE        zmq_getsockopt into SIZE bytes of 0xaa
//
// Answers: "ok", "ok N", "ok BYTES", or "err ERRNO".
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#define MOST (1 << 20)
static unsigned char value[MOST];
static char line[2 * MOST + 64];

static size_t unhex (const char *text)
{
    size_t n = 0;
    unsigned byte;
    if (*text == '-')
        return 0;
    for (; text[0] && text[1] && sscanf (text, "%2x", &byte) == 1; text += 2)
        value[n++] = (unsigned char) byte;
    return n;
}

static void answer (int rc, const char *what)
{
    if (rc < 0)
        printf ("err %d\n", errno);
    else
        printf ("ok%s%s\n", *what ? " " : "", what);
}

int main (void)
{
    void *ctx = NULL, *sock = NULL;
    char number[32];
    while (fgets (line, sizeof line, stdin)) {
        line[strcspn (line, "\n")] = 0;
        char *verb = strtok (line, " "), *a = strtok (NULL, " "), *b = strtok (NULL, " ");
        int id = a ? atoi (a) : 0;
        errno = 0;
        if (!strcmp (verb, "ctx") || !strcmp (verb, "new")) {
            if (sock) {
                int none = 0;
                zmq_setsockopt (sock, ZMQ_LINGER, &none, sizeof none);
                zmq_close (sock);
                sock = NULL;
            }
            if (*verb == 'n') {
                sock = zmq_socket (ctx, id);
                answer (sock ? 0 : -1, "");
                continue;
            }
            if (ctx)
                zmq_ctx_term (ctx);
            ctx = zmq_ctx_new ();
            answer (ctx ? 0 : -1, "");
        } else if (!strcmp (verb, "cset")) {
            answer (zmq_ctx_set (ctx, id, atoi (b)), "");
        } else if (!strcmp (verb, "cget")) {
            int n = zmq_ctx_get (ctx, id);
            snprintf (number, sizeof number, "%d", n);
            answer (n == -1 && errno ? -1 : 0, number);
        } else if (!strcmp (verb, "set")) {
            int null = !strcmp (b, "NULL");
            size_t n = null ? 0 : unhex (b);
            answer (zmq_setsockopt (sock, id, null ? NULL : value, n), "");
        } else if (!strcmp (verb, "get")) {
            size_t n = strtoul (b, NULL, 10);
            memset (value, 0xaa, n);
            if (zmq_getsockopt (sock, id, value, &n) < 0) {
                answer (-1, "");
                continue;
            }
            printf ("ok ");
            for (size_t i = 0; i < n; i++)
                printf ("%02x", value[i]);
            printf (n ? "\n" : "-\n");
        }
    }
    return 0;
}
