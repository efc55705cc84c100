package opt

import (
	"fmt"
	"io"
	"net/netip"
	"time"
)

// Values are the settings of one socket, grouped by the package that reads them: each
// package below core is handed its own group and sees no other. Bind and
// Connect work on a copy, so a later Set reaches only what its row says.
//
// Durations: negative means without end where the row allows -1.
type Values struct {
	Pipe   Pipe
	Life   Life
	Wire   Wire
	Net    Net
	Router Router
	Req    Req
	XPub   XPub
	XSub   XSub
	Stream Stream
	Sec    Sec
	Idle   Idle
}

// Pipe sizes the queues to and from one peer.
type Pipe struct {
	SendHWM, RecvHWM           int // messages; 0: no bound
	SendHWMBytes, RecvHWMBytes int // bytes; 0: no bound (Go API only)
	Conflate                   bool
}

// Life governs waiting, connecting again and closing.
type Life struct {
	Linger          time.Duration // <0: for ever
	SendTimeout     time.Duration // <0: for ever, 0: do not wait
	RecvTimeout     time.Duration
	ReconnectIvl    time.Duration // <=0: never reconnect
	ReconnectIvlMax time.Duration // 0: no exponential back-off
	ReconnectStop   int           // RECONNECT_STOP bits
	Immediate       bool
	HandshakeIvl    time.Duration // 0: no limit
	MaxHandshakes   int           // of one listener at once; 0: no limit (Go API only)
	MaxConnections  int           // of one listener, beyond their handshakes; 0: no limit (Go API only)
	RetryProtocol   bool          // Go API: also reconnect after a peer broke the protocol
	RefusedIvlMax   time.Duration // Go API: back off to this after refusals; 0: do not
}

// Wire is what the engine needs to speak ZMTP.
type Wire struct {
	RoutingID        []byte
	MaxMsgSize       int64 // bytes of one frame; <0: no limit
	MaxMessage       int64 // bytes of a whole message, all frames; <=0: no limit (Go API only)
	MaxFrames        int   // of one message; 0: no limit (Go API only)
	Metadata         []Property
	HeartbeatIvl     time.Duration // 0: off
	HeartbeatTTL     time.Duration
	HeartbeatTimeout time.Duration // <0: as HeartbeatIvl; 0: no timeout
	HelloMsg         []byte
	DisconnectMsg    []byte
	HiccupMsg        []byte
	InBatchSize      int
	OutBatchSize     int
}

// A Property is one application metadata pair, X-name and value.
type Property struct{ Name, Value string }

// Net is what transports need: what several have in common, and a group for each that
// has options of its own.
type Net struct {
	Backlog        int
	SndBuf, RcvBuf int // bytes; <0: the system's choice
	IPv6           bool
	// DualStack (Go API) lets IPv6 sockets fall back to IPv4 where the
	// system has no IPv6; the drop-ins do as libzmq does.
	DualStack      bool
	ConnectTimeout time.Duration // 0: the system's
	HandshakeIvl   time.Duration // Life's, for what a transport has to say before ZMTP
	KeepAlive      int           // -1: system default, 0 off, 1 on
	KeepAliveCnt   int
	KeepAliveIdle  int // seconds
	KeepAliveIntvl int // seconds
	MaxRT          time.Duration
	TOS            int
	Priority       int
	BusyPoll       int
	BindToDevice   string
	UseFD          int // -1: none
	AcceptFilters  []netip.Prefix

	SOCKS     SOCKS
	IPC       IPC
	Multicast Multicast
	WSS       WSS
}

// SOCKS is the proxy that tcp connects through; without Proxy there is none.
type SOCKS struct {
	Proxy, User, Password string
}

// IPC are the peers that an ipc listener admits; all empty: any.
type IPC struct {
	FilterPID, FilterUID, FilterGID []int
}

// Multicast is what pgm and epgm need.
type Multicast struct {
	Rate        int // kbit/s
	RecoveryIvl time.Duration
	Hops        int
	MaxTPDU     int
	Loop        bool
}

// WSS is what TLS under wss:// needs; PEM text, not file names.
type WSS struct {
	KeyPEM, CertPEM, TrustPEM string
	Hostname                  string
	TrustSystem               bool
}

// Router is ROUTER's.
type Router struct {
	Mandatory        bool
	Handover         bool
	Probe            bool // PROBE_ROUTER: also DEALER and REQ
	Raw              bool
	Notify           int
	ConnectRoutingID []byte // used up by the next connect
}

// Req is REQ's.
type Req struct {
	Correlate bool
	Relaxed   bool
}

// XPub is XPUB's and PUB's.
type XPub struct {
	VerboseSubs     bool // XPUB_VERBOSE
	VerboseUnsubs   bool // the other half of XPUB_VERBOSER
	NoDrop          bool
	Manual          bool
	ManualLastValue bool
	WelcomeMsg      []byte
	OnlyFirst       bool // ONLY_FIRST_SUBSCRIBE: also XSUB
	InvertMatching  bool // also SUB

	// Of one peer; 0: no limit (Go API only).
	MaxSubscriptions     int
	MaxSubscriptionBytes int
}

// XSub is XSUB's and SUB's.
type XSub struct {
	VerboseUnsubs bool // XSUB_VERBOSE_UNSUBSCRIBE
}

// Stream is STREAM's.
type Stream struct {
	Notify bool
}

// Sec is what the mechanisms need. Printing it tells nothing. Which of them is in force is
// Idle.Mechanism: the one that the last security option belongs to.
type Sec struct {
	Server                 bool // this side is the server of the mechanism in force
	PlainUsername          string
	PlainPassword          string
	CurvePublicKey         [32]byte
	CurvePublicSet         bool // CURVE_PUBLICKEY was set, to whatever
	CurveSecretKey         [32]byte
	CurveServerKey         [32]byte
	GSSAPIPrincipal        string
	GSSAPIPrincipalType    int
	GSSAPIServicePrincipal string
	GSSAPIServiceType      int
	GSSAPIPlaintext        bool
}

// Format keeps keys and passwords out of whatever prints a Sec.
func (Sec) Format(w fmt.State, _ rune) { io.WriteString(w, "(secret)") }

// The mechanisms, as Idle.Mechanism holds them.
const (
	MechNull = iota
	MechPlain
	MechCurve
	MechGSSAPI
)

// Idle are settings that the machine itself does not act on: stored and given
// back. The ZAP settings and the mechanism are read where the mechanism is
// built.
type Idle struct {
	Affinity         uint64
	LoopbackFastpath bool
	ZAPDomain        string
	ZAPEnforceDomain bool
	Mechanism        int
}
