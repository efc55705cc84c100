package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/auth"
)

// security is the identity of a socket, and which peers it trusts. Secrets come from
// files and from the environment: a command line can be read by all users of the
// machine.
type security struct {
	CurveServerKey string `group:"security" placeholder:"FILE" help:"Encrypt, as the client of the server whose public certificate this is; or env:NAME."`
	CurveServer    bool   `group:"security" help:"Encrypt, as the server whose certificate is --curve-cert. --auth-... says who may connect."`
	CurveCert      string `group:"security" placeholder:"FILE" help:"Our certificate, see zmq keygen; or env:NAME, with the text of the secret one. Default for clients: new keys."`

	PlainUsername string `group:"security" placeholder:"NAME" help:"Our user name. PLAIN encrypts nothing: it is for trusted networks."`
	PlainPassword string `group:"security" placeholder:"FILE" help:"Our password, the first line of a file; or env:NAME."`
	PlainServer   bool   `group:"security" help:"Ask for user names and passwords. --auth-... says who may connect."`

	AuthCerts     string   `group:"security" placeholder:"FOLDER" help:"Admit the clients whose public certificates are in the folder."`
	AuthPasswords string   `group:"security" placeholder:"FILE" help:"Admit the users of a file as htpasswd -B writes it."`
	AuthAllow     []string `group:"security" placeholder:"NETWORK" help:"Admit only peers that connect from this network: 10.0.0.0/8, 192.0.2.7, ipc. May be given again."`
	AuthDeny      []string `group:"security" placeholder:"NETWORK" help:"Refuse peers that connect from this network. May be given again."`
	AuthAny       bool     `group:"security" help:"Admit every client that has our public key, or gives any password."`
}

// options are the socket options that the flags ask for.
func (s *security) options(t zmq.Type) ([]zmq.Option, error) {
	if s.none() {
		return nil, nil
	}
	if t == zmq.Stream {
		return nil, usagef("stream speaks plain TCP, with peers that know nothing of ZeroMQ", "a stream cannot be secured")
	}
	own, err := s.mechanism()
	if err != nil {
		return nil, err
	}
	authenticator, err := s.authenticator()
	if err != nil {
		return nil, err
	}
	if authenticator != nil {
		own = append(own, zmq.Authenticate(authenticator))
	}
	return own, nil
}

func (s *security) none() bool { return !s.curve() && !s.plain() && !s.auth() }

func (s *security) curve() bool {
	return s.CurveServer || s.CurveServerKey != "" || s.CurveCert != ""
}

func (s *security) plain() bool {
	return s.PlainServer || s.PlainUsername != "" || s.PlainPassword != ""
}

func (s *security) auth() bool {
	return s.AuthAny || s.AuthCerts != "" || s.AuthPasswords != "" || len(s.AuthAllow)+len(s.AuthDeny) > 0
}

// mechanism is CURVE, PLAIN or neither.
func (s *security) mechanism() ([]zmq.Option, error) {
	const sides = "a server has --curve-server and --curve-cert, a client --curve-server-key"
	switch {
	case s.curve() && s.plain():
		return nil, usagef("a socket has one mechanism", "--curve-... and --plain-... do not go together")
	case s.CurveServer && s.CurveServerKey != "":
		return nil, usagef(sides, "--curve-server and --curve-server-key do not go together")
	case s.PlainServer && (s.PlainUsername != "" || s.PlainPassword != ""):
		return nil, usagef("a server's users are in a file: --auth-passwords", "--plain-server goes with no name and password of its own")
	case (s.CurveServer || s.PlainServer) && !s.auth():
		return nil, usagef("for example --auth-certs FOLDER, --auth-passwords FILE, --auth-any", "say who may connect")
	case s.AuthCerts != "" && !s.CurveServer:
		return nil, usagef("--curve-server", "--auth-certs is for servers of CURVE")
	case s.AuthPasswords != "" && !s.PlainServer:
		return nil, usagef("--plain-server", "--auth-passwords is for servers of PLAIN")
	case s.CurveServer && s.CurveCert == "", s.curve() && !s.CurveServer && s.CurveServerKey == "":
		return nil, usagef(sides, "CURVE needs the keys of both sides")
	case s.PlainServer:
		return []zmq.Option{zmq.PlainServer.Of(true)}, nil
	case s.plain():
		return s.plainClient()
	case s.CurveServer:
		cert, err := readCert(s.CurveCert)
		if err != nil {
			return nil, err
		}
		return []zmq.Option{cert.AsServer()}, nil
	case s.curve():
		return s.curveClient()
	}
	return nil, nil
}

