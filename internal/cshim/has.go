package cshim

import (
	"github.com/zeroth-mq/zmq/internal/pattern"
	"github.com/zeroth-mq/zmq/internal/transport"
)

// Has is zmq_has. It tells what this library was built with; libzmq's names for
// the transports of WebSocket are in capitals.
func Has(capability string) int {
	switch capability {
	case "curve":
		return 1
	case "gssapi":
		return 0
	case "draft":
		_, ok := pattern.ByName("SERVER")
		return truth(ok)
	case "WS":
		return scheme("ws")
	case "WSS":
		return scheme("wss")
	case "ipc", "pgm", "tipc", "norm", "vmci", "vsock":
		return scheme(capability)
	}
	return 0
}

// scheme is 1 if there is such a transport.
func scheme(name string) int {
	_, ok := transport.Lookup(name)
	return truth(ok)
}

func truth(ok bool) int {
	if ok {
		return 1
	}
	return 0
}
