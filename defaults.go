package zmq

import "time"

// The settings in which the Go API is safer than libzmq. The package comment
// has the same list.
func defaults(t Type) []Option {
	list := []Option{
		IPv6.Of(true),
		Opt[bool]("DUAL_STACK").Of(true),
		Opt[bool]("RETRY_PROTOCOL").Of(true),
		RefusedIntervalMax.Of(30 * time.Second),
		HeartbeatInterval.Of(15 * time.Second),
		HeartbeatTimeout.Of(45 * time.Second),
		MaxMsgSize.Of(256 << 20),
		MaxMessage.Of(1 << 30),
		MaxFrames.Of(1 << 16),
		MaxConnections.Of(1 << 16),
		MaxSubscriptions.Of(1 << 18),
		MaxSubscriptionBytes.Of(16 << 20),
		SendHWMBytes.Of(64 << 20),
		RecvHWMBytes.Of(64 << 20),
	}
	switch t {
	case Sub, XSub:
	default:
		list = append(list, Linger.Of(5*time.Second))
	}
	switch t {
	case Router:
		list = append(list, RouterMandatory.Of(true), SendTimeout.Of(0))
	case Stream:
		list = append(list, SendTimeout.Of(0))
	}
	return list
}
