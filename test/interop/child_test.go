//go:build unix

package interop

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	zmq "github.com/zeroth-mq/zmq"
)

// an option is how the processes name one.
type option struct {
	name string
	id   int
	kind string // of numbers: i is an int, l has 64 bits
}

var options = []option{
	{"AFFINITY", 4, "l"}, {"ROUTING_ID", 5, "i"}, {"SUBSCRIBE", 6, "i"}, {"UNSUBSCRIBE", 7, "i"},
	{"RATE", 8, "i"}, {"RECOVERY_IVL", 9, "i"}, {"SNDBUF", 11, "i"}, {"RCVBUF", 12, "i"},
	{"RCVMORE", 13, "i"}, {"EVENTS", 15, "i"}, {"TYPE", 16, "i"}, {"LINGER", 17, "i"},
	{"RECONNECT_IVL", 18, "i"}, {"BACKLOG", 19, "i"}, {"RECONNECT_IVL_MAX", 21, "i"},
	{"MAXMSGSIZE", 22, "l"}, {"SNDHWM", 23, "i"}, {"RCVHWM", 24, "i"}, {"MULTICAST_HOPS", 25, "i"},
	{"RCVTIMEO", 27, "i"}, {"SNDTIMEO", 28, "i"}, {"IPV4ONLY", 31, "i"}, {"LAST_ENDPOINT", 32, "i"},
	{"ROUTER_MANDATORY", 33, "i"}, {"TCP_KEEPALIVE", 34, "i"}, {"TCP_KEEPALIVE_CNT", 35, "i"},
	{"TCP_KEEPALIVE_IDLE", 36, "i"}, {"TCP_KEEPALIVE_INTVL", 37, "i"}, {"IMMEDIATE", 39, "i"},
	{"TCP_ACCEPT_FILTER", 38, "i"}, {"ROUTER_RAW", 41, "i"},
	{"XPUB_VERBOSE", 40, "i"}, {"IPV6", 42, "i"}, {"MECHANISM", 43, "i"}, {"PLAIN_SERVER", 44, "i"},
	{"PLAIN_USERNAME", 45, "i"}, {"PLAIN_PASSWORD", 46, "i"}, {"CURVE_SERVER", 47, "i"},
	{"CURVE_PUBLICKEY", 48, "i"}, {"CURVE_SECRETKEY", 49, "i"}, {"CURVE_SERVERKEY", 50, "i"}, {"PROBE_ROUTER", 51, "i"},
	{"REQ_CORRELATE", 52, "i"}, {"REQ_RELAXED", 53, "i"}, {"CONFLATE", 54, "i"},
	{"ZAP_DOMAIN", 55, "i"}, {"ROUTER_HANDOVER", 56, "i"}, {"TOS", 57, "i"},
	{"CONNECT_ROUTING_ID", 61, "i"}, {"HANDSHAKE_IVL", 66, "i"}, {"SOCKS_PROXY", 68, "i"},
	{"XPUB_NODROP", 69, "i"}, {"XPUB_MANUAL", 71, "i"}, {"XPUB_WELCOME_MSG", 72, "i"},
	{"STREAM_NOTIFY", 73, "i"}, {"INVERT_MATCHING", 74, "i"}, {"HEARTBEAT_IVL", 75, "i"},
	{"HEARTBEAT_TTL", 76, "i"}, {"HEARTBEAT_TIMEOUT", 77, "i"}, {"XPUB_VERBOSER", 78, "i"},
	{"CONNECT_TIMEOUT", 79, "i"}, {"TCP_MAXRT", 80, "i"}, {"ZAP_ENFORCE_DOMAIN", 93, "i"}, {"METADATA", 95, "i"},
}

func optionByName(name string) option {
	for _, o := range options {
		if o.name == name {
			return o
		}
	}
	panic("no number is known for option " + name)
}

// runChild is the process of this library: it takes the same commands as the
// one of libzmq, as far as tests kill it.
func runChild(in io.Reader, out io.Writer) {
	we := &ours{ctx: zmq.NewContext()}
	socks := map[string]*ourSock{}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 8<<20)
	for lines.Scan() {
		w := strings.Split(lines.Text(), " ")
		if w[0] == "new" {
			typ, _ := strconv.Atoi(w[2])
			s, err := we.ctx.New(zmq.Type(typ))
			if err == nil {
				socks[w[1]] = &ourSock{s}
			}
			answer(out, "", fault(err))
			continue
		}
		s := socks[w[1]]
		if s == nil {
			answer(out, "", "ENOTSOCK")
			continue
		}
		text, bad := childCommand(s, w[0], w[2:])
		answer(out, text, bad)
	}
}

func answer(out io.Writer, text, fault string) {
	if fault != "" {
		fmt.Fprintf(out, "err %s\n", fault)
	} else {
		fmt.Fprintf(out, "ok %s\n", text)
	}
}

func childCommand(s *ourSock, verb string, w []string) (text, fault string) {
	num := func(i int) int {
		n, _ := strconv.Atoi(w[i])
		return n
	}
	opt := func() string {
		for _, o := range options {
			if o.id == num(0) {
				return o.name
			}
		}
		return ""
	}
	switch verb {
	case "bind":
		return "", s.bind(w[0])
	case "connect":
		return "", s.connect(w[0])
	case "seti", "setl":
		return "", s.text(opt(), w[1])
	case "setb":
		return "", s.text(opt(), dec(w[1]))
	case "getb":
		return enc(s.endpoint() + "\x00"), ""
	case "send":
		frames := make([]string, 0, len(w))
		for _, f := range w[1:] {
			frames = append(frames, dec(f))
		}
		return "", s.send(num(0), frames...)
	case "number":
		return strconv.Itoa(s.number(num(0), num(1), num(2))), ""
	case "drain":
		return strconv.Itoa(s.drain(num(0))), ""
	case "recv":
		frames, fault := s.recv(num(0))
		for i, f := range frames {
			frames[i] = enc(f)
		}
		return strings.Join(frames, " "), fault
	case "close":
		s.close()
		return "", ""
	}
	return "", "unknown command"
}

// The child's commands are those that the tests rely on.
func TestChild(t *testing.T) {
	p := startOurs(t)
	a, b := p.socket(t, zmq.Pair), p.socket(t, zmq.Pair)
	join(t, a, b, "tcp", true)
	pass(t, a, b, "x", "", "y")
	if n := b.number(5, 2, longMs); n != 2 {
		t.Fatal(n)
	}
	expect(t, a, "5")
	expect(t, a, "6")
}
