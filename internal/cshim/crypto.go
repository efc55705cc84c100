package cshim

import (
	"github.com/zeroth-mq/zmq/internal/curve"
	"github.com/zeroth-mq/zmq/internal/errno"
)

// EncodeZ85 is zmq_z85_encode: dst has room for 5 characters of every 4 bytes
// and a NUL. EINVAL: src is not a multiple of 4 bytes.
func EncodeZ85(dst, src []byte) int {
	out, err := curve.EncodeZ85(dst[:0], src)
	if err == nil {
		dst[len(out)] = 0
	}
	return code(err)
}

// DecodeZ85 is zmq_z85_decode: dst has room for 4 bytes of every 5 characters.
// EINVAL: src is not Z85, or empty. EFAULT: it is, and dst is nil.
func DecodeZ85(dst []byte, src string) int {
	if src == "" {
		return fail(errno.EINVAL)
	}
	_, err := curve.DecodeZ85(dst[:0], []byte(src))
	if err == nil && dst == nil {
		err = errno.EFAULT
	}
	return code(err)
}

// Keypair is zmq_curve_keypair: both have room for 41 characters.
func Keypair(public, secret []byte) int {
	p, s, err := curve.NewKeypair()
	if err != nil {
		return code(err)
	}
	EncodeZ85(public, p[:])
	return EncodeZ85(secret, s[:])
}

// PublicKey is zmq_curve_public. EINVAL: secret is not a key in Z85. EFAULT: it is,
// and public is nil.
func PublicKey(public []byte, secret string) int {
	if len(secret) != 40 {
		return fail(errno.EINVAL)
	}
	var key [32]byte
	if rc := DecodeZ85(key[:], secret); rc < 0 {
		return rc
	}
	if public == nil {
		return fail(errno.EFAULT)
	}
	p := curve.Public(key)
	return EncodeZ85(public, p[:])
}
