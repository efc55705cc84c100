package zmq

import (
	"fmt"
	"io"
	"strings"
)

// What is seen of a value that is printed or logged, whatever the verb. Without
// these fmt would show what is inside: keys and passwords, too.

// String is the socket's type and its endpoints: "PUSH socket, bound to
// tcp://127.0.0.1:5555".
func (s *Socket) String() string {
	if !s.made() {
		return "Socket that New has not made"
	}
	bound, connected := s.s.Endpoints()
	var b strings.Builder
	b.WriteString(s.Type().String() + " socket")
	for _, x := range []struct {
		how  string
		list []string
	}{{", bound to ", bound}, {", connected to ", connected}} {
		if len(x.list) > 0 {
			b.WriteString(x.how + strings.Join(x.list, " and "))
		}
	}
	if s.s.Err() != nil {
		b.WriteString(", closed")
	}
	return b.String()
}

// Format writes String, whatever the verb.
func (s Socket) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// String is how many sockets the context has.
func (c *Context) String() string { return fmt.Sprintf("Context of %d sockets", c.inner().Len()) }

// Format writes String, whatever the verb.
func (c Context) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// String is how many sockets the poller waits for.
func (p *Poller) String() string {
	if p == nil {
		return "nil Poller"
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return fmt.Sprintf("Poller of %d sockets", len(p.ids))
}

// Format writes String, whatever the verb.
func (p *Poller) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, p.String()) }

// Format writes the public key, and whether there is a secret one, whatever the verb.
func (c CurveCert) Format(f fmt.State, _ rune) {
	text := "CurveCert of public key " + c.Public.String()
	if c.Secret != (CurveSecret{}) {
		text += ", with its secret key"
	}
	_, _ = io.WriteString(f, text)
}

// Format writes all but the password, whatever the verb.
func (r AuthRequest) Format(f fmt.State, _ rune) {
	type fields AuthRequest // without this method
	_, _ = fmt.Fprintf(f, "%+v", fields(r))
}

// Of options the name alone is shown: the value may be a secret.

func (o setting) Format(f fmt.State, _ rune)    { _, _ = io.WriteString(f, o.name) }
func (o options) Format(f fmt.State, _ rune)    { _, _ = fmt.Fprintf(f, "%v", []Option(o)) }
func (haveSecret) Format(f fmt.State, _ rune)   { _, _ = io.WriteString(f, "CurveCert") }
func (o failing) Format(f fmt.State, _ rune)    { _, _ = io.WriteString(f, o.err.Error()) }
func (logger) Format(f fmt.State, _ rune)       { _, _ = io.WriteString(f, "Logger") }
func (o authOption) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "Authenticate") }
