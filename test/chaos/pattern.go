//go:build linux

package chaos

import (
	zmq "github.com/zeroth-mq/zmq"
)

// A pattern is two socket types that talk, and how. Side a sends to side b, and
// b may answer.
type pattern struct {
	name         string
	a, b         zmq.Type
	aOpts, bOpts []string
	aBinds       bool     // else b does
	prefix       [][]byte // frames that a puts before a message
	strip        int      // frames that b finds before it
	answer       answer
	backStrip    int  // frames that a finds before an answer
	named        bool // a has a routing id that it takes over from its older connections
	drops        bool // b drops answers that do not fit into a's queue, as a REP does
	any          bool // the sender drops what nobody takes: any number may be lost
}

// What b does with what it receives.
type answer int

const (
	silent  answer = iota
	echoes         // sends it back
	dialogs        // sends as much of its own
	replies        // sends it back, and a asks nothing before
)

// mark is the high-water mark of all queues: small, so that what is lost with a
// process is, and so that it is reached.
const mark = 20

var (
	topic    = []byte("topic")
	nothing  = []byte{}
	everyone = []string{"SUBSCRIBE="}
	waits    = []string{"ROUTER_MANDATORY=1", "SNDTIMEO=-1"} // a ROUTER that drops nothing
)

// patterns are all socket types in all combinations that are in use. STREAM has
// no messages that could be numbered: see streams.
var patterns = []pattern{
	{name: "push-pull", a: zmq.Push, b: zmq.Pull},
	{name: "push-pull-bound", a: zmq.Push, b: zmq.Pull, aBinds: true},
	{name: "pair-pair", a: zmq.Pair, b: zmq.Pair, answer: dialogs},
	{name: "dealer-router", a: zmq.Dealer, b: zmq.Router, named: true, bOpts: waits, strip: 1, answer: echoes},
	{name: "dealer-dealer", a: zmq.Dealer, b: zmq.Dealer, answer: dialogs},
	{name: "router-router", a: zmq.Router, b: zmq.Router, named: true, aOpts: waits, bOpts: append([]string{"ROUTING_ID=two"}, waits...),
		prefix: [][]byte{[]byte("two")}, strip: 1, answer: echoes, backStrip: 1},
	{name: "dealer-rep", a: zmq.Dealer, b: zmq.Rep, prefix: [][]byte{nothing}, answer: echoes, backStrip: 1, drops: true},
	{name: "req-rep", a: zmq.Req, b: zmq.Rep, answer: replies},
	{name: "req-router", a: zmq.Req, b: zmq.Router, strip: 2, answer: replies},
	{name: "pub-sub", a: zmq.Pub, b: zmq.Sub, aBinds: true, aOpts: []string{"XPUB_NODROP=1"}, bOpts: everyone, prefix: [][]byte{topic}, strip: 1, any: true},
	{name: "pub-sub-bound", a: zmq.Pub, b: zmq.Sub, aOpts: []string{"XPUB_NODROP=1"}, bOpts: everyone, prefix: [][]byte{topic}, strip: 1, any: true},
	{name: "xpub-xsub", a: zmq.XPub, b: zmq.XSub, aBinds: true, aOpts: []string{"XPUB_NODROP=1"}, prefix: [][]byte{topic}, strip: 1, any: true},
}

// mechanisms are all of them.
var mechanisms = []string{"NULL", "PLAIN", "CURVE"}

// secure returns the options of both sides for a mechanism.
func secure(mechanism string) (server, client []string, err error) {
	switch mechanism {
	case "PLAIN":
		return []string{"PLAIN_SERVER=1"}, []string{"PLAIN_USERNAME=" + user, "PLAIN_PASSWORD=" + password}, nil
	case "CURVE":
		public, secret, err := zmq.NewCurveKeypair()
		if err != nil {
			return nil, nil, err
		}
		mine, own, err := zmq.NewCurveKeypair()
		if err != nil {
			return nil, nil, err
		}
		return []string{"CURVE_SERVER=1", "CURVE_SECRETKEY=" + secret.Z85()},
			[]string{"CURVE_SERVERKEY=" + public.String(), "CURVE_PUBLICKEY=" + mine.String(), "CURVE_SECRETKEY=" + own.Z85()}, nil
	}
	return nil, nil, nil
}
