//go:build !windows

package transport

// native is where a platform whose socket errors have numbers of their own
// translates them; this one has none.
func native(err error) error { return err }
