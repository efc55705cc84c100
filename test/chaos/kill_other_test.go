//go:build !unix

package chaos

// descriptors is how many files the process may open.
func descriptors() int { return 2000 }

// child is what another process of this test would do: see kill_unix_test.go.
func child(string) int { return 1 }
