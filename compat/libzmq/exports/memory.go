//go:build linux

package main

// #include "calls.h"
import "C"

import (
	"unsafe"

	"github.com/zeroth-mq/zmq/internal/cshim"
)

// What C points to, as Go sees it. None of it is kept when a call returns.

// bytes is C's memory; nil for NULL.
func bytes(p unsafe.Pointer, size C.size_t) []byte {
	if p == nil {
		return nil
	}
	return unsafe.Slice((*byte)(p), int(size))
}

// wait is C's zeroth_wait, which has the layout of cshim.Wait.
func wait(w *C.zeroth_wait) *cshim.Wait { return (*cshim.Wait)(unsafe.Pointer(w)) }

// The compiler refuses this where the sizes differ.
var (
	_ [unsafe.Sizeof(cshim.Wait{})]byte = [unsafe.Sizeof(C.zeroth_wait{})]byte{}
	_ [unsafe.Sizeof(cshim.Item{})]byte = [unsafe.Sizeof(C.zeroth_item{})]byte{}
)
