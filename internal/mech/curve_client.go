package mech

import (
	"encoding/binary"
	"fmt"

	"github.com/zeroth-mq/zmq/internal/curve"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/zmtp"
)

type curveClient struct {
	verdict // never asks
	local   Local
	step    step
	peer    []zmtp.Property
	box     *curveBox

	// Keys; all but the first two are wiped once they have served.
	public      [32]byte // C
	server      [32]byte // S
	secret      [32]byte // c
	shortPublic [32]byte // C'
	shortSecret [32]byte // c'
	shortServer [32]byte // S'
	greeting    [32]byte // what c' and S have in common
	shared      [32]byte // what c' and S' have in common
	vouch       [32]byte // what c and S' have in common
	cookie      [cookieSize]byte
}

// newCurveClient makes a client. A public key that was not set is the one that
// belongs to the secret key.
func newCurveClient(s *Settings, l Local) (*curveClient, error) {
	c := &curveClient{
		local:  l,
		public: s.Sec.CurvePublicKey,
		server: s.Sec.CurveServerKey,
		secret: s.Sec.CurveSecretKey,
	}
	if !s.Sec.CurvePublicSet {
		c.public = curve.Public(c.secret)
	}
	if c.public == [32]byte{} {
		return nil, fmt.Errorf("CURVE_PUBLICKEY is all zeros, which is no key: %w", errno.EINVAL)
	}
	short, secret, err := curve.NewKeypair()
	if err != nil {
		return nil, err
	}
	c.shortPublic, c.shortSecret = short, secret
	if c.greeting, err = curve.Agree(&c.server, &c.shortSecret); err != nil {
		return nil, fmt.Errorf("CURVE_SERVERKEY is not set, or no public key: %w", errno.EINVAL)
	}
	return c, nil
}

func (c *curveClient) Next() ([]byte, bool) {
	switch c.step {
	case hello:
		c.step = welcome
		return c.hello(), true
	case initiate:
		c.step = ready
		return c.initiate(), true
	}
	return nil, false
}

// hello says which short-term key we have, and proves that we know S.
func (c *curveClient) hello() []byte {
	b := make([]byte, 0, helloSize)
	b = zmtp.AppendCommandBody(b, zmtp.CmdHello, []byte{1, 0}, make([]byte, padding), c.shortPublic[:], count(1))
	return seal(b, make([]byte, 64), nonce(helloNonce, count(1)), &c.greeting)
}

func (c *curveClient) Process(body []byte) error {
	if data, ok := is(body, zmtp.CmdWelcome); ok && c.step == welcome {
		return c.welcome(data)
	}
	if data, ok := is(body, zmtp.CmdReady); ok && c.step == ready {
		return c.ready(data)
	}
	if data, ok := is(body, zmtp.CmdError); ok {
		return refusal(data, "the server does not know our key, or does not let it in")
	}
	return unexpected(body, "CURVE")
}

// welcome takes S' and the cookie.
func (c *curveClient) welcome(data []byte) error {
	if size := 8 + len(data); size != welcomeSize {
		return Failf(MalformedWelcome, "WELCOME of %d bytes; it has %d", size, welcomeSize)
	}
	plain, ok := open(data[longNonce:], nonce(welcomeNonce, data[:longNonce]), &c.greeting)
	if !ok {
		return Failf(Cryptographic, "WELCOME cannot be opened: the peer is not the server whose key this is")
	}
	copy(c.shortServer[:], plain)
	copy(c.cookie[:], plain[keySize:])
	clear(plain)
	var err error
	if c.shared, err = curve.Agree(&c.shortServer, &c.shortSecret); err != nil {
		return Failf(Cryptographic, "WELCOME: %v", err)
	}
	if c.vouch, err = curve.Agree(&c.shortServer, &c.secret); err != nil {
		return Failf(Cryptographic, "WELCOME: %v", err)
	}
	wipe(&c.greeting, &c.shortSecret, &c.secret)
	c.step = initiate
	return nil
}

// initiate says who we are, proves it, and gives our metadata.
func (c *curveClient) initiate() []byte {
	r := randomNonce()
	intro := append(append([]byte(nil), c.public[:]...), r...)
	intro = seal(intro, append(c.shortPublic[:], c.server[:]...), nonce(vouchNonce, r), &c.vouch)
	intro = c.local.properties(intro)
	wipe(&c.vouch)
	b := zmtp.AppendCommandBody(nil, zmtp.CmdInitiate, c.cookie[:], count(2))
	return seal(b, intro, nonce(initiateNonce, count(2)), &c.shared)
}

func (c *curveClient) ready(data []byte) error {
	if size := 6 + len(data); size < readyMin {
		return Failf(MalformedReady, "READY of %d bytes; it has %d at least", size, readyMin)
	}
	plain, ok := open(data[shortNonce:], nonce(readyNonce, data[:shortNonce]), &c.shared)
	if !ok {
		return Failf(Cryptographic, "READY cannot be opened: it was changed on the way")
	}
	var err error
	if c.peer, err = metadata(InvalidMetadata, zmtp.CmdReady, plain); err != nil {
		return err
	}
	c.box = newBox(&c.shared, clientNonce, serverNonce, 2, binary.BigEndian.Uint64(data))
	wipe(&c.shared)
	c.step = finished
	return nil
}

func (c *curveClient) Answer(Reply) {}

func (c *curveClient) Closed() string {
	if c.step == welcome {
		return "the server closed the connection during CURVE HELLO: the server key is probably wrong"
	}
	return "the server closed the connection during CURVE INITIATE: it probably does not know this client's key"
}

func (c *curveClient) Done() bool            { return c.step == finished }
func (c *curveClient) Peer() []zmtp.Property { return c.peer }

func (c *curveClient) Box() Box { return c.box }

// Wipe forgets what a handshake that failed has not.
func (c *curveClient) Wipe() {
	wipe(&c.secret, &c.shortSecret, &c.greeting, &c.shared, &c.vouch)
}
