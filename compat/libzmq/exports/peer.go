//go:build linux

package main

// #include "calls.h"
import "C"

import (
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"unsafe"

	"github.com/zeroth-mq/zmq/internal/msg"
)

// A peerRef is what C knows of a peer: it holds one reference, which goes with
// the Peer, and C's messages hold the others.
type peerRef struct{ c *C.struct_zeroth_peer }

// peerOf is what C knows of a peer, with a reference for the caller; NULL if
// there is nothing to know.
func peerOf(p *msg.Peer) *C.struct_zeroth_peer {
	if p == nil {
		return nil
	}
	face := p.Face.Load()
	if face == nil {
		face = newPeer(p)
	}
	ref := (*face).(*peerRef)
	if ref.c != nil {
		atomic.AddInt32((*int32)(&ref.c.refs), 1)
	}
	runtime.KeepAlive(p)
	return ref.c
}

// newPeer makes it, once for each Peer.
func newPeer(p *msg.Peer) *any {
	list := p.Properties()
	if p.FD > 0 && p.Address != "" {
		list = append(list, msg.Property{Name: "__fd", Value: strconv.Itoa(p.FD)}) // ZMQ_SRCFD
	}
	ref := &peerRef{peerText(list)}
	var face any = ref
	if !p.Face.CompareAndSwap(nil, &face) {
		drop(ref.c)
		return p.Face.Load()
	}
	runtime.AddCleanup(p, drop, ref.c)
	return &face
}

func drop(c *C.struct_zeroth_peer) {
	if c != nil {
		C.zeroth_peer_drop(c)
	}
}

// peerText is the list as C has it. What is behind a NUL C would not see.
func peerText(list []msg.Property) *C.struct_zeroth_peer {
	if len(list) == 0 {
		return nil
	}
	var b []byte
	for _, p := range list {
		name, _, _ := strings.Cut(p.Name, "\x00")
		value, _, _ := strings.Cut(p.Value, "\x00")
		if name != "" {
			b = append(append(append(append(b, name...), 0), value...), 0)
		}
	}
	b = append(b, 0)
	return C.zeroth_peer_new(unsafe.Pointer(&b[0]), C.size_t(len(b)))
}
