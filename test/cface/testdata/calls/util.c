/* What needs no socket. */
#include "calls.h"

#include <zmq_utils.h>

static void counters (void *ctx)
{
	(void) ctx;
	void *c = P (zmq_atomic_counter_new ());
	I (zmq_atomic_counter_value (c));
	I (zmq_atomic_counter_inc (c));
	I (zmq_atomic_counter_inc (c));
	I (zmq_atomic_counter_value (c));
	I (zmq_atomic_counter_dec (c));
	I (zmq_atomic_counter_dec (c));
	I (zmq_atomic_counter_value (c));
	V (zmq_atomic_counter_set (c, 1000));
	I (zmq_atomic_counter_value (c));
	I (zmq_atomic_counter_inc (c));
	I (zmq_atomic_counter_dec (c));
	V (zmq_atomic_counter_set (c, INT32_MAX));
	I (zmq_atomic_counter_inc (c));
	note ("round = %d", zmq_atomic_counter_value (c));
	V (zmq_atomic_counter_destroy (&c));
	note ("and is forgotten = %d", c == NULL);
}

static void watches (void *ctx)
{
	(void) ctx;
	void *w = P (zmq_stopwatch_start ());
	V (zmq_sleep (0));
	note ("it runs = %d", zmq_stopwatch_intermediate (w) < 10000000);
	unsigned long first = zmq_stopwatch_intermediate (w);
	note ("forwards = %d", zmq_stopwatch_intermediate (w) >= first);
	note ("it stops = %d", zmq_stopwatch_stop (w) >= first);
}

static void run (void *arg) { ++*(int *) arg; }

static void threads (void *ctx)
{
	(void) ctx;
	int ran = 0;
	void *t = P (zmq_threadstart (run, &ran));
	V (zmq_threadclose (t));
	note ("it ran = %d", ran);
}

static const char *const capabilities[] = {"ipc", "pgm", "tipc", "norm", "curve", "gssapi", "vmci", "draft", "vsock", "WS",
	"WSS", "ws", "wss", "tcp", "inproc", "udp", "", "CURVE", "nonsense"};

static void has (void *ctx)
{
	(void) ctx;
	for (size_t i = 0; i < sizeof capabilities / sizeof *capabilities; i++)
		note ("has %s = %d", capabilities[i], zmq_has (capabilities[i]));
}

static void version (void *ctx)
{
	(void) ctx;
	int major = -1, minor = -1, patch = -1;
	V (zmq_version (&major, &minor, &patch));
	note ("major = %d", major);
	note ("minor = %d", minor);
	note ("patch = %d", patch);
}

/* The native errors have libzmq's words; others are the system's. */
static void errors (void *ctx)
{
	(void) ctx;
	static const int all[] = {EFSM, ENOCOMPATPROTO, ETERM, EMTHREAD, EINVAL, EAGAIN, ENOTSUP, EPROTONOSUPPORT, ENOTSOCK,
		EADDRINUSE, EHOSTUNREACH, EINTR, ENOMEM, 0, -1, 99999};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		note ("strerror %d = %s", all[i], zmq_strerror (all[i]));
	errno = 77;
	I (zmq_errno ());
	errno = 78;
	I (zmq_errno ());
}

static void z85 (void *ctx)
{
	(void) ctx;
	static const uint8_t raw[8] = {0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b};
	char text[64];
	uint8_t back[64];
	S (zmq_z85_encode (text, raw, 8));
	S (zmq_z85_encode (text, raw, 4));
	S (zmq_z85_encode (text, raw, 0));
	for (size_t n = 1; n < 8; n++) {
		if (n % 4)
			S (zmq_z85_encode (text, raw, n));
	}
	static const char *const texts[] = {"HelloWorld", "Hello", "", "Hell", "HelloWorl", "HelloW", "Hello\"orld", "%nSc0",
		"%nSc1", "#####", "$$$$$", "~~~~~", "     ", "Hel o", "\x80\x80\x80\x80\x80"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		memset (back, 0xa5, sizeof back);
		errno = 0;
		uint8_t *p = zmq_z85_decode (back, texts[i]);
		note ("z85 decode %s = %s", texts[i], p ? hex (back, strlen (texts[i]) / 5 * 4) : errname (errno));
	}
}

