/* Fault B22: where a process stands when it makes its first call, and after a
   fork. In an empty root there are no files and no /proc; a daemon has closed
   0 to 2, or all that it did not open; some are nobody, or may open no file. Each
   in these orders: the first call there, or in a child of what went there; and a
   call before that, in the same process or in a parent. */
#define _GNU_SOURCE
#include "process.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

static void (*go_there) (void);
static char root[] = "/tmp/zeroth-root-XXXXXX";

static void empty_root (void)
{
	CHECK (chroot (root) == 0 && chdir ("/") == 0);
	CHECK (access ("/proc", F_OK) != 0 && access ("/dev", F_OK) != 0);
}

static void as_nobody (void)
{
	CHECK (setgid (65534) == 0 && setuid (65534) == 0);
}

static void empty_root_as_nobody (void)
{
	empty_root ();
	as_nobody ();
}

static void without_0_to_2 (void)
{
	for (int fd = 0; fd < 3; fd++)
		close (fd);
}

static void without_3_to_1023 (void)
{
	for (int fd = 3; fd < 1024; fd++)
		close (fd);
}

static void without_any (void)
{
	without_0_to_2 ();
	without_3_to_1023 ();
}

/* full_of_descriptors leaves few numbers. */
static void full_of_descriptors (void)
{
	struct rlimit few = {64, 64};
	CHECK (setrlimit (RLIMIT_NOFILE, &few) == 0);
	for (int i = 0; i < 16; i++)
		CHECK (open ("/dev/null", O_RDONLY) >= 0);
}

#define DENY(call) BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1), BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)

/* sealed can open no file and make none. */
static void sealed (void)
{
	struct sock_filter list[] = {
		BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr)),
		DENY (SYS_openat),
		DENY (SYS_memfd_create),
#ifdef SYS_open
		DENY (SYS_open),
#endif
		BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog all = {sizeof list / sizeof *list, list};
	CHECK (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &all) == 0);
	CHECK (open ("/dev/null", O_RDONLY) < 0);
}

/* arrive goes there, and uses contexts in it. */
static void arrive (void *ctx)
{
	go_there ();
	if (ctx)
		exchange (ctx);
	whole (NULL);
	IN_CHILD (whole, NULL);
}

static void arrive_and_fork (void *arg)
{
	(void) arg;
	go_there ();
	IN_CHILD (whole, NULL);
	whole (NULL);
}

static void call_and_arrive (void *arg)
{
	(void) arg;
	void *ctx = zmq_ctx_new ();
	exchange (ctx);
	arrive (ctx);
	CHECK (zmq_ctx_term (ctx) == 0);
}

static void call_and_arrive_in_child (void *arg)
{
	(void) arg;
	void *ctx = zmq_ctx_new ();
	exchange (ctx);
	IN_CHILD (arrive, NULL);
	exchange (ctx);
	CHECK (zmq_ctx_term (ctx) == 0);
}

typedef struct {
	const char *name;
	void (*go_there) (void);
	int for_root; /* only */
	int cuts;     /* a context off from what it needs */
} place;

static const place places[] = {
	{"empty root", empty_root, 1, 0},
	{"nobody", as_nobody, 1, 0},
	{"empty root, nobody", empty_root_as_nobody, 1, 0},
	{"no 0 to 2", without_0_to_2, 0, 0},
	{"no 3 to 1023", without_3_to_1023, 0, 1},
	{"no descriptor", without_any, 0, 1},
	{"few descriptors", full_of_descriptors, 0, 0},
	{"sealed", sealed, 0, 0},
};
enum { PLACES = sizeof places / sizeof *places };

static void all_orders (void *arg)
{
	const place *p = arg;
	go_there = p->go_there;
	IN_CHILD (arrive, NULL);
	IN_CHILD (arrive_and_fork, NULL);
	if (!p->cuts)
		IN_CHILD (call_and_arrive, NULL);
	IN_CHILD (call_and_arrive_in_child, NULL);
}

int main (void)
{
	pid_t child[PLACES];
	CHECK (mkdtemp (root));
	for (int i = 0; i < PLACES; i++)
		child[i] = geteuid () && places[i].for_root ? 0 : begin_child (all_orders, (void *) &places[i]);
	for (int i = 0; i < PLACES; i++) {
		if (child[i])
			end_child (places[i].name, child[i]);
	}
	CHECK (rmdir (root) == 0);
	return 0;
}
