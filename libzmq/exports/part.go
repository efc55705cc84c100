//go:build linux

package main

// #include "calls.h"
import "C"

import (
	"unsafe"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/cshim"
	"github.com/zeroth-mq/zmq/internal/errno"
)

//export zeroth_send
func zeroth_send(socket C.uint64_t, data unsafe.Pointer, size C.size_t, flags C.int, w *C.zeroth_wait) (rc C.int) {
	defer caught(&rc)
	return C.int(cshim.Send(uint64(socket), bytes(data, size), int(flags), wait(w)))
}

//export zeroth_recv
func zeroth_recv(socket C.uint64_t, buf unsafe.Pointer, size C.size_t, flags C.int, w *C.zeroth_wait) (rc C.int) {
	defer caught(&rc)
	var p core.Part
	if err := cshim.Recv(uint64(socket), &p, int(flags), wait(w)); err < 0 {
		return C.int(err)
	}
	copy(bytes(buf, size), p.Data)
	p.Release()
	return C.int(cshim.Length(len(p.Data)))
}

//export zeroth_recv_part
func zeroth_recv_part(socket C.uint64_t, to *C.zeroth_part, flags C.int, w *C.zeroth_wait) (rc C.int) {
	defer caught(&rc)
	var p core.Part
	if err := cshim.Recv(uint64(socket), &p, int(flags), wait(w)); err < 0 {
		return C.int(err)
	}
	rc = fill(to, &p)
	p.Release()
	return rc
}

// fill hands a part to C, which owns the block and the reference to the peer.
func fill(to *C.zeroth_part, p *core.Part) C.int {
	room, size := to.room, C.size_t(len(p.Data))
	if size > to.cap {
		if to.block = C.zeroth_block_new(size); to.block == nil {
			return -C.int(errno.ENOMEM)
		}
		room = C.zeroth_block_data(to.block)
	}
	copy(bytes(room, size), p.Data)
	to.size, to.peer = size, peerOf(p.Peer)
	if p.More {
		to.more = 1
	}
	return 0
}
