package zmq_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq"
)

// secrets are what must not be seen of a key and a password.
func secrets(cert *zmq.CurveCert, password string) []string {
	key := [32]byte(cert.Secret)
	return []string{
		cert.Secret.Z85(), password, hex.EncodeToString(key[:]), strings.ToUpper(hex.EncodeToString(key[:])), string(key[:]),
		strings.Trim(fmt.Sprint(key[:8]), "[]"), strings.Trim(fmt.Sprintf("%#v", key[:8])[7:], "{}"),
		hex.EncodeToString([]byte(password)), strings.Trim(fmt.Sprint([]byte(password)), "[]"),
	}
}

// Fault C11: nothing that is printed or logged shows a key or a password: of each
// exported type, itself and inside other values, by every verb.
func TestFormatShowsNoSecrets(t *testing.T) {
	const password = "open sesame"
	cert, err := zmq.NewCurveCert()
	if err != nil {
		t.Fatal(err)
	}
	c := zmq.NewContext()
	defer c.Close()
	make := func(typ zmq.Type, options ...zmq.Option) *zmq.Socket {
		t.Helper()
		s, err := c.New(typ, append(options, zmq.SOCKSPassword.Of(password))...)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	asServer := cert.AsServer()
	server := make(zmq.Rep, asServer)
	user := make(zmq.Req, zmq.PlainUsername.Of("me"), zmq.PlainPassword.Of(password))
	if _, err := server.Bind("tcp://127.0.0.1:*"); err != nil {
		t.Fatal(err)
	}
	p := zmq.NewPoller()
	defer p.Close()
	if err := errors.Join(p.Add(server, zmq.PollIn), p.Add(user, zmq.PollIn)); err != nil {
		t.Fatal(err)
	}
	_, refused := zmq.New(zmq.Req, zmq.PlainPassword.Of(zmq.Password(strings.Repeat(password, 30))))
	if refused == nil {
		t.Fatal("a password of 330 bytes")
	}
	auth := zmq.Authenticate(authWith(password))
	made := []any{server, user, *server, c, *c, p, zmq.Polled{Socket: server}, zmq.Incoming{Socket: user}, refused, cert, *cert,
		cert.Secret, &cert.Secret, zmq.Password(password), zmq.AuthRequest{Password: password}, &zmq.AuthRequest{Password: password},
		asServer, cert.AsClient(cert.Public), zmq.CurveSecretKey.Of(cert.Secret), zmq.PlainPassword.Of(password), auth, zmq.SOCKSPassword.Of(password),
		zmq.Logger(slog.New(slog.DiscardHandler))}
	for _, values := range zeros {
		made = append(made, values...)
	}
	hide := secrets(cert, password)
	for _, x := range made {
		inside := []any{x, &x, []any{x}, map[string]any{"x": x}, struct{ X any }{x}}
		switch x.(type) {
		case *zmq.Socket, *zmq.Context, *zmq.Poller, zmq.Option: // of what is in a field without a capital fmt asks no method
			inside = append(inside, struct{ x any }{x})
		}
		for i, v := range inside {
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%#q", "%x", "%X", "% x", "%d", "%o", "%b", "%t", "%c", "%U", "%e", "%20s"} {
				text := fmt.Sprintf(verb, v)
				for _, s := range hide {
					if strings.Contains(text, s) {
						t.Errorf("%s of %T, way %d, shows %q: %.300q", verb, x, i, s, text)
					}
				}
			}
		}
		var log strings.Builder
		slog.New(slog.NewJSONHandler(&log, nil)).Info("it", "x", x)
		slog.New(slog.NewTextHandler(&log, nil)).Info("it", "x", x)
		for _, s := range hide {
			if strings.Contains(log.String(), s) {
				t.Errorf("the log of a %T shows %q: %.300q", x, s, log.String())
			}
		}
	}
}

// authWith is an Authenticator with a secret inside.
func authWith(password string) zmq.Authenticator { return &keeper{password} }

type keeper struct{ password string }

func (k *keeper) Authenticate(_ context.Context, r zmq.AuthRequest) (zmq.Identity, error) {
	if string(r.Password) != k.password {
		return zmq.Identity{}, os.ErrPermission
	}
	return zmq.Identity{}, nil
}

// What is shown is the type and the endpoints.
func TestFormatShows(t *testing.T) {
	c := zmq.NewContext()
	defer c.Close()
	s, err := c.New(zmq.Dealer, zmq.Linger.Of(0))
	if err != nil {
		t.Fatal(err)
	}
	addr, err := s.Bind("inproc://a")
	if err := errors.Join(err, s.Connect("inproc://b")); err != nil {
		t.Fatal(err)
	}
	p := zmq.NewPoller()
	defer p.Close()
	if err := p.Add(s, 0); err != nil {
		t.Fatal(err)
	}
	for got, want := range map[string]string{
		fmt.Sprint(s):                          "DEALER socket, bound to " + addr + ", connected to inproc://b",
		fmt.Sprintf("%+v", *s):                 "DEALER socket, bound to inproc://a, connected to inproc://b",
		fmt.Sprintf("%q", c):                   "Context of 1 sockets",
		fmt.Sprintf("%s", p):                   "Poller of 1 sockets",
		fmt.Sprint(new(zmq.Socket)):            "Socket that New has not made",
		fmt.Sprint(zmq.Linger.Of(0)):           "LINGER",
		fmt.Sprint(zmq.Logger(slog.Default())): "Logger",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	s.Close()
	if got := s.String(); got != "DEALER socket, closed" {
		t.Error(got)
	}
}
