//go:build unix

package engine

import "golang.org/x/sys/unix"

// mapMemory gives n bytes of the system's; nil: there are none.
func mapMemory(n int) []byte {
	b, err := unix.Mmap(-1, 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return nil
	}
	return b
}

func unmapMemory(b []byte) { unix.Munmap(b) }
