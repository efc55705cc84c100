// Package seeds has programs as they are written for github.com/pebbe/zmq4, on
// package zmq4. Its test runs each of them.
package seeds

import (
	"context"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zeroth-mq/zmq/internal/testutil"
)

func TestMain(m *testing.M) { testutil.Main(m) }

// What each program prints, in whatever order, and in how many lines.
var programs = []struct {
	name  string
	args  []string
	lines int
	with  []string
}{
	{"reqrep", []string{"-n", "3", "-pause", "1ms"}, 3, []string{"receive [Hello world]"}},
	{"flags", nil, 1, []string{"asked [Are you OK?], answered [OK]"}},
	{"router-dealer", []string{"-n", "3"}, 6, []string{"receive [Hello anna 0]", "receive [Hello anna 2]", "receive [Hello ben 2]"}},
	{"pubsub", []string{"-n", "2"}, 10, []string{"news: receive [How are you]", "news: receive [END]", "talk: receive [END]"}},
	{"callback", nil, 3, []string{"processed [sub 1: first]", "processed [sub 1: second]", "done"}},
	{"pushpull", []string{"-n", "2", "-pause", "1ms"}, 5, []string{"receive [Hello my followers]", "receive [END]"}},
	{"balance", nil, 12, []string{"server 1 got msg 0, msg 2, msg 4, msg 6, msg 8", "server 2 got msg 1, msg 3, msg 5, msg 7, msg 9"}},
	{"queue", nil, 6, []string{"client: request 0 answered", "client: request 5 answered"}},
	{"forwarder", nil, 3, []string{"subscriber: goal by portugal", "subscriber: goal by germany", "Context was terminated"}},
	{"streamer", nil, 2, []string{"the sum of 12 squares is 506", "the streamer ends: <nil>"}},
	{"football", []string{"-n", "20"}, 34, []string{"-> portugal corner", "fan of [netherlands]: netherlands red card", "fan of [germany brazil]: brazil yellow card"}},
}

func TestSeeds(t *testing.T) {
	bin := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", bin, "./...").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	all, err := filepath.Glob("*/main.go")
	if err != nil || len(all) != len(programs) {
		t.Errorf("there are %d programs, and %d are tested: %v", len(all), len(programs), err)
	}
	for _, p := range programs {
		t.Run(p.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			text, err := exec.CommandContext(ctx, filepath.Join(bin, p.name), p.args...).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			lines := strings.Split(strings.TrimSpace(string(text)), "\n")
			if len(lines) != p.lines {
				t.Errorf("%d lines, want %d:\n%s", len(lines), p.lines, text)
			}
			for _, want := range p.with {
				if !slices.Contains(lines, want) {
					t.Errorf("no line %q in:\n%s", want, text)
				}
			}
		})
	}
}
