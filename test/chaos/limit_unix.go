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
	r.Cur = min(n, r.Max)
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
