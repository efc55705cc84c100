/* Every socket option, in sizes and values that fit and that do not. */
#include "calls.h"

enum { FIRST = -1, LAST = 125 };

/* rest says what is behind a value: zeros, or what was there. */
static const char *rest (const unsigned char *p, size_t n)
{
	size_t zeros = 0, kept = 0;
	for (size_t i = 0; i < n; i++) {
		zeros += p[i] == 0;
		kept += p[i] == 0xa5;
	}
	return !n ? "nothing" : zeros == n ? "zeros" : kept == n ? "as it was" : "something";
}

/* Fault B17: what a buffer has room for behind the value becomes zero. */
static void get_sizes (void *ctx, int type)
{
	static const size_t sizes[] = {0, 1, 3, 4, 5, 7, 8, 9, 31, 32, 33, 40, 41, 42, 256};
	for (int option = FIRST; option <= LAST; option++) {
		void *s = sock (ctx, type);
		for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
			unsigned char value[256 + 8];
			memset (value, 0xa5, sizeof value);
			size_t size = sizes[i];
			errno = 0;
			int rc = zmq_getsockopt (s, option, value, &size);
			if (rc)
				note ("get %d of type %d, size %zu = %d %s, %zu, %s", option, type, sizes[i], rc, errname (errno), size,
					rest (value, sizeof value));
			else
				note ("get %d of type %d, size %zu = %zu bytes, %s, then %s, then %s", option, type, sizes[i], size,
					option == ZMQ_FD ? "a descriptor" : hex (value, size), rest (value + size, sizes[i] - size),
					rest (value + sizes[i], sizeof value - sizes[i]));
		}
		must (zmq_close (s));
	}
}

static void get_options (void *ctx)
{
	for (int type = ZMQ_PAIR; type <= ZMQ_STREAM; type++)
		get_sizes (ctx, type);
}

/* after says what an option is now. */
static const char *after (void *s, int option)
{
	static char text[160];
	unsigned char value[256];
	static const size_t sizes[] = {4, 8, 41, 256};
	for (int i = 0; i < 4; i++) {
		memset (value, 0xa5, sizeof value);
		size_t size = sizes[i];
		if (!zmq_getsockopt (s, option, value, &size)) {
			snprintf (text, sizeof text, "then %zu bytes, %s", size, hex (value, size));
			return text;
		}
	}
	return "not told";
}

static void set_ints (void *ctx, int type)
{
	static const int values[] = {INT32_MIN, -2, -1, 0, 1, 2, 3, 255, 256, 6553599, 6553600, INT32_MAX};
	for (int option = FIRST; option <= LAST; option++) {
		for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
			void *s = sock (ctx, type);
			errno = 0;
			int rc = zmq_setsockopt (s, option, &values[i], sizeof values[i]);
			note ("set %d of type %d to int %d = %d %s", option, type, values[i], rc, rc ? errname (errno) : after (s, option));
			must (zmq_close (s));
		}
	}
}

static void set_int_options (void *ctx)
{
	static const int types[] = {ZMQ_PAIR, ZMQ_PUB, ZMQ_SUB, ZMQ_REQ, ZMQ_REP, ZMQ_DEALER, ZMQ_ROUTER, ZMQ_PULL, ZMQ_XPUB, ZMQ_XSUB,
		ZMQ_STREAM};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		set_ints (ctx, types[i]);
}

/* Bytes of every length, none of which is a number: letters. */
static void set_bytes (void *ctx, int type)
{
	static const size_t sizes[] = {0, 1, 3, 5, 7, 8, 9, 31, 32, 33, 39, 40, 41, 42, 254, 255, 256, 300};
	char text[301];
	memset (text, 'a', sizeof text);
	text[300] = 0;
	for (int option = FIRST; option <= LAST; option++) {
		for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
			void *s = sock (ctx, type);
			errno = 0;
			int rc = zmq_setsockopt (s, option, text, sizes[i]);
			note ("set %d of type %d to %zu letters = %d %s", option, type, sizes[i], rc, rc ? errname (errno) : after (s, option));
			must (zmq_close (s));
		}
		void *s = sock (ctx, type);
		errno = 0;
		int rc = zmq_setsockopt (s, option, NULL, 0);
		note ("set %d of type %d to NULL = %d %s", option, type, rc, rc ? errname (errno) : "");
		must (zmq_close (s));
	}
}

