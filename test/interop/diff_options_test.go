//go:build unix

package interop

import (
	"fmt"
	"strings"

	zmq "github.com/zeroth-mq/zmq"
)

var allTypes = []zmq.Type{
	zmq.Pair, zmq.Pub, zmq.Sub, zmq.Req, zmq.Rep, zmq.Dealer, zmq.Router, zmq.Pull, zmq.Push, zmq.XPub, zmq.XSub, zmq.Stream,
}

// numbers are tried on every option that takes one.
var tryNumbers = []int64{-2, -1, 0, 1, 2, 1000, 1 << 30}

func optionSituations() []situation {
	var all []situation
	for _, name := range []string{
		"RATE", "RECOVERY_IVL", "SNDBUF", "RCVBUF", "LINGER", "RECONNECT_IVL", "BACKLOG",
		"RECONNECT_IVL_MAX", "MAXMSGSIZE", "SNDHWM", "RCVHWM", "MULTICAST_HOPS", "RCVTIMEO", "SNDTIMEO",
		"TCP_KEEPALIVE", "TCP_KEEPALIVE_CNT", "TCP_KEEPALIVE_IDLE", "TCP_KEEPALIVE_INTVL", "IMMEDIATE", "IPV6",
		"IPV4ONLY", "CONFLATE", "TOS", "HANDSHAKE_IVL", "HEARTBEAT_IVL", "HEARTBEAT_TIMEOUT", "HEARTBEAT_TTL",
		"CONNECT_TIMEOUT", "INVERT_MATCHING", "TYPE",
	} {
		all = append(all, situation{"option " + name, func(w *world) {
			for _, typ := range []zmq.Type{zmq.Dealer, zmq.Sub} {
				s := w.socket(typ)
				v, f := s.getNum(name)
				w.notef("%v %s is %d %s", typ, name, v, f)
				for _, n := range tryNumbers {
					w.note(fmt.Sprint(name, " = ", n), s.num(name, n))
					v, f := s.getNum(name)
					w.notef("%s is %d %s", name, v, f)
				}
			}
		}})
	}
	for _, name := range []string{
		"ROUTER_MANDATORY", "ROUTER_HANDOVER", "PROBE_ROUTER", "REQ_CORRELATE", "REQ_RELAXED", "XPUB_VERBOSE",
		"XPUB_VERBOSER", "XPUB_NODROP", "XPUB_MANUAL", "STREAM_NOTIFY",
	} {
		all = append(all, situation{"option " + name + " by type", func(w *world) {
			for _, typ := range allTypes {
				s := w.socket(typ)
				for _, n := range []int64{1, 0, -1, 7} {
					w.note(fmt.Sprint(typ, " = ", n), s.num(name, n))
				}
			}
		}})
	}
	for _, name := range []string{"SUBSCRIBE", "UNSUBSCRIBE", "XPUB_WELCOME_MSG", "CONNECT_ROUTING_ID", "ROUTING_ID"} {
		all = append(all, situation{"option " + name + " by type", func(w *world) {
			for _, typ := range allTypes {
				s := w.socket(typ)
				for _, v := range []string{"a", "", strings.Repeat("x", 255), strings.Repeat("x", 256)} {
					w.note(fmt.Sprintf("%v = %d bytes", typ, len(v)), s.text(name, v))
				}
			}
		}})
	}
	return append(all,
		situation{"option METADATA", func(w *world) {
			s := w.socket(zmq.Dealer)
			for _, v := range []string{"X-a:b", "a:b", "X-a", ":", "X-:b", "X-a:", "x-a:b", ""} {
				w.note(v, s.text("METADATA", v))
			}
		}},
		situation{"option SOCKS_PROXY", func(w *world) {
			s := w.socket(zmq.Dealer)
			for _, v := range []string{"127.0.0.1:9", "nonsense", ""} {
				w.note(v, s.text("SOCKS_PROXY", v))
			}
		}},
	)
}
