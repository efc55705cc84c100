// Package all names every transport there is. Importing it registers them.
package all

import (
	"github.com/zeroth-mq/zmq/internal/transport"
	"github.com/zeroth-mq/zmq/internal/transport/ipc"
	"github.com/zeroth-mq/zmq/internal/transport/pgm"
	"github.com/zeroth-mq/zmq/internal/transport/tcp"
)

func init() {
	transport.Register(tcp.Transport{})
	transport.Register(ipc.Transport{})
	transport.Register(pgm.Transport{})
	transport.Register(pgm.Transport{Raw: true})
}
