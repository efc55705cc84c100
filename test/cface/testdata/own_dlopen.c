/* The library loaded by hand, closed and loaded again. Linked with none. */
#include "check.h"

#include <dlfcn.h>

int main (void)
{
	for (int i = 0; i < 3; i++) {
		void *lib = dlopen ("libzmq.so.5", RTLD_NOW | RTLD_LOCAL);
		if (!lib) {
			fprintf (stderr, "%s\n", dlerror ());
			return 1;
		}
		void *(*ctx_new) (void) = (void *(*) (void)) (uintptr_t) dlsym (lib, "zmq_ctx_new");
		void *(*new_sock) (void *, int) = (void *(*) (void *, int)) (uintptr_t) dlsym (lib, "zmq_socket");
		int (*close_sock) (void *) = (int (*) (void *)) (uintptr_t) dlsym (lib, "zmq_close");
		int (*term) (void *) = (int (*) (void *)) (uintptr_t) dlsym (lib, "zmq_ctx_term");
		void *ctx = ctx_new (), *s = new_sock (ctx, ZMQ_PUSH);
		if (!ctx || !s || close_sock (s) || term (ctx) || dlclose (lib))
			return 1;
	}
	return 0;
}
