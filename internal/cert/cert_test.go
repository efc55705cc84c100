package cert

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq/internal/curve"
	"github.com/zeroth-mq/zmq/internal/errno"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

func TestMain(m *testing.M) { testutil.Main(m) }

// The key pair of libzmq's manual page of zmq_curve.
const (
	public = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
	secret = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"
)

func z85(t *testing.T, text string) [32]byte {
	t.Helper()
	raw, err := curve.DecodeZ85(nil, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return [32]byte(raw)
}

func same(a, b *Cert) bool {
	return a.Public == b.Public && a.Secret == b.Secret && maps.Equal(a.Metadata, b.Metadata)
}

func TestParse(t *testing.T) {
	none := [32]byte{}
	for _, c := range []struct {
		what, text string
		secret     [32]byte
		meta       map[string]string
	}{
		{"the least", "curve\n    public-key = \"" + public + "\"\n", none, nil},
		{"no last newline", "curve\n    public-key = '" + public + "'", none, nil},
		{"no quotes", "curve\n    public-key=" + public, none, nil},
		{"tabs and CRLF", "# note\r\n\r\ncurve\r\n\tpublic-key\t=\t\"" + public + "\" # mine\r\n", none, nil},
		{"both keys", "curve\n    secret-key = \"" + secret + "\"\n    public-key = \"" + public + "\"\n", z85(t, secret), nil},
		{"zeros for a secret", "curve\n    public-key = \"" + public + "\"\n    secret-key = \"" + strings.Repeat("0", 40) + "\"\n", none, nil},
		{"metadata", "# note\nmetadata\n    name = \"Bo # b\"   # note\n    x.y = a b  # note\n    e\n    f =\n    name = again\n    q = 'say \"hi\"'\n" +
			"curve\n    public-key = \"" + public + "\"\n", none,
			map[string]string{"name": "Bo # b", "x.y": "a b", "e": "", "f": "", "q": `say "hi"`}},
		{"what is nested, and other sections", "other = 1\n    public-key = x\nmetadata\n    a = 1\n        b = 2\n    c = 3\ncurve\n    public-key = \"" + public + "\"\n", none,
			map[string]string{"a": "1", "c": "3"}},
	} {
		got, err := Parse([]byte(c.text))
		if err != nil || !same(got, &Cert{z85(t, public), c.secret, c.meta}) {
			t.Errorf("%s: %+v, %v", c.what, got, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ what, text, says string }{
		{"nothing", "", "no public-key"},
		{"another section", "metadata\n    public-key = \"" + public + "\"\n", "no public-key"},
		{"zeros", "curve\n    public-key = \"" + strings.Repeat("0", 40) + "\"\n", "no public-key"},
		{"short", "curve\n    public-key = \"" + public[5:] + "\"\n", "35 characters"},
		{"odd", "curve\n    public-key = \"" + public[1:] + "\"\n", "multiple of 5"},
		{"long", "curve\n    public-key = \"" + public + "00000\"\n", "45 characters"},
		{"no Z85", "curve\n    public-key = \"~" + public[1:] + "\"\n", "public-key"},
		{"another's secret", "curve\n    public-key = \"" + public + "\"\n    secret-key = \"" + public + "\"\n", "does not belong"},
		{"no Z85 in the secret", "curve\n    public-key = \"" + public + "\"\n    secret-key = \"~" + secret[1:] + "\"\n", "secret-key"},
		{"open quote", "curve\n    secret-key = \"" + secret + "\n", "line 2"},
		{"after the quote", "curve\n    secret-key = \"\" " + secret + "\n", "line 2"},
		{"indented at once", "    public-key = \"" + public + "\"\n", "line 1"},
		{"no name", "curve\n    = " + secret + "\n", "line 2"},
		{"bad name", "curve\n    " + secret + "\n", "line 2"},
		{"no equals", "curve\n    secret " + secret + "\n", "line 2"},
		{"too much", strings.Repeat("# note\n", MaxSize/7+1), "65536 are allowed"},
	} {
		_, err := Parse([]byte(c.text))
		if !errors.Is(err, errno.EINVAL) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.what, err)
		}
		if err != nil && (strings.Contains(err.Error(), secret[1:]) || strings.Contains(err.Error(), public[5:])) {
			t.Errorf("%s: the error repeats a key: %v", c.what, err)
		}
	}
}

func TestAppend(t *testing.T) {
	c := &Cert{z85(t, public), z85(t, secret), map[string]string{"name": "it's", "b.c": `"x"`, "a": ""}}
	for _, whole := range []bool{true, false} {
		text, err := c.Append([]byte("before\n"), whole)
		if err != nil || !bytes.HasPrefix(text, []byte("before\n")) {
			t.Fatal(err)
		}
		want := *c
		if !whole {
			want.Secret = [32]byte{}
		}
		back, err := Parse(text)
		if err != nil || !same(back, &want) {
			t.Errorf("%s\nis %+v, %v", text, back, err)
		}
		if strings.Contains(string(text), secret) != whole {
			t.Errorf("%s", text)
		}
	}
	for name, value := range map[string]string{"": "x", "a b": "x", "a=": "x", "ü": "x", "a": "b\nc", "b": "\r", "c": `'"`, "d": "\x00", "long": strings.Repeat("x", MaxSize)} {
		if text, err := (&Cert{c.Public, c.Secret, map[string]string{name: value}}).Append(nil, true); !errors.Is(err, errno.EINVAL) || text != nil {
			t.Errorf("%q: %q: %v", name, value, err)
		}
	}
	if _, err := (&Cert{}).Append(nil, false); !errors.Is(err, errno.EINVAL) {
		t.Error(err)
	}
	if _, err := (&Cert{Public: c.Public}).Append(nil, true); !errors.Is(err, errno.EINVAL) {
		t.Error(err)
	}
}

func TestFiles(t *testing.T) {
	name := filepath.Join(t.TempDir(), "me.key")
	c := &Cert{z85(t, public), z85(t, secret), map[string]string{"name": "me"}}
	if err := c.Save(name, false); err != nil {
		t.Fatal(err)
	}
	if got, err := Read(name); err != nil || !same(got, c) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := Read(name + SecretSuffix); err != nil || !same(got, c) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := ReadFile(name); err != nil || got.Secret != [32]byte{} {
		t.Errorf("%+v, %v", got, err)
	}
	if err := c.Save(name, false); !errors.Is(err, os.ErrExist) {
		t.Errorf("saved over it: %v", err)
	}
	c.Metadata["name"] = "you"
	if err := c.Save(name, true); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadFile(name); err != nil || got.Metadata["name"] != "you" {
		t.Errorf("%+v, %v", got, err)
	}
	if runtime.GOOS != "windows" {
		for file, want := range map[string]os.FileMode{name: 0o644, name + SecretSuffix: 0o600} {
			if info, err := os.Stat(file); err != nil || info.Mode() != want {
				t.Errorf("%s: %v, %v", file, info.Mode(), err)
			}
		}
	}
	if list, _ := os.ReadDir(filepath.Dir(name)); len(list) != 2 {
		t.Errorf("left behind: %v", list)
	}
	if _, err := Read(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// One file of the two that exists already keeps both as they were.
func TestSaveIsAllOrNothing(t *testing.T) {
	c := &Cert{z85(t, public), z85(t, secret), nil}
	for _, there := range []string{"", SecretSuffix} {
		name := filepath.Join(t.TempDir(), "me.key")
		if err := os.WriteFile(name+there, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := c.Save(name, false); !errors.Is(err, os.ErrExist) {
			t.Error(err)
		}
		if list, _ := os.ReadDir(filepath.Dir(name)); len(list) != 1 {
			t.Errorf("left behind: %v", list)
		}
		if b, _ := os.ReadFile(name + there); string(b) != "mine" {
			t.Errorf("%q", b)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("metadata\n    name = \"me\"\ncurve\n    public-key = \"" + public + "\"\n    secret-key = \"" + secret + "\"\n"))
	f.Add([]byte("curve\n\tpublic-key=" + public + "\r\n\t\tx = 'y' # z\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := Parse(text)
		if err != nil {
			if !errors.Is(err, errno.EINVAL) {
				t.Fatal(err)
			}
			return
		}
		out, err := c.Append(nil, c.Secret != [32]byte{})
		if err != nil {
			return // a quote of the other kind, in a value without quotes
		}
		if back, err := Parse(out); err != nil || !same(back, c) {
			t.Fatalf("%q became %+v, %v", out, back, err)
		}
	})
}
