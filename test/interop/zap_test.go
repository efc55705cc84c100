//go:build unix

package interop

import (
	"bufio"
	"context"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/bcrypt"

	zmq "github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/auth"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

// The peers here are pyzmq's, which has ZAP handlers of its own, and the
// certificates are also CZMQ's.

const python = "/usr/bin/python3"

// pyzmq is a command of peer/auth.py, whose context ends with the test.
func pyzmq(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	testutil.NeedLibzmq(t)
	if out, err := exec.Command(python, "-c", "import zmq").CombinedOutput(); err != nil {
		t.Fatalf("%s has no pyzmq: %v\n%s; install it (Debian: apt-get install python3-zmq), or set %s=1 to leave these tests out",
			python, err, out, testutil.NoLibzmq)
	}
	cmd := exec.CommandContext(t.Context(), python, append([]string{filepath.Join("peer", "auth.py")}, args...)...)
	cmd.Stderr = os.Stderr
	return cmd
}

// pyClient runs a client to its end and returns what became of it.
func pyClient(t *testing.T, endpoint string, how ...string) string {
	t.Helper()
	out, err := pyzmq(t, append([]string{"client", endpoint}, how...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// pyServer starts a server that ends with the test, and returns its endpoint.
func pyServer(t *testing.T, how ...string) string {
	t.Helper()
	cmd := pyzmq(t, append([]string{"server"}, how...)...)
	in, err1 := cmd.StdinPipe()
	out, err2 := cmd.StdoutPipe()
	if err := errors.Join(err1, err2, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal("the server does not tell its endpoint: ", err)
	}
	return strings.TrimSpace(line)
}

// a keyring is what the tests of this file have in common: certificates, and a
// password file.
type keyring struct {
	dir           string
	server        *zmq.CurveCert
	known, other  *zmq.CurveCert
	clients       string // a folder with the certificate of known
	users         string
	serverFile    string
	knownFile     string
	otherFile     string
	allow, forbid zmq.Authenticator
}

func newKeyring(t *testing.T) *keyring {
	t.Helper()
	dir := t.TempDir()
	w := &keyring{dir: dir, clients: filepath.Join(dir, "clients"), users: filepath.Join(dir, "users")}
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ok(os.Mkdir(w.clients, 0o700))
	for _, c := range []struct {
		cert **zmq.CurveCert
		file *string
		name string
	}{{&w.server, &w.serverFile, "server"}, {&w.known, &w.knownFile, "known"}, {&w.other, &w.otherFile, "other"}} {
		cert, err := zmq.NewCurveCert()
		ok(err)
		cert.Metadata = map[string]string{"name": c.name}
		*c.cert, *c.file = cert, filepath.Join(dir, c.name+".key")
		ok(cert.Save(*c.file, false))
		*c.file += "_secret" // which pyzmq wants to be named
	}
	ok((&zmq.CurveCert{Public: w.known.Public, Metadata: w.known.Metadata}).Save(filepath.Join(w.clients, "known.key"), false))
	hash, err := bcrypt.GenerateFromPassword([]byte("open sesame"), bcrypt.MinCost)
	ok(err)
	ok(os.WriteFile(w.users, []byte("alice:"+string(hash)+"\n"), 0o600))
	w.allow, err = auth.AllowFrom("127.0.0.0/8")
	ok(err)
	w.forbid, err = auth.DenyFrom("127.0.0.0/8")
	ok(err)
	return w
}

// echo replies to each message with the user id of its sender.
func echo(t *testing.T, options ...zmq.Option) (endpoint string) {
	t.Helper()
	own := zmq.NewContext()
	s, err := own.New(zmq.Dealer, options...)
	if err != nil {
		t.Fatal(err)
	}
	if endpoint, err = s.Bind("tcp://127.0.0.1:*"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { // owned by the test, through Cleanup
		for m, err := range s.Messages(ctx) {
			if err != nil {
				return
			}
			s.Send(ctx, []byte(m.Peer().UserID+"/"+m.Peer().Mechanism))
		}
	})
	t.Cleanup(func() {
		cancel()
		wg.Wait()
		own.Shutdown(ctx)
	})
	return endpoint
}

// Each Authenticator of ours, before clients of pyzmq.
func TestOurAuthenticators(t *testing.T) {
	w := newKeyring(t)
	passwords, err1 := auth.Passwords(w.users)
	certs, err2 := auth.Certs(w.clients)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	null := []string{"null"}
	alice, mallory := []string{"plain", "alice", "open sesame"}, []string{"plain", "alice", "sesame"}
	serverPublic := strings.TrimSuffix(w.serverFile, "_secret")
	known, other := []string{"curve", serverPublic, w.knownFile}, []string{"curve", serverPublic, w.otherFile}
	plain, curve := zmq.PlainServer.Of(true), w.server.AsServer()
	for _, c := range []struct {
		what   string
		server zmq.Option
		by     zmq.Authenticator
		client []string
		want   string
	}{
		{"null allowed", nil, w.allow, null, "got /NULL"},
		{"null denied", nil, w.forbid, null, "refused 400"},
		{"null at a fault", nil, zmq.AuthFunc(func(context.Context, zmq.AuthRequest) (zmq.Identity, error) { panic("x") }), null, "refused 500"},
		{"password", plain, passwords, alice, "got alice/PLAIN"},
		{"wrong password", plain, passwords, mallory, "refused 400"},
		{"any password", plain, auth.AllowAny(), mallory, "got /PLAIN"},
		{"password and address", plain, auth.All(w.allow, passwords), alice, "got alice/PLAIN"},
		{"password, wrong address", plain, auth.All(w.forbid, passwords), alice, "refused 400"},
		{"no password", plain, passwords, null, "protocol 0x11000002"},
		{"certificate", curve, certs, known, "got " + w.known.Public.String() + "/CURVE"},
		{"unknown certificate", curve, certs, other, "refused 400"},
		{"any certificate", curve, auth.AllowAny(), other, "got /CURVE"},
		{"key", curve, auth.Keys(w.other.Public), other, "got " + w.other.Public.String() + "/CURVE"},
		{"certificate to passwords", curve, passwords, known, "refused 400"},
		{"no certificate", curve, certs, null, "protocol 0x11000002"},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			options := []zmq.Option{zmq.Authenticate(c.by)}
			if c.server != nil {
				options = append(options, c.server)
			}
			if got := pyClient(t, echo(t, options...), c.client...); got != c.want {
				t.Errorf("the client tells %q; want %q", got, c.want)
			}
		})
	}
}

// Our clients before a server of pyzmq, which looks at the certificates that we
// wrote.
func TestPyzmqAuthenticator(t *testing.T) {
	w := newKeyring(t)
	for _, c := range []struct {
		what   string
		server []string
		client []zmq.Option
		want   string // the user id; or the kind of the failure
	}{
		{"null allowed", []string{"null", "127.0.0.1"}, nil, "anonymous"},
		{"null denied", []string{"null", "192.0.2.1"}, nil, "handshake refused"},
		{"password", []string{"plain", "alice", "open sesame"}, []zmq.Option{zmq.PlainUsername.Of("alice"), zmq.PlainPassword.Of("open sesame")}, "alice"},
		{"wrong password", []string{"plain", "alice", "open sesame"}, []zmq.Option{zmq.PlainUsername.Of("alice"), zmq.PlainPassword.Of("sesame")}, "handshake refused"},
		{"certificate", []string{"curve", w.serverFile, w.clients}, []zmq.Option{w.known.AsClient(w.server.Public)}, w.known.Public.String()},
		{"unknown certificate", []string{"curve", w.serverFile, w.clients}, []zmq.Option{w.other.AsClient(w.server.Public)}, "handshake refused"},
		{"wrong server", []string{"curve", w.serverFile, w.clients}, []zmq.Option{w.known.AsClient(w.other.Public)}, "handshake failed"},
		// libzmq may close the connection before it has sent all of its greeting.
		{"no certificate", []string{"curve", w.serverFile, w.clients}, nil, "handshake failed or protocol error"},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			endpoint := pyServer(t, c.server...)
			ctx, cancel := context.WithTimeout(t.Context(), long)
			defer cancel()
			s, err := zmq.New(zmq.Dealer, append(c.client, zmq.Linger.Of(0))...)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			watching, stop := context.WithCancel(ctx)
			failed := make(chan zmq.Event, 1)
			events := s.Monitor().Events(watching)
			var wg sync.WaitGroup
			wg.Go(func() { // owned by the test, which waits below
				for ev := range events {
					switch ev.Kind {
					case zmq.EventHandshakeFailed, zmq.EventHandshakeRefused, zmq.EventProtocolError:
						select {
						case failed <- ev:
						default:
						}
						stop()
						cancel()
					}
				}
			})
			defer wg.Wait()
			defer stop()
			if err := s.Connect(endpoint); err != nil {
				t.Fatal(err)
			}
			var m zmq.Message
			err = s.Send(ctx, []byte("hello"))
			if err == nil { // else it was refused already
				m, err = s.Recv(ctx)
			}
			got := string(m.Bytes())
			if err != nil {
				select {
				case ev := <-failed:
					got = ev.Kind.String()
				default:
					t.Fatal(err)
				}
			}
			if !slices.Contains(strings.Split(c.want, " or "), got) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// Certificates of CZMQ and of pyzmq are read, and ours are read by both.
func TestCertificates(t *testing.T) {
	testutil.NeedLibzmq(t)
	bin, err := testutil.BuildC(t.TempDir(), filepath.Join("peer", "cert.c"), "libczmq")
	if err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) []string {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), bin, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("%q: %v\n%s", args, err, out)
		}
		return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	}
	dir := t.TempDir()
	meta := map[string]string{"name": "Al # ice", "mail": "it's = me", "a.b-c/d": "", "quoted": `say "x"`}

	theirs := filepath.Join(dir, "czmq.key")
	keys := run("new", theirs, "name", meta["name"], "mail", meta["mail"], "a.b-c/d", "")
	for _, file := range []string{theirs, theirs + "_secret"} {
		c, err := zmq.ReadCurveCert(file)
		if err != nil {
			t.Fatal(err)
		}
		if c.Public.String() != keys[0] || c.Secret.Z85() != keys[1] || c.Metadata["name"] != meta["name"] || c.Metadata["mail"] != meta["mail"] || len(c.Metadata) != 3 {
			t.Errorf("%s: %v %q; CZMQ has %q", file, c.Public, c.Metadata, keys)
		}
	}

	mine := filepath.Join(dir, "mine.key")
	c, err := zmq.NewCurveCert()
	if err != nil {
		t.Fatal(err)
	}
	c.Metadata = meta
	if err := c.Save(mine, false); err != nil {
		t.Fatal(err)
	}
	got := run("load", mine) // the secret one beside it
	read := make(map[string]string)
	for _, line := range got[2:] {
		name, value, _ := strings.Cut(line, "=")
		read[name] = value
	}
	if got[0] != c.Public.String() || got[1] != c.Secret.Z85() || !maps.Equal(read, meta) {
		t.Errorf("CZMQ reads %q of %v, %q", got, c.Public, meta)
	}

	if err := pyzmq(t, "cert", dir, "python").Run(); err != nil {
		t.Fatal(err)
	}
	p, err := zmq.ReadCurveCert(filepath.Join(dir, "python.key"))
	if err != nil || p.Secret.Public() != p.Public {
		t.Errorf("of pyzmq: %v, %v", p, err)
	}
}
