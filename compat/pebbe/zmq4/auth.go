package zmq4

import (
	"errors"

	"github.com/zeroth-mq/zmq/compat/pebbe/zmq4/internal/auth"
	"github.com/zeroth-mq/zmq/zmtp"
)

// CURVE_ALLOW_ANY in place of a key lets in whoever has one.
const CURVE_ALLOW_ANY = auth.Any

// authenticator answers for the default context.
var authenticator auth.Handler

// AuthStart begins to decide who may connect to the sockets of the default
// context. Until there are lists, NULL is let in and PLAIN and CURVE are not.
// Errors: it runs already; EADDRINUSE if the program answers ZAP itself.
func AuthStart() (err error) {
	if defaultCtx.closed.Load() {
		return ErrorContextClosed
	}
	if err := authenticator.Start(defaultCtx.ctx); err == auth.ErrRunning {
		return err
	} else {
		return fail(err)
	}
}

// AuthStop ends what AuthStart began, and waits until it has ended. The lists
// are kept.
func AuthStop() { authenticator.Stop() }

// AuthAllow adds IP addresses or networks ("10.0.0.0/8") to those let into a
// domain, or with "*" into all. As soon as there is one, no others are let in,
// and AuthDeny is without effect. If domain is an address itself it is one of
// those for "*", and so are the others.
func AuthAllow(domain string, addresses ...string) { authenticator.Allow(domain, addresses) }

// AuthDeny adds IP addresses or networks to those not let into a domain; for the
// arguments see AuthAllow.
func AuthDeny(domain string, addresses ...string) { authenticator.Deny(domain, addresses) }

// AuthPlainAdd adds a name and its password to a domain, or with "*" to all.
func AuthPlainAdd(domain, username, password string) {
	authenticator.AddUser(domain, username, password)
}

// AuthPlainRemove takes names out of a domain.
func AuthPlainRemove(domain string, usernames ...string) {
	authenticator.RemoveUsers(domain, usernames)
}

// AuthPlainRemoveAll takes all names out of a domain.
func AuthPlainRemoveAll(domain string) { authenticator.RemoveAllUsers(domain) }

// AuthCurveAdd adds public keys in Z85 to a domain, or with "*" to all.
// CURVE_ALLOW_ANY stands for every key.
func AuthCurveAdd(domain string, pubkeys ...string) { authenticator.AddKeys(domain, pubkeys) }

// AuthCurveRemove takes keys out of a domain.
func AuthCurveRemove(domain string, pubkeys ...string) { authenticator.RemoveKeys(domain, pubkeys) }

// AuthCurveRemoveAll takes all keys out of a domain.
func AuthCurveRemoveAll(domain string) { authenticator.RemoveAllKeys(domain) }

// AuthSetVerbose has the decisions logged, with the standard logger. Passwords
// and keys are not.
func AuthSetVerbose(verbose bool) { authenticator.SetVerbose(verbose) }

// AuthSetMetadataHandler sets a function that says what the receiver of a
// message can learn of a peer that was let in (RecvWithMetadata). What it gives
// for "User-Id" becomes the user id. It is called on a goroutine of its own,
// once for each connection; nil: none is called.
func AuthSetMetadataHandler(
	handler func(
		version, request_id, domain, address, identity, mechanism string, credentials ...string) (metadata map[string]string)) {
	authenticator.SetMetadata(handler)
}

// AuthMetaBlob is a property in the form that a ZAP reply has it in. Error: the
// key is longer than 255 bytes.
func AuthMetaBlob(key, value string) (blob []byte, err error) {
	if len(key) > 255 {
		//lint:ignore ST1005 programs may compare the text with that of pebbe/zmq4
		return []byte{}, errors.New("Key too long")
	}
	return zmtp.AppendProperty(nil, key, value), nil
}

// ServerAuthNull makes the socket ask about peers of the mechanism NULL.
func (server *Socket) ServerAuthNull(domain string) error {
	return first(
		func() error { return server.SetPlainServer(0) },
		func() error { return server.SetZapDomain(domain) })
}

// ServerAuthPlain makes the socket a server of the mechanism PLAIN.
func (server *Socket) ServerAuthPlain(domain string) error {
	return first(
		func() error { return server.SetPlainServer(1) },
		func() error { return server.SetZapDomain(domain) })
}

// ServerAuthCurve makes the socket a server of the mechanism CURVE.
func (server *Socket) ServerAuthCurve(domain, secret_key string) error {
	return first(
		func() error { return server.SetCurveServer(1) },
		func() error { return server.SetCurveSecretkey(secret_key) },
		func() error { return server.SetZapDomain(domain) })
}

// ClientAuthPlain makes the socket a client of the mechanism PLAIN.
func (client *Socket) ClientAuthPlain(username, password string) error {
	return first(
		func() error { return client.SetPlainUsername(username) },
		func() error { return client.SetPlainPassword(password) })
}

// ClientAuthCurve makes the socket a client of the mechanism CURVE. Keys are in
// Z85, or 32 bytes.
func (client *Socket) ClientAuthCurve(server_public_key, client_public_key, client_secret_key string) error {
	return first(
		func() error { return client.SetCurveServerkey(server_public_key) },
		func() error { return client.SetCurvePublickey(client_public_key) },
		func() error { return client.SetCurveSecretkey(client_secret_key) })
}

// first does one thing after the other until one fails.
func first(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}
