package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
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

func TestAppendVisible(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"plain text, grüße, 世界 🎉\n\tand a tab", "plain text, grüße, 世界 🎉\n\tand a tab"},
		{"\x1b[31mred\x1b[0m", `\u001b[31mred\u001b[0m`},
		{"over\rwritten\b\x07\x00\x7f", `over\u000dwritten\u0008\u0007\u0000\u007f`},
		{"\u009b31m", `\u009b31m`},
		{"\u202egnp.exe\u2066", `\u202egnp.exe\u2066`},
		{"\xff\xc3(\x9b", `\xff\xc3(\x9b`},
		{"\U000e0041", `\udb40\udc41`},
	} {
		if got := string(appendVisible(nil, []byte(c.in))); got != c.want {
			t.Errorf("%q: %s, want %s", c.in, got, c.want)
		}
	}
}

func FuzzAppendVisible(f *testing.F) {
	f.Add([]byte("a\x1b[2Jb\u202e\xff"))
	f.Fuzz(func(t *testing.T, text []byte) {
		out := appendVisible(nil, text)
		if !utf8.Valid(out) {
			t.Fatalf("%q", out)
		}
		for _, r := range string(out) {
			if r != '\n' && r != '\t' && r != '\u200d' && !unicode.IsGraphic(r) {
				t.Fatalf("%q has %q", out, r)
			}
		}
		if b, err := json.Marshal(string(text)); err == nil {
			var s string
			if err := json.Unmarshal(appendVisible(nil, b), &s); err != nil || utf8.Valid(text) && s != string(text) {
				t.Fatalf("%q became %q: %v", text, s, err)
			}
		}
	})
}

// screen is a terminal that can be read.
type screen struct{ io.Writer }

func (screen) IsTerminal() bool { return true }

// Fault C15: what a peer sends could steer the terminal.
func TestTerminal(t *testing.T) {
	const evil = "\x1b]0;title\x07text"
	for _, c := range []struct{ args, plain, shown string }{
		{"", evil + "\n", `\u001b]0;title\u0007text` + "\n"},
		{"--format json", `{"frames":["\u001b]0;title\u0007text"]}` + "\n", `{"frames":["\u001b]0;title\u0007text"]}` + "\n"},
		{"--format quoted", `"\x1b]0;title\atext"` + "\n", `"\x1b]0;title\atext"` + "\n"},
		{"--format raw", evil, evil}, // asked for
	} {
		for i, want := range []string{c.plain, c.shown} {
			out := newOutput()
			to := []io.Writer{out, screen{out}}[i]
			pull := startWith(t, strings.NewReader(""), to, strings.Fields("pull -n 1 -b "+anyPort+" "+c.args)...)
			start(t, "push", "-c", pull.bound("bound"), evil).ends(0, "")
			if code := pull.wait(); code != 0 || out.String() != want {
				t.Errorf("%q: exit code %d, shown as %q, want %q", c.args, code, out, want)
			}
		}
	}
	var errors strings.Builder
	c := &console{w: screen{&errors}}
	c.Line("the peer says \x1b[2J")
	if errors.String() != `the peer says \u001b[2J`+"\n" {
		t.Errorf("%q", errors.String())
	}
}

// Fault C15: a message that nobody gets is told, with the way to wait.
func TestPublishToNobody(t *testing.T) {
	for _, name := range []string{"pub", "send -T pub", "send -T xpub"} {
		args := append(strings.Fields(name), "-b", anyPort, "hello")
		run := start(t, args...)
		if code := run.wait(); code != 0 || !strings.Contains(run.stderr.String(), "--wait-peers 1") {
			t.Errorf("%s: exit code %d, said %q", name, code, run.stderr)
		}
		run = start(t, append(args, "-q")...)
		if code := run.wait(); code != 0 || run.stderr.String() != "" {
			t.Errorf("%s -q: exit code %d, said %q", name, code, run.stderr)
		}
	}
	pub := startWith(t, strings.NewReader("hello\n"), nil, "pub", "-w", "1", "-b", anyPort)
	sub := start(t, "sub", "-n", "1", "-c", pub.bound("bound"))
	sub.ends(0, "hello\n")
	if pub.wait(); strings.Contains(pub.stderr.String(), "warning") {
		t.Errorf("said %q", pub.stderr)
	}
}

// Fault C15: --timeout ends the command in time, whatever -o LINGER says.
func TestTimeoutBeatsLinger(t *testing.T) {
	for _, args := range []string{
		"push -c tcp://127.0.0.1:1 -o LINGER=1h -t 50ms x", "sub -c tcp://127.0.0.1:1 -o LINGER=1h -t 50ms",
		"dealer -c tcp://127.0.0.1:1 -o SNDTIMEO=1h -o RCVTIMEO=1h -t 50ms -n 1 x", "push -c tcp://127.0.0.1:1 -o LINGER=1h --linger 0s x",
	} {
		if code := start(t, strings.Fields(args)...).wait(); code != exitTimeout && code != exitFailure {
			t.Errorf("%s: exit code %d", args, code)
		}
	}
}
