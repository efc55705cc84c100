package mech

import (
	"bytes"
	"strconv"

	"github.com/zeroth-mq/zmq/zmtp"
)

// a verdict is what a server does about its authenticator's decision: the part
// of Ask, Answer and Refused that all mechanisms share.
type verdict struct {
	ask   *Request // to be put next
	err   error    // the handshake ends with it
	quiet bool     // without a word to the peer
}

// take notes a decision. without is the error when there is no authenticator; nil:
// the peer is admitted then.
func (v *verdict) take(r Reply, without error) {
	v.ask = nil
	switch {
	case r.Err == ErrNoAuthenticator:
		v.err, v.quiet = without, true
	case r.Err != nil:
		v.err, v.quiet = r.Err, true
	case r.Status != 200:
		// To wait and try again is what a peer does that is told nothing.
		v.err, v.quiet = &AuthError{Status: r.Status, Text: r.Text}, r.Status == 300
	}
}

// tell gives out the command that tells the peer of a refusal, once.
func (v *verdict) tell(name string) ([]byte, bool) {
	refused, ok := v.err.(*AuthError)
	if !ok || v.quiet {
		return nil, false
	}
	v.quiet = true
	reason := strconv.Itoa(refused.Status)
	return append([]byte(name), append([]byte{byte(len(reason))}, reason...)...), true
}

func (v *verdict) Ask() *Request { return v.ask }

func (v *verdict) Refused() error {
	if v.quiet {
		return v.err
	}
	return nil
}

// The names of ERROR. libzmq's PLAIN writes it as "\5ERROR" looks to a compiler
// of C that takes "\5E" for one character, and its clients know no other.
const (
	errorName = "\x05" + zmtp.CmdError
	plainName = "^RROR"
)

// plainError reports whether body is an ERROR in either form.
func plainError(body []byte) (data []byte, ok bool) {
	if data, ok := is(body, zmtp.CmdError); ok {
		return data, true
	}
	return bytes.CutPrefix(body, []byte(plainName))
}
