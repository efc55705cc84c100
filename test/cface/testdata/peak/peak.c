/* peak WAY [MIB]: how much memory one large message needs, at its sender and at its
   receiver, which are two processes. It prints the peaks, in KiB, above what each
   had before: the sender has the data already. */
#include "../check.h"

#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static size_t size = (size_t) 100 << 20;

/* status is a line of /proc/self/status, in KiB. */
static long status (const char *name)
{
	char line[256];
	long n = -1;
	FILE *f = fopen ("/proc/self/status", "r");
	CHECK (f);
	while (n < 0 && fgets (line, sizeof line, f)) {
		if (!strncmp (line, name, strlen (name)))
			n = atol (line + strlen (name));
	}
	fclose (f);
	return n;
}

static void receive (const char *endpoint, int parts)
{
	void *ctx = zmq_ctx_new (), *pull = new_socket (ctx, ZMQ_PULL);
	CHECK (zmq_connect (pull, endpoint) == 0);
	recv_text (pull, "small");
	long before = status ("VmRSS:");
	zmq_msg_t msg;
	CHECK (zmq_msg_init (&msg) == 0);
	for (int i = 1; i < parts; i++)
		recv_text (pull, "topic");
	CHECK (zmq_msg_recv (&msg, pull, 0) >= 0 && zmq_msg_size (&msg) == size);
	const unsigned char *data = zmq_msg_data (&msg);
	for (size_t i = 0; i < size; i += 997)
		CHECK (data[i] == (unsigned char) (i * 7 + i / 251));
	printf ("receiver %ld\n", status ("VmHWM:") - before);
	CHECK (zmq_msg_close (&msg) == 0 && zmq_close (pull) == 0 && zmq_ctx_term (ctx) == 0);
}

static atomic_int let_go;

static void let (void *data, void *hint)
{
	(void) hint;
	munmap (data, size);
	let_go++;
}

static void *filled (void *memory)
{
	for (size_t i = 0; i < size; i++)
		((unsigned char *) memory)[i] = (unsigned char) (i * 7 + i / 251);
	return memory;
}

static void *map (void)
{
	void *p = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK (p != MAP_FAILED);
	return filled (p);
}

int main (int argc, char **argv)
{
	const char *way = argc > 1 ? argv[1] : "data", *endpoint = argc > 3 ? argv[3] : "ipc:///tmp/zeroth-peak";
	if (argc > 2)
		size = (size_t) atol (argv[2]) << 20;
	int parts = !strcmp (way, "parts") ? 2 : 1;
	pid_t child = fork (); /* before there is a context */
	CHECK (child >= 0);
	if (!child) {
		receive (endpoint, parts);
		return 0;
	}
	void *ctx = zmq_ctx_new (), *push = new_socket (ctx, ZMQ_PUSH);
	CHECK (zmq_bind (push, endpoint) == 0);
	send_text (push, "small", 0);
	zmq_msg_t msg;
	if (!strcmp (way, "size")) {
		CHECK (zmq_msg_init_size (&msg, size) == 0);
		filled (zmq_msg_data (&msg));
	} else
		CHECK (zmq_msg_init_data (&msg, map (), size, strcmp (way, "constant") ? let : NULL, NULL) == 0);
	long before = status ("VmRSS:");
	if (parts > 1)
		send_text (push, "topic", ZMQ_SNDMORE);
	CHECK (zmq_msg_send (&msg, push, 0) >= 0 && zmq_msg_size (&msg) == 0);
	int code = -1;
	CHECK (waitpid (child, &code, 0) == child && code == 0);
	printf ("sender %ld\n", status ("VmHWM:") - before);
	CHECK (zmq_close (push) == 0 && zmq_ctx_term (ctx) == 0);
	for (int i = 0; i < 1000 && strcmp (way, "constant") && strcmp (way, "size") && !let_go; i++)
		usleep (10000);
	printf ("let go %d\n", let_go);
	return 0;
}
