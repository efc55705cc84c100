package zmq_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq"
)

// Fault C14: an error that says that this type cannot, or cannot now, says what can,
// or what is to be done first.
func TestErrorsSayWhatToDo(t *testing.T) {
	r := newRig(t, false)
	for _, c := range []struct {
		typ  zmq.Type
		is   error
		call func(*zmq.Socket) error
		says string
	}{
		{zmq.Push, zmq.ErrUnsupported, func(s *zmq.Socket) error { _, err := s.Recv(r.stop); return err }, "DEALER"},
		{zmq.Push, zmq.ErrUnsupported, func(s *zmq.Socket) error { _, _, err := s.TryRecv(); return err }, "DEALER"},
		{zmq.Pull, zmq.ErrUnsupported, func(s *zmq.Socket) error { return s.Send(r.stop, nil) }, "DEALER"},
		{zmq.Sub, zmq.ErrUnsupported, func(s *zmq.Socket) error { return s.Send(r.stop, nil) }, "Subscribe"},
		{zmq.Pub, zmq.ErrUnsupported, func(s *zmq.Socket) error { _, err := s.RecvMany(r.stop, make([]zmq.Message, 1)); return err }, "XPUB"},
		{zmq.Dealer, zmq.ErrUnsupported, func(s *zmq.Socket) error { _, err := s.Request(r.stop, nil); return err }, "Send and Recv"},
		{zmq.Push, zmq.ErrUnsupported, func(s *zmq.Socket) error { return s.WaitSubscribers(r.stop, "", 1) }, "WaitConnected"},
		{zmq.Push, zmq.ErrUnsupported, func(s *zmq.Socket) error { return zmq.Proxy(r.stop, s, s, nil) }, "receive"},
		{zmq.Req, zmq.ErrState, func(s *zmq.Socket) error { _, err := s.Recv(r.stop); return err }, "sent first"},
		{zmq.Req, zmq.ErrState, func(s *zmq.Socket) error {
			return errors.Join(s.Connect("inproc://later"), s.Send(r.stop, nil), s.Send(r.stop, nil))
		}, "ReqRelaxed"},
		{zmq.Rep, zmq.ErrState, func(s *zmq.Socket) error { return s.Send(r.stop, nil) }, "received first"},
		{zmq.Push, zmq.ErrInvalid, func(s *zmq.Socket) error { return s.Subscribe("x") }, "SUB"},
		{zmq.Pull, zmq.ErrInvalid, func(s *zmq.Socket) error { return s.Set(zmq.ReqRelaxed.Of(true)) }, "REQ has it"},
		{zmq.Pull, zmq.ErrInvalid, func(s *zmq.Socket) error { _, err := zmq.Get(s, zmq.TopicsCount); return err }, "XPUB"},
	} {
		s := r.socket(c.typ)
		err := c.call(s)
		if !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v; want %v, and %q in the text", c.typ, err, c.is, c.says)
		}
	}
}

// Fault C13: a duration below its unit is most often a number of milliseconds, and
// refused as such, whatever option it is of; 0 and below are what they always were.
func TestDurationsBelowTheirUnit(t *testing.T) {
	r := newRig(t, false)
	s := r.socket(zmq.Dealer)
	for _, o := range []zmq.Opt[time.Duration]{
		zmq.HeartbeatInterval, zmq.HeartbeatTimeout, zmq.HeartbeatTTL, zmq.SendTimeout, zmq.RecvTimeout, zmq.Linger, zmq.ReconnectInterval,
		zmq.ReconnectIntervalMax, zmq.ConnectTimeout, zmq.HandshakeInterval, zmq.TCPMaxRT, zmq.MulticastRecoveryInterval,
	} {
		err := s.Set(o.Of(50))
		if !errors.Is(err, zmq.ErrInvalid) || !strings.Contains(err.Error(), "50*time.Millisecond") {
			t.Errorf("%s: %v", string(o), err)
		}
		if err := s.Set(o.Of(999 * time.Microsecond)); !errors.Is(err, zmq.ErrInvalid) || !strings.Contains(err.Error(), "999µs") {
			t.Errorf("%s: %v", string(o), err)
		}
		if err := s.Set(o.Of(time.Second + 1)); err != nil {
			t.Errorf("%s: %v", string(o), err)
		}
		if err := s.Set(o.Of(0)); err != nil {
			t.Errorf("%s: %v", string(o), err)
		}
	}
	if err := s.Set(zmq.HeartbeatTTL.Of(50 * time.Millisecond)); !errors.Is(err, zmq.ErrInvalid) || !strings.Contains(err.Error(), "100ms") {
		t.Error(err)
	}
	for _, o := range []zmq.Opt[time.Duration]{zmq.SendTimeout, zmq.RecvTimeout, zmq.Linger} {
		if err := s.Set(o.Of(-1)); err != nil {
			t.Error(err)
		}
	}
}
