package zmq

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/opt"
)

// An Option is a setting with its value, for New and Socket.Set.
type Option interface {
	apply(*Socket) error
}

// An Opt is the name of a setting whose value is a T. A time.Duration below
// zero means without end, where the setting allows that; one above zero and below
// a millisecond is ErrInvalid: it was meant to be a number of them.
type Opt[T any] string

// Of gives the setting a value.
func (o Opt[T]) Of(value T) Option { return setting{string(o), func() any { return value }} }

// a setting has its value where fmt does not find it: it may be a secret.
type setting struct {
	name  string
	value func() any
}

func (o setting) apply(s *Socket) error {
	row := opt.ByName(o.name)
	if row == nil {
		return fmt.Errorf("there is no option %q: %w", o.name, errno.EINVAL)
	}
	x, err := plain(o.value())
	if err != nil {
		return fmt.Errorf("option %s %w", row.Name, err)
	}
	if err := row.CheckGo(x); err != nil {
		return err
	}
	return s.inner().Set(row, x)
}

// ParseOption makes an Option of text, as the command's -o NAME=VALUE does: any
// option of ZeroMQ by its name in zmq.h, in any case and with or without ZMQ_;
// the value a number, true or false, a duration ("1s", or a number of the unit
// that docs/options.md gives, milliseconds for most), or bytes as they are.
// Error: ErrInvalid.
func ParseOption(name, value string) (Option, error) {
	row, x, err := opt.Parse(name, value)
	if err != nil {
		return nil, fmt.Errorf("zmq: %w", err)
	}
	return setting{row.Name, func() any { return x }}, nil
}

// Set changes settings. Each says in its comment what a change reaches. Error:
// ErrInvalid.
func (s *Socket) Set(options ...Option) error {
	if !s.made() {
		return s.wrap("set", "", ErrClosed)
	}
	for _, o := range options {
		if o == nil {
			return s.wrap("set", "", errNoOption)
		}
		if err := o.apply(s); err != nil {
			return s.wrap("set", "", err)
		}
	}
	return nil
}

// Get reads a setting. Error: ErrInvalid for one that cannot be read, or is not
// one of the socket's type.
func Get[T any](s *Socket, o Opt[T]) (T, error) {
	var zero T
	row := opt.ByName(string(o))
	if row == nil {
		return zero, s.wrap("get", "", fmt.Errorf("there is no option %q: %w", string(o), errno.EINVAL))
	}
	x, err := s.inner().Get(row)
	if err != nil {
		return zero, s.wrap("get", "", err)
	}
	v, ok := typed[T](row, x)
	if !ok {
		return zero, s.wrap("get", "", fmt.Errorf("option %s is a %T: %w", row.Name, x, errno.EINVAL))
	}
	return v, nil
}

// Logger makes the socket report what happens to its connections: handshakes
// that fail and connections that break the protocol as warnings; at info level
// that an endpoint that connects has no connection, has lost it, and has one
// again. What goes on is told once, and then counted, with a line for each
// minute. Everything is at debug level. Without it the socket is silent. See
// Socket.Events.
func Logger(l *slog.Logger) Option { return logger{l} }

//go:generate go test -run TestOptionsDoc -update .

