package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"github.com/zeroth-mq/zmq"
)

// keygen makes keys with the command and returns the file's name.
func keygen(t *testing.T, path ...string) string {
	t.Helper()
	file := filepath.Join(path...)
	cert := start(t, "keygen", "-q", "--meta", "name=who", file)
	if code := cert.wait(); code != 0 {
		t.Fatalf("keygen: %d, %q", code, cert.stderr)
	}
	return file
}

func TestKeygen(t *testing.T) {
	file := filepath.Join(t.TempDir(), "me.key")
	gen := start(t, "keygen", file, "--meta", "name=Alice B", "--meta", "mail=a=b")
	if code := gen.wait(); code != 0 || !strings.Contains(gen.stderr.String(), "me.key_secret, for you alone") {
		t.Fatalf("%d, %q", code, gen.stderr)
	}
	cert, err := zmq.ReadCurveCert(file)
	if err != nil || gen.stdout.String() != cert.Public.String()+"\n" || cert.Secret.Public() != cert.Public ||
		cert.Metadata["name"] != "Alice B" || cert.Metadata["mail"] != "a=b" {
		t.Errorf("%v, %v; it printed %q", cert, err, gen.stdout)
	}
	if strings.Contains(gen.stderr.String()+gen.stdout.String(), cert.Secret.Z85()) {
		t.Error("it tells the secret key")
	}
	if runtime.GOOS != "windows" {
		for name, want := range map[string]os.FileMode{file: 0o644, file + "_secret": 0o600} {
			if info, err := os.Stat(name); err != nil || info.Mode() != want {
				t.Errorf("%s: %v, %v", name, info, err)
			}
		}
	}
	again := start(t, "keygen", file)
	if code := again.wait(); code != exitFailure || !strings.Contains(again.stderr.String(), "hint: -f replaces") {
		t.Errorf("again: %d, %q", code, again.stderr)
	}
	if same, _ := zmq.ReadCurveCert(file); same == nil || same.Public != cert.Public {
		t.Error("it replaced the keys")
	}
	keygen(t, filepath.Dir(file), "other.key")
	if code := start(t, "keygen", "-f", file).wait(); code != 0 {
		t.Errorf("-f: %d", code)
	}
	if other, _ := zmq.ReadCurveCert(file); other == nil || other.Public == cert.Public {
		t.Error("-f did not replace the keys")
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"keygen"}, exitUsage, "<file>"},
		{[]string{"keygen", "--meta", "x", file + "2"}, exitUsage, "has no value"},
		{[]string{"keygen", "--meta", "a b=x", file + "2"}, exitUsage, "a b"},
		{[]string{"keygen", filepath.Join(file, "x")}, exitFailure, "not a directory"},
	} {
		gen := start(t, c.args...)
		if code := gen.wait(); code != c.code || !strings.Contains(gen.stderr.String(), c.says) {
			t.Errorf("%q: %d, %q", c.args, code, gen.stderr)
		}
	}
}

func TestSecurityUsage(t *testing.T) {
	dir := t.TempDir()
	key := keygen(t, dir, "a.key")
	public := filepath.Join(dir, "b.key")
	text, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	password := filepath.Join(dir, "password")
	for name, text := range map[string]string{public: string(text), password: "\n", filepath.Join(dir, "users"): "x"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		args string
		code int
		says string
	}{
		{"--curve-server", exitUsage, "say who may connect"},
		{"--curve-server --auth-any", exitUsage, "keys of both sides"},
		{"--curve-cert KEY", exitUsage, "keys of both sides"},
		{"--curve-server --curve-server-key KEY --auth-any", exitUsage, "do not go together"},
		{"--curve-server-key KEY --plain-username x", exitUsage, "do not go together"},
		{"--plain-server", exitUsage, "say who may connect"},
		{"--plain-server --plain-username x --auth-any", exitUsage, "no name and password"},
		{"--plain-username x", exitUsage, "a user name and a password"},
		{"--plain-username x --plain-password DIR/password", exitUsage, "is empty"},
		{"--plain-username x --plain-password DIR/none", exitFailure, "no such file"},
		{"--plain-username x --plain-password env:ZMQ_TEST_NONE", exitFailure, "no variable"},
		{"--auth-certs DIR", exitUsage, "servers of CURVE"},
		{"--auth-passwords DIR/password", exitUsage, "servers of PLAIN"},
		{"--plain-server --auth-passwords DIR/none", exitFailure, "no such file"},
		{"--plain-server --auth-passwords DIR/users", exitUsage, "line 1"},
		{"--curve-server --curve-cert KEY --auth-certs DIR/none", exitFailure, "no such file"},
		{"--curve-server --curve-cert DIR/b.key --auth-any", exitUsage, "no secret key"},
		{"--curve-server --curve-cert DIR/users --auth-any", exitUsage, "users"},
		{"--curve-server --curve-cert env:ZMQ_TEST_NONE --auth-any", exitFailure, "no variable"},
		{"--curve-server-key DIR/users", exitUsage, "users"},
		{"--auth-allow nonsense", exitUsage, "not an address"},
		{"--auth-deny nonsense", exitUsage, "not an address"},
		{"-o curve_secretkey=x", exitUsage, "is none"},
		{"-o zmq_plain_password=x", exitUsage, "is none"},
	} {
		args := strings.NewReplacer("KEY", key, "DIR", dir).Replace("pull -b " + anyPort + " " + c.args)
		run := start(t, strings.Split(args, " ")...)
		if got := run.wait(); got != c.code || !strings.Contains(run.stderr.String(), c.says) {
			t.Errorf("%s: exit code %d, want %d; it said %q", c.args, got, c.code, run.stderr)
		}
	}
	stream := start(t, "stream", "-b", anyPort, "--auth-any")
	if code := stream.wait(); code != exitUsage || !strings.Contains(stream.stderr.String(), "cannot be secured") {
		t.Errorf("%d, %q", code, stream.stderr)
	}
	proxy := start(t, "proxy", "queue", "--front", anyPort, "--back", anyPort, "--back-curve-server")
	if code := proxy.wait(); code != exitUsage || !strings.Contains(proxy.stderr.String(), "say who may connect") {
		t.Errorf("%d, %q", code, proxy.stderr)
	}
}

