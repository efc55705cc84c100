/* CZMQ used hard: proxies that are paused and copied, authenticators that refuse,
   monitors, loops, messages of many frames. */
#include <czmq.h>

#define CHECK(what) \
	do { \
		if (!(what)) { \
			fprintf (stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #what, zmq_strerror (zmq_errno ())); \
			exit (1); \
		} \
	} while (0)

enum { LONG_MS = 20000, SHORT_MS = 30 };

static void check_text (char *got, const char *want)
{
	CHECK (got && streq (got, want));
	zstr_free (&got);
}

static void configure (zactor_t *proxy, const char *end, const char *type, const char *endpoint)
{
	zstr_sendx (proxy, end, type, endpoint, NULL);
	zsock_wait (proxy);
}

static void order (zactor_t *actor, const char *word)
{
	zstr_send (actor, word);
	zsock_wait (actor);
}

/* A proxy with a copy of everything, paused and resumed. */
static void proxies (void)
{
	zactor_t *proxy = zactor_new (zproxy, NULL);
	configure (proxy, "FRONTEND", "PULL", "inproc://hard-front");
	configure (proxy, "BACKEND", "PUSH", "inproc://hard-back");
	zstr_sendx (proxy, "CAPTURE", "inproc://hard-copies", NULL);
	zsock_wait (proxy);
	zsock_t *out = zsock_new_push (">inproc://hard-front"), *in = zsock_new_pull (">inproc://hard-back");
	zsock_t *copies = zsock_new_pull ("@inproc://hard-copies");
	for (int i = 0; i < 50; i++) {
		zstr_sendf (out, "%d", i);
		char want[16];
		snprintf (want, sizeof want, "%d", i);
		check_text (zstr_recv (in), want);
		check_text (zstr_recv (copies), want);
	}
	order (proxy, "PAUSE");
	zstr_send (out, "held");
	zsock_set_rcvtimeo (in, SHORT_MS);
	CHECK (!zstr_recv (in));
	order (proxy, "RESUME");
	zsock_set_rcvtimeo (in, LONG_MS);
	check_text (zstr_recv (in), "held");
	check_text (zstr_recv (copies), "held");
	zsock_destroy (&out);
	zsock_destroy (&in);
	zsock_destroy (&copies);
	zactor_destroy (&proxy);

	/* Publishers and subscribers, over tcp. */
	proxy = zactor_new (zproxy, NULL);
	configure (proxy, "FRONTEND", "XSUB", "tcp://127.0.0.1:*");
	configure (proxy, "BACKEND", "XPUB", "tcp://127.0.0.1:*");
	zactor_destroy (&proxy);
}

/* gets_in reports whether a message goes from a client to a server, and destroys
   both. */
static bool gets_in (zsock_t *server, zsock_t *client)
{
	int port = zsock_bind (server, "tcp://127.0.0.1:*");
	CHECK (port > 0 && zsock_connect (client, "tcp://127.0.0.1:%d", port) == 0);
	zactor_t *mon = zactor_new (zmonitor, server);
	zstr_sendx (mon, "LISTEN", "HANDSHAKE_SUCCEEDED", "DISCONNECTED", "HANDSHAKE_FAILED_AUTH", NULL);
	order (mon, "START");
	zsock_set_rcvtimeo (server, 300);
	zsock_set_sndtimeo (client, 300); /* who was refused already has nobody to send to */
	zstr_send (client, "hello");
	char *got = zstr_recv (server);
	bool in = got && streq (got, "hello");
	zstr_free (&got);
	zactor_destroy (&mon);
	zsock_destroy (&server);
	zsock_destroy (&client);
	return in;
}

static void plain (zsock_t *client, const char *name, const char *password)
{
	zsock_set_plain_username (client, name);
	zsock_set_plain_password (client, password);
}

static zsock_t *in_domain (zsock_t *server)
{
	zsock_set_zap_domain (server, "global");
	return server;
}

static zsock_t *client_of (const char *key, zcert_t *cert)
{
	zsock_t *client = zsock_new (ZMQ_PUSH);
	zcert_apply (cert, client);
	zsock_set_curve_serverkey (client, key);
	return client;
}

static zsock_t *server_of (zcert_t *cert)
{
	zsock_t *server = in_domain (zsock_new (ZMQ_PULL));
	zcert_apply (cert, server);
	zsock_set_curve_server (server, 1);
	return server;
}

static zsock_t *plain_server (void)
{
	zsock_t *server = in_domain (zsock_new (ZMQ_PULL));
	zsock_set_plain_server (server, 1);
	return server;
}

static zsock_t *plain_client (const char *name, const char *password)
{
	zsock_t *client = zsock_new (ZMQ_PUSH);
	plain (client, name, password);
	return client;
}

/* Who is let in by address, by password, and by key. */
static void authenticators (void)
{
	char folder[] = "/tmp/zeroth-czmq-XXXXXX", file[64];
	CHECK (mkdtemp (folder));
	snprintf (file, sizeof file, "%s/passwords", folder);
	FILE *f = fopen (file, "w");
	CHECK (f && fputs ("admin=secret\n", f) >= 0 && fclose (f) == 0);

	zactor_t *auth = zactor_new (zauth, NULL);
	CHECK (gets_in (in_domain (zsock_new (ZMQ_PULL)), zsock_new (ZMQ_PUSH)));
	zstr_sendx (auth, "PLAIN", file, NULL);
	zsock_wait (auth);
	CHECK (gets_in (plain_server (), plain_client ("admin", "secret")));
	CHECK (!gets_in (plain_server (), plain_client ("admin", "wrong")));
	CHECK (!gets_in (plain_server (), plain_client ("nobody", "secret")));

	zcert_t *theirs = zcert_new (), *mine = zcert_new (), *strange = zcert_new ();
	char known[80];
	snprintf (known, sizeof known, "%s/mine.txt", folder);
	CHECK (zcert_save_public (mine, known) == 0);
	zstr_sendx (auth, "CURVE", folder, NULL);
	zsock_wait (auth);
	const char *key = zcert_public_txt (theirs);
	CHECK (gets_in (server_of (theirs), client_of (key, mine)));
	CHECK (!gets_in (server_of (theirs), client_of (key, strange)));
	CHECK (!gets_in (server_of (theirs), client_of (zcert_public_txt (strange), mine)));

	zstr_sendx (auth, "DENY", "127.0.0.1", NULL);
	zsock_wait (auth);
	CHECK (!gets_in (server_of (theirs), client_of (key, mine)));
	CHECK (!gets_in (in_domain (zsock_new (ZMQ_PULL)), zsock_new (ZMQ_PUSH)));
	zactor_destroy (&auth);
	zcert_destroy (&theirs);
	zcert_destroy (&mine);
	zcert_destroy (&strange);
	CHECK (unlink (file) == 0 && unlink (known) == 0 && rmdir (folder) == 0);
}

/* Messages of many frames, by every way of making them. */
static void messages (void)
{
	zsock_t *router = zsock_new_router ("tcp://127.0.0.1:*");
	zsock_t *dealer = zsock_new_dealer (zsock_endpoint (router));
	for (int i = 0; i < 100; i++) {
		zmsg_t *m = zmsg_new ();
		for (int j = 0; j < i % 7 + 1; j++)
			zmsg_addstrf (m, "%d-%d", i, j);
		zframe_t *large = zframe_new (NULL, (size_t) i * 1000);
		memset (zframe_data (large), i, zframe_size (large));
		zmsg_append (m, &large);
		zmsg_t *copy = zmsg_dup (m);
		CHECK (zmsg_send (&m, dealer) == 0);
		m = zmsg_recv (router);
		zframe_t *id = zmsg_unwrap (m);
		CHECK (id && zmsg_eq (m, copy));
		zmsg_wrap (m, id);
		CHECK (zmsg_send (&m, router) == 0);
		m = zmsg_recv (dealer);
		CHECK (zframe_size (zmsg_first (m)) == 0);
		zframe_t *empty = zmsg_pop (m);
		zframe_destroy (&empty);
		CHECK (zmsg_eq (m, copy));
		zmsg_destroy (&m);
		zmsg_destroy (&copy);
	}
	CHECK (zsock_send (dealer, "s8b", "text", (uint64_t) 77, "x", (size_t) 1) == 0);
	zmsg_t *m = zmsg_recv (router);
	CHECK (zmsg_size (m) == 4);
	zmsg_destroy (&m);
	zsock_destroy (&router);
	zsock_destroy (&dealer);
}

static int ticks, heard;

static int on_timer (zloop_t *loop, int timer, void *socket)
{
	(void) loop;
	(void) timer;
	ticks++;
	return zstr_send (socket, "tick");
}

static int on_message (zloop_t *loop, zsock_t *reader, void *arg)
{
	(void) loop;
	(void) arg;
	check_text (zstr_recv (reader), "tick");
	return ++heard == 5 ? -1 : 0;
}

static int never (zloop_t *loop, zmq_pollitem_t *item, void *arg)
{
	(void) loop;
	(void) item;
	(void) arg;
	CHECK (!"a pipe that nobody writes to is readable");
	return -1;
}

/* A loop of sockets, descriptors and timers. */
static void loops (void)
{
	zsock_t *pull = zsock_new_pull ("@inproc://loop"), *push = zsock_new_push (">inproc://loop");
	int ends[2];
	CHECK (pipe (ends) == 0);
	zmq_pollitem_t item = {NULL, ends[0], ZMQ_POLLIN, 0};
	zloop_t *loop = zloop_new ();
	zloop_timer (loop, 5, 5, on_timer, push);
	zloop_reader (loop, pull, on_message, NULL);
	zloop_poller (loop, &item, never, NULL);
	CHECK (zloop_start (loop) == -1 && heard == 5 && ticks >= 5);
	zloop_destroy (&loop);
	close (ends[0]);
	close (ends[1]);
	zsock_destroy (&pull);
	zsock_destroy (&push);
}

/* Pollers of many, some of which are ready. */
static void pollers (void)
{
	zsock_t *in[20], *out[20];
	zpoller_t *p = zpoller_new (NULL);
	for (int i = 0; i < 20; i++) {
		in[i] = zsock_new (ZMQ_PULL);
		CHECK (zsock_bind (in[i], "inproc://many-%d", i) == 0);
		out[i] = zsock_new (ZMQ_PUSH);
		CHECK (zsock_connect (out[i], "inproc://many-%d", i) == 0);
		CHECK (zpoller_add (p, in[i]) == 0);
	}
	CHECK (!zpoller_wait (p, SHORT_MS) && zpoller_expired (p));
	for (int i = 0; i < 20; i += 3) {
		zstr_send (out[i], "x");
		CHECK (zpoller_wait (p, LONG_MS) == in[i]);
		check_text (zstr_recv (in[i]), "x");
	}
	CHECK (zpoller_remove (p, in[7]) == 0);
	zstr_send (out[7], "x");
	CHECK (!zpoller_wait (p, SHORT_MS));
	zpoller_destroy (&p);
	for (int i = 0; i < 20; i++) {
		zsock_destroy (&in[i]);
		zsock_destroy (&out[i]);
	}
}

/* What a monitor says of one connection. */
static void monitors (void)
{
	zsock_t *server = zsock_new (ZMQ_PULL);
	zactor_t *mon = zactor_new (zmonitor, server);
	zstr_sendx (mon, "LISTEN", "LISTENING", "ACCEPTED", "DISCONNECTED", NULL);
	order (mon, "START");
	CHECK (zsock_bind (server, "tcp://127.0.0.1:*") > 0);
	zsock_t *client = zsock_new_push (zsock_endpoint (server));
	static const char *const events[] = {"LISTENING", "ACCEPTED", "DISCONNECTED"};
	for (int i = 0; i < 3; i++) {
		if (i == 2)
			zsock_destroy (&client);
		zmsg_t *m = zmsg_recv (mon);
		CHECK (m);
		check_text (zmsg_popstr (m), events[i]);
		zmsg_destroy (&m);
	}
	zactor_destroy (&mon);
	zsock_destroy (&server);
}

int main (void)
{
	zsys_set_linger (0);
	messages ();
	proxies ();
	loops ();
	pollers ();
	monitors ();
	authenticators ();
	zsys_shutdown ();
	return 0;
}
