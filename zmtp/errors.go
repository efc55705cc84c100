package zmtp

import "errors"

// ErrShort reports input that is correct so far and ends too early: the caller
// may try again with more bytes.
var ErrShort = errors.New("zmtp: input too short")

// ErrMalformed is what every error about bytes that break the protocol
// unwraps to. More input cannot mend them; the connection is lost.
var ErrMalformed = errors.New("zmtp: malformed")

// ErrSize reports a frame that announces more than 2^63-1 bytes. It unwraps to
// ErrMalformed.
var ErrSize error = malformed("frame size exceeds 2^63-1")

// malformed is a protocol error with its detail. Being a constant string it
// costs no allocation on the path a hostile peer can drive.
type malformed string

func (m malformed) Error() string { return "zmtp: malformed: " + string(m) }

func (malformed) Unwrap() error { return ErrMalformed }
