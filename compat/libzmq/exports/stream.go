//go:build linux

package main

// #include "calls.h"
import "C"

import (
	"sync/atomic"
	"unsafe"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/cshim"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/msg"
	"github.com/zeroth-mq/zmq/zmtp"
)

// A ring is a core.SendRing in C's memory: see stream.c. It is C's until the socket
// is closed.
type ring struct {
	c    *C.zeroth_ring
	tail uint64 // behind what the last Take returned
}

func at(p *C.uint64_t) *uint64 { return (*uint64)(unsafe.Pointer(p)) }

// Take implements core.SendRing.
func (f *ring) Take() (wire []byte, msgs int) {
	c := f.c
	if f.tail != uint64(c.tail) {
		atomic.StoreUint64(at(&c.tail), f.tail)
	}
	credit := (*uint32)(&c.credit)
	if atomic.LoadUint32(credit) != 0 {
		atomic.SwapUint32(credit, 0)
	}
	head, size := atomic.LoadUint64(at(&c.head)), uint64(c.cap)
	from, to := f.tail, head
	f.tail = head
	if end := (from/size + 1) * size; head > end {
		// It goes on at the beginning of the ring, which was perhaps left early.
		to, f.tail = end, end
		if wrap := atomic.LoadUint64(at(&c.wrap)); wrap >= from && wrap < end {
			to = wrap
		}
		if to == from {
			from, to, f.tail = end, head, head
		}
	}
	wire = bytes(unsafe.Add(unsafe.Pointer(c.buf), from%size), C.size_t(to-from))
	return wire, count(wire)
}

// count counts frames.
func count(wire []byte) (n int) {
	for at := 0; at < len(wire); n++ {
		_, size, h := zmtp.ParseHeader(wire[at:])
		at += h + int(size)
	}
	return n
}

// Credit implements core.SendRing.
func (f *ring) Credit(msgs int) { atomic.StoreUint32((*uint32)(&f.c.credit), uint32(msgs)) }

//export zeroth_set_ring
func zeroth_set_ring(socket C.uint64_t, c *C.zeroth_ring) (rc C.int) {
	defer caught(&rc)
	return C.int(cshim.SetSendRing(uint64(socket), &ring{c: c}))
}

// zeroth_refill receives as many parts as are wanted and are there now, at least
// one, and returns how many.
//
//export zeroth_refill
func zeroth_refill(socket C.uint64_t, in *C.zeroth_cache, flags C.int, w *C.zeroth_wait) (rc C.int) {
	defer caught(&rc)
	err := cshim.RecvMany(uint64(socket), int(in.want), int(flags), wait(w), func(p *core.Part) bool {
		return hold(in, p)
	})
	return C.int(err)
}

const heldSize = C.sizeof_zeroth_held

// cachePart is the largest part that is copied into the cache.
const cachePart = 4 << 10

// hold puts a part into the cache, and reports whether there is room for
// another.
func hold(in *C.zeroth_cache, p *core.Part) bool {
	h := (*C.zeroth_held)(unsafe.Add(unsafe.Pointer(in.buf), in.end))
	*h = C.zeroth_held{size: C.uint64_t(len(p.Data)), peer: sender(in, p.Peer)}
	if p.More {
		h.more = 1
	}
	in.end += heldSize
	if size := C.size_t(len(p.Data)); size <= cachePart {
		in.end += C.uint32_t(size+7) &^ 7
		copy(bytes(unsafe.Add(unsafe.Pointer(h), heldSize), size), p.Data)
		p.Release()
	} else if h.block = blockOf(p); h.block == nil {
		panic(errno.ENOMEM) // as everywhere in Go
	}
	return in.cap-in.end >= heldSize+cachePart && in.n_peers < C.ZEROTH_PEERS
}

// sender is what C knows of a peer, with a reference that the cache holds.
func sender(in *C.zeroth_cache, p *msg.Peer) *C.struct_zeroth_peer {
	n := in.n_peers
	if n > 0 && p != nil {
		if face := p.Face.Load(); face != nil && (*face).(*peerRef).c == in.peers[n-1] {
			return in.peers[n-1]
		}
	}
	c := peerOf(p)
	if c != nil {
		in.peers[n] = c
		in.n_peers++
	}
	return c
}
