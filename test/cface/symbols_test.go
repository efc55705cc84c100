//go:build linux && cgo

package cface

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// systemLibrary is libzmq's own libzmq.so.5.
func systemLibrary(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("pkg-config", "--variable=libdir", "libzmq").Output()
	if err != nil {
		t.Fatalf("pkg-config does not know libzmq: %v", err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "libzmq.so.5")
}

// exported lists the functions of a library that have C names.
func exported(t *testing.T, file string) (list []string) {
	t.Helper()
	out, err := exec.Command("nm", "-D", "--defined-only", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		if f := strings.Fields(line); len(f) == 3 && f[1] == "T" && !strings.HasPrefix(f[2], "_") {
			list = append(list, f[2])
		}
	}
	return list
}

// drafts are exported by a libzmq that is built with them.
var drafts = strings.Fields(`zmq_ctx_set_ext zmq_ctx_get_ext
	zmq_join zmq_leave zmq_connect_peer zmq_disconnect_peer zmq_socket_get_peer_state
	zmq_socket_monitor_versioned zmq_socket_monitor_pipes_stats
	zmq_msg_set_routing_id zmq_msg_routing_id zmq_msg_set_group zmq_msg_group zmq_msg_init_buffer
	zmq_poller_new zmq_poller_destroy zmq_poller_size zmq_poller_add zmq_poller_modify zmq_poller_remove
	zmq_poller_wait zmq_poller_wait_all zmq_poller_fd zmq_poller_add_fd zmq_poller_modify_fd zmq_poller_remove_fd
	zmq_ppoll`)

func TestSymbols(t *testing.T) {
	lib, _ := need(t)
	got := exported(t, filepath.Join(lib, "libzmq.so.5"))
	theirs := exported(t, systemLibrary(t))
	if len(theirs) < 70 {
		t.Fatalf("libzmq exports %d functions only: %v", len(theirs), theirs)
	}
	want := append(theirs, drafts...)
	slices.Sort(want)
	want = slices.Compact(want)
	for _, name := range want {
		if !slices.Contains(got, name) {
			t.Errorf("%s is not exported", name)
		}
	}
	for _, name := range got {
		if !slices.Contains(want, name) {
			t.Errorf("%s is exported, and libzmq has no such function", name)
		}
	}
	if len(got) != 97 {
		t.Errorf("%d functions are exported, not 97", len(got))
	}
}

var prototype = regexp.MustCompile(`(?m)^ZMQ_EXPORT\s+([^;()]*?)(\w+)\s*\(([^;]*?)\)\s*;`)

// TestSignatures has the compiler compare every prototype of our header with
// libzmq's: both headers' declarations of one function in one file.
func TestSignatures(t *testing.T) {
	_, include := need(t)
	header := read(t, filepath.Join(include, "zmq.h"))
	var program strings.Builder
	program.WriteString("#include <zmq.h>\n#include <stddef.h>\n")
	n := 0
	for _, m := range prototype.FindAllStringSubmatch(header, -1) {
		if slices.Contains(drafts, m[2]) && !slices.Contains(systemDrafts, m[2]) {
			continue
		}
		fmt.Fprintf(&program, "extern %s %s (%s);\n", m[1], m[2], m[3])
		fmt.Fprintf(&program, "void *const at_%s = (void *) %s;\n", m[2], m[2])
		n++
	}
	if n < 70+len(systemDrafts) {
		t.Fatalf("only %d prototypes were found in zmq.h", n)
	}
	file := filepath.Join(dir, "signatures.c")
	write(t, file, program.String())
	for _, flags := range [][]string{nil, {"-I" + include}} {
		args := append(flags, "-DZMQ_BUILD_DRAFT_API", "-Wall", "-Werror", "-c", file, "-o", "/dev/null")
		if out, err := exec.Command("cc", args...).CombinedOutput(); err != nil {
			t.Errorf("cc %v: %v\n%s", flags, err, out)
		}
	}
	// And all of them, drafts too, are there to be linked.
	compile(t, "testdata/addresses.c", false, "-DZMQ_BUILD_DRAFT_API")
}

// systemDrafts are those of 4.3.4, whose header the signatures are held to;
// zmq_disconnect_peer, zmq_msg_init_buffer and zmq_ppoll came later.
var systemDrafts = slices.DeleteFunc(slices.Clone(drafts), func(name string) bool {
	return name == "zmq_disconnect_peer" || name == "zmq_ppoll" || name == "zmq_msg_init_buffer"
})

var define = regexp.MustCompile(`(?m)^#define[ \t]+((?:ZMQ_|E)[A-Z0-9_]+)[ \t]+\S`)

// TestConstants compares every constant that libzmq's header defines.
func TestConstants(t *testing.T) {
	need(t)
	header := read(t, "/usr/include/zmq.h")
	var program strings.Builder
	program.WriteString("#define ZMQ_BUILD_DRAFT_API\n#include <zmq.h>\nint main (void)\n{\n")
	names := 0
	for _, m := range define.FindAllStringSubmatch(header, -1) {
		name := m[1]
		if strings.HasPrefix(name, "ZMQ_EXPORT") || strings.HasPrefix(name, "ZMQ_VERSION") ||
			strings.HasPrefix(name, "ZMQ_MSG_PROPERTY") || name == "ZMQ_DEFINED_STDINT" || name == "ZMQ_MAKE_VERSION" {
			continue
		}
		fmt.Fprintf(&program, "printf (\"%s %%ld\\n\", (long) (%s));\n", name, name)
		names++
	}
	program.WriteString(`printf ("sizes %zu %zu %zu %zu\n", sizeof (zmq_msg_t), _Alignof (zmq_msg_t), sizeof (zmq_pollitem_t), sizeof (zmq_poller_event_t));
	printf ("pollitem %zu %zu %zu %zu\n", offsetof (zmq_pollitem_t, socket), offsetof (zmq_pollitem_t, fd), offsetof (zmq_pollitem_t, events), offsetof (zmq_pollitem_t, revents));
	printf ("event %zu %zu %zu %zu\n", offsetof (zmq_poller_event_t, socket), offsetof (zmq_poller_event_t, fd), offsetof (zmq_poller_event_t, user_data), offsetof (zmq_poller_event_t, events));
	printf ("%s %s %s %s\n", ZMQ_MSG_PROPERTY_ROUTING_ID, ZMQ_MSG_PROPERTY_SOCKET_TYPE, ZMQ_MSG_PROPERTY_USER_ID, ZMQ_MSG_PROPERTY_PEER_ADDRESS);
	return 0;
}
`)
	if names < 200 {
		t.Fatalf("only %d constants were found", names)
	}
	file := filepath.Join(dir, "constants.c")
	write(t, file, program.String())
	theirs := strings.Split(run(t, os.Environ(), compile(t, file, true)), "\n")
	us := strings.Split(run(t, ours(t), compile(t, file, false)), "\n")
	for i := range theirs {
		if us[i] != theirs[i] && us[i] != changed[theirs[i]] {
			t.Errorf("%s; libzmq: %s", us[i], theirs[i])
		}
	}
}

// changed are those that have another value in 4.3.6 than in 4.3.4.
var changed = map[string]string{
	"ZMQ_RECONNECT_STOP_AFTER_DISCONNECT 3": "ZMQ_RECONNECT_STOP_AFTER_DISCONNECT 4",
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