// The settings. Unless its comment says otherwise, one that is changed on a live
// socket reaches endpoints that are bound or connected from then on.
const (
	// SendHWM is how many messages may wait for one peer before Send waits, or
	// drops; 0 is no limit. Default 1000. Acts at once.
	SendHWM Opt[int] = "SNDHWM"
	// RecvHWM is how many messages of one peer may wait to be received before
	// no more are read from it; 0 is no limit. Default 1000. Acts at once.
	RecvHWM Opt[int] = "RCVHWM"
	// SendHWMBytes and RecvHWMBytes bound the same queues in bytes; 0 is no
	// limit. Default 64 MiB. A message is never too large for an empty queue.
	// What is received counts as the memory that it keeps.
	SendHWMBytes Opt[int] = "SNDHWM_BYTES"
	RecvHWMBytes Opt[int] = "RCVHWM_BYTES"
	// SendTimeout and RecvTimeout bound how long Send and Recv wait; below 0,
	// only their context does. Default -1, and for sending 0 for Router and
	// Stream: a peer without room is told at once, by ErrAgain, and holds up
	// nothing that is for others. Act at once.
	SendTimeout Opt[time.Duration] = "SNDTIMEO"
	RecvTimeout Opt[time.Duration] = "RCVTIMEO"
	// Linger bounds how long Close, Unbind and Disconnect wait for what was
	// sent; below 0 is without end. Default 5 s, and 0 for Sub and XSub. Acts
	// at once.
	Linger Opt[time.Duration] = "LINGER"
	// Conflate keeps only the newest message for, and of, each peer. It acts
	// on Dealer, Pull, Push, Pub and Sub. Default false.
	Conflate Opt[bool] = "CONFLATE"

	// ReconnectInterval is the shortest time between two attempts to connect;
	// up to as much again is added by chance. 0 or less is never again.
	// Default 100 ms.
	ReconnectInterval Opt[time.Duration] = "RECONNECT_IVL"
	// ReconnectIntervalMax makes the interval double with every attempt that
	// fails, up to this. Default 0: it does not.
	ReconnectIntervalMax Opt[time.Duration] = "RECONNECT_IVL_MAX"
	// RefusedIntervalMax makes the interval double, up to this, or up to
	// ReconnectIntervalMax if that is set, while the peer refuses us, or we it:
	// whatever ends a handshake. Default 30 s; 0: it does not.
	RefusedIntervalMax Opt[time.Duration] = "REFUSED_IVL_MAX"
	// ReconnectStop is when a connection is not made again. Default 0: it always
	// is.
	ReconnectStop Opt[StopOn] = "RECONNECT_STOP"
	// Immediate queues messages only for peers that are connected now. Default
	// false.
	Immediate Opt[bool] = "IMMEDIATE"
	// ConnectTimeout bounds one attempt to connect; 0 leaves it to the system.
	ConnectTimeout Opt[time.Duration] = "CONNECT_TIMEOUT"
	// HandshakeInterval bounds greeting and handshake together; 0 is no limit.
	// Default 30 s.
	HandshakeInterval Opt[time.Duration] = "HANDSHAKE_IVL"
	// MaxHandshakes is how many accepted connections may be shaking hands at
	// once, for each endpoint that is bound later; each beyond costs any one
	// of them its place. 0 is no limit. Default 4096.
	MaxHandshakes Opt[int] = "MAX_HANDSHAKES"
	// MaxConnections is how many connections an endpoint that is bound later
	// may have, those that shake hands not counted: see MaxHandshakes. While it
	// has them, one more is closed as soon as it is accepted, and
	// EventAcceptFailed says so with ErrLimit; the peer tries again. 0 is no
	// limit. Default 65536.
	MaxConnections Opt[int] = "MAX_CONNECTIONS"

	// HeartbeatInterval is the time between two PINGs; 0 is none. Default 15 s.
	HeartbeatInterval Opt[time.Duration] = "HEARTBEAT_IVL"
	// HeartbeatTimeout is how long after a PING something must be heard, or
	// the connection is given up; so it is when the peer's system acknowledges
	// nothing for so long (Linux), but not for a peer that is slow to read.
	// Default 45 s. Without heartbeats the system decides: see TCPMaxRT.
	HeartbeatTimeout Opt[time.Duration] = "HEARTBEAT_TIMEOUT"
	// HeartbeatTTL asks the peer to give the connection up when it hears
	// nothing for so long; tenths of a second, at most 6553 s. Default 0: it
	// is not asked.
	HeartbeatTTL Opt[time.Duration] = "HEARTBEAT_TTL"

	// MaxMsgSize is the largest frame that is accepted; a peer that sends a
	// larger one is disconnected. -1 is no limit. Default 256 MiB.
	MaxMsgSize Opt[int64] = "MAXMSGSIZE"
	// MaxMessage is the same for all frames of a message together, of which
	// each counts 64 bytes more than it has if there are several: that is what
	// it costs to receive it. -1 and 0 are no limit. Default 1 GiB.
	MaxMessage Opt[int64] = "MAXMESSAGE"
	// MaxFrames is how many frames a message may have; a peer that sends one
	// with more is disconnected, and the event's Err is ErrLimit. 0 is no
	// limit. Default 65536.
	MaxFrames Opt[int] = "MAX_FRAMES"
	// RoutingID is the socket's name for a Router that it talks to: 1 to 255
	// bytes, not beginning with a zero byte. Default none: the Router invents
	// one.
	RoutingID Opt[[]byte] = "ROUTING_ID"
	// Metadata adds a property, "X-name:value", for the peer to see.
	Metadata Opt[string] = "METADATA"

	// HelloMessage is the first message on every connection that a Router,
	// Dealer or Rep makes or accepts. Default none.
	HelloMessage Opt[[]byte] = "HELLO_MSG"
	// DisconnectMessage is received by a Router when a peer that had connected
	// to it is gone: two frames, the peer's id and this. HiccupMessage is received
	// by a Dealer when a connection that it had made was lost: one frame. See
	// Message.Notice. Default none.
	DisconnectMessage Opt[[]byte] = "DISCONNECT_MSG"
	HiccupMessage     Opt[[]byte] = "HICCUP_MSG"

	// RouterMandatory makes Send of a Router fail with ErrNoRoute for a peer
	// that is not there, and with ErrAgain for one that has no room within
	// SendTimeout, where it would drop. Default true. Acts at once.
	RouterMandatory Opt[bool] = "ROUTER_MANDATORY"
	// RouterHandover gives a routing id that is taken to the newcomer, instead
	// of refusing it. Default false. Acts at once.
	RouterHandover Opt[bool] = "ROUTER_HANDOVER"
	// RouterNotify tells a Router of each peer that comes (PeerCame), of each that
	// goes (PeerGone), or of both: two frames, the peer's id and an empty one.
	// Message.Notice says which it is, and that the peer did not send it. Default
	// 0: of none. Not over inproc.
	RouterNotify Opt[Notice] = "ROUTER_NOTIFY"
	// ProbeRouter sends an empty message to each new peer of a Router, Dealer
	// or Req, which tells a Router that it is there. Default false.
	ProbeRouter Opt[bool] = "PROBE_ROUTER"
	// ConnectRoutingID names the peer of the next Connect, for Router and
	// Stream.
	ConnectRoutingID Opt[[]byte] = "CONNECT_ROUTING_ID"
	// ReqRelaxed lets a Req send again before the reply has come. Default
	// false. Acts at once.
	ReqRelaxed Opt[bool] = "REQ_RELAXED"
	// ReqCorrelate numbers requests, so that a late reply is not taken for the
	// right one. Default false. Acts at once.
	ReqCorrelate Opt[bool] = "REQ_CORRELATE"

	// MaxSubscriptions is to how many topics one peer of a Pub or XPub may be
	// subscribed at a time. One that subscribes to more is disconnected, which
	// ends all its subscriptions; EventDisconnected says so with ErrLimit. It
	// does not bound peers over inproc. 0 is no limit. Default 262144. Acts at
	// once, on what is subscribed from then on.
	MaxSubscriptions Opt[int] = "MAX_SUBSCRIPTIONS"
	// MaxSubscriptionBytes is the same for the bytes of these topics together.
	// Default 16 MiB.
	MaxSubscriptionBytes Opt[int] = "MAX_SUBSCRIPTION_BYTES"
	// XPubVerbose passes every subscription on, not only the first of a topic.
	XPubVerbose Opt[bool] = "XPUB_VERBOSE"
	// XPubVerboser passes every unsubscription on as well.
	XPubVerboser Opt[bool] = "XPUB_VERBOSER"
	// XPubNoDrop makes Send of an XPub or Pub wait, or fail with ErrAgain, when
	// a subscriber has no room, where it would drop.
	XPubNoDrop Opt[bool] = "XPUB_NODROP"
	// XPubManual leaves it to the program which subscriptions take effect.
	XPubManual Opt[bool] = "XPUB_MANUAL"
	// XPubManualLastValue is XPubManual, and the next message after a received
	// subscription goes to that subscriber alone.
	XPubManualLastValue Opt[bool] = "XPUB_MANUAL_LAST_VALUE"
	// XPubWelcome is a message for every new subscriber.
	XPubWelcome Opt[[]byte] = "XPUB_WELCOME_MSG"
	// OnlyFirstSubscribe takes only the first frame of a message for a
	// subscription (XPub, XSub).
	OnlyFirstSubscribe Opt[bool] = "ONLY_FIRST_SUBSCRIBE"
	// XSubVerboseUnsubscribe passes every unsubscription on to the publishers,
	// not only the last of a topic.
	XSubVerboseUnsubscribe Opt[bool] = "XSUB_VERBOSE_UNSUBSCRIBE"
	// TopicsCount is how many different topics there are (Pub, XPub, Sub,
	// XSub). It can only be read.
	TopicsCount Opt[int] = "TOPICS_COUNT"
	// InvertMatching sends, and receives, what does not match (Pub, XPub, Sub).
	InvertMatching Opt[bool] = "INVERT_MATCHING"
	// StreamNotify tells a Stream of connections that come and go: two frames, the
	// id and an empty one; see Message.Notice. Default true.
	StreamNotify Opt[bool] = "STREAM_NOTIFY"
	// InBatchSize is the most bytes that one message of a Stream holds, up to
	// 64 KiB. Default 8 KiB.
	InBatchSize Opt[int] = "IN_BATCH_SIZE"

	// IPv6 uses IPv6 beside IPv4 on tcp. Default true.
	IPv6 Opt[bool] = "IPV6"
	// Backlog is how many connections may wait to be accepted. Default 100.
	Backlog Opt[int] = "BACKLOG"
	// SendBuffer and RecvBuffer are the system's buffers in bytes; -1, the
	// default, leaves them to it.
	SendBuffer Opt[int] = "SNDBUF"
	RecvBuffer Opt[int] = "RCVBUF"
	// TCPKeepAlive makes the system probe silent tcp connections. Default
	// KeepAliveSystem. See HeartbeatInterval, which is on.
	TCPKeepAlive Opt[KeepAlive] = "TCP_KEEPALIVE"
	// TCPKeepAliveCount is how many probes may be lost, TCPKeepAliveIdle how long a
	// connection is silent before the first, TCPKeepAliveInterval the time between
	// two, both in whole seconds, rounded up. 0 and below, the default, leave it to
	// the system.
	TCPKeepAliveCount    Opt[int]           = "TCP_KEEPALIVE_CNT"
	TCPKeepAliveIdle     Opt[time.Duration] = "TCP_KEEPALIVE_IDLE"
	TCPKeepAliveInterval Opt[time.Duration] = "TCP_KEEPALIVE_INTVL"
	// MulticastRate is the most that a multicast publisher sends, in steps of
	// 1 kbit/s. Default 100*KbitPerSecond. A subscriber's says, with
	// MulticastRecoveryInterval, how much of a stream it keeps while something of
	// it is missing. See docs/multicast.md.
	MulticastRate Opt[BitRate] = "RATE"
	// MulticastRecoveryInterval is how far back multicast can be repaired. Default
	// 10 s.
	MulticastRecoveryInterval Opt[time.Duration] = "RECOVERY_IVL"
	// MulticastHops is how many routers multicast may pass, and one. Default 1.
	MulticastHops Opt[int] = "MULTICAST_HOPS"
	// MulticastMaxTPDU is the largest multicast packet. Default 1500 bytes.
	MulticastMaxTPDU Opt[int] = "MULTICAST_MAXTPDU"
	// MulticastLoop lets subscribers on the same machine hear a multicast
	// publisher. Default true.
	MulticastLoop Opt[bool] = "MULTICAST_LOOP"
	// TCPMaxRT is how long sent data may go without being acknowledged; 0, the
	// default, leaves it to the system, which takes some 15 minutes (Linux). It
	// ends connections to peers that read nothing for so long, too.
	TCPMaxRT Opt[time.Duration] = "TCP_MAXRT"
	// TCPAcceptFilter adds an address or a network (10.0.0.0/8) whose peers are
	// let in at what is bound from now on. Default: all are.
	TCPAcceptFilter Opt[string] = "TCP_ACCEPT_FILTER"
	// IPCFilterPID, IPCFilterUID and IPCFilterGID add a process, a user, a group
	// that is let in over ipc, at what is bound from now on. They add up.
	// Default: all are.
	IPCFilterPID Opt[int] = "IPC_FILTER_PID"
	IPCFilterUID Opt[int] = "IPC_FILTER_UID"
	IPCFilterGID Opt[int] = "IPC_FILTER_GID"
	// UseFD is a descriptor that listens already, for the next Bind to take a
	// duplicate of; -1 is none.
	UseFD Opt[int] = "USE_FD"
	// TOS is the type of service of packets, 0 to 255; Priority their priority in
	// this system's queues (Linux); BusyPoll how long the system polls the network
	// card, in whole microseconds, rounded up (Linux). Default 0: the system's.
	TOS      Opt[int]           = "TOS"
	Priority Opt[int]           = "PRIORITY"
	BusyPoll Opt[time.Duration] = "BUSY_POLL"
	// BindToDevice binds to a network interface by name (Linux).
	BindToDevice Opt[string] = "BINDTODEVICE"
	// SOCKSProxy is the host:port of a SOCKS5 proxy for tcp connections, with a
	// source address before it if need be, as an endpoint has it.
	SOCKSProxy    Opt[string]   = "SOCKS_PROXY"
	SOCKSUsername Opt[string]   = "SOCKS_USERNAME"
	SOCKSPassword Opt[Password] = "SOCKS_PASSWORD"

	// Security. A socket has one mechanism, the one that the last of these
	// options belongs to, and refuses peers that have another. On a server's
	// side see also Authenticate; for keys in files, CurveCert.

	// PlainServer makes the socket check user names and passwords, by its
	// Authenticator; without one it refuses everybody. PLAIN encrypts nothing.
	PlainServer Opt[bool] = "PLAIN_SERVER"
	// PlainUsername and PlainPassword are what a client says; 1 to 255 bytes.
	PlainUsername Opt[string]   = "PLAIN_USERNAME"
	PlainPassword Opt[Password] = "PLAIN_PASSWORD"
	// CurveServer makes the socket a server of CURVE, which encrypts; it needs
	// CurveSecretKey. Without an Authenticator it accepts any client that knows
	// its public key.
	CurveServer Opt[bool] = "CURVE_SERVER"
	// CurveServerKey is the public key of the server, and makes the socket a
	// client; it needs a CurveSecretKey of its own, and takes the public key from
	// that if CurvePublicKey was never set.
	CurveServerKey Opt[CurveKey]    = "CURVE_SERVERKEY"
	CurvePublicKey Opt[CurveKey]    = "CURVE_PUBLICKEY"
	CurveSecretKey Opt[CurveSecret] = "CURVE_SECRETKEY"
	// ZAPDomain is what an Authenticator is told as Domain, 1 to 255 bytes. With
	// it a NULL socket asks a ZAP handler, too.
	ZAPDomain Opt[string] = "ZAP_DOMAIN"
)
