package zmq

import (
	"fmt"
	"log/slog"

	"github.com/zeroth-mq/zmq/internal/cert"
	"github.com/zeroth-mq/zmq/internal/curve"
	"github.com/zeroth-mq/zmq/internal/errno"
)

// A CurveKey is a public key of CURVE. It is no secret. As text it is Z85, 40
// characters.
type CurveKey [32]byte

// A CurveSecret is a secret key of CURVE. It does not show when it is printed,
// logged or marshalled: see Z85.
type CurveSecret [32]byte

// NewCurveKeypair makes a pair of keys from the system's randomness.
func NewCurveKeypair() (CurveKey, CurveSecret, error) {
	public, secret, err := curve.NewKeypair()
	if err != nil {
		return CurveKey{}, CurveSecret{}, fmt.Errorf("zmq: %w", err)
	}
	return public, secret, nil
}

// ParseCurveKey reads Z85. Error: ErrInvalid.
func ParseCurveKey(text string) (k CurveKey, err error) {
	return k, parseKey(k[:], text)
}

// ParseCurveSecret reads Z85. Error: ErrInvalid; it does not repeat the text.
func ParseCurveSecret(text string) (s CurveSecret, err error) {
	return s, parseKey(s[:], text)
}

func parseKey(dst []byte, text string) error {
	raw, err := DecodeZ85(text)
	if err != nil {
		return err
	}
	if len(raw) != len(dst) {
		return fmt.Errorf("zmq: a key is 40 characters of Z85, not %d: %w", len(text), errno.EINVAL)
	}
	copy(dst, raw)
	return nil
}

// EncodeZ85 writes bytes as text, five characters for four bytes (RFC 32).
// ErrInvalid: their number is not a multiple of 4.
func EncodeZ85(b []byte) (string, error) {
	text, err := curve.EncodeZ85(nil, b)
	if err != nil {
		return "", fmt.Errorf("zmq: %w", err)
	}
	return string(text), nil
}

// DecodeZ85 is the opposite. Error: ErrInvalid; it does not repeat the text.
func DecodeZ85(text string) ([]byte, error) {
	b, err := curve.DecodeZ85(nil, []byte(text))
	if err != nil {
		return nil, fmt.Errorf("zmq: %w", err)
	}
	return b, nil
}

// String is the key in Z85.
func (k CurveKey) String() string {
	text, _ := EncodeZ85(k[:]) // 32 is a multiple of 4
	return text
}

// LogValue is the key in Z85.
func (k CurveKey) LogValue() slog.Value { return slog.StringValue(k.String()) }

// MarshalText is the key in Z85.
func (k CurveKey) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText is ParseCurveKey.
func (k *CurveKey) UnmarshalText(text []byte) error { return parseKey(k[:], string(text)) }

// Public is the public key that belongs to the secret one.
func (s CurveSecret) Public() CurveKey { return curve.Public(s) }

// Z85 is the key itself as text, to be kept where no one else can read it.
func (s CurveSecret) Z85() string { return CurveKey(s).String() }

// Format hides the key, whatever the verb.
func (CurveSecret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// LogValue hides the key.
func (CurveSecret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the key.
func (CurveSecret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// UnmarshalText is ParseCurveSecret.
func (s *CurveSecret) UnmarshalText(text []byte) error { return parseKey(s[:], string(text)) }

// A CurveCert is a pair of keys with metadata about their owner, as a file holds
// it. The certificate of another party has no secret key: it is zero.
type CurveCert struct {
	Public   CurveKey
	Secret   CurveSecret
	Metadata map[string]string
}

// NewCurveCert makes a certificate with new keys.
func NewCurveCert() (*CurveCert, error) {
	public, secret, err := NewCurveKeypair()
	if err != nil {
		return nil, err
	}
	return &CurveCert{Public: public, Secret: secret}, nil
}

// ReadCurveCert reads a certificate in the format of CZMQ and pyzmq. Given the
// name of the public one, "me.key", it reads "me.key_secret" if that is there
// and may be read. Errors: ErrInvalid for what is no certificate, and the
// system's. They repeat no key.
func ReadCurveCert(file string) (*CurveCert, error) {
	c, err := cert.Read(file)
	if err != nil {
		return nil, fmt.Errorf("zmq: %w", err)
	}
	return &CurveCert{c.Public, c.Secret, c.Metadata}, nil
}

// ParseCurveCert reads a certificate from text in the same format. ErrInvalid:
// it is none.
func ParseCurveCert(text []byte) (*CurveCert, error) {
	c, err := cert.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("zmq: %w", err)
	}
	return &CurveCert{c.Public, c.Secret, c.Metadata}, nil
}

// Save writes the certificate: to file without the secret key, readable for all,
// and if there is a secret key also to file+"_secret" with it, for the owner of
// the file alone. Unless replace is set, a file that is there already is
// os.ErrExist, and nothing is changed. Errors: that, ErrInvalid for metadata
// that the format cannot hold, and the system's.
func (c *CurveCert) Save(file string, replace bool) error {
	if c == nil {
		return fmt.Errorf("zmq: %w", errNoCert)
	}
	out := cert.Cert{Public: c.Public, Secret: c.Secret, Metadata: c.Metadata}
	if err := out.Save(file, replace); err != nil {
		return fmt.Errorf("zmq: %w", err)
	}
	return nil
}

// AsServer makes a socket a server of CURVE with this secret key: it accepts
// only peers that know the public one and that the socket's Authenticator admits.
// Without an Authenticator it accepts clients with any keys.
// ErrInvalid: there is no secret key. ErrUnsupported: a Stream.
func (c *CurveCert) AsServer() Option {
	if c == nil {
		return failing{errNoCert}
	}
	return options{haveSecret(c.Secret != CurveSecret{}), CurveServer.Of(true), CurvePublicKey.Of(c.Public), CurveSecretKey.Of(c.Secret)}
}

// AsClient makes a socket a client of CURVE with these keys, for the server
// that has the secret key to server. Errors: those of AsServer.
func (c *CurveCert) AsClient(server CurveKey) Option {
	if c == nil {
		return failing{errNoCert}
	}
	return options{haveSecret(c.Secret != CurveSecret{}), CurveServerKey.Of(server), CurvePublicKey.Of(c.Public), CurveSecretKey.Of(c.Secret)}
}

// options are several, as one.
type options []Option

func (o options) apply(s *Socket) error {
	for _, each := range o {
		if err := each.apply(s); err != nil {
			return err
		}
	}
	return nil
}

// failing is the option that fails.
type failing struct{ err error }

func (o failing) apply(*Socket) error { return o.err }

// haveSecret is the option that fails if there is no secret key, or the socket
// has no handshake to use it in.
type haveSecret bool

func (have haveSecret) apply(s *Socket) error {
	if !have {
		return fmt.Errorf("the certificate has no secret key: is the file with _secret in its name there, and may it be read? %w", errno.EINVAL)
	}
	return s.shakesHands()
}
