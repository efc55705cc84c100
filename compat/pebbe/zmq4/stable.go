package zmq4

// What the draft package has in another form: this file and the tests are all
// that is not copied to it.

// lastType is the last Type that has a name.
const lastType = STREAM

// Send sends one part of a message; with SNDMORE, others follow. It returns the
// part's size, and with an error -1. It waits while no peer has room, at most
// as SetSndtimeo says; with DONTWAIT it fails instead: EAGAIN.
func (soc *Socket) Send(data string, flags Flag) (int, error) {
	return soc.sendString(data, flags)
}

// SendBytes is Send. The bytes are copied.
func (soc *Socket) SendBytes(data []byte, flags Flag) (int, error) {
	return soc.sendBytes(data, flags)
}
