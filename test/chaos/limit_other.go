//go:build !unix

package chaos

import "errors"

func limitDescriptors(uint64) error { return errors.ErrUnsupported }

// descriptors is how many files the process may open.
func descriptors() int { return 2000 }
