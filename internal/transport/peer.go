package transport

import (
	"fmt"
	"net"
)

// Cred are the process, user and group at the other end of a local connection,
// as they were when it connected.
type Cred struct{ PID, UID, GID int }

// PeerAddress is the text of the Peer-Address property: the IP address without
// its port for TCP and UDP, "localhost:uid:gid:pid" for a local socket where the
// system tells (Linux), else "localhost". It is empty where there is no peer
// address, as on a net.Pipe.
func PeerAddress(c net.Conn) string {
	switch a := c.RemoteAddr().(type) {
	case *net.TCPAddr:
		return a.AddrPort().Addr().Unmap().String()
	case *net.UDPAddr:
		return a.AddrPort().Addr().Unmap().String()
	case *net.UnixAddr:
		if cred, err := PeerCred(c); err == nil {
			return fmt.Sprintf("localhost:%d:%d:%d", cred.UID, cred.GID, cred.PID)
		}
		return "localhost"
	}
	return ""
}
