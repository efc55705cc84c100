package pebbe_test

import "regexp"

// A difference is one that is meant to be.
type difference struct {
	scenario, call string // expressions that match whole names
	why            string
}

func (d *difference) covers(scenario, call string) bool {
	return regexp.MustCompile("^(?:"+d.scenario+")$").MatchString(scenario) &&
		regexp.MustCompile("^(?:"+d.call+")(?: #\\d+)?$").MatchString(call)
}

func knownDifference(scenario, call string) *difference {
	for i := range known {
		if known[i].covers(scenario, call) {
			return &known[i]
		}
	}
	return nil
}

var known = []difference{
	{scenario: "version", call: "Has(Tipc|Norm|Gssapi)", why: "these are not there"},
	{scenario: "errno", call: `Error\(133\)`, why: "texts are of the errors that Go has, not of all that the C library has"},
	{scenario: "z85", call: "(en|de)code nothing", why: "nothing is coded as nothing; there it panics with an index"},
	{scenario: "z85", call: "AuthCurvePublic of 45", why: "EINVAL; there 4 bytes are written past the end of a buffer"},
	{scenario: "socket of no context", call: `NewSocket\(12\)`, why: "draft types are in the package draft; there libzmq makes one that the package cannot name"},

	{scenario: "bad endpoints", call: `(Bind|Connect)\("tcp://:5555x"\)|Connect to a large port`, why: "EINVAL for what is no port"},
	{scenario: "bad endpoints", call: `(Bind|Unbind)\("tcp://127.0.0.1:\*;127.0.0.1:5555"\)`, why: "EINVAL: nothing can be bound from an address"},
	{scenario: "bad endpoints", call: `\w+\("(udp|ws)://.*|REQ over udp`, why: "EPROTONOSUPPORT until the transport is there"},
	{scenario: "bad endpoints", call: `\w+\("tipc://.*`, why: "there is no tipc: EPROTONOSUPPORT"},
	{scenario: "endpoints", call: "bind it again", why: "EADDRINUSE for a path on which somebody listens"},
	{scenario: "monitor some", call: "bind", why: "EADDRINUSE; there the errno that the monitor's socket left"},
	{scenario: "router", call: "inproc b sends", why: "a name that is taken is refused, so there is nobody to send to; there the message goes nowhere"},
	{scenario: "stream", call: "client is told", why: "an empty message closes the connection; in 4.3.4 not before the socket does something else"},

	{scenario: "options setters .*", call: `\w+ Set\w+\((4294967301|2147483648|31536000000000000)\)(, then get)?`, why: "EINVAL for what does not fit in C's int; there it is cut to 32 bits"},
	{scenario: "options setters .*", call: `\w+ Set\w+\(-2147483648\), then get`, why: "the value that came before was refused"},
	{scenario: "options setters .*", call: `\w+ SetTcpAcceptFilter\("::1"\)`, why: "a filter is an address of either kind, whatever IPV6 says"},
	{scenario: "options setters .*", call: `\w+ SetSocksProxy\(4000 times "k"\), then get`, why: "the value; there the getter has room for 1024 bytes"},
}
