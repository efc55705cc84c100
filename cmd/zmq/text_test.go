package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// through sends with some arguments, receives with others, and returns what
// was printed.
func through(t *testing.T, count, stdin string, push, pull []string) string {
	t.Helper()
	p := start(t, append([]string{"pull", "-b", anyPort, "-n", count}, pull...)...)
	s := startWith(t, strings.NewReader(stdin), nil, append([]string{"push", "-c", p.bound("bound")}, push...)...)
	s.ends(0, "")
	if code := p.wait(); code != 0 {
		t.Errorf("pull %q: exit code %d; it said %q", pull, code, p.stderr)
	}
	return p.stdout.String()
}

func TestText(t *testing.T) {
	for _, c := range []struct {
		name       string
		count      string
		push, pull []string
		stdin      string
		want       string
	}{
		{"multipart", "1", []string{"-m"}, nil, "a\tb\t\tc\n", "a\tb\t\tc\n"},
		{"one frame with tabs", "1", nil, []string{"--format", "json"}, "a\tb\n", `{"frames":["a\tb"]}` + "\n"},
		{"delimiter", "1", []string{"-m", "-d", ", "}, []string{"-d", `\x1f`}, "a, b\n", "a\x1fb\n"},
		{"hex", "1", []string{"-x", "-m"}, []string{"-x"}, "00ff\t\t0a\n", "00ff\t\t0a\n"},
		{"hex in only", "1", []string{"--input", "hex"}, nil, "414243\n", "ABC\n"},
		{"quoted", "2", []string{"--input", "quoted", "-m"}, []string{"--format", "quoted"}, "\"a\\n\"\t\"\"\n\"\\x00\"\n", "\"a\\n\"\t\"\"\n\"\\x00\"\n"},
		{"json", "2", []string{"--input", "json"}, []string{"--format", "json"},
			"{\"frames\":[\"a\\n\",\"\"]}\n{\"base64\":[\"/w==\"]}\n", "{\"frames\":[\"a\\n\",\"\"]}\n{\"base64\":[\"/w==\"]}\n"},
		{"raw", "2", []string{"-m"}, []string{"--format", "raw"}, "a\tb\nc\n", "abc"},
		{"nul", "2", []string{"-0"}, []string{"-0"}, "a\nb\x00c\x00", "a\nb\x00c\x00"},
		{"frames", "2", []string{"--frames"}, []string{"--frames"}, "a\nb\n\n\nc\n", "a\nb\n\nc\n\n"},
		{"frames that are empty", "1", []string{"--frames", "--input", "quoted"}, []string{"--frames", "--format", "quoted"}, "\"a\"\n\"\"\n", "\"a\"\n\"\"\n\n"},
		{"carriage return", "1", nil, []string{"--format", "quoted"}, "dos\r\n", "\"dos\\r\"\n"},
		{"arguments", "2", []string{"-m", "a\tb", "c"}, []string{"-d", "|"}, "", "a|b\nc\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := through(t, c.count, c.stdin, c.push, c.pull); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestFile(t *testing.T) {
	content := string(bytes.Repeat([]byte("a line\nand \x00 more\xff\n"), 10000))
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	got := through(t, "3", "from stdin\n", []string{"-f", name, "--file", "-", "-f", name}, []string{"--format", "raw"})
	if got != content+"from stdin\n"+content {
		t.Errorf("%d bytes, want twice %d", len(got), len(content))
	}
}

func TestRoutingIDs(t *testing.T) {
	tab := []byte("\t")
	for _, id := range []string{"alice", "\x00\x01", "0x41", "0x", "a\tb", "é", "\xff", "with space"} {
		text := appendID(nil, []byte(id), tab)
		if bytes.Contains(text, tab) || !printable(text) {
			t.Errorf("%q is written %q", id, text)
		}
		if got := parseID(text); string(got) != id {
			t.Errorf("%q is written %q and read %q", id, text, got)
		}
	}
}

func TestSplit(t *testing.T) {
	texts := []string{"", "one", "one two", "a b  c\n\nd e\n", strings.Repeat("x", 50), strings.Repeat("wörter und ", 40), "\xff \xfe\n\xfd"}
	for _, text := range texts {
		for size := 1; size < 60; size++ {
			pieces := split([]byte(text), size)
			n := 0
			for _, p := range pieces {
				n += words(p)
			}
			if got := slices.Concat(pieces...); string(got) != text || n != words([]byte(text)) {
				t.Fatalf("%q in pieces of %d: %q, %d words", text, size, pieces, n)
			}
		}
	}
}

func TestScaled(t *testing.T) {
	for _, c := range []struct {
		x    float64
		want string
	}{{0, "0"}, {7, "7"}, {999, "999"}, {999.6, "1.0k"}, {1234, "1.2k"}, {99949, "99.9k"}, {99951, "100k"}, {1e6, "1.0M"}, {2.5e15, "2500T"}} {
		digits, unit := scaled(c.x)
		if digits+unit != c.want {
			t.Errorf("%v: %q, want %q", c.x, digits+unit, c.want)
		}
	}
}
