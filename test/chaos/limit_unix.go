//go:build unix

package chaos

import "syscall"

// limitDescriptors bounds how many files this process may open; the numbers of
// those that are open count.
func limitDescriptors(n uint64) error {
	var r syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r); err != nil {
		return err
	}
	setTo(&r.Cur, min(n, uint64(r.Max)))
	return syscall.Setrlimit(syscall.RLIMIT_NOFILE, &r)
}

// descriptors is how many files the process may open.
func descriptors() int {
	var r syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r) != nil {
		return 1024
	}
	return int(min(uint64(r.Cur), 1<<20))
}

// setTo sets a field that is signed on FreeBSD, and unsigned elsewhere.
func setTo[T int64 | uint64](field *T, n uint64) { *field = T(n) }
