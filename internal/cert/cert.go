// Package cert reads and writes CURVE certificates as CZMQ and pyzmq keep them:
// a pair of keys, or a public key alone, with some text about their owner, in a
// file of ZPL (RFC 4).
package cert

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/zeroth-mq/zmq/internal/curve"
	"github.com/zeroth-mq/zmq/internal/errno"
)

// A Cert is one certificate. A Secret of zeros is none: the certificate is that of
// another party.
type Cert struct {
	Public, Secret [32]byte
	Metadata       map[string]string
}

// MaxSize bounds the text of a certificate.
const MaxSize = 64 << 10

func fail(format string, args ...any) error {
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), errno.EINVAL)
}

// Parse reads a certificate. EINVAL: the text is none, or its secret key does
// not belong to its public one. No error repeats a key.
func Parse(text []byte) (*Cert, error) {
	if len(text) > MaxSize {
		return nil, fail("a certificate of %d bytes; %d are allowed", len(text), MaxSize)
	}
	sections, err := parseZPL(string(text))
	if err != nil {
		return nil, err
	}
	c := &Cert{Metadata: sections["metadata"]}
	keys := sections["curve"]
	if err := c.key(&c.Public, keys, "public-key"); err != nil {
		return nil, err
	}
	if c.Public == [32]byte{} {
		return nil, fail("there is no public-key in a section curve")
	}
	if err := c.key(&c.Secret, keys, "secret-key"); err != nil {
		return nil, err
	}
	if c.Secret != [32]byte{} && curve.Public(c.Secret) != c.Public {
		return nil, fail("the secret-key does not belong to the public-key")
	}
	return c, nil
}

// key reads a key, if it is there.
func (c *Cert) key(dst *[32]byte, keys map[string]string, name string) error {
	text, ok := keys[name]
	if !ok {
		return nil
	}
	raw, err := curve.DecodeZ85(nil, []byte(text))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if len(raw) != len(dst) {
		return fail("%s has %d characters; a key has 40", name, len(text))
	}
	copy(dst[:], raw)
	return nil
}

const publicNote = `# ZeroMQ CURVE public certificate.
# Give it to your peers by a way on which no one can change it.

`

const secretNote = `# ZeroMQ CURVE secret certificate.
# Keep it secret: no one else may have this file or read it.

`

// Append appends the text of a certificate, with the secret key or without.
// EINVAL: metadata that the format cannot hold, or no secret key.
func (c *Cert) Append(dst []byte, secret bool) ([]byte, error) {
	if c.Public == [32]byte{} || secret && c.Secret == [32]byte{} {
		return dst, fail("the certificate has no key")
	}
	note := publicNote
	if secret {
		note = secretNote
	}
	out := append(dst, note...)
	out = append(out, "metadata\n"...)
	for _, name := range slices.Sorted(maps.Keys(c.Metadata)) {
		line, err := zplLine(name, c.Metadata[name])
		if err != nil {
			return dst, err
		}
		out = append(out, line...)
	}
	out = appendKey(append(out, "curve\n"...), "public-key", &c.Public)
	if secret {
		out = appendKey(out, "secret-key", &c.Secret)
	}
	if len(out)-len(dst) > MaxSize {
		return dst, fail("a certificate of %d bytes; %d are allowed", len(out)-len(dst), MaxSize)
	}
	return out, nil
}

func appendKey(dst []byte, name string, key *[32]byte) []byte {
	dst = append(dst, "    "+name+" = \""...)
	dst, _ = curve.EncodeZ85(dst, key[:]) // 32 is a multiple of 4
	return append(dst, "\"\n"...)
}

// namable are the characters of a name in ZPL, beside letters and digits.
const namable = "$-_@.&+/"

func isName(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"+namable) == ""
}
