//go:build linux

package main

// #include "calls.h"
import "C"

import (
	"unsafe"

	"github.com/zeroth-mq/zmq/internal/cshim"
)

//export zeroth_ctx_new
func zeroth_ctx_new(ctx *C.uint64_t) (rc C.int) {
	defer caught(&rc)
	*ctx = C.uint64_t(cshim.NewContext())
	return 0
}

//export zeroth_ctx_set
func zeroth_ctx_set(ctx C.uint64_t, option, value C.int) (rc C.int) {
	defer caught(&rc)
	return C.int(cshim.SetContext(uint64(ctx), int(option), int(value)))
}

//export zeroth_ctx_get
func zeroth_ctx_get(ctx C.uint64_t, option C.int, value *C.int32_t) (rc C.int) {
	defer caught(&rc)
	return C.int(cshim.GetContext(uint64(ctx), int(option), (*int32)(value)))
}

//export zeroth_ctx_set_ext
func zeroth_ctx_set_ext(ctx C.uint64_t, option C.int, value unsafe.Pointer, size C.size_t) (rc C.int) {
	defer caught(&rc)
	return C.int(cshim.SetContextRaw(uint64(ctx), int(option), bytes(value, size)))
}

//export zeroth_ctx_get_ext
func zeroth_ctx_get_ext(ctx C.uint64_t, option C.int, value unsafe.Pointer, size C.size_t) (rc C.int) {
	defer caught(&rc)
	return C.int(cshim.GetContextRaw(uint64(ctx), int(option), bytes(value, size)))
}

//export zeroth_ctx_shutdown
func zeroth_ctx_shutdown(ctx C.uint64_t) (rc C.int) {
	defer caught(&rc)
	return C.int(cshim.Shutdown(uint64(ctx)))
}

//export zeroth_ctx_term
func zeroth_ctx_term(ctx C.uint64_t, w *C.zeroth_wait) (rc C.int) {
	defer caught(&rc)
	return C.int(cshim.Term(uint64(ctx), wait(w)))
}
