package curve

import (
	"encoding/binary"

	// NaCl's boxes are Salsa20 with Poly1305, and this is where x/crypto has it.
	"golang.org/x/crypto/poly1305"      //lint:ignore SA1019 what should not be used on its own is used as secretbox uses it
	"golang.org/x/crypto/salsa20/salsa" //lint:ignore SA1019 likewise
)

// Overhead is by how much a sealed message is longer.
const Overhead = poly1305.TagSize

const (
	keySize   = 32 // of the one-time key of Poly1305, which opens the key stream
	blockSize = 64 // of Salsa20
	headSize  = blockSize - keySize
)

// A Stream seals or opens boxes whose nonces differ in the last eight bytes
// only, as those of one direction of a connection do. The first sixteen go
// into the key, once; that, and writing each box where it is wanted without
// another copy, is the difference to nacl/secretbox, which makes the same
// bytes. One goroutine uses a Stream, and for sealing or for opening.
type Stream struct {
	key     [32]byte
	counter [16]byte // the nonce's last eight bytes, the block's number
	block   [blockSize]byte

	// What was opened and is not read yet: head, a part of block, then src,
	// which is still encrypted.
	head, src []byte
}

// Start sets the key that both sides have in common, and the first sixteen
// bytes of all nonces.
func (s *Stream) Start(shared *[32]byte, prefix *[16]byte) {
	salsa.HSalsa20(&s.key, prefix, shared, &salsa.Sigma)
}

// Seal appends the box of a message that consists of one byte and body. A
// nonce must never come again.
func (s *Stream) Seal(dst []byte, nonce uint64, first byte, body []byte) []byte {
	s.begin(nonce)
	s.block[keySize] = first
	n := copy(s.block[keySize+1:], body)
	salsa.XORKeyStream(s.block[:], s.block[:], &s.counter, &s.key)
	var key [keySize]byte
	copy(key[:], s.block[:])

	at := len(dst)
	dst = grow(dst, Overhead+1+len(body))
	box := dst[at+Overhead:]
	copy(box, s.block[keySize:keySize+1+n])
	s.next(1)
	salsa.XORKeyStream(box[1+n:], body[n:], &s.counter, &s.key)
	poly1305.Sum((*[Overhead]byte)(dst[at:]), box, &key)
	return dst
}

// Open checks a box, and returns the first byte of the message in it: Read
// gives the others, and until then the box must not change. False: it was not
// sealed with this key and nonce, or has not even a first byte.
func (s *Stream) Open(nonce uint64, box []byte) (first byte, ok bool) {
	if len(box) < Overhead+1 {
		return 0, false
	}
	s.begin(nonce)
	body := box[Overhead:]
	n := copy(s.block[keySize:], body)
	salsa.XORKeyStream(s.block[:], s.block[:], &s.counter, &s.key)
	var key [keySize]byte
	copy(key[:], s.block[:])
	if !poly1305.Verify((*[Overhead]byte)(box), body, &key) {
		s.head, s.src = nil, nil
		return 0, false
	}
	s.next(1)
	s.head, s.src = s.block[keySize+1:keySize+n], body[n:]
	return s.block[keySize], true
}

// Read decrypts into p the next bytes of the message that was opened last. It
// returns fewer than len(p) only when there are no more.
func (s *Stream) Read(p []byte) int {
	n := 0
	for {
		k := copy(p[n:], s.head)
		s.head, n = s.head[k:], n+k
		if n == len(p) || len(s.src) == 0 {
			return n
		}
		// Whole blocks, or all there is, straight to where they belong.
		k = min(len(p)-n, len(s.src))
		if k < len(s.src) {
			k -= k % blockSize
		}
		s.crypt(p[n:n+k], k)
		n += k
		if n < len(p) && len(s.src) > 0 {
			// Of this block there is room for a part.
			k = min(blockSize, len(s.src))
			s.crypt(s.block[:k], k)
			s.head = s.block[:k]
		}
	}
}

// Left is how much of the message has not been read.
func (s *Stream) Left() int { return len(s.head) + len(s.src) }

// crypt decrypts the next k bytes of src.
func (s *Stream) crypt(p []byte, k int) {
	salsa.XORKeyStream(p, s.src[:k], &s.counter, &s.key)
	s.src = s.src[k:]
	s.next((k + blockSize - 1) / blockSize)
}

// begin sets the counter to the first block of a message, and clears what will
// be the one-time key.
func (s *Stream) begin(nonce uint64) {
	binary.BigEndian.PutUint64(s.counter[:8], nonce)
	clear(s.counter[8:])
	clear(s.block[:])
}

func (s *Stream) next(blocks int) {
	n := binary.LittleEndian.Uint64(s.counter[8:])
	binary.LittleEndian.PutUint64(s.counter[8:], n+uint64(blocks))
}

// grow makes dst longer by n bytes of any content.
func grow(dst []byte, n int) []byte {
	if len(dst)+n <= cap(dst) {
		return dst[:len(dst)+n]
	}
	return append(dst, make([]byte, n)...)
}
