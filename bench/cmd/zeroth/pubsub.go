package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/bench/internal/peer"
)

// A publisher sees every subscription, and waits for subscribers that have no
// room, so that what was sent is what has to arrive.
var publisher = []zmq.Option{
	zmq.XPubVerbose.Of(true), zmq.XPubNoDrop.Of(true), zmq.RecvHWM.Of(0), zmq.RecvHWMBytes.Of(0),
}

// subscriptions receives n of them.
func subscriptions(s *zmq.Socket, n int) error {
	for range n {
		m, err := s.Recv(ctx)
		if err != nil {
			return err
		}
		if b := m.Bytes(); len(b) == 0 || b[0] != 1 {
			return fmt.Errorf("%q where a subscription was expected", b)
		}
		m.Release()
	}
	return nil
}

func pub(a peer.Args, s ...*zmq.Socket) error      { return publish(s[0], a, a.Count+1) }
func pubTenth(a peer.Args, s ...*zmq.Socket) error { return publish(s[0], a, 10*(a.Count+1)) }

func publish(s *zmq.Socket, a peer.Args, n int) error {
	if err := subscriptions(s, a.Fan); err != nil {
		return err
	}
	buf := make([]byte, a.Size)
	for i := range n {
		buf[0] = '0' + byte(i%10)
		if err := s.Send(ctx, buf); err != nil {
			return err
		}
	}
	return peer.Hold()
}

func sub(a peer.Args, all ...*zmq.Socket) error {
	return subscribers(a, all, func(int) string { return "" })
}

func subTenth(a peer.Args, all ...*zmq.Socket) error {
	return subscribers(a, all, func(i int) string { return string(rune('0' + i%10)) })
}

// subscribers receives on all sockets, each with a topic of its own, from the
// first message of any to the last of all.
func subscribers(a peer.Args, all []*zmq.Socket, topic func(i int) string) error {
	first := make([]time.Time, len(all))
	err := each(all, func(i int, s *zmq.Socket) error {
		want := topic(i)
		if err := s.Subscribe(want); err != nil {
			return err
		}
		for n := range a.Count + 1 {
			m, err := s.Recv(ctx)
			if err != nil {
				return err
			}
			if n == 0 {
				first[i] = time.Now()
			}
			if err := check(m, 1, a.Size); err != nil {
				return err
			}
			if want != "" && m.Bytes()[0] != want[0] {
				return fmt.Errorf("topic %q received %q", want, m.Bytes()[0])
			}
			m.Release()
		}
		return nil
	})
	if err != nil {
		return err
	}
	end, start := time.Now(), first[0]
	for _, t := range first {
		if t.Before(start) {
			start = t
		}
	}
	peer.Took(end.Sub(start))
	return nil
}

func topics(a peer.Args, all ...*zmq.Socket) error {
	s := all[0]
	before, err := peer.Resident()
	if err != nil {
		return err
	}
	if err := subscriptions(s, 1); err != nil {
		return err
	}
	start := time.Now()
	var buf [peer.TopicLen]byte
	if err := s.Send(ctx, peer.Topic(buf[:0], 0, true)); err != nil { // the others are asked for
		return err
	}
	if err := subscriptions(s, a.Count-1); err != nil {
		return err
	}
	subscribing := time.Since(start)
	held, err := peer.Resident()
	if err != nil {
		return err
	}
	start = time.Now()
	for i := range a.Count {
		if err := s.Send(ctx, peer.Topic(buf[:0], i*7919%a.Count, i%10 == 0)); err != nil {
			return err
		}
	}
	matching := time.Since(start)
	peer.Result(subscribing.Nanoseconds(), matching.Nanoseconds(), held-before, (subscribing + matching).Nanoseconds())
	return peer.Hold()
}

var errShort = errors.New("SIZE must be 8 or more, for the time")

func herald(a peer.Args, s ...*zmq.Socket) error {
	if a.Size < 8 {
		return errShort
	}
	if err := subscriptions(s[0], a.Fan); err != nil {
		return err
	}
	buf := make([]byte, a.Size)
	for range a.Count {
		binary.NativeEndian.PutUint64(buf, uint64(time.Now().UnixNano()))
		if err := s[0].Send(ctx, buf); err != nil {
			return err
		}
		if err := subscriptions(s[0], 1); err != nil { // the next message is asked for
			return err
		}
	}
	return peer.Hold()
}