func (s *security) plainClient() ([]zmq.Option, error) {
	if s.PlainUsername == "" || s.PlainPassword == "" {
		return nil, usagef("--plain-username NAME --plain-password FILE", "PLAIN needs a user name and a password")
	}
	text, err := fromFile(s.PlainPassword)
	if err != nil {
		return nil, err
	}
	password, _, _ := strings.Cut(string(text), "\n")
	password = strings.TrimSuffix(password, "\r")
	if password == "" {
		return nil, usagef("the first line of the file, or of the variable, is the password", "the password is empty")
	}
	return []zmq.Option{zmq.PlainUsername.Of(s.PlainUsername), zmq.PlainPassword.Of(zmq.Password(password))}, nil
}

func (s *security) curveClient() ([]zmq.Option, error) {
	server, err := readKey(s.CurveServerKey)
	if err != nil {
		return nil, err
	}
	var cert *zmq.CurveCert
	if s.CurveCert == "" {
		cert, err = zmq.NewCurveCert()
	} else {
		cert, err = readCert(s.CurveCert)
	}
	if err != nil {
		return nil, err
	}
	return []zmq.Option{cert.AsClient(server)}, nil
}

// authenticator decides about peers; nil: there is none.
func (s *security) authenticator() (zmq.Authenticator, error) {
	var all []zmq.Authenticator
	add := func(a zmq.Authenticator, err error) error {
		all = append(all, a)
		return err
	}
	var err error
	if len(s.AuthAllow) > 0 {
		err = add(auth.AllowFrom(s.AuthAllow...))
	}
	if len(s.AuthDeny) > 0 && err == nil {
		err = add(auth.DenyFrom(s.AuthDeny...))
	}
	if s.AuthCerts != "" && err == nil {
		err = add(auth.Certs(s.AuthCerts))
	}
	if s.AuthPasswords != "" && err == nil {
		err = add(auth.Passwords(s.AuthPasswords))
	}
	switch {
	case err != nil:
		return nil, err
	case !s.auth():
		return nil, nil
	}
	return auth.All(all...), nil
}

// fromFile reads a file, or the variable of "env:NAME".
func fromFile(name string) ([]byte, error) {
	const most = 64 << 10
	variable, ok := strings.CutPrefix(name, "env:")
	if !ok {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return io.ReadAll(io.LimitReader(f, most))
	}
	text, ok := os.LookupEnv(variable)
	if !ok {
		return nil, fmt.Errorf("the environment has no variable %s", variable)
	}
	return []byte(text), nil
}

// readCert reads our own certificate.
func readCert(name string) (*zmq.CurveCert, error) {
	if !strings.HasPrefix(name, "env:") {
		return zmq.ReadCurveCert(name)
	}
	text, err := fromFile(name)
	if err != nil {
		return nil, err
	}
	cert, err := zmq.ParseCurveCert(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return cert, nil
}

// readKey reads a server's public key: a certificate, or the 40 characters
// alone.
func readKey(name string) (zmq.CurveKey, error) {
	text, err := fromFile(name)
	if err != nil {
		return zmq.CurveKey{}, err
	}
	if key, err := zmq.ParseCurveKey(string(bytes.TrimSpace(text))); err == nil {
		return key, nil
	}
	cert, err := zmq.ParseCurveCert(text)
	if err != nil {
		return zmq.CurveKey{}, fmt.Errorf("%s: %w", name, err)
	}
	return cert.Public, nil
}
