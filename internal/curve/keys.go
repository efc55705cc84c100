// Package curve is the cryptography of CurveZMQ (RFC 26): Z85 text, key pairs,
// and boxes. A box is NaCl's: Curve25519, XSalsa20 and Poly1305.
package curve

import (
	"crypto/rand"
	"errors"

	"golang.org/x/crypto/curve25519"
	"golang.org/x/crypto/salsa20/salsa" //lint:ignore SA1019 HSalsa20 is a part of crypto_box, which CURVE is
)

// NewKeypair makes a long-term or short-term pair. The error is the system's,
// if it has no randomness to give.
func NewKeypair() (public, secret [32]byte, err error) {
	if _, err := rand.Read(secret[:]); err != nil {
		return public, secret, err
	}
	return Public(secret), secret, nil
}

// Public is the public key that belongs to a secret one.
func Public(secret [32]byte) (public [32]byte) {
	curve25519.ScalarBaseMult(&public, &secret)
	return public
}

// errWeak says nothing of the key: it is the peer's, and wrong on purpose.
var errWeak = errors.New("the public key is one with which every secret is the same")

// Agree is what the owner of a secret key has in common with the owner of a
// public one: crypto_box_beforenm. It refuses public keys of low order, with
// which every secret key gives the same. The caller clears it after use.
func Agree(public, secret *[32]byte) (shared [32]byte, err error) {
	point, err := curve25519.X25519(secret[:], public[:])
	if err != nil {
		return shared, errWeak
	}
	salsa.HSalsa20(&shared, new([16]byte), (*[32]byte)(point), &salsa.Sigma)
	clear(point)
	return shared, nil
}
