package zmtp

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// unhex reads hexadecimal in which spaces group.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// recorded reads one file of testdata: hexadecimal lines between comments.
func recorded(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".hex"))
	if err != nil {
		t.Fatal(err)
	}
	var digits strings.Builder
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") {
			digits.WriteString(strings.TrimSpace(line))
		}
	}
	return unhex(t, digits.String())
}

func wantBytes(t testing.TB, what string, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Errorf("%s:\n got %x\nwant %x", what, got, want)
	}
}

// wantMalformed checks the promise of every parser: the sentinel below, some
// detail on top.
func wantMalformed(t testing.TB, what string, err error) {
	t.Helper()
	if !errors.Is(err, ErrMalformed) {
		t.Errorf("%s: error %v does not unwrap to ErrMalformed", what, err)
	} else if err == ErrMalformed {
		t.Errorf("%s: no detail", what)
	}
}

// wantKeptPrefix checks that an appender leaves alone what dst already held.
func wantKeptPrefix(t testing.TB, what string, appendTo func(dst []byte) []byte) {
	t.Helper()
	prefix := []byte("before")
	want := append(bytes.Clone(prefix), appendTo(nil)...)
	wantBytes(t, what+" after a prefix", appendTo(bytes.Clone(prefix)), want)
}

func letters(n int) []byte { return bytes.Repeat([]byte{'m'}, n) }
