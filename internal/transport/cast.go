package transport

import "github.com/zeroth-mq/zmq/internal/opt"

// A Caster is a Transport that makes no connections: what is published goes to
// every listener, and which those are is not known. Bind and Connect mean the
// same; CheckBind is asked, Listen and Dial are not.
//
// What it carries are streams of bytes, one from each publisher, which may have
// gaps. Of what is in them it knows only where messages begin.
type Caster interface {
	Transport

	// Publish opens an endpoint that sends, Subscribe one that receives. The
	// caller closes it.
	Publish(addr string, o *opt.Net) (Publisher, error)
	Subscribe(addr string, o *opt.Net) (Subscription, error)
}

// A Publisher sends one stream. Frame, Flush and Finish are called by one
// goroutine at a time; Close by anyone.
type Publisher interface {
	// Frame sends head and body as the next bytes of the stream, as fast as
	// the rate allows: it waits. begins says that a message begins with them.
	// They are copied. The error is net.ErrClosed, after Close.
	Frame(head, body []byte, begins bool) error
	// Flush sends what Frame kept to fill a packet with. Errors as of Frame.
	Flush() error
	// Finish says that this was all, and goes on serving subscribers that missed
	// something until none seems to, for a bounded time, or until Close.
	Finish()
	// Close ends it at once, and returns when it has ended.
	Close() error
	// Local and Group are the addresses that packets come from and go to.
	Local() string
	Group() string
}

// A Subscription receives the streams of all publishers of its groups.
type Subscription interface {
	// Receive hands what comes to sink, one call at a time, until Close. It
	// is called once.
	Receive(sink Sink)
	// Wake says that a sink that had no room now has. Anyone may call it.
	Wake()
	// Close ends Receive. Anyone may call it.
	Close() error
	Local() string
	Group() string
}

// A Sink is what receives. Its methods must not block, and must not call the
// Subscription but for Wake.
type Sink interface {
	// Room reports whether more is wanted. It is asked often, not for every
	// packet. If it says no, Wake follows.
	Room() bool
	// Stream is called when a publisher is heard for the first time.
	Stream(name string) Stream
	// Flush follows when nothing more comes for now.
	Flush()
}

// A Stream is what comes from one publisher.
type Stream interface {
	// Bytes gives the next bytes, valid until it returns. begins says that a
	// message begins with the first of them, and thereby that any other has
	// ended: one that has not is to be forgotten. False says that they make
	// no sense: nothing comes then until the next begin of a message.
	Bytes(b []byte, begins bool) bool
	// Lost says that so many packets are missing here for good. What comes
	// next begins a message.
	Lost(packets int)
	// End says that no more will come.
	End()
}
