//go:build linux && cgo

package cface

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// wantCalls is how many different calls there are to be at least, and wantLines
// how many results.
const (
	wantCalls = 300
	wantLines = 50000
)

// A difference is known, and meant: in one section, of calls of this form.
type difference struct{ section, call, why string }

var differences = []difference{
	{"ctx-affinity", `^zmq_bind \(s, "tcp:`, "there are no I/O threads, so that AFFINITY cannot name one that is missing"},
	{"socket-endpoints", `^(bind|connect) tcp://\[::1\]$`, "an address without a port: libzmq takes the end of the address for one"},
	{"socket-endpoints", `^(|un)bind udp:|^(|dis)connect udp:`, "there is no udp yet: EPROTONOSUPPORT comes before ENOCOMPATPROTO"},
	{"socket-endpoints", `^(|un)bind (tipc|norm):|^(|dis)connect (tipc|norm):`, "there is no tipc and no norm"},
	{"has", `^has`, "Debian's libzmq has more transports and GSSAPI"},
	{"version", `^patch`, "Debian has 4.3.4"},
	{"errors", `^strerror (1563847..|113)$`, "the errors that are ZeroMQ's own have words of ours"},
	{"curve", `^zmq_curve_public \(again, bad`, "libzmq takes a short text for a key, with what is behind it in memory"},
	{"option-get", draftOption, "libzmq 4.3.4 has the option among the drafts"},
	{"option-set-int", draftOption, "libzmq 4.3.4 has the option among the drafts"},
	{"option-set-bytes", draftOption, "libzmq 4.3.4 has the option among the drafts"},
	{"option-set-wide", draftOption, "libzmq 4.3.4 has the option among the drafts"},
}

const draftOption = `^(get|set) (97|10[1-7]|11[0-6])\b`

// known reports whether a difference is meant; used counts each.
func known(section, call string, used map[difference]int) bool {
	for _, d := range differences {
		if d.section == section && regexp.MustCompile(d.call).MatchString(call) {
			used[d]++
			return true
		}
	}
	return false
}

// TestCalls makes every call on libzmq and on ours: the results must be the
// same, but for the known differences.
func TestCalls(t *testing.T) {
	env := ours(t)
	bin := compileCalls(t)
	used := map[difference]int{}
	calls := map[string]bool{}
	lines, differ := 0, 0
	for section := range strings.FieldsSeq(run(t, os.Environ(), bin)) {
		t.Run(section, func(t *testing.T) {
			theirs := strings.Split(run(t, os.Environ(), bin, section), "\n")
			us := strings.Split(run(t, env, bin, section), "\n")
			lines += len(us)
			bad := 0
			for i := range max(len(theirs), len(us)) {
				a, b := at(theirs, i), at(us, i)
				call, _, _ := strings.Cut(a, " = ")
				calls[section+": "+call] = true
				if a == b || known(section, call, used) && strings.HasPrefix(b, call+" = ") {
					continue
				}
				if bad++; bad < 20 {
					t.Errorf("line %d, after %s:\n\tlibzmq: %s\n\tzeroth: %s", i+1, at(us, i-1), a, b)
				}
			}
		})
	}
	if len(calls) < wantCalls || lines < wantLines {
		t.Errorf("%d calls with %d results", len(calls), lines)
	}
	for _, d := range differences {
		differ += used[d]
		if used[d] == 0 {
			t.Errorf("%s, %s: no difference any more; it was: %s", d.section, d.call, d.why)
		}
	}
	t.Logf("%d calls with %d results, %d of which differ as they are meant to", len(calls), lines, differ)
}

func compileCalls(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob("testdata/calls/*.c")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	const first = "testdata/calls/calls.c"
	var others []string
	for _, f := range files {
		if f != first {
			others = append(others, f)
		}
	}
	return compile(t, first, true, others...)
}

// at is a line, or what says that there is none.
func at(lines []string, i int) string {
	if i < 0 || i >= len(lines) {
		return "(no line)"
	}
	return lines[i]
}

// TestEveryFunctionIsCalled: no function of libzmq is without a C program here
// that calls it.
func TestEveryFunctionIsCalled(t *testing.T) {
	need(t)
	var text strings.Builder
	for _, pattern := range []string{"testdata/calls/*.c", "testdata/*_*.c"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			text.Write(b)
		}
	}
	list := exported(t, systemLibrary(t))
	if len(list) < 70 {
		t.Fatalf("libzmq exports only %d functions", len(list))
	}
	for _, name := range list {
		if strings.HasPrefix(name, "zmq_") && !strings.Contains(text.String(), name+" (") {
			t.Errorf("nothing calls %s", name)
		}
	}
}
