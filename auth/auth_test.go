package auth

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
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
const limit = testutil.Patience

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

// What waits for a slot gives up when its handshake does.
func TestPasswordsGiveUp(t *testing.T) {
	a := one(Passwords(write(t, filepath.Join(t.TempDir(), "users"), "alice:"+hashOf(t, "sesame"))))(t).(*passwords)
	for range runtime.GOMAXPROCS(0) {
		if err := a.slots.acquire(t.Context(), "busy"); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := a.Authenticate(ctx, plain("alice", "sesame")); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	a.slots.release()
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

// Fault B16: a user waited until bcrypt had looked at everything that fifty
// strangers had guessed before. Here strangers have all slots, and as many wait
// as can.
func TestPasswordsBesideStrangers(t *testing.T) {
	hash := hashOf(t, "sesame")
	file := write(t, filepath.Join(t.TempDir(), "users"), "alice:"+hash+"\nbob:"+hash)
	a := one(Passwords(file))(t).(*passwords)
	if _, err := a.Authenticate(t.Context(), plain("alice", "sesame")); err != nil {
		t.Fatal(err)
	}
	for range runtime.GOMAXPROCS(0) {
		if err := a.slots.acquire(t.Context(), "stranger"); err != nil {
			t.Fatal(err)
		}
	}
	// Who was let in a short while ago comes in at once, with that password only.
	if _, err := a.Authenticate(t.Context(), plain("alice", "sesame")); err != nil {
		t.Error(err)
	}
	wrong, cancel := context.WithCancel(t.Context())
	cancel()
	for _, r := range []zmq.AuthRequest{plain("alice", "Sesame"), plain("bob", "sesame"), plain("aliceses", "ame")} {
		if _, err := a.Authenticate(wrong, r); !errors.Is(err, context.Canceled) {
			t.Errorf("%s did not wait: %v", r.Username, err)
		}
	}
	// Who was not has the next slot but one.
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var strangers sync.WaitGroup
	defer strangers.Wait()
	defer stop()
	for range maxWaitingEach {
		strangers.Go(func() { // ends with ctx, or with a slot that it keeps
			_ = a.slots.acquire(ctx, "stranger")
		})
	}
	waiting(t, a.slots, maxWaitingEach)
	var r *zmq.Refusal
	if err := a.slots.acquire(t.Context(), "stranger"); !errors.As(err, &r) || r.Status != 300 {
		t.Errorf("beyond what may wait of one address: %v", err)
	}
	done := make(chan error, 1)
	go func() { // ends with the slot
		r := plain("bob", "sesame")
		r.Address = "192.0.2.7"
		_, err := a.Authenticate(ctx, r)
		done <- err
	}()
	waiting(t, a.slots, maxWaitingEach+1)
	a.slots.release() // a stranger's, who keeps it
	a.slots.release()
	if err := <-done; err != nil {
		t.Error(err)
	}
	// Who has taken bob's place in the file is not bob any more.
	write(t, file, "alice:"+hashOf(t, "open"))
	if _, err := a.Authenticate(wrong, plain("alice", "sesame")); !errors.Is(err, context.Canceled) {
		t.Errorf("the old password was remembered: %v", err)
	}
}

// waiting waits until n wait for their slot.
func waiting(t *testing.T, slots *slots, n int) {
	t.Helper()
	for end := time.Now().Add(limit); ; runtime.Gosched() {
		slots.mu.Lock()
		have := slots.n
		slots.mu.Unlock()
		if have == n {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d wait, want %d", have, n)
		}
	}
}

// When all places are taken, an address with many gives one to an address with
// fewer.
func TestTurnsWhenFull(t *testing.T) {
	slots := newSlots(0)
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	told := make(chan error, maxWaiting+1)
	for i := range maxWaiting {
		all.Go(func() { told <- slots.acquire(ctx, fmt.Sprint(i/maxWaitingEach)) }) // ends with ctx
		waiting(t, slots, i+1)
	}
	all.Go(func() { told <- slots.acquire(ctx, "few") }) // ends with ctx
	var r *zmq.Refusal
	if err := <-told; !errors.As(err, &r) || r.Status != 300 {
		t.Errorf("the newest of many: %v", err)
	}
	waiting(t, slots, maxWaiting)
	for range maxWaiting / maxWaitingEach {
		slots.release() // to one of each of the others
		if err := <-told; err != nil {
			t.Error(err)
		}
	}
	stop()
	all.Wait()
	if slots.n != 0 || len(slots.line) != 0 || len(slots.order) != 0 {
		t.Errorf("left: %+v", slots)
	}
}

func TestOrigin(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1", "2001:db8:1:2:3::4": "2001:db8:1:2::/64",
		"fe80::1%eth0": "fe80::/64", "localhost:1000:100:77": "localhost:1000", "": "", "localhost": "localhost",
	} {
		if got := origin(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}

// bcrypt reads 72 bytes of a password. One that is longer must not be taken for
// another with the same beginning.
func TestLongPasswords(t *testing.T) {
	long := strings.Repeat("x", maxPassword)
	a := one(Passwords(write(t, filepath.Join(t.TempDir(), "users"), "alice:"+hashOf(t, long))))(t)
	if _, err := a.Authenticate(t.Context(), plain("alice", long)); err != nil {
		t.Error(err)
	}
	_, err := a.Authenticate(t.Context(), plain("alice", long+"y"))
	refused(t, "73 bytes", err, "no more than 72")
}

func TestProven(t *testing.T) {
	p := newProven()
	for i := range maxProven + 10 {
		p.add(fmt.Sprint(i), "x", []byte("hash"))
	}
	if len(p.till) != maxProven {
		t.Errorf("%d are remembered", len(p.till))
	}
	p.add("alice", "x", []byte("hash"))
	for _, c := range []struct {
		user, password, hash string
		want                 bool
	}{{"alice", "x", "hash", true}, {"alicex", "", "hash", false}, {"alice", "xhash", "", false}, {"alice", "x", "other", false}} {
		if p.has(c.user, c.password, []byte(c.hash)) != c.want {
			t.Errorf("%+v", c)
		}
	}
	for sum := range p.till {
		p.till[sum] = time.Now()
	}
	if p.has("alice", "x", []byte("hash")) {
		t.Error("remembered for ever")
	}
	p.add("bob", "x", []byte("hash"))
	if len(p.till) != 1 {
		t.Errorf("%d are kept whose time is over", len(p.till)-1)
	}
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
