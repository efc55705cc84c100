package pipe

import "github.com/zeroth-mq/zmq/internal/msg"

// A Sink takes messages: an End, or what stands for several. It belongs to the
// sending half.
type Sink interface {
	// Send queues m. False means that there is no room, or that the peer has gone.
	// It may change m.Frames.
	Send(m *msg.Message) bool
	// Put is Send for a message of one small frame. False: try Send.
	Put(frame []byte) bool
	// CanSend reports whether Send would succeed.
	CanSend() bool
	// Grant is how many more messages Send is sure to take, whatever happens, as
	// long as an engine is awake, which asks for more before it sleeps; 0: none is,
	// or it is not sure of any.
	Grant() int
}
