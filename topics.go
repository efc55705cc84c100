package zmq

// Topics is a snapshot of the topics to which the peers of a Pub or XPub are
// subscribed, each once, sorted; none for other types. While it is made the socket
// neither sends nor receives.
func (s *Socket) Topics() []string { return s.inner().Topics() }
