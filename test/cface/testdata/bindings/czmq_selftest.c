/* czmq_selftest CLASS runs a test that libczmq has of its own. */
#include <czmq.h>

static const struct {
	const char *name;
	void (*test) (bool verbose);
} classes[] = {{"zactor", zactor_test}, {"zframe", zframe_test}, {"zloop", zloop_test}, {"zmonitor", zmonitor_test},
	{"zmsg", zmsg_test}, {"zpoller", zpoller_test}, {"zproxy", zproxy_test}, {"zsock", zsock_test}, {"zstr", zstr_test}};

int main (int argc, char **argv)
{
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
		if (argc < 2)
			puts (classes[i].name);
		else if (streq (argv[1], classes[i].name)) {
			classes[i].test (false);
			return 0;
		}
	}
	return argc < 2 ? 0 : 2;
}
