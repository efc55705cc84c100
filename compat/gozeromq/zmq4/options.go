package zmq4

import (
	"log"
	"os"
	"time"

	"github.com/zeroth-mq/zmq"
)

// Options of SetOption and GetOption. OptionSubscribe and OptionUnsubscribe take
// a string or a []byte, and are for SUB. OptionHWM takes an int of 0 or more, 0
// being no limit: how many messages may wait for one peer, and how many of one
// peer may wait to be received. It is for all types. The default is 1000; for
// PUB and XPUB it is 0, and the bytes that wait for one subscriber are bounded
// at 256 MiB, beyond which messages for it are dropped.
const (
	OptionSubscribe   = "SUBSCRIBE"
	OptionUnsubscribe = "UNSUBSCRIBE"
	OptionHWM         = "HWM"
)

// An Option is a setting for the functions that make sockets.
type Option func(s *socket)

// config is what Options set.
type config struct {
	id          SocketIdentity
	sec         Security
	retry       time.Duration
	dialTimeout time.Duration
	maxRetries  int
	hideLoss    bool
	timeout     time.Duration
	log         *log.Logger
}

func defaults() config {
	return config{
		sec:   nullSecurity{},
		retry: 250 * time.Millisecond, dialTimeout: 5 * time.Minute, maxRetries: 10,
		timeout: 5 * time.Minute,
		log:     log.New(os.Stderr, "zmq4: ", 0),
	}
}

// WithID gives the socket its identity, cut at 255 bytes. Without it none is
// announced.
func WithID(id SocketIdentity) Option { return func(s *socket) { s.id = id } }

// WithSecurity gives the socket its security mechanism, a value of package
// security/null, security/plain or security/curve; nil is NULL. What a program
// implements itself is for Open, and is an error of Listen and Dial.
func WithSecurity(sec Security) Option {
	return func(s *socket) {
		if s.sec = sec; sec == nil {
			s.sec = nullSecurity{}
		}
	}
}

// WithDialerRetry sets how long it takes, about, from one attempt to connect to
// the next, in Dial and when a connection was lost. Default 250 ms, at least 1 ms.
func WithDialerRetry(retry time.Duration) Option { return func(s *socket) { s.retry = retry } }

// WithDialerTimeout bounds one attempt to connect. Default 5 min; 0: the
// system's limit.
func WithDialerTimeout(timeout time.Duration) Option {
	return func(s *socket) { s.dialTimeout = timeout }
}

// WithDialerMaxRetries sets how often Dial tries again; -1 is without end.
// Default 10. A connection that Dial has made and that is lost is made again
// without end, whatever is set here.
func WithDialerMaxRetries(maxRetries int) Option {
	return func(s *socket) { s.maxRetries = maxRetries }
}

// WithAutomaticReconnect sets whether Recv hides that a connection was lost. By
// default, for each connection that Dial has made and that was lost, one Recv
// returns io.EOF, after all messages that had come over it. It is made again in
// the background either way.
func WithAutomaticReconnect(automaticReconnect bool) Option {
	return func(s *socket) { s.hideLoss = automaticReconnect }
}

// WithTimeout bounds how long Send waits for a peer with room; then it returns
// context.DeadlineExceeded. Default 5 min. Recv has no limit.
func WithTimeout(timeout time.Duration) Option { return func(s *socket) { s.timeout = timeout } }

// WithLogger sets where connections that fail are told, and messages that Close
// had to drop. Default: standard error; nil is the default.
func WithLogger(msg *log.Logger) Option {
	return func(s *socket) {
		if msg != nil {
			s.log = msg
		}
	}
}

const (
	publisherBytes = 256 << 20
	probes         = 15 * time.Second
)

// settings are a new socket's options of package zmq. The interval between
// attempts to connect is random, between this one and its double. No PINGs are
// sent: a peer that still is of go-zeromq hands them to its program, and does not
// answer. The system probes silent connections, as package net has it do there.
func (c *config) settings(typ SocketType) []zmq.Option {
	all := []zmq.Option{
		zmq.Linger.Of(linger),
		zmq.SendTimeout.Of(span(c.timeout)),
		zmq.ReconnectInterval.Of(max(span(c.retry*2/3), time.Millisecond)),
		zmq.ConnectTimeout.Of(span(c.dialTimeout)),
		zmq.HeartbeatInterval.Of(0),
		zmq.TCPKeepAlive.Of(zmq.KeepAliveOn), zmq.TCPKeepAliveIdle.Of(probes), zmq.TCPKeepAliveInterval.Of(probes),
	}
	if len(c.id) > 0 {
		all = append(all, zmq.RoutingID.Of([]byte(c.id.String())))
	}
	switch typ {
	case Pub, XPub:
		all = append(all, zmq.SendHWM.Of(0), zmq.SendHWMBytes.Of(publisherBytes))
	case Req:
		all = append(all, zmq.Immediate.Of(true))
	case Rep, Router:
		all = append(all, zmq.RouterHandover.Of(true))
	}
	return all
}

// span is a duration as package zmq accepts it: none below zero, and none
// between zero and a millisecond.
func span(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return min(max(d, time.Millisecond), maxSpan)
}

const maxSpan = 24 * 24 * time.Hour