// secured sends a message to a pull with the flags of a server from a push with
// the flags of a client, and says whether it arrived.
func secured(t *testing.T, server, client []string) (pull, push *command) {
	t.Helper()
	pull = start(t, append([]string{"pull", "-b", anyPort, "-n", "1"}, server...)...)
	push = start(t, append([]string{"push", "-c", pull.bound("bound"), "hello"}, client...)...)
	return pull, push
}

func TestCurveAtTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	clients := filepath.Join(dir, "clients")
	if err := os.Mkdir(clients, 0o700); err != nil {
		t.Fatal(err)
	}
	server, alice, bob := keygen(t, dir, "server.key"), keygen(t, clients, "alice.key"), keygen(t, dir, "bob.key")
	secret, err := os.ReadFile(server + "_secret")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("ZMQ_TEST_CERT", string(secret))
	cert, err := zmq.ReadCurveCert(server)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("ZMQ_TEST_KEY", cert.Public.String())

	strict := []string{"--curve-server", "--curve-cert", "env:ZMQ_TEST_CERT", "--auth-certs", clients}
	pull, push := secured(t, strict, []string{"--curve-server-key", "env:ZMQ_TEST_KEY", "--curve-cert", alice})
	push.ends(0, "")
	pull.ends(0, "hello\n")

	open := []string{"--curve-server", "--curve-cert", server, "--auth-any"}
	pull, push = secured(t, open, []string{"--curve-server-key", server})
	push.ends(0, "")
	pull.ends(0, "hello\n")

	pull, push = secured(t, strict, []string{"--curve-server-key", server, "--curve-cert", bob})
	pull.says("is not known")
	push.says("warning")
	push.interrupt()
	pull.interrupt()
	if code := pull.wait(); code != exitInterrupted || pull.stdout.String() != "" {
		t.Errorf("%d, it printed %q", code, pull.stdout)
	}

	// A client that does not encrypt is refused, whatever else is allowed.
	pull, push = secured(t, open, nil)
	pull.says("warning")
	push.says("warning")
	push.interrupt()
	pull.interrupt()
	if code := pull.wait(); code != exitInterrupted || pull.stdout.String() != "" {
		t.Errorf("%d, it printed %q", code, pull.stdout)
	}
}

func TestPlainAtTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	hash, err := bcrypt.GenerateFromPassword([]byte("open sesame"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	users, good, bad := filepath.Join(dir, "users"), filepath.Join(dir, "good"), filepath.Join(dir, "bad")
	for name, text := range map[string]string{users: "alice:" + string(hash) + "\n", good: "open sesame\n", bad: "sesame"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	server := []string{"--plain-server", "--auth-passwords", users, "--auth-allow", "127.0.0.0/8"}
	pull, push := secured(t, server, []string{"--plain-username", "alice", "--plain-password", good})
	push.ends(0, "")
	pull.ends(0, "hello\n")
	pull, push = secured(t, server, []string{"--plain-username", "alice", "--plain-password", bad})
	if said := pull.says("has another password"); strings.Contains(said, "sesame") {
		t.Errorf("it tells the password: %q", said)
	}
	push.says("warning")
	push.interrupt()
	pull.interrupt()
	pull.ends(exitInterrupted, "")
}

func TestAddressesAtTheCommandLine(t *testing.T) {
	pull, push := secured(t, []string{"--auth-allow", "127.0.0.1"}, nil)
	push.ends(0, "")
	pull.ends(0, "hello\n")
	pull, push = secured(t, []string{"--auth-deny", "127.0.0.0/8"}, nil)
	pull.says("is among those denied")
	push.says("warning")
	push.interrupt()
	pull.interrupt()
	pull.ends(exitInterrupted, "")
}
