//go:build !linux

package chaos

// Child is what a copy of this program is on Linux: the suite needs /proc.
func Child() {}
