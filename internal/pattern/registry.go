package pattern

import "github.com/zeroth-mq/zmq/internal/opt"

// A Row is one socket type.
//
// A type with Lockstep shares state between its directions: the alternation of
// REQ and REP, the subscriptions that PUB and XPUB receive and match against,
// the peers that STREAM closes by a Send. Where only Attach and Detach write
// what both directions read (ROUTER's ids), two locks do.
type Row struct {
	Type  int
	Name  string
	Peers []string // socket types that a peer may announce

	// The parts: Out and In, each nil if the type has none; or Both where they
	// share state.
	Out  func(*opt.Values) Out
	In   func(*opt.Values) In
	Both func(*opt.Values) (Out, In)

	NoSend, NoRecv bool // ENOTSUP
	Lockstep       bool // one lock for both directions
	Alternates     bool // sending and receiving take turns
	Eager          bool // handle input when it arrives, without waiting for a call
	Names          bool // the first frame is a peer's name; CONNECT_ROUTING_ID gives one
	NeedsPeer      bool // attach a connecting End only after its handshake, if it has no name yet
	Announce       bool // tell the peer our routing id
	Subscribes     bool // what it sends are subscriptions
	Publishes      bool // a peer that cannot subscribe is sent everything
	Raw            bool // bare TCP, no ZMTP
	Conflates      bool // CONFLATE has effect
	SkipSame       bool // connecting to the same endpoint twice is one connection
	Ring           bool // a face may hold messages for it that there is room for
	By             By   // what a message is for a peer, or for a group, by

	Prefetch   bool // a face may receive ahead of the program; only a sender's mark shows it
	Monitors   bool // a monitor may be one
	AnswersZAP bool // a ZAP handler may be one

	Greets Greeting // which of the messages that the socket sends by itself have effect
}

// A Greeting is a set of messages that a socket sends by itself.
type Greeting uint8

const (
	Hello      Greeting = 1 << iota // HELLO_MSG
	Disconnect                      // DISCONNECT_MSG
	Hiccup                          // HICCUP_MSG
)

// Has reports whether one is in the set.
func (g Greeting) Has(one Greeting) bool { return g&one != 0 }

// By is what Out.Pick is asked with.
type By int

const (
	ByFirst     By = iota // the first frame
	ByRoutingID           // msg.Props.RoutingID, in four bytes, most significant first
	ByGroup               // msg.Props.Group
)

// rows is every socket type once.
var rows = []Row{
	{Type: 0, Name: "PAIR", Peers: []string{"PAIR"}, Both: OnePeer, Prefetch: true, Monitors: true},
	{Type: 1, Name: "PUB", Peers: []string{"SUB", "XSUB"}, Both: newPub,
		NoRecv: true, Lockstep: true, Eager: true, Publishes: true, Conflates: true, SkipSame: true, Ring: true, Monitors: true},
	{Type: 2, Name: "SUB", Peers: []string{"PUB", "XPUB"}, Both: newSub,
		NoSend: true, Subscribes: true, Conflates: true, SkipSame: true, Prefetch: true},
	{Type: 3, Name: "REQ", Peers: []string{"REP", "ROUTER"}, Both: newReq,
		Lockstep: true, Alternates: true, Announce: true, SkipSame: true},
	{Type: 4, Name: "REP", Peers: []string{"REQ", "DEALER"}, Both: newRep,
		Lockstep: true, Alternates: true, Greets: Hello, AnswersZAP: true},
	{Type: 5, Name: "DEALER", Peers: []string{"REP", "DEALER", "ROUTER"}, Out: RoundRobin, In: FairQueue,
		Announce: true, Conflates: true, SkipSame: true, Ring: true, Greets: Hello | Hiccup, Prefetch: true},
	{Type: 6, Name: "ROUTER", Peers: []string{"REQ", "DEALER", "ROUTER"}, Both: newRouter,
		Names: true, NeedsPeer: true, Announce: true, Greets: Hello | Disconnect, Prefetch: true, AnswersZAP: true},
	{Type: 7, Name: "PULL", Peers: []string{"PUSH"}, In: FairQueue, NoSend: true, Conflates: true, Prefetch: true},
	{Type: 8, Name: "PUSH", Peers: []string{"PULL"}, Out: RoundRobin,
		NoRecv: true, Eager: true, Conflates: true, Ring: true, Monitors: true},
	{Type: 9, Name: "XPUB", Peers: []string{"SUB", "XSUB"}, Both: newXPub,
		Lockstep: true, Eager: true, Publishes: true},
	{Type: 10, Name: "XSUB", Peers: []string{"PUB", "XPUB"}, Both: newXSub, Subscribes: true, Prefetch: true},
	{Type: 11, Name: "STREAM", Both: newStream, Lockstep: true, Names: true, Raw: true},
}

// New makes the parts of a socket.
func (r *Row) New(v *opt.Values) (Out, In) {
	if r.Both != nil {
		return r.Both(v)
	}
	var out Out = noOut{}
	if r.Out != nil {
		out = r.Out(v)
	}
	if r.In == nil {
		return out, noIn{}
	}
	return out, r.In(v)
}

// Register adds types that are not there yet, for tests, before any socket is made.
func Register(more ...Row) { rows = append(rows, more...) }

// Lookup finds a socket type by its number.
func Lookup(t int) (*Row, bool) {
	for i := range rows {
		if rows[i].Type == t {
			return &rows[i], true
		}
	}
	return nil, false
}

// ByName finds a socket type by its name, "PUSH".
func ByName(name string) (*Row, bool) {
	for i := range rows {
		if rows[i].Name == name {
			return &rows[i], true
		}
	}
	return nil, false
}
