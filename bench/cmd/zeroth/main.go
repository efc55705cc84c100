// Command zeroth is the benchmarks' peer that uses this repository's library,
// with the calls that any program would make and the default settings, but for
// a Linger that never gives up, and where the role has it otherwise. See package
// peer for its command line.
package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/bench/internal/peer"
)

var ctx = context.Background()

func main() {
	peer.Main(map[string]func(peer.Args) error{
		"pull":       server(zmq.Pull, pull),
		"push":       client(zmq.Push, push),
		"push-owned": client(zmq.Push, pushOwned),
		"pull-many":  server(zmq.Pull, pullMany),
		"push-many":  client(zmq.Push, pushMany),
		"spout":      server(zmq.Push, spout),
		"sink":       client(zmq.Pull, sink),
		"parts-pull": server(zmq.Pull, partsPull),
		"parts-push": client(zmq.Push, partsPush),
		"inproc":     inproc(zmq.Pull, zmq.Push, pull, push),
		"rep":        server(zmq.Rep, rep),
		"req":        client(zmq.Req, req),
		"reqs":       client(zmq.Req, reqs),
		"inproc-rtt": inproc(zmq.Req, zmq.Rep, req, rep),
		"greet":      greet,
		"pub":        server(zmq.XPub, pub, publisher...),
		"sub":        client(zmq.Sub, sub),
		"pub-tenth":  server(zmq.XPub, pubTenth, publisher...),
		"sub-tenth":  client(zmq.Sub, subTenth),
		"topics":     server(zmq.XPub, topics, append(publisher, zmq.MaxSubscriptions.Of(0), zmq.MaxSubscriptionBytes.Of(0))...),
		"herald":     server(zmq.XPub, herald, publisher...),
		"group-sub":  groupSub,
		"group-pub":  groupPub,
		"router":     server(zmq.Router, router, zmq.SendTimeout.Of(-1)),
		"dealers":    client(zmq.Dealer, dealers),
		"streamer":   device(zmq.Pull, zmq.Push),
		"queue":      device(zmq.Router, zmq.Dealer),
		"idle":       server(zmq.Router, idle),
		"hoard-out":  hoardOut,
		"hoard-in":   hoardIn,
		"loaded":     loaded,
		"loading":    loading,
	})
}

// A part is what a role does with its sockets, one or a.Sockets() of them.
type part func(a peer.Args, s ...*zmq.Socket) error

// server makes a role of a part that binds.
func server(t zmq.Type, run part, options ...zmq.Option) func(peer.Args) error {
	return func(a peer.Args) error {
		return with(t, 1, a, serverOptions(a, options), func(s ...*zmq.Socket) error {
			endpoint, err := s[0].Bind(a.Endpoint)
			if err != nil {
				return err
			}
			peer.Ready(endpoint)
			return a.Measure(func() error { return run(a, s...) })
		})
	}
}

// client makes a role of a part that connects.
func client(t zmq.Type, run part) func(peer.Args) error {
	return func(a peer.Args) error {
		return with(t, a.Sockets(), a, clientOptions(a), func(all ...*zmq.Socket) error {
			for _, s := range all {
				if err := s.Connect(a.Endpoint); err != nil {
					return err
				}
			}
			if err := a.Measure(func() error { return run(a, all...) }); err != nil {
				return err
			}
			return peer.Hold()
		})
	}
}

// inproc makes a role of two parts in one process: to binds, from connects, and
// what to receives is measured.
func inproc(toType, fromType zmq.Type, to, from part) func(peer.Args) error {
	return func(a peer.Args) error {
		return with(toType, 1, a, nil, func(receivers ...*zmq.Socket) error {
			if _, err := receivers[0].Bind(a.Endpoint); err != nil {
				return err
			}
			return with(fromType, 1, a, nil, func(senders ...*zmq.Socket) error {
				if err := senders[0].Connect(a.Endpoint); err != nil {
					return err
				}
				return a.Measure(func() error {
					other := start(func() error { return from(a, senders...) })
					if err := to(a, receivers...); err != nil {
						return err
					}
					return <-other
				})
			})
		})
	}
}

// start runs f beside the caller, who waits for its result; or fails, and the
// process ends with both.
func start(f func() error) <-chan error {
	done := make(chan error, 1)
	// Owned by the caller.
	go func() { done <- f() }()
	return done
}

// each runs f for every socket at once, and waits for all, or for the first
// error: the process ends with it then.
func each(all []*zmq.Socket, f func(i int, s *zmq.Socket) error) error {
	done := make(chan error, len(all))
	for i, s := range all {
		// Owned by this function, which waits for it below.
		go func() { done <- f(i, s) }()
	}
	for range all {
		if err := <-done; err != nil {
			return err
		}
	}
	return nil
}

// with runs f on n new sockets, and closes them.
func with(t zmq.Type, n int, a peer.Args, options []zmq.Option, f func(...*zmq.Socket) error) (err error) {
	var all []*zmq.Socket
	defer func() {
		for _, s := range all {
			err = errors.Join(err, s.Close())
		}
	}()
	if t != zmq.Sub { // which would wait for a publisher that has left, to hear its subscriptions
		options = append(slices.Clip(options), zmq.Linger.Of(-1*time.Millisecond))
	}
	for range n {
		s, err := zmq.New(t, options...)
		if err != nil {
			return err
		}
		all = append(all, s)
	}
	return f(all...)
}

// receive receives one message of one frame.
func receive(s *zmq.Socket, a peer.Args) error {
	m, err := s.Recv(ctx)
	if err != nil {
		return err
	}
	if err := check(m, 1, a.Size); err != nil {
		return err
	}
	m.Release()
	return nil
}

// check finds out whether a message has so many frames, the last of that size.
func check(m zmq.Message, frames, size int) error {
	if m.Len() != frames || len(m.Last()) != size {
		return fmt.Errorf("%d frames, the last of %d bytes, instead of %d and %d", m.Len(), len(m.Last()), frames, size)
	}
	return nil
}
