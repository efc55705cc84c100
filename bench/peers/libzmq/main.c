/* The libzmq peer of the benchmarks. One process plays one role:
 *
 *     libzmq ROLE ENDPOINT SIZE COUNT FAN
 *
 * What a role does, prints and waits for is told in ../../internal/peer. With
 * "curve-" before its name its sockets use CURVE. Everything has libzmq's
 * defaults, where the role does not say otherwise.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include "peer.h"

size_t size;
long count;
int fan;
bool curve;
void *ctx;

static const struct {
    const char *name;
    void (*play) (const char *endpoint);
} roles[] = {
    {"pull", pull},
    {"push", push},
    {"pull-many", pull}, // the C API has no other calls
    {"push-many", push},
    {"push-owned", push_owned},
    {"spout", spout},
    {"sink", sink},
    {"inproc", inproc},
    {"parts-pull", parts_pull},
    {"parts-push", parts_push},
    {"rep", rep},
    {"req", req},
    {"reqs", reqs},
    {"inproc-rtt", inproc_rtt},
    {"greet", greet},
    {"pub", pub},
    {"sub", sub},
    {"pub-tenth", pub_tenth},
    {"sub-tenth", sub_tenth},
    {"topics", topics},
    {"herald", herald},
    {"group-sub", group_sub},
    {"group-pub", group_pub},
    {"router", router},
    {"dealers", dealers},
    {"streamer", streamer},
    {"queue", queue},
    {"idle", idle},
    {"hoard-out", hoard_out},
    {"hoard-in", hoard_in},
    {"loaded", loaded},
    {"loading", loading},
};

/* The system's limit of descriptors is raised as far as it may be, as Go's
 * runtime does, for rows with thousands of connections. */
static void raise_limits (void)
{
    struct rlimit files;
    if (getrlimit (RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit (RLIMIT_NOFILE, &files);
    }
    if (zmq_ctx_set (ctx, ZMQ_MAX_SOCKETS, 8192) != 0)
        die ("ZMQ_MAX_SOCKETS");
}

int main (int argc, char **argv)
{
    if (argc != 6) {
        fprintf (stderr, "usage: libzmq ROLE ENDPOINT SIZE COUNT FAN\n");
        return 2;
    }
    const char *role = argv[1];
    size = strtoul (argv[3], NULL, 10);
    count = strtol (argv[4], NULL, 10);
    fan = atoi (argv[5]);
    if (size < 1 || count < 1 || fan < 0) {
        fprintf (stderr, "libzmq peer: SIZE and COUNT must be above 0, FAN not below\n");
        return 2;
    }
    curve = !strncmp (role, "curve-", 6);
    if (curve)
        role += 6;
    ctx = zmq_ctx_new ();
    raise_limits ();
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (!strcmp (role, roles[i].name)) {
            roles[i].play (argv[2]);
            zmq_ctx_term (ctx);
            return 0;
        }
    fprintf (stderr, "libzmq peer: no role %s\n", role);
    return 2;
}
