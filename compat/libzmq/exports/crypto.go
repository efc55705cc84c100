//go:build linux

package main

// #include "calls.h"
import "C"

import (
	"unsafe"

	"github.com/zeroth-mq/zmq/internal/cshim"
)

//export zeroth_z85_encode
func zeroth_z85_encode(dst *C.char, src unsafe.Pointer, size C.size_t) (rc C.int) {
	defer caught(&rc)
	return C.int(cshim.EncodeZ85(text(dst, size/4*5+1), bytes(src, size)))
}

//export zeroth_z85_decode
func zeroth_z85_decode(dst unsafe.Pointer, src *C.char) (rc C.int) {
	defer caught(&rc)
	s := C.GoString(src)
	return C.int(cshim.DecodeZ85(bytes(dst, C.size_t(len(s)/5*4)), s))
}

//export zeroth_curve_keypair
func zeroth_curve_keypair(public, secret *C.char) (rc C.int) {
	defer caught(&rc)
	return C.int(cshim.Keypair(text(public, keySize), text(secret, keySize)))
}

//export zeroth_curve_public
func zeroth_curve_public(public, secret *C.char) (rc C.int) {
	defer caught(&rc)
	return C.int(cshim.PublicKey(text(public, keySize), C.GoString(secret)))
}

// keySize is that of a key in Z85, with its NUL.
const keySize = 41

func text(p *C.char, size C.size_t) []byte { return bytes(unsafe.Pointer(p), size) }
