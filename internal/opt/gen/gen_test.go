package main

import (
	"go/ast"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq/internal/opt"
	"github.com/zeroth-mq/zmq/internal/testutil"
)

func TestMain(m *testing.M) { testutil.Main(m) }

// TestCurrent compares the files with what the table makes of them.
func TestCurrent(t *testing.T) {
	files, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		file, err := os.ReadFile(filepath.Join("../../..", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		if strings.ReplaceAll(string(file), "\r\n", "\n") != string(text) {
			t.Errorf("%s is out of date; run: go generate .", name)
		}
	}
}

func TestMarkdown(t *testing.T) {
	text := markdown()
	for _, want := range []string{
		" | `MaxFrames`, default 65536 |", " | `Linger`, default 5000 ms of all but SUB, XSUB, DISH |\n",
		" | `SendTimeout`, default 0 ms of ROUTER, STREAM |\n", " | `TCPKeepAliveIdle` (`time.Duration`) |\n",
		" | `Context.SetMaxSockets`, default no limit |\n", " | `InBatchSize`, 1 to 65536 |\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
	for _, r := range opt.Rows() {
		if !strings.Contains(text, "| `"+r.Name+"`") || !strings.Contains(text, r.Doc) {
			t.Errorf("%s is missing", r.Name)
		}
	}
	for _, r := range opt.CtxRows() {
		if !strings.Contains(text, "| `"+r.Name+"`") || !strings.Contains(text, r.Doc) {
			t.Errorf("context option %s is missing", r.Name)
		}
	}
	for line := range strings.Lines(text) {
		if n := strings.Count(line, "|") - strings.Count(line, `\|`); n != 0 && n != 10 && n != 8 {
			t.Errorf("%d bars in %q", n, line)
		}
	}
}

// TestDoc reads a comment of each form, and wants every Doc to be one that a
// comment can be made of.
func TestDoc(t *testing.T) {
	for name, want := range map[string]string{
		"BACKLOG":          "Backlog is how many connections may wait to be accepted. Default 100. Acts on what is bound from then on.",
		"REQ_RELAXED":      "ReqRelaxed lets a Req send again before the reply has come. Default false. Acts at once.",
		"RECONNECT_IVL":    "ReconnectInterval is the shortest time between two attempts to connect; up to as much again is added at random. 0 or less is never again. Default 100 ms.",
		"RECONNECT_STOP":   "ReconnectStop is when a connection is not made again. Default 0: it always is.",
		"TOPICS_COUNT":     "TopicsCount is how many different topics there are. It can only be read.",
		"MAXMESSAGE":       "MaxMessage is the largest message that is accepted, all its frames together, of which each counts 64 bytes more than it has if there are several: that is what it costs to receive it. -1 and 0 are no limit. Default 1 GiB.",
		"XPUB_WELCOME_MSG": "XPubWelcome is a message for every new subscriber. Default none. Acts on connections that are made from then on.",
	} {
		if got := doc(opt.ByName(name)); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
	if got, want := goNames("a XPUB, XPUB_NODROP, SNDTIMEO; EAGAIN, CURVE of a PULL"), "a XPub, XPubNoDrop, SendTimeout; ErrAgain, CURVE of a Pull"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	for _, r := range opt.Rows() {
		first, _, _ := strings.Cut(r.Doc, " ")
		if isConstant(r) && r.Go.Doc == "" && !slices.Contains(nouns, first) && !strings.HasSuffix(first, "s") {
			t.Errorf("%s: a Doc that begins with %q makes no comment", r.Name, first)
		}
		if isConstant(r) && (goType(r) == "" || !ast.IsExported(r.Go.Name)) {
			t.Errorf("%s: %q is no constant of a type %q", r.Name, r.Go.Name, goType(r))
		}
	}
}
