package opt

import "strings"

// The socket types by number, as in zmq.h.
const (
	TypePair = iota
	TypePub
	TypeSub
	TypeReq
	TypeRep
	TypeDealer
	TypeRouter
	TypePull
	TypePush
	TypeXPub
	TypeXSub
	TypeStream
	TypeServer
	TypeClient
	TypeRadio
	TypeDish
	TypeGather
	TypeScatter
	TypeDgram
	TypePeer
	TypeChannel
	numTypes
)

var typeNames = [numTypes]string{
	"PAIR", "PUB", "SUB", "REQ", "REP", "DEALER", "ROUTER", "PULL", "PUSH", "XPUB", "XSUB", "STREAM",
	"SERVER", "CLIENT", "RADIO", "DISH", "GATHER", "SCATTER", "DGRAM", "PEER", "CHANNEL",
}

// TypeName is the name of a socket type; empty for a number that is none.
func TypeName(t int) string {
	if t < 0 || t >= numTypes {
		return ""
	}
	return typeNames[t]
}

// Types is a set of socket types.
type Types uint32

// All holds every socket type.
const All Types = 1<<numTypes - 1

// threadSafe are those that libzmq lets many threads use at once.
var threadSafe = of(TypeServer, TypeClient, TypeRadio, TypeDish, TypeGather, TypeScatter, TypePeer, TypeChannel)

func of(types ...int) Types {
	var m Types
	for _, t := range types {
		m |= 1 << t
	}
	return m
}

// Has reports whether t is in the set; false for what is no socket type.
func (m Types) Has(t int) bool { return t >= 0 && t < numTypes && m&(1<<t) != 0 }

// has says which types of a set have an option.
func (m Types) has() string {
	names := m.Names()
	if n := len(names) - 1; n > 0 {
		return strings.Join(names[:n], ", ") + " and " + names[n] + " have it"
	} else if n == 0 {
		return names[0] + " has it"
	}
	return "none have it"
}

// Names lists the set.
func (m Types) Names() []string {
	var names []string
	for t, name := range typeNames {
		if m.Has(t) {
			names = append(names, name)
		}
	}
	return names
}
