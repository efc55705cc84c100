package zmq4

import (
	"strings"

	"github.com/zeroth-mq/zmq/internal/opt"
)

// A Type is a kind of socket.
type Type int

// The kinds of socket.
const (
	PAIR   = Type(opt.TypePair)
	PUB    = Type(opt.TypePub)
	SUB    = Type(opt.TypeSub)
	REQ    = Type(opt.TypeReq)
	REP    = Type(opt.TypeRep)
	DEALER = Type(opt.TypeDealer)
	ROUTER = Type(opt.TypeRouter)
	PULL   = Type(opt.TypePull)
	PUSH   = Type(opt.TypePush)
	XPUB   = Type(opt.TypeXPub)
	XSUB   = Type(opt.TypeXSub)
	STREAM = Type(opt.TypeStream)
)

// String is the type's name, or <INVALID>.
func (t Type) String() string {
	if name := opt.TypeName(int(t)); name != "" && t <= lastType {
		return name
	}
	return "<INVALID>"
}

// A Flag changes one Send or Recv. Flags can be or-ed.
type Flag int

// The flags; 0 is none.
const (
	DONTWAIT = Flag(1 << iota) // fail with EAGAIN rather than wait
	SNDMORE                    // more parts of the message follow
)

// String lists the flags, or says <NONE>.
func (f Flag) String() string { return bits(int(f), []string{"DONTWAIT", "SNDMORE"}) }

// An Event is something that a monitor tells, or a set of such things.
type Event int

// The events. What value RecvEvent gives with each is said behind it.
const (
	EVENT_CONNECTED                  = Event(1 << iota) // a descriptor
	EVENT_CONNECT_DELAYED                               // an errno
	EVENT_CONNECT_RETRIED                               // the pause in ms
	EVENT_LISTENING                                     // a descriptor
	EVENT_BIND_FAILED                                   // an errno
	EVENT_ACCEPTED                                      // a descriptor
	EVENT_ACCEPT_FAILED                                 // an errno
	EVENT_CLOSED                                        // a descriptor
	EVENT_CLOSE_FAILED                                  // an errno
	EVENT_DISCONNECTED                                  // a descriptor
	EVENT_MONITOR_STOPPED                               // 0: it is the last event
	EVENT_HANDSHAKE_FAILED_NO_DETAIL                    // an errno
	EVENT_HANDSHAKE_SUCCEEDED                           // 0
	EVENT_HANDSHAKE_FAILED_PROTOCOL                     // ZMQ_PROTOCOL_ERROR_...
	EVENT_HANDSHAKE_FAILED_AUTH                         // the status: 300, 400, 500

	EVENT_ALL = Event(0xFFFF)
)

var eventNames = []string{
	"EVENT_CONNECTED", "EVENT_CONNECT_DELAYED", "EVENT_CONNECT_RETRIED", "EVENT_LISTENING", "EVENT_BIND_FAILED",
	"EVENT_ACCEPTED", "EVENT_ACCEPT_FAILED", "EVENT_CLOSED", "EVENT_CLOSE_FAILED", "EVENT_DISCONNECTED",
	"EVENT_MONITOR_STOPPED", "EVENT_HANDSHAKE_FAILED_NO_DETAIL", "EVENT_HANDSHAKE_SUCCEEDED",
	"EVENT_HANDSHAKE_FAILED_PROTOCOL", "EVENT_HANDSHAKE_FAILED_AUTH",
}

// String lists the events, or says <NONE> or EVENT_ALL.
func (e Event) String() string {
	if e == EVENT_ALL {
		return "EVENT_ALL"
	}
	return bits(int(e), eventNames)
}

// A State is what a socket can do without waiting. States can be or-ed.
type State int

// The states.
const (
	POLLIN  = State(1 << iota) // receive
	POLLOUT                    // send
)

// String lists the states, or says <NONE>.
func (s State) String() string { return bits(int(s), []string{"POLLIN", "POLLOUT"}) }

// A Mechanism is how the two sides of a connection prove who they are.
type Mechanism int

// The mechanisms.
const (
	NULL   = Mechanism(opt.MechNull)
	PLAIN  = Mechanism(opt.MechPlain)
	CURVE  = Mechanism(opt.MechCurve)
	GSSAPI = Mechanism(opt.MechGSSAPI)
)

// String is the mechanism's name, or <INVALID>.
func (m Mechanism) String() string {
	names := [...]string{NULL: "NULL", PLAIN: "PLAIN", CURVE: "CURVE", GSSAPI: "GSSAPI"}
	if m < 0 || int(m) >= len(names) {
		return "<INVALID>"
	}
	return names[m]
}

// bits names the bits of set, lowest first.
func bits(set int, names []string) string {
	var list []string
	for i, name := range names {
		if set&(1<<i) != 0 {
			list = append(list, name)
		}
	}
	if list == nil {
		return "<NONE>"
	}
	return strings.Join(list, "|")
}
