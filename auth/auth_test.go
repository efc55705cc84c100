package auth

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	zmq "github.com/zeroth-mq/zmq"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

func TestMain(m *testing.M) { testutil.Main(m) }

// limit bounds what hangs. Nothing is measured against it.
const limit = 30 * time.Second

func one(a zmq.Authenticator, err error) func(*testing.T) zmq.Authenticator {
	return func(t *testing.T) zmq.Authenticator {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
}

// refused fails the test unless err is a refusal that says text.
func refused(t *testing.T, what string, err error, text string) {
	t.Helper()
	if r, ok := errors.AsType[*zmq.Refusal](err); !ok || r.Status != 400 || !strings.Contains(r.Text, text) {
		t.Errorf("%s: %v; want a refusal that says %q", what, err, text)
	}
}

func TestAddresses(t *testing.T) {
	list := []string{"10.0.0.0/8", "192.0.2.7", "2001:db8::/32", "fe80::/10", "ipc"}
	allow, deny := one(AllowFrom(list...))(t), one(DenyFrom(list...))(t)
	for address, in := range map[string]bool{
		"10.1.2.3": true, "11.0.0.1": false, "192.0.2.7": true, "192.0.2.8": false, "::ffff:10.0.0.1": true,
		"2001:db8::1": true, "2001:db9::1": false, "fe80::1%eth0": true, "localhost:0:0:4711": true, "localhost": true,
	} {
		_, err := allow.Authenticate(t.Context(), zmq.AuthRequest{Address: address})
		if in && err != nil {
			t.Errorf("%s is not allowed: %v", address, err)
		}
		if !in {
			refused(t, address, err, "not among")
		}
		_, err = deny.Authenticate(t.Context(), zmq.AuthRequest{Address: address})
		if !in && err != nil {
			t.Errorf("%s is denied: %v", address, err)
		}
		if in {
			refused(t, address, err, "denied")
		}
	}
	for _, address := range []string{"", "somewhere", "localhostile", "10.0.0.0/8", "ipc"} {
		for _, a := range []zmq.Authenticator{allow, deny} {
			_, err := a.Authenticate(t.Context(), zmq.AuthRequest{Address: address})
			refused(t, address, err, "address")
		}
	}
	local := one(AllowFrom("127.0.0.1"))(t)
	_, err := local.Authenticate(t.Context(), zmq.AuthRequest{Address: "localhost:0:0:1"})
	refused(t, "ipc", err, "not among")
	for _, bad := range []string{"", "x", "10.0.0.0/33", "10.0.0", "host.example", "::ffff:0:0/90", "fe80::1%eth0", "IPC"} {
		if _, err := AllowFrom(bad); !errors.Is(err, zmq.ErrInvalid) {
			t.Errorf("%q: %v", bad, err)
		}
		if _, err := DenyFrom("10.0.0.0/8", bad); !errors.Is(err, zmq.ErrInvalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestAll(t *testing.T) {
	give := func(id, name, value string) zmq.Authenticator {
		return zmq.AuthFunc(func(context.Context, zmq.AuthRequest) (zmq.Identity, error) {
			return zmq.Identity{UserID: id, Metadata: map[string]string{name: value}}, nil
		})
	}
	id, err := All(AllowAny(), give("first", "a", "1"), give("", "b", "2"), AllowAny()).Authenticate(t.Context(), zmq.AuthRequest{})
	if err != nil || id.UserID != "first" || id.Metadata["a"] != "1" || id.Metadata["b"] != "2" {
		t.Errorf("%+v, %v", id, err)
	}
	nobody := one(AllowFrom())(t)
	id, err = All(give("first", "a", "1"), nobody, give("", "", "")).Authenticate(t.Context(), zmq.AuthRequest{Address: "10.0.0.1"})
	if refused(t, "all", err, "not among"); id.UserID != "" {
		t.Errorf("%+v", id)
	}
}

func plain(user, password string) zmq.AuthRequest {
	return zmq.AuthRequest{Mechanism: "PLAIN", Username: user, Password: zmq.Password(password)}
}

func hashOf(t *testing.T, password string) string {
	t.Helper()
	h, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	return string(h)
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestPasswords(t *testing.T) {
	// htpasswd writes $2y$ for what others call $2a$.
	bob := strings.Replace(hashOf(t, "correct horse"), "$2a$04$", "$2y$04$", 1)
	file := write(t, filepath.Join(t.TempDir(), "users"), "# users\n\nalice:"+hashOf(t, "sesame")+"\r\nbob:"+bob+"\n")
	a := one(Passwords(file))(t)
	for user, password := range map[string]string{"alice": "sesame", "bob": "correct horse"} {
		if id, err := a.Authenticate(t.Context(), plain(user, password)); err != nil || id.UserID != user {
			t.Errorf("%s: %+v, %v", user, id, err)
		}
	}
	for _, r := range []zmq.AuthRequest{
		plain("alice", "Sesame"), plain("alice", ""), plain("bob", "sesame"), plain("carol", "sesame"), plain("", ""), plain("# users", ""),
	} {
		_, err := a.Authenticate(t.Context(), r)
		refused(t, r.Username, err, "not known, or has another password")
	}
	for _, m := range []string{"NULL", "CURVE", ""} {
		_, err := a.Authenticate(t.Context(), zmq.AuthRequest{Mechanism: m, Username: "alice", Password: "sesame"})
		refused(t, m, err, "PLAIN alone")
	}

	// Whoever is added may come in, and whoever is taken away may not.
	write(t, file, "carol:"+hashOf(t, "sesame")+"\n")
	if _, err := a.Authenticate(t.Context(), plain("carol", "sesame")); err != nil {
		t.Error(err)
	}
	_, err := a.Authenticate(t.Context(), plain("alice", "sesame"))
	refused(t, "alice", err, "not known")

	// What cannot be read lets nobody in, until it can.
	write(t, file, "carol:"+hashOf(t, "sesame")+"\nnonsense\n")
	if _, err := a.Authenticate(t.Context(), plain("carol", "sesame")); !errors.Is(err, zmq.ErrInvalid) || !strings.Contains(err.Error(), "line 2") {
		t.Error(err)
	}
	os.Remove(file)
	if _, err := a.Authenticate(t.Context(), plain("carol", "sesame")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	write(t, file, "dave:"+hashOf(t, "sesame"))
	if _, err := a.Authenticate(t.Context(), plain("dave", "sesame")); err != nil {
		t.Error(err)
	}
}

// A file is read again when it is another, or older or newer than it was, also
// when that is long ago; and when it could not be read.
func TestPasswordsReadsAgain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "users")
	now := time.Now()
	age := func(name string, d time.Duration) {
		t.Helper()
		then := now.Add(-d)
		if err := os.Chtimes(name, then, then); err != nil {
			t.Fatal(err)
		}
	}
	hash := hashOf(t, "sesame")
	age(write(t, file, "alice:"+hash), time.Hour)
	a := one(Passwords(file))(t).(*passwords)
	was := a.users
	is := func(user string, again bool) {
		t.Helper()
		if _, err := a.Authenticate(t.Context(), plain(user, "sesame")); err != nil {
			t.Error(err)
		}
		same := reflect.ValueOf(a.users).Pointer() == reflect.ValueOf(was).Pointer()
		if was = a.users; same == again {
			t.Errorf("%s: read again %v; want %v", user, !same, again)
		}
	}
	is("alice", false)
	age(write(t, file, "carol:"+hash), 2*time.Hour)
	is("carol", true)
	is("carol", false)
	age(write(t, file, "carol:"+hash+"\nbob:"+hash), 2*time.Hour)
	is("bob", true)
	age(write(t, file+"2", "david:"+hash+"\nbob:"+hash), 2*time.Hour)
	if err := os.Rename(file+"2", file); err != nil {
		t.Fatal(err)
	}
	is("david", true)
	age(file, 0)
	is("david", true)
	age(write(t, file, "ginny:"+hash+"\nbob:"+hash), 0) // within one tick of the clock
	is("ginny", true)
	age(file, time.Hour)
	is("ginny", true)
	a.err = fs.ErrPermission // which no change of the file's content ended
	is("ginny", true)
}

func TestPasswordsRefusesFiles(t *testing.T) {
	hash := hashOf(t, "x")
	for _, c := range []struct{ text, says string }{
		{"alice\n", "line 1 is not"},
		{"\n:" + hash, "line 2 is not"},
		{"alice:" + hash + "\nalice:" + hash, "line 2 has a user"},
		{"alice:$apr1$x$y", "htpasswd makes one with -B"},
		{"alice:{SHA}abc=", "htpasswd makes one with -B"},
		{"alice:" + hash[:59], "htpasswd makes one with -B"},
		{"alice:" + hash + "x", "htpasswd makes one with -B"},
		{"alice:" + strings.Replace(hash, "$04$", "$17$", 1), "take too long"},
		{strings.Repeat("#\n", maxPasswords/2+1), "more than"},
	} {
		_, err := Passwords(write(t, filepath.Join(t.TempDir(), "users"), c.text))
		if !errors.Is(err, zmq.ErrInvalid) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), hash[10:]) {
			t.Errorf("%.30q: %v", c.text, err)
		}
	}
	if _, err := Passwords(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// Whoever waits for his turn gives up when his handshake does.
func TestPasswordsTurns(t *testing.T) {
	a := one(Passwords(write(t, filepath.Join(t.TempDir(), "users"), "alice:"+hashOf(t, "sesame"))))(t).(*passwords)
	for range cap(a.turns) {
		a.turns <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := a.Authenticate(ctx, plain("alice", "sesame")); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	<-a.turns
	ctx, cancel = context.WithTimeout(t.Context(), limit)
	defer cancel()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { // owned by the test, which waits
			if _, err := a.Authenticate(ctx, plain("alice", "sesame")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func FuzzPasswords(f *testing.F) {
	f.Add([]byte("# c\nalice:$2y$04$" + strings.Repeat(".", 53) + "\n\nbob:x"))
	f.Fuzz(func(t *testing.T, text []byte) {
		users, dummy, err := parsePasswords(text)
		if err != nil {
			if !errors.Is(err, zmq.ErrInvalid) || users != nil {
				t.Fatalf("%v, %v", users, err)
			}
			return
		}
		if cost, err := bcrypt.Cost(dummy); err != nil || cost > maxCost {
			t.Fatalf("%q: %v", dummy, err)
		}
		for user, hash := range users {
			if strings.Contains(user, ":") || len(hash) != 60 {
				t.Fatalf("%q:%q", user, hash)
			}
		}
	})
}
