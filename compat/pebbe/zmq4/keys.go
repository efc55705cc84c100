package zmq4

import (
	"fmt"

	"github.com/zeroth-mq/zmq/internal/curve"
	"github.com/zeroth-mq/zmq/internal/errno"
)

// NewCurveKeypair makes a new pair of keys for CURVE, in Z85.
func NewCurveKeypair() (z85_public_key, z85_secret_key string, err error) {
	public, secret, err := curve.NewKeypair()
	if err != nil {
		return "", "", fail(err)
	}
	return Z85encode(string(public[:])), Z85encode(string(secret[:])), nil
}

// AuthCurvePublic is the public key that belongs to a secret one. EINVAL: that
// is not 40 characters of Z85.
func AuthCurvePublic(z85SecretKey string) (z85PublicKey string, err error) {
	b, err := curve.DecodeZ85(nil, []byte(z85SecretKey))
	if err != nil {
		return "", fail(err)
	}
	if len(b) != 32 {
		return "", fail(errno.EINVAL)
	}
	public := curve.Public([32]byte(b))
	return Z85encode(string(public[:])), nil
}

// Z85encode writes bytes as text, five characters for four of them. It panics
// if their number is no multiple of 4.
func Z85encode(data string) string {
	if len(data)%4 != 0 {
		panic(fmt.Sprintf("zmq4: Z85encode of %d bytes: not a multiple of 4", len(data)))
	}
	text, _ := curve.EncodeZ85(nil, []byte(data))
	return string(text)
}

// Z85decode reads what Z85encode writes. It panics if the number of characters
// is no multiple of 5. From the first wrong character on, what it returns is
// zeros.
func Z85decode(s string) string {
	if len(s)%5 != 0 {
		panic(fmt.Sprintf("zmq4: Z85decode of %d characters: not a multiple of 5", len(s)))
	}
	data := make([]byte, 0, len(s)/5*4)
	for at := 0; at < len(s); at += 5 {
		next, err := curve.DecodeZ85(data, []byte(s[at:at+5]))
		if err != nil {
			break
		}
		data = next
	}
	return string(data[:cap(data)])
}

// GetCurvePublickeyRaw is CURVE_PUBLICKEY in 32 bytes.
func (soc *Socket) GetCurvePublickeyRaw() (string, error) { return soc.key("CURVE_PUBLICKEY") }

// GetCurvePublickeykeyZ85 is CURVE_PUBLICKEY in 40 characters of Z85.
func (soc *Socket) GetCurvePublickeykeyZ85() (string, error) { return soc.keyZ85("CURVE_PUBLICKEY") }

// GetCurveSecretkeyRaw is CURVE_SECRETKEY in 32 bytes.
func (soc *Socket) GetCurveSecretkeyRaw() (string, error) { return soc.key("CURVE_SECRETKEY") }

// GetCurveSecretkeyZ85 is CURVE_SECRETKEY in 40 characters of Z85.
func (soc *Socket) GetCurveSecretkeyZ85() (string, error) { return soc.keyZ85("CURVE_SECRETKEY") }

// GetCurveServerkeyRaw is CURVE_SERVERKEY in 32 bytes.
func (soc *Socket) GetCurveServerkeyRaw() (string, error) { return soc.key("CURVE_SERVERKEY") }

// GetCurveServerkeyZ85 is CURVE_SERVERKEY in 40 characters of Z85.
func (soc *Socket) GetCurveServerkeyZ85() (string, error) { return soc.keyZ85("CURVE_SERVERKEY") }

func (soc *Socket) key(name string) (string, error) {
	x, err := soc.get(name)
	return text(x), err
}

func (soc *Socket) keyZ85(name string) (string, error) {
	key, err := soc.key(name)
	return Z85encode(key), err
}
