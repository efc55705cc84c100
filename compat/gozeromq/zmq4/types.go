package zmq4

import "slices"

// A SocketType is the name of a socket's type.
type SocketType string

// The socket types: docs/patterns.md and package zmq say what each does.
const (
	Pair   SocketType = "PAIR"
	Pub    SocketType = "PUB"
	Sub    SocketType = "SUB"
	Req    SocketType = "REQ"
	Rep    SocketType = "REP"
	Dealer SocketType = "DEALER"
	Router SocketType = "ROUTER"
	Pull   SocketType = "PULL"
	Push   SocketType = "PUSH"
	XPub   SocketType = "XPUB"
	XSub   SocketType = "XSUB"
)

// Which types may talk to each other, as RFC 23 has it.
var compatible = map[SocketType][]SocketType{
	Pair:   {Pair},
	Pub:    {Sub, XSub},
	Sub:    {Pub, XPub},
	Req:    {Rep, Router},
	Rep:    {Req, Dealer},
	Dealer: {Rep, Dealer, Router},
	Router: {Req, Dealer, Router},
	Pull:   {Push},
	Push:   {Pull},
	XPub:   {Sub, XSub},
	XSub:   {Pub, XPub},
}

// IsCompatible reports whether sockets of the two types can be connected. An
// unknown type is compatible with none.
func (sck SocketType) IsCompatible(peer SocketType) bool {
	return slices.Contains(compatible[sck], peer)
}

// A SocketIdentity is the name under which a ROUTER knows a peer: at most 255
// bytes, of which the first should not be zero: names that ROUTERs invent begin so.
type SocketIdentity []byte

// String is the identity, cut at 255 bytes.
func (id SocketIdentity) String() string { return string(id[:min(len(id), 255)]) }
