package mech

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/binary"

	"github.com/zeroth-mq/zmq/internal/curve"
	"github.com/zeroth-mq/zmq/zmtp"
)

type curveServer struct {
	verdict
	local   Local
	step    step
	enforce bool // ZAP_ENFORCE_DOMAIN, and there is a domain
	skip    bool // the same, and there is none: no one is asked
	peer    []zmtp.Property
	box     *curveBox
	seen    uint64 // the nonce of INITIATE

	// Keys; those of the connection are wiped once they have served.
	secret      [32]byte // s
	client      [32]byte // C'
	shortPublic [32]byte // S'
	shortSecret [32]byte // s'
	greeting    [32]byte // what C' and s have in common
	shared      [32]byte // what C' and s' have in common
	cookie      [cookieSize]byte
}

func newCurveServer(s *Settings, l Local) *curveServer {
	return &curveServer{
		local:   l,
		secret:  s.Sec.CurveSecretKey,
		enforce: s.Enforce && s.Domain != "",
		skip:    s.Enforce && s.Domain == "" && !s.Always,
	}
}

func (s *curveServer) Next() ([]byte, bool) {
	if s.err != nil {
		return s.tell(errorName)
	}
	switch {
	case s.step == welcome:
		s.step = initiate
		return s.welcome(), true
	case s.step == ready && s.ask == nil:
		s.step = finished
		return s.ready(), true
	}
	return nil, false
}

func (s *curveServer) Process(body []byte) error {
	if data, ok := is(body, zmtp.CmdHello); ok && s.step == hello {
		return s.hello(data)
	}
	if data, ok := is(body, zmtp.CmdInitiate); ok && s.step == initiate {
		return s.initiate(data)
	}
	return unexpected(body, "CURVE")
}

// hello takes C'. Nothing is done for a client that does not know S but to
// find that out; and what C' and s' have in common waits for INITIATE, since a
// stranger who knows S can send HELLOs only.
func (s *curveServer) hello(data []byte) error {
	if size := 6 + len(data); size != helloSize {
		return Failf(MalformedHello, "HELLO of %d bytes; it has %d", size, helloSize)
	}
	if data[0] != 1 || data[1] != 0 {
		return Failf(MalformedHello, "HELLO of CurveZMQ %d.%d; this is 1.0", data[0], data[1])
	}
	data = data[2+padding:]
	copy(s.client[:], data)
	data = data[keySize:]
	var err error
	if s.greeting, err = curve.Agree(&s.client, &s.secret); err != nil {
		return Failf(Cryptographic, "HELLO: %v", err)
	}
	plain, ok := open(data[shortNonce:], nonce(helloNonce, data[:shortNonce]), &s.greeting)
	if !ok || subtle.ConstantTimeCompare(plain, make([]byte, len(plain))) != 1 {
		return Failf(Cryptographic, "HELLO cannot be opened: the client probably has the key of another server")
	}
	if s.shortPublic, s.shortSecret, err = curve.NewKeypair(); err != nil {
		return err
	}
	s.step = welcome
	return nil
}

// welcome gives S' and the cookie. That is there for servers which keep nothing
// of a client that has not introduced itself. This one keeps little, and so the
// cookie is only a number that has to come back.
func (s *curveServer) welcome() []byte {
	rand.Read(s.cookie[:]) // never fails: see its documentation
	r := randomNonce()
	b := zmtp.AppendCommandBody(make([]byte, 0, welcomeSize), zmtp.CmdWelcome, r)
	b = seal(b, append(s.shortPublic[:], s.cookie[:]...), nonce(welcomeNonce, r), &s.greeting)
	wipe(&s.greeting)
	return b
}

// initiate takes C, its proof, and the client's metadata.
func (s *curveServer) initiate(data []byte) error {
	if size := 9 + len(data); size < initiateMin {
		return Failf(MalformedInitiate, "INITIATE of %d bytes; it has %d at least", size, initiateMin)
	}
	cookie, data := data[:cookieSize], data[cookieSize:]
	if subtle.ConstantTimeCompare(cookie, s.cookie[:]) != 1 {
		return Failf(Cryptographic, "INITIATE with a cookie of another connection")
	}
	var err error
	if s.shared, err = curve.Agree(&s.client, &s.shortSecret); err != nil {
		return Failf(Cryptographic, "INITIATE: %v", err)
	}
	plain, ok := open(data[shortNonce:], nonce(initiateNonce, data[:shortNonce]), &s.shared)
	if !ok {
		return Failf(Cryptographic, "INITIATE cannot be opened: it was changed on the way")
	}
	public := [32]byte(plain)
	if err := s.vouched(&public, plain[keySize:introSize]); err != nil {
		return err
	}
	if s.peer, err = metadata(0, zmtp.CmdInitiate, plain[introSize:]); err != nil {
		return err
	}
	s.seen = binary.BigEndian.Uint64(data)
	s.step = ready
	if !s.skip {
		s.ask = &Request{Mechanism: "CURVE", Credentials: [][]byte{public[:]}}
	}
	return nil
}

// vouched checks that the owner of public vouches for the client's short-term key,
// and does so to this server.
func (s *curveServer) vouched(public *[32]byte, vouch []byte) error {
	shared, err := curve.Agree(public, &s.shortSecret)
	if err != nil {
		return Failf(Cryptographic, "INITIATE: %v", err)
	}
	plain, ok := open(vouch[longNonce:], nonce(vouchNonce, vouch[:longNonce]), &shared)
	wipe(&shared, &s.shortSecret)
	if !ok {
		return Failf(Cryptographic, "INITIATE: the client's public and secret key probably do not belong together")
	}
	ours := curve.Public(s.secret)
	if subtle.ConstantTimeCompare(plain[:keySize], s.client[:])&subtle.ConstantTimeCompare(plain[keySize:], ours[:]) != 1 {
		return Failf(KeyExchange, "INITIATE: the client vouches for another connection, or to another server")
	}
	return nil
}

// ready gives our metadata.
func (s *curveServer) ready() []byte {
	b := zmtp.AppendCommandBody(nil, zmtp.CmdReady, count(1))
	b = seal(b, s.local.properties(nil), nonce(readyNonce, count(1)), &s.shared)
	s.box = newBox(&s.shared, serverNonce, clientNonce, 1, s.seen)
	wipe(&s.shared, &s.secret)
	return b
}

// Answer takes the decision. Without an authenticator, knowing S is enough.
func (s *curveServer) Answer(r Reply) {
	var without error
	if s.enforce {
		without = ErrNoAuthenticator
	}
	s.take(r, without)
}

func (s *curveServer) Closed() string {
	if s.step == initiate {
		return "the client closed the connection during CURVE WELCOME: its server key is probably wrong"
	}
	return ""
}

func (s *curveServer) Done() bool            { return s.step == finished }
func (s *curveServer) Peer() []zmtp.Property { return s.peer }

func (s *curveServer) Box() Box { return s.box }

// Wipe forgets what a handshake that failed has not.
func (s *curveServer) Wipe() {
	wipe(&s.secret, &s.shortSecret, &s.greeting, &s.shared)
}
