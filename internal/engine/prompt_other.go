//go:build !unix

package engine

import "errors"

const canWriteNow = false

func sendNow(uintptr, []byte) (int, error) { return 0, errors.ErrUnsupported }
