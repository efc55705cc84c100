// Package rows has socket types that are not offered yet, for tests. What they are
// made of is there already: a row each is all they need.
package rows

import (
	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/pattern"
)

// The numbers of the types.
const (
	Client  = opt.TypeClient
	Scatter = opt.TypeScatter
	Gather  = opt.TypeGather
	Channel = opt.TypeChannel
)

func init() {
	pattern.Register(
		pattern.Row{Type: Client, Name: "CLIENT", Peers: []string{"SERVER", "CLIENT"}, // the latter for tests alone
			Out: pattern.RoundRobin, In: pattern.FairQueue},
		pattern.Row{Type: Scatter, Name: "SCATTER", Peers: []string{"GATHER"}, Out: pattern.RoundRobin, NoRecv: true, Eager: true},
		pattern.Row{Type: Gather, Name: "GATHER", Peers: []string{"SCATTER"}, In: pattern.FairQueue, NoSend: true},
		pattern.Row{Type: Channel, Name: "CHANNEL", Peers: []string{"CHANNEL"}, Both: pattern.OnePeer},
	)
}
