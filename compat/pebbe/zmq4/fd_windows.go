//go:build windows

package zmq4

// GetFd is a descriptor that becomes readable when GetEvents may say something
// new. It tells of changes, not of states: after it has, and after each Send and
// Recv, ask GetEvents until there is nothing more to do. It is the socket's:
// neither read nor close it.
func (soc *Socket) GetFd() (uintptr, error) {
	fd, err := value[int](soc, "FD")
	return uintptr(fd), err
}
