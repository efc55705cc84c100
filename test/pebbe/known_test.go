package pebbe_test

import "github.com/zeroth-mq/zmq/test/dropin"

var known = []dropin.Difference{
	{Scenario: "version", Call: "Has(Tipc|Norm|Gssapi)", Why: "these are not there"},
	{Scenario: "errno", Call: `Error\(133\)`, Why: "texts are of the errors that Go has, not of all that the C library has"},
	{Scenario: "z85", Call: "(en|de)code nothing", Why: "nothing is coded as nothing; there it panics with an index"},
	{Scenario: "z85", Call: "AuthCurvePublic of 45", Why: "EINVAL; there 4 bytes are written past the end of a buffer"},
	{Scenario: "socket of no context", Call: `NewSocket\(12\)`, Why: "draft types are in the package draft; there libzmq makes one that the package cannot name"},

	{Scenario: "bad endpoints", Call: `(Bind|Connect)\("tcp://:5555x"\)|Connect to a large port`, Why: "EINVAL for what is no port"},
	{Scenario: "bad endpoints", Call: `(Bind|Unbind)\("tcp://127.0.0.1:\*;127.0.0.1:5555"\)`, Why: "EINVAL: nothing can be bound from an address"},
	{Scenario: "bad endpoints", Call: `\w+\("(udp|ws)://.*|REQ over udp`, Why: "EPROTONOSUPPORT until the transport is there"},
	{Scenario: "bad endpoints", Call: `\w+\("tipc://.*`, Why: "there is no tipc: EPROTONOSUPPORT"},
	{Scenario: "endpoints", Call: "bind it again", Why: "EADDRINUSE for a path on which somebody listens"},
	{Scenario: "monitor some", Call: "bind", Why: "EADDRINUSE; there the errno that the monitor's socket left"},
	{Scenario: "router", Call: "inproc b sends", Why: "a name that is taken is refused, so there is nobody to send to; there the message goes nowhere"},
	{Scenario: "stream", Call: "client is told", Why: "an empty message closes the connection; in 4.3.4 not before the socket does something else"},

	{Scenario: "options setters .*", Call: `\w+ Set\w+\((4294967301|2147483648|31536000000000000)\)(, then get)?`, Why: "EINVAL for what does not fit in C's int; there it is cut to 32 bits"},
	{Scenario: "options setters .*", Call: `\w+ Set\w+\(-2147483648\), then get`, Why: "the value that came before was refused"},
	{Scenario: "options setters .*", Call: `\w+ SetTcpAcceptFilter\("::1"\)`, Why: "a filter is an address of either kind, whatever IPV6 says"},
	{Scenario: "options setters .*", Call: `\w+ SetSocksProxy\(4000 times "k"\), then get`, Why: "the value; there the getter has room for 1024 bytes"},
}
