package zmq

import "errors"

// hint says what the socket's type can do in place of what failed; empty: nothing is
// to be said.
func (e *Error) hint() string {
	switch {
	case errors.Is(e.Err, ErrState):
		return stateHints[e.Type][e.Op]
	case e.Err != ErrUnsupported: // others say it themselves
		return ""
	case e.Op == "request":
		return "Request is of REQ sockets; this one has Send and Recv"
	case e.Op == "wait":
		return "only PUB and XPUB have subscribers; WaitConnected waits for the peers of any type"
	case e.Op == "proxy":
		return "one of the two must be able to receive, and the other to send"
	}
	return unsupportedHints[e.Type][e.Op]
}

type hints map[Type]map[string]string

var stateHints = hints{
	Req: {
		"send": "the reply to the last request is to be received first; Request has many under way at once, and with ReqRelaxed Send gives up the last",
		"recv": "a request is to be sent first",
	},
	Rep: {
		"send": "a request is to be received first; a Router can send at any time",
		"recv": "the last request is to be answered first; a Router can receive many before it answers",
	},
}

var unsupportedHints = hints{
	Sub:  {"send": "a SUB only receives; Subscribe tells publishers what it wants, and an XSUB sends that as messages"},
	Pull: {"send": "a PULL only receives; DEALER and PAIR do both"},
	Pub:  {"recv": "a PUB only sends; an XPUB receives the subscriptions as well"},
	Push: {"recv": "a PUSH only sends; DEALER and PAIR do both"},
}
