package zmq_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	zmq "github.com/zeroth-mq/zmq"
)

// The key pair of libzmq's manual page of zmq_curve.
const (
	knownPublic = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
	knownSecret = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"
)

func TestCurveKeys(t *testing.T) {
	secret, err := zmq.ParseCurveSecret(knownSecret)
	if err != nil {
		t.Fatal(err)
	}
	public := secret.Public()
	if public.String() != knownPublic || secret.Z85() != knownSecret {
		t.Errorf("%v belongs to the secret key", public)
	}
	if back, err := zmq.ParseCurveKey(knownPublic); err != nil || back != public {
		t.Errorf("%v, %v", back, err)
	}
	var both struct {
		K zmq.CurveKey
		S zmq.CurveSecret
	}
	if err := json.Unmarshal([]byte(`{"K":"`+knownPublic+`","S":"D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"}`), &both); err != nil || both.K != public || both.S != secret {
		t.Errorf("%v, %v", both, err)
	}
	for _, bad := range []string{"", "short", knownSecret + "00000", "~" + knownSecret[1:]} {
		_, err1 := zmq.ParseCurveKey(bad)
		_, err2 := zmq.ParseCurveSecret(bad)
		for _, err := range []error{err1, err2} {
			if !errors.Is(err, zmq.ErrInvalid) || strings.Contains(err.Error(), knownSecret[1:]) {
				t.Errorf("%q: %v", bad, err)
			}
		}
	}
	if a, s, err := zmq.NewCurveKeypair(); err != nil || s.Public() != a || a == public {
		t.Errorf("%v, %v", a, err)
	}
	if text, err := zmq.EncodeZ85([]byte("\x86\x4f\xd2\x6f\xb5\x59\xf7\x5b")); err != nil || text != "HelloWorld" {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := zmq.EncodeZ85([]byte("abc")); !errors.Is(err, zmq.ErrInvalid) {
		t.Error(err)
	}
}

// However a secret is printed, it does not show.
func TestSecretsDoNotShow(t *testing.T) {
	secret, _ := zmq.ParseCurveSecret(knownSecret)
	cert := &zmq.CurveCert{Public: secret.Public(), Secret: secret}
	request := zmq.AuthRequest{Mechanism: "PLAIN", Username: "me", Password: "open sesame"}
	raw, _ := zmq.DecodeZ85(knownSecret)
	shown := []string{
		knownSecret, knownSecret[4:], "open sesame", string(raw),
		strings.Trim(fmt.Sprint(raw), "[]"), fmt.Sprintf("%x", raw), fmt.Sprintf("%X", raw), fmt.Sprintf("%x", "open sesame"),
	}
	var out bytes.Buffer
	log, text := slog.New(slog.NewJSONHandler(&out, nil)), slog.New(slog.NewTextHandler(&out, nil))
	for _, x := range []any{
		secret, &secret, *cert, cert, request, &request, request.Password, []any{secret, request.Password},
		zmq.CurveSecretKey.Of(secret), zmq.PlainPassword.Of("open sesame"), cert.AsServer(), cert.AsClient(cert.Public),
		[]zmq.Option{zmq.CurveSecretKey.Of(secret)},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%b", "%c", "%U"} {
			fmt.Fprintf(&out, verb+"\n", x)
		}
		log.Info("", "x", x)
		text.Info("", "x", x)
		b, _ := json.Marshal(x)
		out.Write(b)
	}
	for _, s := range shown {
		if i := strings.Index(out.String(), s); i >= 0 {
			t.Errorf("%q shows in ...%.200q", s, out.String()[max(0, i-100):])
		}
	}
	if s := fmt.Sprint(zmq.CurveSecretKey.Of(secret)); s != "CURVE_SECRETKEY" {
		t.Errorf("an option prints as %q", s)
	}
}

func TestSecurityOptions(t *testing.T) {
	public, secret, _ := zmq.NewCurveKeypair()
	server, _, _ := zmq.NewCurveKeypair()
	cert := &zmq.CurveCert{Public: public, Secret: secret}
	s, err := zmq.New(zmq.Req, cert.AsClient(server))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	k, err1 := zmq.Get(s, zmq.CurveServerKey)
	p, err2 := zmq.Get(s, zmq.CurvePublicKey)
	x, err3 := zmq.Get(s, zmq.CurveSecretKey)
	if err := errors.Join(err1, err2, err3); err != nil || k != server || p != public || x != secret {
		t.Errorf("%v %v: %v", k, p, err)
	}
	if is, err := zmq.Get(s, zmq.CurveServer); err != nil || is {
		t.Errorf("server %v, %v", is, err)
	}
	if err := s.Set(cert.AsServer()); err != nil {
		t.Error(err)
	}
	if is, err := zmq.Get(s, zmq.CurveServer); err != nil || !is {
		t.Errorf("server %v, %v", is, err)
	}
	if err := s.Set(zmq.PlainUsername.Of("me"), zmq.PlainPassword.Of("open sesame")); err != nil {
		t.Error(err)
	}
	if pw, err := zmq.Get(s, zmq.PlainPassword); err != nil || pw != "open sesame" {
		t.Errorf("%v, %v", string(pw), err)
	}
	stream, err := zmq.New(zmq.Stream)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	for _, o := range []zmq.Option{cert.AsServer(), cert.AsClient(server), zmq.Authenticate(zmq.AuthFunc(nil))} {
		if err := stream.Set(o); !errors.Is(err, zmq.ErrUnsupported) || !strings.Contains(err.Error(), "cannot be secured") {
			t.Errorf("a stream: %v", err)
		}
	}
	if err := stream.Set(zmq.Authenticate(nil)); err != nil {
		t.Error(err)
	}
	for _, o := range []zmq.Option{(&zmq.CurveCert{Public: public}).AsServer(), (&zmq.CurveCert{Public: public}).AsClient(server)} {
		if err := s.Set(o); !errors.Is(err, zmq.ErrInvalid) || !strings.Contains(err.Error(), "no secret key") {
			t.Error(err)
		}
	}
}

func TestCurveCertFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "me.key")
	c, err := zmq.NewCurveCert()
	if err != nil {
		t.Fatal(err)
	}
	c.Metadata = map[string]string{"name": "me"}
	if err := c.Save(file, false); err != nil {
		t.Fatal(err)
	}
	if err := c.Save(file, false); !errors.Is(err, os.ErrExist) {
		t.Errorf("saved over it: %v", err)
	}
	got, err := zmq.ReadCurveCert(file)
	if err != nil || got.Public != c.Public || got.Secret != c.Secret || got.Metadata["name"] != "me" {
		t.Errorf("%v, %v", got, err)
	}
	if err := os.Remove(file + "_secret"); err != nil {
		t.Fatal(err)
	}
	if got, err := zmq.ReadCurveCert(file); err != nil || got.Public != c.Public || got.Secret != (zmq.CurveSecret{}) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := zmq.ReadCurveCert(file + "x"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if err := os.WriteFile(file, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := zmq.ReadCurveCert(file); !errors.Is(err, zmq.ErrInvalid) {
		t.Error(err)
	}
}