static void curve (void *ctx)
{
	(void) ctx;
	char public_key[41] = "", secret_key[41] = "", again[41] = "";
	I (zmq_curve_keypair (public_key, secret_key));
	note ("lengths = %zu and %zu", strlen (public_key), strlen (secret_key));
	I (zmq_curve_public (again, secret_key));
	note ("the same = %d", !strcmp (again, public_key));
	static const char *const bad[] = {"", "short", "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh", "\"TKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		I (zmq_curve_public (again, bad[i]));
	I (zmq_curve_public (again, "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6"));
	note ("public = %s", again);
}

static void proxies (void *ctx)
{
	void *s = sock (ctx, ZMQ_PULL);
	I (zmq_proxy (NULL, NULL, NULL));
	I (zmq_proxy (s, NULL, NULL));
	I (zmq_proxy_steerable (NULL, s, NULL, NULL));
	I (zmq_close (s));
}

/* Fault C4: what is wrong first is told first, and what a call that fails has
   written. What libzmq does not survive is left out. */
static void arguments (void *ctx)
{
	static const uint8_t raw[8] = {1, 2, 3, 4, 5, 6, 7, 8};
	char text[64];
	for (size_t n = 1; n < 8; n++) {
		if (n % 4) {
			note ("size = %zu", n);
			P (zmq_z85_encode (NULL, NULL, n));
			P (zmq_z85_encode (NULL, raw, n));
			memset (text, '-', sizeof text);
			P (zmq_z85_encode (text, NULL, n));
			P (zmq_z85_encode (text, raw, n));
			note ("text = %s", hex (text, 12));
		}
	}
	S (zmq_z85_encode (text, NULL, 0));
	static const char *const texts[] = {"", "Hell", "HelloW", "Hell\"", "\"\"\"\"\"", "#####", "~~~~~", "HelloWorl\"", "Hello#####", "HelloWorld"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		note ("text = %s", texts[i]);
		if (i < 7)
			P (zmq_z85_decode (NULL, texts[i]));
		memset (text, '-', sizeof text);
		P (zmq_z85_decode ((uint8_t *) text, texts[i]));
		note ("data = %s", hex (text, 12));
	}
	I (zmq_curve_public (NULL, ""));
	I (zmq_curve_public (NULL, "shor"));
	I (zmq_curve_public (NULL, "\"TKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6"));
	I (zmq_timers_add (NULL, 1, NULL, NULL));
	I (zmq_timers_add (fake, 1, NULL, NULL));
	void *t = P (zmq_timers_new ());
	I (zmq_timers_add (t, 1, NULL, NULL));
	I (zmq_timers_cancel (t, 0));
	I (zmq_timers_reset (t, 0));
	I (zmq_timers_set_interval (t, 0, 0));
	I (zmq_timers_cancel (fake, 0));
	I (zmq_timers_reset (fake, 0));
	I (zmq_timers_set_interval (fake, 0, 0));
	I (zmq_timers_execute (fake));
	I (zmq_timers_destroy (&t));
	I (zmq_ctx_set (NULL, -1, -1));
	I (zmq_ctx_set (ctx, -1, -1));
	I (zmq_ctx_get (NULL, -1));
	P (zmq_socket (NULL, -1));
	size_t size = 0;
	I (zmq_setsockopt (NULL, -1, NULL, 0));
	I (zmq_getsockopt (NULL, -1, NULL, NULL));
	I (zmq_setsockopt (fake, -1, NULL, 0));
	I (zmq_getsockopt (fake, -1, text, &size));
	I (zmq_bind (NULL, NULL));
	I (zmq_connect (fake, NULL));
	I (zmq_unbind (NULL, NULL));
	I (zmq_disconnect (fake, NULL));
	I (zmq_socket_monitor (NULL, NULL, 0));
	I (zmq_socket_monitor (fake, "nonsense", 1 << 20));
	I (zmq_send (NULL, NULL, 0, -1));
	I (zmq_recv (fake, NULL, 0, -1));
	I (zmq_send_const (fake, NULL, 0, -1));
	I (zmq_msg_send (NULL, NULL, 0));
	I (zmq_msg_recv (NULL, fake, 0));
	I (zmq_sendmsg (NULL, NULL, 0));
	I (zmq_recvmsg (fake, NULL, 0));
	void *s = sock (ctx, ZMQ_SUB);
	I (zmq_setsockopt (s, -1, NULL, 0));
	I (zmq_getsockopt (s, -1, text, &size));
	note ("size = %zu", size);
	I (zmq_send (s, NULL, 0, ZMQ_DONTWAIT));
	I (zmq_proxy (NULL, s, s));
	I (zmq_proxy (s, NULL, fake));
	I (zmq_close (s));
	I (zmq_close (NULL));
	I (zmq_close (fake));
}

/* A call that succeeds leaves errno alone, and so do those that cannot fail. */
static void quiet (void *ctx)
{
	char text[64], key[41], secret[41];
	void *c = zmq_atomic_counter_new ();
#define QUIET(call) (errno = 77, (void) (call), note (#call " leaves %d", errno))
	QUIET (zmq_z85_encode (text, (const uint8_t *) "1234", 4));
	QUIET (zmq_z85_decode ((uint8_t *) text, "Hello"));
	QUIET (zmq_curve_keypair (key, secret));
	QUIET (zmq_curve_public (key, secret));
	QUIET (zmq_has ("ipc"));
	QUIET (zmq_has ("nonsense"));
	QUIET (zmq_strerror (EFSM));
	QUIET (zmq_strerror (EINVAL));
	QUIET (zmq_errno ());
	QUIET (zmq_atomic_counter_inc (c));
	QUIET (zmq_atomic_counter_dec (c));
	QUIET (zmq_atomic_counter_value (c));
	QUIET (zmq_atomic_counter_destroy (&c));
	QUIET (zmq_stopwatch_stop (zmq_stopwatch_start ()));
	QUIET (zmq_ctx_get (ctx, ZMQ_IO_THREADS));
	QUIET (zmq_ctx_set (ctx, ZMQ_IO_THREADS, 2));
	zmq_msg_t msg;
	QUIET (zmq_msg_init_size (&msg, 1000));
	QUIET (zmq_msg_more (&msg));
	QUIET (zmq_msg_get (&msg, ZMQ_MORE));
	QUIET (zmq_msg_close (&msg));
}

const section util_sections[] = {{"counters", counters}, {"watches", watches}, {"threads", threads}, {"has", has},
	{"version", version}, {"errors", errors}, {"z85", z85}, {"curve", curve}, {"proxies", proxies},
	{"arguments", arguments}, {"quiet", quiet}, {NULL, NULL}};
