package auth

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	zmq "github.com/zeroth-mq/zmq"
)

func newCert(t *testing.T, name string) *zmq.CurveCert {
	t.Helper()
	c, err := zmq.NewCurveCert()
	if err != nil {
		t.Fatal(err)
	}
	c.Metadata = map[string]string{"name": name}
	return c
}

func save(t *testing.T, c *zmq.CurveCert, path ...string) {
	t.Helper()
	if err := c.Save(filepath.Join(path...), true); err != nil {
		t.Fatal(err)
	}
}

func curve(c *zmq.CurveCert) zmq.AuthRequest {
	return zmq.AuthRequest{Mechanism: "CURVE", PublicKey: c.Public}
}

func TestKeys(t *testing.T) {
	a, b := newCert(t, ""), newCert(t, "")
	keys := Keys(a.Public)
	if id, err := keys.Authenticate(t.Context(), curve(a)); err != nil || id.UserID != a.Public.String() {
		t.Errorf("%+v, %v", id, err)
	}
	_, err := keys.Authenticate(t.Context(), curve(b))
	refused(t, "unknown", err, b.Public.String())
	_, err = keys.Authenticate(t.Context(), zmq.AuthRequest{Mechanism: "PLAIN", PublicKey: a.Public})
	refused(t, "PLAIN", err, "CURVE alone")
	_, err = Keys().Authenticate(t.Context(), zmq.AuthRequest{Mechanism: "CURVE"})
	refused(t, "zeros", err, "not known")
}

func TestCerts(t *testing.T) {
	dir := t.TempDir()
	alice, bob, carol, dave := newCert(t, "alice"), newCert(t, "bob"), newCert(t, "carol"), newCert(t, "dave")
	save(t, alice, dir, "alice.key")
	save(t, bob, dir, ".bob")
	secret, err := os.ReadFile(filepath.Join(dir, ".bob_secret"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "bob"), string(secret)) // whatever it does there
	save(t, carol, dir, "carol.key")
	os.Remove(filepath.Join(dir, "carol.key"))
	save(t, dave, dir, ".dave")
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("folder", filepath.Join(dir, "link")); err != nil && runtime.GOOS != "windows" {
		t.Fatal(err)
	}
	a := one(Certs(dir))(t)
	id, err := a.Authenticate(t.Context(), curve(alice))
	if err != nil || id.UserID != alice.Public.String() || id.Metadata["name"] != "alice" {
		t.Errorf("%+v, %v", id, err)
	}
	if _, err := a.Authenticate(t.Context(), curve(bob)); err != nil {
		t.Error(err)
	}
	for _, c := range []*zmq.CurveCert{carol, dave, newCert(t, "")} {
		_, err := a.Authenticate(t.Context(), curve(c))
		refused(t, c.Metadata["name"], err, "not known")
	}
	_, err = a.Authenticate(t.Context(), zmq.AuthRequest{Mechanism: "NULL"})
	refused(t, "NULL", err, "CURVE alone")
	if c := a.(*certs).files["bob"].cert; c.Secret != (zmq.CurveSecret{}) {
		t.Error("it keeps a client's secret key")
	}

	// Added, taken away, changed in place.
	save(t, carol, dir, "carol.key")
	os.Remove(filepath.Join(dir, "bob"))
	text, err := os.ReadFile(filepath.Join(dir, ".dave"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "alice.key"), string(text))
	write(t, filepath.Join(dir, "README"), "no certificate")
	eventually(t, "carol", func() bool { _, err := a.Authenticate(t.Context(), curve(carol)); return err == nil })
	if _, err := a.Authenticate(t.Context(), curve(dave)); err != nil {
		t.Error(err)
	}
	for _, c := range []*zmq.CurveCert{alice, bob} {
		_, err := a.Authenticate(t.Context(), curve(c))
		refused(t, c.Metadata["name"], err, "README")
	}

	// A folder that is gone lets nobody in, until it is there again.
	if err := os.Rename(dir, dir+"-away"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "nobody", func() bool {
		_, err := a.Authenticate(t.Context(), curve(carol))
		return errors.Is(err, fs.ErrNotExist)
	})
	if err := os.Rename(dir+"-away", dir); err != nil {
		t.Fatal(err)
	}
	eventually(t, "carol again", func() bool { _, err := a.Authenticate(t.Context(), curve(carol)); return err == nil })
	if _, err := Certs(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !f(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: does not happen", what)
		}
	}
}

// A file that could not be read is read again, although it has not changed.
func TestCertsReadsAgainWhatFailed(t *testing.T) {
	f := certFile{err: fs.ErrPermission}
	path := filepath.Join(t.TempDir(), "a.key")
	save(t, newCert(t, "a"), path)
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	f.seen, _ = stampOf(path)
	if f = f.again(path); f.err != nil || f.cert == nil {
		t.Error(f.err)
	}
	was := f.cert
	if f = f.again(path); f.cert != was {
		t.Error("it was read again for nothing")
	}
}
