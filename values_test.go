package zmq_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq"
)

// What is set is what is read, in the types of this package.
func TestTypedSettings(t *testing.T) {
	s := open(zmq.Router)
	defer s.Close()
	want(t, s, zmq.TCPKeepAlive, zmq.KeepAliveSystem, zmq.KeepAliveOn)
	want(t, s, zmq.TCPKeepAliveIdle, -time.Second, 90*time.Second)
	want(t, s, zmq.TCPKeepAliveInterval, -time.Second, 0)
	want(t, s, zmq.ReconnectStop, 0, zmq.StopOnRefusal|zmq.StopOnDisconnect)
	want(t, s, zmq.RouterNotify, 0, zmq.PeerCame|zmq.PeerGone)
	want(t, s, zmq.MulticastRate, 100*zmq.KbitPerSecond, 20*zmq.MbitPerSecond)
	want(t, s, zmq.BusyPoll, 0, 50*time.Microsecond)
	want(t, s, zmq.SOCKSPassword, "", "secret")
	want(t, s, zmq.MaxMsgSize, 256<<20, -1)
	if err := s.Set(zmq.TCPKeepAliveIdle.Of(1500 * time.Millisecond)); err != nil {
		t.Error(err)
	}
	if d, err := zmq.Get(s, zmq.TCPKeepAliveIdle); d != 2*time.Second || err != nil {
		t.Errorf("1.5 s is %v, want 2 s: %v", d, err)
	}
	for text, d := range map[string]time.Duration{"7": 7 * time.Second, "8s": 8 * time.Second} {
		o, err := zmq.ParseOption("TCP_KEEPALIVE_IDLE", text)
		if err == nil {
			err = s.Set(o)
		}
		if got, _ := zmq.Get(s, zmq.TCPKeepAliveIdle); got != d || err != nil {
			t.Errorf("%q is %v, want %v: %v", text, got, d, err)
		}
	}
}

func want[T comparable](t *testing.T, s *zmq.Socket, o zmq.Opt[T], first, value T) {
	t.Helper()
	if x, err := zmq.Get(s, o); x != first || err != nil {
		t.Errorf("%s is %v, want %v: %v", string(o), x, first, err)
	}
	if err := s.Set(o.Of(value)); err != nil {
		t.Error(err)
	}
	if x, err := zmq.Get(s, o); x != value || err != nil {
		t.Errorf("%s is %v, want %v: %v", string(o), x, value, err)
	}
}

// What makes no sense is refused, and the error says what is accepted.
func TestSettingsOfNoSense(t *testing.T) {
	s := open(zmq.Router)
	defer s.Close()
	for _, c := range []struct {
		option zmq.Option
		says   string
	}{
		{zmq.SendHWM.Of(-1), "least is 0"},
		{zmq.RecvHWMBytes.Of(-1), "least is 0"},
		{zmq.MaxMsgSize.Of(-2), "least is -1"},
		{zmq.MaxMessage.Of(-2), "least is -1"},
		{zmq.MaxFrames.Of(-1), "least is 0"},
		{zmq.SendBuffer.Of(-2), "least is -1"},
		{zmq.InBatchSize.Of(0), "least is 1"},
		{zmq.InBatchSize.Of(65537), "most is 65536"},
		{zmq.MulticastHops.Of(0), "least is 1"},
		{zmq.MulticastRate.Of(0), "least is 1"},
		{zmq.MulticastRate.Of(999), "100*KbitPerSecond"},
		{zmq.MulticastRate.Of(1500), "100*KbitPerSecond"},
		{zmq.TCPKeepAlive.Of(2), "most is 1"},
		{zmq.TCPKeepAliveIdle.Of(30), "30*time.Second"},
		{zmq.TCPKeepAliveInterval.Of(30 * time.Millisecond), "1s"},
		{zmq.BusyPoll.Of(50), "50*time.Microsecond"},
		{zmq.BusyPoll.Of(-time.Second), "least is 0"},
		{zmq.HeartbeatInterval.Of(-5 * time.Second), "cannot be -5s: the least is 0"},
		{zmq.HeartbeatTTL.Of(-time.Second), "cannot be -1s: the least is 0"},
		{zmq.HeartbeatTTL.Of(2 * time.Hour), "the most is 1h49m13.599s"},
		{zmq.HandshakeInterval.Of(1000 * time.Hour), "the most is 596h31m23.647s"},
		{zmq.ReconnectStop.Of(8), "most is 7"},
		{zmq.ReconnectStop.Of(-1), "least is 0"},
		{zmq.RouterNotify.Of(4), "most is 3"},
		{zmq.TOS.Of(256), "most is 255"},
		{zmq.IPCFilterUID.Of(-1), "least is 0"},
		{zmq.UseFD.Of(-2), "least is -1"},
		{zmq.RoutingID.Of([]byte(strings.Repeat("x", 256))), "most is 255"},
		{zmq.RoutingID.Of([]byte{}), "least is 1"},
		{zmq.RoutingID.Of([]byte{0, 1}), "zero byte"},
		{zmq.ConnectRoutingID.Of([]byte("\x00")), "zero byte"},
	} {
		if err := s.Set(c.option); !errors.Is(err, zmq.ErrInvalid) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v; want ErrInvalid and %q in the text", err, c.says)
		}
	}
}

func TestTypesOfSettingsInText(t *testing.T) {
	for _, c := range []struct {
		value fmt.Stringer
		text  string
	}{
		{zmq.StopOn(0), "none"}, {zmq.StopOnRefusal | zmq.StopOnHandshake, "refusal|handshake"}, {zmq.StopOn(12), "disconnect|8"},
		{zmq.KeepAliveSystem, "system"}, {zmq.KeepAliveOff, "off"}, {zmq.KeepAliveOn, "on"}, {zmq.KeepAlive(7), "KeepAlive(7)"},
		{zmq.BitRate(0), "0 bit/s"}, {20 * zmq.MbitPerSecond, "20 Mbit/s"}, {1500 * zmq.KbitPerSecond, "1500 kbit/s"}, {zmq.BitRate(1), "1 bit/s"},
		{zmq.Notice(0), "none"}, {zmq.PeerCame, "came"}, {zmq.PeerCame | zmq.PeerGone, "came|gone"},
	} {
		if c.value.String() != c.text {
			t.Errorf("%q, want %q", c.value, c.text)
		}
	}
}
