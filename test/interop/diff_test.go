//go:build unix

package interop

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
)

// A situation is played on both libraries, each on its own, and what is noted
// must be the same.
type situation struct {
	name string
	play func(w *world)
}

// A world is one library with what happened in it.
type world struct {
	t     *testing.T
	side  side
	dir   string
	notes []string
	socks []sock
}

func (w *world) socket(typ zmq.Type, options ...any) sock {
	s := w.side.socket(w.t, typ)
	w.socks = append(w.socks, s)
	for i := 0; i < len(options); i += 2 {
		w.set(s, options[i].(string), options[i+1])
	}
	return s
}

// set sets an option that is expected to be accepted.
func (w *world) set(s sock, name string, v any) {
	w.t.Helper()
	var f string
	switch v := v.(type) {
	case int:
		f = s.num(name, int64(v))
	case string:
		f = s.text(name, v)
	}
	if f != "" {
		w.t.Fatalf("%s: option %s: %s", w.side.name(), name, f)
	}
}

func (w *world) note(what string, f string) {
	if f == "" {
		f = "ok"
	}
	w.notes = append(w.notes, what+": "+f)
}

func (w *world) notef(format string, args ...any) {
	w.notes = append(w.notes, fmt.Sprintf(format, args...))
}

// recv notes the next message.
func (w *world) recv(s sock, ms int) {
	m, f := s.recv(ms)
	if f != "" {
		w.note("recv", f)
	} else {
		w.received(m)
	}
}

// received notes a message, without the name that a ROUTER invented.
func (w *world) received(m []string) {
	if len(m[0]) == 5 && m[0][0] == 0 {
		m[0] = "ID"
	}
	w.note("recv", show(m))
}

// settle gives what the libraries do in the background time to happen.
func (w *world) settle(socks ...sock) {
	for range 8 {
		time.Sleep(5 * time.Millisecond)
		for _, s := range socks {
			s.getNum("EVENTS")
		}
	}
}

// all notes every message that is there.
func (w *world) all(s sock) {
	for {
		m, f := s.recv(0)
		if f != "" {
			w.note("recv", f)
			return
		}
		w.received(m)
	}
}

func (w *world) close() {
	for _, s := range w.socks {
		s.num("LINGER", 0)
		s.close()
	}
	if p, ok := w.side.(*proc); ok {
		p.call("term") // so that inproc names are free again
	}
}

var portNumber = regexp.MustCompile(`:\d{4,5}$`)

// endpoint notes LAST_ENDPOINT without what differs from run to run.
func (w *world) endpoint(s sock) {
	ep := portNumber.ReplaceAllString(s.endpoint(), ":PORT")
	ep = regexp.MustCompile(`tmp\w{6,}/socket`).ReplaceAllString(ep, "tmpX/socket")
	w.notef("endpoint: %q", strings.ReplaceAll(ep, w.dir, "DIR"))
}

// known says of situations why they differ, and are meant to.
var known = map[string]string{
	"at once: marks of inproc":                       "a mark that is raised makes room at once; libzmq's full pipe learns of it when something is received",
	"bind twice on ipc":                              "a path on which somebody listens is taken",
	"ipc path that is a file":                        "a user's file is not deleted",
	"bind tcp://127.0.0.1:-1":                        "a port is a number up to 65535; libzmq keeps 16 bits of what it can read",
	"bind tcp://127.0.0.1:70000":                     "a port is a number up to 65535; libzmq keeps 16 bits of what it can read",
	"bind tcp://127.0.0.1:80abc":                     "a port is a number up to 65535; libzmq keeps 16 bits of what it can read",
	"connect tcp://127.0.0.1:70000":                  "a port is a number up to 65535; libzmq keeps 16 bits of what it can read",
	"connect tcp://:9":                               "no host: libzmq tries for ever",
	"connect tcp://*:0;127.0.0.1:9":                  "a source of any address, which libzmq takes since 4.3.5",
	"bind udp://127.0.0.1:5555":                      "udp is not there yet: EPROTONOSUPPORT comes before ENOCOMPATPROTO",
	"connect udp://127.0.0.1:9":                      "udp is not there yet: EPROTONOSUPPORT comes before ENOCOMPATPROTO",
	"STREAM alone":                                   "messages are whole: libzmq takes a lone frame and the next call's first for one",
	"STREAM talks":                                   "messages are whole: libzmq takes what is too much for a new message",
	"XPUB hears a subscription behind another frame": "libzmq 4.3.4 acts on it and passes it on as well",
	"ROUTER and a name that is taken":                "libzmq takes what the refused peer sends, and loses it",
}

// TestSideBySide plays every situation on both libraries.
func TestSideBySide(t *testing.T) {
	t.Setenv("TMPDIR", os.TempDir()) // for ipc://*, in both
	lib := startLib(t)
	all := situations()
	if len(all) < 60 {
		t.Fatalf("only %d situations", len(all))
	}
	seen := map[string]bool{}
	for _, c := range all {
		if seen[c.name] {
			t.Fatalf("there are two situations %q", c.name)
		}
		seen[c.name] = true
		t.Run(c.name, func(t *testing.T) {
			play := func(s side) []string {
				w := &world{t: t, side: s, dir: t.TempDir()}
				defer w.close()
				c.play(w)
				return w.notes
			}
			theirs, us := play(lib), play(newPlain(t))
			same := strings.Join(theirs, "\n") == strings.Join(us, "\n")
			why, ok := known[c.name]
			switch {
			case same && ok:
				t.Errorf("no difference any more; it was: %s", why)
			case !same && !ok:
				t.Errorf("libzmq:\n\t%s\nzeroth:\n\t%s", strings.Join(theirs, "\n\t"), strings.Join(us, "\n\t"))
			}
		})
	}
	for name := range known {
		if !seen[name] {
			t.Errorf("no situation %q any more", name)
		}
	}
	t.Logf("%d situations, %d known differences", len(all), len(known))
}

func situations() []situation {
	var all []situation
	all = append(all, endpointSituations()...)
	all = append(all, momentSituations()...)
	all = append(all, stateSituations()...)
	all = append(all, queueSituations()...)
	all = append(all, topicSituations()...)
	all = append(all, routeSituations()...)
	return all
}
