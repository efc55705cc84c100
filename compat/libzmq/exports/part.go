//go:build linux

package main

// #include "calls.h"
import "C"

import (
	"unsafe"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/cshim"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
)

//export zeroth_send
func zeroth_send(socket C.uint64_t, data unsafe.Pointer, size C.size_t, props *C.zeroth_props, flags C.int, w *C.zeroth_wait) (rc C.int) {
	defer caught(&rc)
	return C.int(cshim.Send(uint64(socket), bytes(data, size), propsOf(props), int(flags), wait(w)))
}

// zeroth_send_block sends the memory of a block, whose reference Go has then if it
// succeeds, or the program's constant memory if block is NULL.
//
//export zeroth_send_block
func zeroth_send_block(socket C.uint64_t, block *C.struct_zeroth_block, data unsafe.Pointer, size C.size_t, props *C.zeroth_props, flags C.int, w *C.zeroth_wait) (rc C.int) {
	defer caught(&rc)
	drop := func() {}
	if block != nil {
		drop = func() { C.zeroth_block_drop(block) }
	}
	return C.int(cshim.SendBlock(uint64(socket), bytes(data, size), drop, propsOf(props), int(flags), wait(w)))
}

// propsOf is what a message has beside its parts; nil: nothing.
func propsOf(p *C.zeroth_props) *msg.Props {
	if p == nil {
		return nil
	}
	return &msg.Props{RoutingID: uint32(p.routing_id), Group: C.GoString(&p.group[0])}
}

//export zeroth_take_back
func zeroth_take_back(loan C.uint64_t) (rc C.int) {
	defer caught(&rc)
	cshim.Return(uint64(loan))
	return 0
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
	size := C.size_t(len(p.Data))
	peer := peerOf(p.Peer)
	if size > to.cap {
		if to.block = blockOf(&p); to.block == nil {
			drop(peer)
			return -C.int(errno.ENOMEM)
		}
	} else {
		copy(bytes(to.room, size), p.Data)
		p.Release()
	}
	to.size, to.peer = size, peer
	if props := p.Props; props != nil {
		to.props.routing_id = C.uint32_t(props.RoutingID)
		copy(bytes(unsafe.Pointer(&to.props.group), msg.MaxGroup), props.Group)
	}
	if p.More {
		to.more = 1
	}
	return 0
}

// blockOf is a block for C with a part, which it takes over: a copy of it, or of a
// large one its place in Go's memory. NULL: there is no memory.
func blockOf(p *core.Part) *C.struct_zeroth_block {
	size := len(p.Data)
	if size >= cshim.ByReference {
		id := cshim.Lend(p)
		b := C.zeroth_block_lent(unsafe.Pointer(&p.Data[0]), C.uint64_t(id))
		if b == nil {
			cshim.Return(id)
		}
		return b
	}
	b := C.zeroth_block_new(C.size_t(size))
	if b != nil {
		copy(bytes(C.zeroth_block_data(b), C.size_t(size)), p.Data)
	}
	p.Release()
	return b
}
