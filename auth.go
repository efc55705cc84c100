package zmq

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"github.com/zeroth-mq/zmq/internal/core"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/mech"
	"github.com/zeroth-mq/zmq/zmtp"
)

// An Authenticator decides who may talk to a socket. The socket asks it about
// each connection in the handshake, on the server's side: PlainServer,
// CurveServer, or neither (NULL, where both sides ask). Package auth has some
// that are ready to use.
//
// It is called for many connections at once, each on a goroutine of its own,
// and may take its time: only that one connection waits, for HandshakeInterval
// at most. When ctx ends it must return; the socket's Close waits for it. A
// panic refuses the connection.
type Authenticator interface {
	// Authenticate returns who the peer is, or why it is refused: a *Refusal,
	// or any other error for a fault of the Authenticator's own. The peer is
	// told the status alone; the text is for this side's Events.
	Authenticate(ctx context.Context, r AuthRequest) (Identity, error)
}

// AuthFunc makes an Authenticator of a function.
type AuthFunc func(ctx context.Context, r AuthRequest) (Identity, error)

// Authenticate calls f.
func (f AuthFunc) Authenticate(ctx context.Context, r AuthRequest) (Identity, error) {
	if f == nil {
		return Identity{}, fmt.Errorf("zmq: the AuthFunc is nil: %w", ErrInvalid)
	}
	return f(ctx, r)
}

// An AuthRequest is a peer that wants to come in.
type AuthRequest struct {
	Mechanism string   // "NULL", "PLAIN" or "CURVE"
	Username  string   // PLAIN
	Password  Password // PLAIN
	PublicKey CurveKey // CURVE: the client's; it has proved that it has the secret key

	Domain   string // ZAPDomain of the socket
	Endpoint string // that was bound or connected here
	Local    string // URIs of the two ends, as in Peer
	Remote   string
	Address  string // the peer's IP without its port, or "localhost:", user, group and process of ipc
	Incoming bool   // the peer connected to us
}

// An Identity is who a peer is, as messages and events tell it in Peer.
type Identity struct {
	UserID   string            // Peer.UserID
	Metadata map[string]string // for Peer.Property
}

// A Refusal is the error of an Authenticator that says no, and the cause of
// EventHandshakeRefused on both sides.
type Refusal struct {
	Status int // 400, as 0 is: no; 300: not now, the peer may try again; 500: the authenticator is at fault
	Text   string
}

func (r *Refusal) Error() string {
	if r.Text == "" {
		return fmt.Sprintf("authentication failed with status %d", r.status())
	}
	return fmt.Sprintf("authentication failed with status %d: %s", r.status(), r.Text)
}

func (r *Refusal) status() int {
	if r.Status == 0 {
		return 400
	}
	return r.Status
}

// Refuse makes the Refusal of status 400.
func Refuse(format string, args ...any) error {
	return &Refusal{400, fmt.Sprintf(format, args...)}
}

// Authenticate makes a decide about every connection to endpoints that are bound or
// connected from then on, whatever their mechanism. With nil the socket has no
// Authenticator; a ZAP handler decides then, if one is bound to
// inproc://zeromq.zap.01 in the socket's Context. Connections over inproc have no
// handshake, and are not asked about.
//
// With an Authenticator a socket refuses peers of ZMTP 1.0 and 2.0, which cannot
// authenticate themselves. ErrUnsupported: a Stream, whose peers cannot either.
func Authenticate(a Authenticator) Option {
	if a == nil {
		return authOption{}
	}
	return authOption{a.Authenticate}
}

// an authOption has its Authenticator where fmt does not find it.
type authOption struct{ ask AuthFunc }

func (o authOption) apply(s *Socket) error {
	if o.ask == nil {
		s.inner().SetAuthenticator(nil)
		return nil
	}
	if err := s.shakesHands(); err != nil {
		return err
	}
	s.inner().SetAuthenticator(func(ctx context.Context, r *core.AuthRequest) mech.Reply {
		id, err := o.ask(ctx, authRequest(r))
		if err != nil {
			return refusal(err)
		}
		return admission(id)
	})
	return nil
}

// shakesHands reports why the socket cannot be secured.
func (s *Socket) shakesHands() error {
	if s.Type() == Stream {
		return fmt.Errorf("a stream speaks plain TCP and cannot be secured: %w", errno.ENOTSUP)
	}
	return nil
}

func authRequest(r *core.AuthRequest) AuthRequest {
	out := AuthRequest{
		Mechanism: r.Mechanism, Domain: r.Domain,
		Endpoint: r.Endpoint, Local: uri(r.Endpoint, r.Local), Remote: uri(r.Endpoint, r.Remote),
		Address: r.Address, Incoming: r.Incoming,
	}
	switch c := r.Credentials; {
	case r.Mechanism == "PLAIN" && len(c) == 2:
		out.Username, out.Password = string(c[0]), Password(c[1])
	case r.Mechanism == "CURVE" && len(c) == 1:
		copy(out.PublicKey[:], c[0])
	}
	return out
}

func refusal(err error) mech.Reply {
	r, ok := errors.AsType[*Refusal](err)
	if !ok {
		return mech.Reply{Status: 500, Text: err.Error()}
	}
	return mech.Reply{Status: r.status(), Text: r.Text}
}

func admission(id Identity) mech.Reply {
	reply := mech.Reply{Status: 200, UserID: id.UserID}
	for _, name := range slices.Sorted(maps.Keys(id.Metadata)) {
		if len(name) == 0 || len(name) > 255 {
			return mech.Reply{Status: 500, Text: fmt.Sprintf("the authenticator gave metadata with a name of %d bytes; 1 to 255 are allowed", len(name))}
		}
		reply.Metadata = append(reply.Metadata, zmtp.Property{Name: name, Value: id.Metadata[name]})
	}
	return reply
}

// hidden is what is seen of a secret.
const hidden = "(secret)"

// A Password is text that does not show when it is printed, logged or
// marshalled. string(p) is the text itself.
type Password string

// Format hides the password, whatever the verb.
func (Password) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// LogValue hides the password.
func (Password) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the password.
func (Password) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// cause gives a refusal inside err its public form.
func cause(err error) error {
	r, ok := errors.AsType[*mech.AuthError](err)
	if !ok {
		return err
	}
	return refused{err, &Refusal{r.Status, r.Text}}
}

// refused is an error that is a Refusal as well.
type refused struct {
	error
	public *Refusal
}

func (e refused) Unwrap() []error { return []error{e.error, e.public} }
