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

//export zeroth_proxy
func zeroth_proxy(front, back, capture, control C.uint64_t, w *C.zeroth_wait) (rc C.int) {
	defer caught(&rc)
	return C.int(cshim.Proxy(uint64(front), uint64(back), uint64(capture), uint64(control), wait(w)))
}

//export zeroth_result
func zeroth_result(job C.uint64_t, w *C.zeroth_wait) (rc C.int) {
	defer caught(&rc)
	return C.int(cshim.Result(uint64(job), wait(w)))
}

//export zeroth_stop
func zeroth_stop(job C.uint64_t) (rc C.int) {
	defer caught(&rc)
	return C.int(cshim.Stop(uint64(job)))
}
