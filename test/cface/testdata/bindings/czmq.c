/* CZMQ's ordinary use: actors, pollers, proxies, certificates. */
#include <czmq.h>

#define CHECK(what) \
	do { \
		if (!(what)) { \
			fprintf (stderr, "%s:%d: %s\n", __FILE__, __LINE__, #what); \
			exit (1); \
		} \
	} while (0)

static void check_text (char *got, const char *want)
{
	CHECK (got && streq (got, want));
	zstr_free (&got);
}

static void echo (zsock_t *pipe, void *rep)
{
	zsock_signal (pipe, 0);
	zpoller_t *p = zpoller_new (pipe, rep, NULL);
	while (zpoller_wait (p, -1) == rep) {
		char *s = zstr_recv (rep);
		zstr_sendf (rep, "echo %s", s);
		zstr_free (&s);
	}
	check_text (zstr_recv (pipe), "$TERM");
	zpoller_destroy (&p);
}

static void actors (void)
{
	zsock_t *rep = zsock_new_rep ("tcp://127.0.0.1:*");
	zactor_t *actor = zactor_new (echo, rep);
	zsock_t *req = zsock_new_req (zsock_endpoint (rep));
	CHECK (rep && actor && req);
	for (int i = 0; i < 100; i++) {
		CHECK (zstr_send (req, "hello") == 0);
		check_text (zstr_recv (req), "echo hello");
	}
	zactor_destroy (&actor);
	zsock_destroy (&req);
	zsock_destroy (&rep);
}

static void proxies (void)
{
	zactor_t *proxy = zactor_new (zproxy, NULL);
	zstr_sendx (proxy, "FRONTEND", "PULL", "inproc://frontend", NULL);
	zsock_wait (proxy);
	zstr_sendx (proxy, "BACKEND", "PUSH", "inproc://backend", NULL);
	zsock_wait (proxy);
	zsock_t *out = zsock_new_push (">inproc://frontend"), *in = zsock_new_pull (">inproc://backend");
	char *one, *two;
	zstr_sendx (out, "one", "two", NULL);
	CHECK (zstr_recvx (in, &one, &two, NULL) == 2);
	check_text (one, "one");
	check_text (two, "two");
	zsock_destroy (&out);
	zsock_destroy (&in);
	zactor_destroy (&proxy);
}

static void certificates (void)
{
	zactor_t *auth = zactor_new (zauth, NULL);
	zstr_sendx (auth, "CURVE", CURVE_ALLOW_ANY, NULL);
	zsock_wait (auth);
	zcert_t *theirs = zcert_new (), *mine = zcert_new ();
	zsock_t *server = zsock_new (ZMQ_PULL), *client = zsock_new (ZMQ_PUSH);
	zcert_apply (theirs, server);
	zsock_set_zap_domain (server, "global");
	zsock_set_curve_server (server, 1);
	int port = zsock_bind (server, "tcp://127.0.0.1:*");
	zcert_apply (mine, client);
	zsock_set_curve_serverkey (client, zcert_public_txt (theirs));
	CHECK (port > 0 && zsock_connect (client, "tcp://127.0.0.1:%d", port) == 0);
	zstr_send (client, "secret");
	zframe_t *frame = zframe_recv (server);
	CHECK (zframe_streq (frame, "secret") && zframe_meta (frame, "User-Id"));
	zframe_destroy (&frame);
	zsock_destroy (&server);
	zsock_destroy (&client);
	zcert_destroy (&theirs);
	zcert_destroy (&mine);
	zactor_destroy (&auth);
}

/* CZMQ looks for marks of its own where a handle points. */
static void handles (void)
{
	void *raw = zmq_socket (zsys_init (), ZMQ_PAIR);
	zpoller_t *p = zpoller_new (raw, NULL);
	CHECK (zpoller_wait (p, 10) == NULL && zpoller_expired (p));
	zpoller_destroy (&p);
	zmq_close (raw);
}

int main (void)
{
	actors ();
	proxies ();
	certificates ();
	handles ();
	zsys_shutdown ();
	return 0;
}
