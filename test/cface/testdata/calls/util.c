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

const section util_sections[] = {{"counters", counters}, {"watches", watches}, {"threads", threads}, {"has", has},
	{"version", version}, {"errors", errors}, {"z85", z85}, {"curve", curve}, {"proxies", proxies}, {NULL, NULL}};
