package gozeromq_test

import "github.com/zeroth-mq/zmq/test/dropin"

// What is meant to be different. "There" is github.com/go-zeromq/zmq4.
var different = []dropin.Difference{
	{Scenario: "types", Call: "STREAM and PAIR", Why: "an unknown type is compatible with none; there it panics"},
	{Scenario: "queue", Call: "Pop of nothing", Why: "does nothing; there it panics"},
	{Scenario: "metadata", Call: `(Unmarshal|Write).* of ".*"`, Why: "what is malformed is an error and sets nothing; there most of it panics"},
	{Scenario: "metadata", Call: "Read into (0|16) bytes", Why: "io.ErrShortBuffer; there it panics"},

	{Scenario: "options", Call: `[A-Z]+ SetOption\(HWM, "5"\)`, Why: "HWM acts on every type, and takes an int"},
	{Scenario: "options", Call: `SUB SetOption\(HWM, 5\)`, Why: "HWM acts on every type"},
	{Scenario: "options", Call: `SUB SetOption\(SUBSCRIBE, \[\]byte\)|SUB Topics`, Why: "a topic may be bytes; there it panics"},

	{Scenario: "endpoints", Call: `Listen\("udp://.*`, Why: "the text names the reason"},
	{Scenario: "endpoints", Call: `Addr of "inproc://a"`, Why: "the type has no name that a program could use, here or there"},

	{Scenario: "exchange", Call: "\\w+ REQ to REP Recv", Why: "a request begins behind the first empty frame; there behind the last one"},

	{Scenario: "directions", Call: "(PAIR|DEALER|PUSH) Send(Multi)? without a peer", Why: "not sent, which is told; there nil, and the message is gone"},
	{Scenario: "directions", Call: "REQ Send(Multi)? without a peer", Why: "waits for a peer as the others do; there an error at once, which may be before its Dial has ended"},
	{Scenario: "directions", Call: "SUB Send(Multi)? without a peer", Why: "a SUB sends subscriptions alone"},

	{Scenario: "closed", Call: "[A-Z]+ Send", Why: "context.Canceled from every type; there nil"},
	{Scenario: "closed", Call: "REQ Recv", Why: "context.Canceled, as the others have it"},
	{Scenario: "closed", Call: "XPUB Recv.*", Why: "the context's error; there an empty message and nil"},

	{Scenario: "lax", Call: "ROUTER Send of nothing", Why: "an error; there it panics"},
	{Scenario: "lax", Call: "REP Recv of no request", Why: "passed over; there an error, which ends programs that anybody can send one to"},

	{Scenario: "pubsub", Call: "XPUB Recv of a subscription", Why: "subscriptions are received; there nothing ever is"},
	{Scenario: "share", Call: ".*", Why: "each message goes to one peer; there to all"},

	{Scenario: "plain", Call: "Dial with (u and q|v and p) is let in", Why: "user and password are compared; there everybody is let in"},
	{Scenario: "plain", Call: "Dial with a nil Security", Why: "NULL, as the comment there says; there an error"},

	{Scenario: "proxy", Call: "Run after Kill|Kill again", Why: "Kill ends the proxy; there it waits for one more message on either side, which is lost"},
}