static void set_byte_options (void *ctx)
{
	static const int types[] = {ZMQ_SUB, ZMQ_DEALER, ZMQ_ROUTER, ZMQ_XPUB, ZMQ_XSUB, ZMQ_STREAM};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		set_bytes (ctx, types[i]);
}

static void set_wide (void *ctx)
{
	static const int64_t values[] = {INT64_MIN, -2, -1, 0, 1, INT64_MAX};
	for (int option = FIRST; option <= LAST; option++) {
		for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
			void *s = sock (ctx, ZMQ_DEALER);
			errno = 0;
			int rc = zmq_setsockopt (s, option, &values[i], sizeof values[i]);
			note ("set %d to wide %lld = %d %s", option, (long long) values[i], rc, rc ? errname (errno) : after (s, option));
			must (zmq_close (s));
		}
	}
}

/* Options that say which mechanism there is. */
static void mechanisms (void *ctx)
{
	void *s = sock (ctx, ZMQ_DEALER);
	int one = 1, zero = 0;
	char public_key[41], secret_key[41], raw[32], z85[41];
	size_t size;
	must (zmq_curve_keypair (public_key, secret_key));
	I (get_int (s, ZMQ_MECHANISM));
	I (zmq_setsockopt (s, ZMQ_PLAIN_SERVER, &one, sizeof one));
	I (get_int (s, ZMQ_MECHANISM));
	I (zmq_setsockopt (s, ZMQ_PLAIN_USERNAME, "me", 2));
	I (get_int (s, ZMQ_MECHANISM));
	I (get_int (s, ZMQ_PLAIN_SERVER));
	I (zmq_setsockopt (s, ZMQ_PLAIN_PASSWORD, NULL, 0));
	I (get_int (s, ZMQ_MECHANISM));
	I (zmq_setsockopt (s, ZMQ_CURVE_SERVER, &one, sizeof one));
	I (get_int (s, ZMQ_MECHANISM));
	I (zmq_setsockopt (s, ZMQ_CURVE_SERVERKEY, public_key, 41));
	I (get_int (s, ZMQ_CURVE_SERVER));
	I (zmq_setsockopt (s, ZMQ_CURVE_PUBLICKEY, public_key, 40));
	I (zmq_setsockopt (s, ZMQ_CURVE_SECRETKEY, secret_key, 41));
	size = 41;
	I (zmq_getsockopt (s, ZMQ_CURVE_PUBLICKEY, z85, &size));
	note ("the key came back = %d", !strcmp (z85, public_key));
	size = 40;
	I (zmq_getsockopt (s, ZMQ_CURVE_PUBLICKEY, z85, &size));
	size = 32;
	I (zmq_getsockopt (s, ZMQ_CURVE_SECRETKEY, raw, &size));
	I (zmq_setsockopt (s, ZMQ_CURVE_SECRETKEY, raw, 32));
	size = 41;
	I (zmq_getsockopt (s, ZMQ_CURVE_SECRETKEY, z85, &size));
	note ("the key came back = %d", !strcmp (z85, secret_key));
	I (zmq_setsockopt (s, ZMQ_CURVE_SECRETKEY, "not Z85 at all, \" is not one of its chars", 41));
	I (zmq_setsockopt (s, ZMQ_CURVE_SERVER, &zero, sizeof zero));
	I (get_int (s, ZMQ_MECHANISM));
	I (zmq_setsockopt (s, ZMQ_METADATA, "X-a:b", 5));
	I (zmq_setsockopt (s, ZMQ_METADATA, "a:b:c", 5));
	I (zmq_setsockopt (s, ZMQ_METADATA, "X-nothing", 9));
	I (zmq_setsockopt (s, ZMQ_METADATA, ":::::", 5));
	I (zmq_setsockopt (s, ZMQ_METADATA, "X-empty:", 8));
	I (zmq_setsockopt (s, ZMQ_TCP_ACCEPT_FILTER, "127.0.0.1/32", 12));
	I (zmq_setsockopt (s, ZMQ_TCP_ACCEPT_FILTER, "127.0.0.1/33", 12));
	I (zmq_setsockopt (s, ZMQ_TCP_ACCEPT_FILTER, "nonsense", 8));
	I (zmq_close (s));
}

const section option_sections[] = {{"option-get", get_options}, {"option-set-int", set_int_options},
	{"option-set-bytes", set_byte_options}, {"option-set-wide", set_wide}, {"option-mechanisms", mechanisms},
	{NULL, NULL}};
