//go:build !unix

package engine

import "net"

const canReadNow = false

func readNow(uintptr, []byte) (n int, done bool, err error) { return 0, true, nil }

// hungUp: what is written fails then, which has to do.
func hungUp(net.Conn, bool) bool { return false }

// inputWaits: the system does not tell.
func inputWaits(net.Conn) bool { return false }
