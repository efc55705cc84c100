package auth

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	zmq "github.com/zeroth-mq/zmq"
)

// Fault C11: an Authenticator that is printed shows no hash.
func TestFormat(t *testing.T) {
	hash := hashOf(t, "sesame")
	file := write(t, filepath.Join(t.TempDir(), "users"), "alice:"+hash+"\n")
	a := one(Passwords(file))(t)
	if _, err := a.Authenticate(t.Context(), plain("alice", "sesame")); err != nil {
		t.Fatal(err)
	}
	all := []any{a, one(Certs(t.TempDir()))(t), one(AllowFrom("10.0.0.0/8"))(t), zmq.Authenticate(a), All(a)}
	for _, x := range all {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%t"} {
			text := fmt.Sprintf(verb, x)
			for _, secret := range []string{"sesame", hash[7:], fmt.Sprintf("%x", hash[7:]), strings.Trim(fmt.Sprint([]byte(hash[7:])), "[]")} {
				if strings.Contains(text, secret) {
					t.Errorf("%s of %T shows %q: %q", verb, x, secret, text)
				}
			}
		}
	}
	if got := fmt.Sprint(all[2]); got != "auth.AllowFrom([10.0.0.0/8])" {
		t.Error(got)
	}
}

// Fault C12: an Authenticator that is nil lets nobody in, and says so.
func TestNilAuthenticator(t *testing.T) {
	for _, a := range []zmq.Authenticator{All(AllowAny(), nil), zmq.AuthFunc(nil)} {
		if _, err := a.Authenticate(context.Background(), zmq.AuthRequest{}); !errors.Is(err, zmq.ErrInvalid) {
			t.Error(err)
		}
	}
}
