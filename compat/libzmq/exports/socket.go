//go:build linux

package main

// #include "calls.h"
import "C"

import (
	"unsafe"

	"github.com/zeroth-mq/zmq/internal/cshim"
)

//export zeroth_socket
func zeroth_socket(ctx C.uint64_t, typ C.int, socket *C.uint64_t) (rc C.int) {
	defer caught(&rc)
	return C.int(cshim.NewSocket(uint64(ctx), int(typ), (*uint64)(socket)))
}

//export zeroth_close
func zeroth_close(socket C.uint64_t) (rc C.int) {
	defer caught(&rc)
	return C.int(cshim.Close(uint64(socket)))
}

//export zeroth_check
func zeroth_check(socket C.uint64_t) (rc C.int) {
	defer caught(&rc)
	return C.int(cshim.Check(uint64(socket)))
}

//export zeroth_setsockopt
func zeroth_setsockopt(socket C.uint64_t, option C.int, value unsafe.Pointer, size C.size_t) (rc C.int) {
	defer caught(&rc)
	return C.int(cshim.Set(uint64(socket), int(option), bytes(value, size)))
}

//export zeroth_getsockopt
func zeroth_getsockopt(socket C.uint64_t, option C.int, value unsafe.Pointer, size C.size_t) (rc C.int) {
	defer caught(&rc)
	return C.int(cshim.Get(uint64(socket), int(option), bytes(value, size)))
}

//export zeroth_bind
func zeroth_bind(socket C.uint64_t, endpoint *C.char) (rc C.int) {
	defer caught(&rc)
	return C.int(cshim.Bind(uint64(socket), C.GoString(endpoint)))
}

//export zeroth_connect
func zeroth_connect(socket C.uint64_t, endpoint *C.char) (rc C.int) {
	defer caught(&rc)
	return C.int(cshim.Connect(uint64(socket), C.GoString(endpoint)))
}

//export zeroth_leave
func zeroth_leave(socket C.uint64_t, endpoint *C.char) (rc C.int) {
	defer caught(&rc)
	return C.int(cshim.Leave(uint64(socket), C.GoString(endpoint)))
}

//export zeroth_monitor
func zeroth_monitor(socket C.uint64_t, endpoint *C.char, events C.uint64_t, version, typ C.int) (rc C.int) {
	defer caught(&rc)
	return C.int(cshim.Monitor(uint64(socket), C.GoString(endpoint), uint64(events), int(version), int(typ)))
}

//export zeroth_pipes_stats
func zeroth_pipes_stats(socket C.uint64_t) (rc C.int) {
	defer caught(&rc)
	return C.int(cshim.PipesStats(uint64(socket)))
}

//export zeroth_peer_state
func zeroth_peer_state(socket C.uint64_t, id unsafe.Pointer, size C.size_t) (rc C.int) {
	defer caught(&rc)
	return C.int(cshim.PeerState(uint64(socket), bytes(id, size)))
}
