//go:build linux

package main

// #include "calls.h"
import "C"

import (
	"unsafe"

	"github.com/zeroth-mq/zmq/internal/cshim"
)

//export zeroth_look
func zeroth_look(items *C.zeroth_item, n, arm C.int, w *C.zeroth_wait) (rc C.int) {
	defer caught(&rc)
	list := unsafe.Slice((*cshim.Item)(unsafe.Pointer(items)), int(n))
	return C.int(cshim.Look(list, arm != 0, wait(w)))
}

//export zeroth_forget
func zeroth_forget(token C.uint64_t) (rc C.int) {
	defer caught(&rc)
	cshim.Forget(uint64(token))
	return 0
}
