//go:build unix

package interop

import (
	"fmt"
	"os"
	"strings"

	zmq "github.com/zeroth-mq/zmq"
)

var bindText = []string{
	"", "tcp", "tcp:", "tcp:/", "tcp://", "://", "://x", "foo://x", "TCP://127.0.0.1:*", " tcp://127.0.0.1:*",
	"tcp://127.0.0.1", "tcp://127.0.0.1:", "tcp://127.0.0.1:abc", "tcp://127.0.0.1:-1",
	"tcp://127.0.0.1:70000", "tcp://127.0.0.1:80abc", "tcp://:*", "tcp://*", "tcp://*:*", "tcp://127.0.0.1:*",
	"tcp://127.0.0.1:0", "tcp://0.0.0.0:*", "tcp://lo:*", "tcp://[::1]:*", "tcp://256.1.1.1:*", "tcp://192.0.2.1:*",
	"tcp://no.such.host.invalid:*", "tcp://no-such-interface:*", "tcp://127.0.0.1;127.0.0.1:*",
	"ipc://", "ipc://@", "ipc://DIR/s", "ipc://DIR/missing/s", "ipc://DIR", "ipc://*", "ipc://" + strings.Repeat("x", 120),
	"inproc://", "inproc://name", "inproc:// ",
	"udp://127.0.0.1:5555",
}

var connectText = []string{
	"", "tcp", "tcp://", "://x", "foo://x", "TCP://127.0.0.1:9", "tcp://127.0.0.1", "tcp://127.0.0.1:",
	"tcp://127.0.0.1:abc", "tcp://127.0.0.1:*", "tcp://127.0.0.1:0", "tcp://*:9", "tcp://:9", "tcp://127.0.0.1:70000",
	"tcp://no.such.host.invalid:9", "tcp://under_score:9", "tcp://sp ace:9", "tcp://-dash:9", "tcp://[::1]:9",
	"tcp://127.0.0.1:0;127.0.0.1:9", "tcp://*:0;127.0.0.1:9", "tcp://127.0.0.1:9/path", "tcp://a@b:9",
	"ipc://", "ipc://@", "ipc://DIR/s", "ipc://DIR/missing/s", "ipc://" + strings.Repeat("x", 120),
	"inproc://", "inproc://nobody", "udp://127.0.0.1:9",
}

func endpointSituations() []situation {
	var all []situation
	for _, text := range bindText {
		all = append(all, situation{"bind " + text, func(w *world) {
			s := w.socket(zmq.Pull)
			w.note("bind", s.bind(strings.ReplaceAll(text, "DIR", w.dir)))
			w.endpoint(s)
		}})
	}
	for _, text := range connectText {
		all = append(all, situation{"connect " + text, func(w *world) {
			s := w.socket(zmq.Push)
			w.note("connect", s.connect(strings.ReplaceAll(text, "DIR", w.dir)))
			w.endpoint(s)
		}})
	}
	for _, scheme := range []string{"tcp", "ipc", "inproc"} {
		ep := func(w *world) string {
			switch scheme {
			case "tcp":
				return freePort(w.t)
			case "ipc":
				return "ipc://" + w.dir + "/t"
			}
			return "inproc://twice"
		}
		all = append(all,
			situation{"bind twice on " + scheme, func(w *world) {
				a, b, at := w.socket(zmq.Pull), w.socket(zmq.Pull), ep(w)
				w.note("first", a.bind(at))
				w.note("second", b.bind(at))
				w.note("unbind", a.unbind(at))
				w.note("unbind again", a.unbind(at))
				if scheme == "tcp" {
					// The address is freed in the background there.
					eventually(w.t, "the address", func() bool { return b.bind(at) == "" })
				} else {
					w.note("second again", b.bind(at))
				}
			}},
			situation{"leave on " + scheme, func(w *world) {
				s, at := w.socket(zmq.Push), ep(w)
				w.note("disconnect before", s.disconnect(at))
				w.note("unbind before", s.unbind(at))
				w.note("connect", s.connect(at))
				w.note("unbind what was connected", s.unbind(at))
				w.note("disconnect then", s.disconnect(at))
				w.note("connect", s.connect(at))
				w.note("disconnect", s.disconnect(at))
				w.note("disconnect again", s.disconnect(at))
				w.note("send", s.send(0, "x"))
			}},
		)
	}
	return append(all,
		situation{"endpoint before any", func(w *world) { w.endpoint(w.socket(zmq.Pull)) }},
		situation{"endpoint of the last", func(w *world) {
			s := w.socket(zmq.Dealer)
			w.note("bind", s.bind("tcp://127.0.0.1:*"))
			w.note("connect", s.connect("tcp://127.0.0.1:9"))
			w.endpoint(s)
			w.note("bind", s.bind("inproc://last"))
			w.endpoint(s)
			w.note("bad", s.bind("tcp://nonsense"))
			w.endpoint(s)
		}},
		situation{"unbind with a wildcard", func(w *world) {
			s := w.socket(zmq.Pull)
			w.note("bind", s.bind("tcp://127.0.0.1:*"))
			w.note("unbind as given", s.unbind("tcp://127.0.0.1:*"))
			w.note("unbind as resolved", s.unbind(s.endpoint()))
		}},
		situation{"leave nonsense", func(w *world) {
			s := w.socket(zmq.Pull)
			for _, text := range []string{"", "x", "foo://x", "tcp://", "tcp://x", "inproc://x", "ipc://x"} {
				w.note("unbind "+text, s.unbind(text))
				w.note("disconnect "+text, s.disconnect(text))
			}
		}},
		situation{"IPv6", func(w *world) {
			s := w.socket(zmq.Pull, "IPV6", 1)
			for _, text := range []string{"tcp://[::1]:*", "tcp://::1:*", "tcp://*:*", "tcp://[::]:*", "tcp://127.0.0.1:*"} {
				w.note("bind "+text, s.bind(text))
				w.endpoint(s)
			}
			w.note("connect", s.connect("tcp://[::1]:9"))
		}},
		situation{"ipc path that is a file", func(w *world) {
			name := w.dir + "/file"
			if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
				w.t.Fatal(err)
			}
			w.note("bind", w.socket(zmq.Pull).bind("ipc://"+name))
		}},
		situation{"ipc file after close", func(w *world) {
			s := w.socket(zmq.Pull)
			w.note("bind", s.bind("ipc://"+w.dir+"/left"))
			w.note("unbind", s.unbind(s.endpoint()))
			_, err := os.Lstat(w.dir + "/left")
			w.notef("the file is left: %v", err == nil)
		}},
		situation{"ipc abstract twice", func(w *world) {
			at := fmt.Sprintf("ipc://@zeroth-interop-%d", os.Getpid())
			a, b := w.socket(zmq.Pull), w.socket(zmq.Pull)
			w.note("first", a.bind(at))
			w.endpoint(a)
			w.note("second", b.bind(at))
			w.note("unbind", a.unbind(at))
		}},
		situation{"same endpoint connected twice", func(w *world) {
			for _, types := range [][2]zmq.Type{
				{zmq.Push, zmq.Pull}, {zmq.Dealer, zmq.Dealer}, {zmq.Req, zmq.Dealer}, {zmq.Pair, zmq.Pair},
			} {
				a, b := w.socket(types[0]), w.socket(types[1])
				at := bound(w.t, b, "tcp")
				w.note("connect", a.connect(at))
				w.note("connect again", a.connect(at))
				w.note("disconnect", a.disconnect(at))
				w.note("disconnect again", a.disconnect(at))
			}
		}},
	)
}
