// Package zmtp reads and writes the bytes of the ZeroMQ Message Transport
// Protocol: greetings, frame headers, commands and their properties.
//
// It is made of pure functions and does no I/O. Writers have the form
// AppendX(dst, ...) and return the extended slice; readers have the form
// ParseX(b) and return views into b wherever the result is bytes. Nothing here
// keeps state, so everything may be called from any number of goroutines.
//
// # A connection in order
//
// Each side first sends a ten-byte signature ([AppendSignature]) and looks at
// the bytes that come back with [ParseOpening]. A signature is followed by one
// revision byte, which chooses what comes next:
//
//	no signature   ZMTP 1.0: the ten bytes sent were the header of an identity frame
//	RevisionV1     a socket-type byte, then length-first frames (ZMTP 1.0 framing)
//	RevisionV2     a socket-type byte, then flags-first frames (ZMTP 2.0)
//	anything else  the rest of a 64-byte greeting (ZMTP 3.0 and 3.1)
//
// A ZMTP 3 peer then names its security mechanism and continues with commands
// ([AppendCommand], [ParseCommand]) until the mechanism is satisfied. Their
// data often carries properties ([AppendProperty], [ParseMetadata]). After that
// messages and commands share the stream, each frame opened by the header
// that [AppendHeader] writes and [ParseHeader] reads.
//
// # Specifications
//
// RFC 37 is ZMTP 3.1, RFC 23 is ZMTP 3.0, RFC 15 is ZMTP 2.0 and RFC 13 is
// ZMTP 1.0, all at rfc.zeromq.org. Where the reference library differs
// from the text, the functions here say which they follow; the bytes under
// testdata were recorded from it.
//
// # Limits
//
// Parsers allocate in proportion to the bytes they are given, never to a
// length announced in them. Announced frame sizes are returned as they stand
// and are the caller's to check before allocating.
package zmtp
