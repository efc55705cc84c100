package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// A peer is an implementation that is measured: how to build its program, whose
// command line package internal/peer describes, and which roles it has.
//
// To add one: write its program (cmd/pebbe is a short one), and a line in peers.
type peer struct {
	name    string   // for -peers
	title   string   // in the table
	plays   []string // roles; nil for all
	profile bool     // can write CPU profiles
	build   builder
	beside  string // the peer that it is an older form of; empty for none: see baseline
}

// A builder builds a peer's program from a bench folder.
type builder func(ctx context.Context, dir, out string) error

var peers = []peer{
	{"zeroth", "zeroth", nil, true, goProgram("./cmd/zeroth"), ""},
	{"dropin", "zeroth's zmq4", []string{"pull", "push", "rep", "req"}, true, dropinProgram, ""},
	{"shared", "zeroth's libzmq.so", nil, false, sharedProgram, ""},
	{"libzmq", "libzmq", nil, false, libzmqProgram, ""},
	{"bare", "bare Go", []string{"pull", "push", "pull-many", "push-many", "push-owned", "rep", "req"}, true, goProgram("./cmd/bare"), ""},
	{"pebbe", "pebbe/zmq4", []string{"pull", "push", "rep", "req"}, true, goProgram("./cmd/pebbe", "CGO_ENABLED=1"), ""},
	{"gozeromq", "go-zeromq/zmq4", []string{"pull", "push"}, true, goProgram("./cmd/gozeromq"), ""},
}

// crowd is no peer, but the other side of some.
var crowd = peer{name: "crowd", profile: true, build: goProgram("./cmd/crowd")}

// takes reports whether the peer is to be measured in a row, and can be.
func (p *peer) takes(r row) bool {
	if p.beside != "" {
		return r.who()[0] == p.beside
	}
	if !slices.Contains(r.who(), p.name) {
		return false
	}
	if p.plays == nil {
		return true
	}
	roles := []string{r.kind.server, r.kind.middle}
	if !r.kind.crowd {
		roles = append(roles, r.kind.client)
	}
	return r.fan == 0 && !slices.ContainsFunc(roles, func(role string) bool { return role != "" && !slices.Contains(p.plays, role) })
}

// baseline are the peers of another checkout of this repository, each measured
// beside the one that it is an older form of.
func baseline(checkout string) []*peer {
	in := func(b builder) builder {
		return func(ctx context.Context, _, out string) error { return b(ctx, filepath.Join(checkout, "bench"), out) }
	}
	return []*peer{
		{"zeroth-before", "before", nil, true, in(goProgram("./cmd/zeroth")), "zeroth"},
		{"shared-before", "before", nil, false, in(sharedProgram), "shared"},
	}
}

// selectPeers returns the peers of a list of names separated by commas, in the
// order of the table.
func selectPeers(list string) ([]*peer, error) {
	names := strings.Split(list, ",")
	var chosen []*peer
	for i := range peers {
		if slices.Contains(names, peers[i].name) {
			chosen = append(chosen, &peers[i])
		}
	}
	for _, name := range names {
		if title(name) == "" {
			return nil, fmt.Errorf("no peer %q; there are: %s", name, peerNames())
		}
	}
	return chosen, nil
}

// title is a peer's name in the table, and empty if there is none.
func title(name string) string {
	for _, p := range peers {
		if p.name == name {
			return p.title
		}
	}
	return ""
}

func peerNames() string {
	var names []string
	for _, p := range peers {
		names = append(names, p.name)
	}
	return strings.Join(names, ",")
}

func goProgram(pkg string, env ...string) builder {
	return func(ctx context.Context, dir, out string) error {
		return run(ctx, dir, append([]string{"CGO_ENABLED=0"}, env...), "go", "build", "-o", out, pkg)
	}
}

// dropinProgram builds cmd/pebbe with our zmq4 in place of the other: one line
// of it is another.
func dropinProgram(ctx context.Context, dir, out string) error {
	const file = "cmd/pebbe/main.go"
	text, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		return err
	}
	old, ours := []byte(`"github.com/pebbe/zmq4"`), []byte(`"github.com/zeroth-mq/zmq/compat/pebbe/zmq4"`)
	if bytes.Count(text, old) != 1 {
		return fmt.Errorf("%s does not have one import of %s", file, old)
	}
	if err := os.WriteFile(out+".go", bytes.Replace(text, old, ours, 1), 0o666); err != nil {
		return err
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{file: out + ".go"}})
	if err != nil {
		return err
	}
	if err := os.WriteFile(out+".json", overlay, 0o666); err != nil {
		return err
	}
	return run(ctx, dir, []string{"CGO_ENABLED=0"}, "go", "build", "-overlay", out+".json", "-o", out, "./cmd/pebbe")
}

// sharedProgram builds the program for libzmq with our library in its place.
func sharedProgram(ctx context.Context, dir, out string) error {
	to := out + ".lib"
	if err := run(ctx, dir, nil, filepath.Join("..", "scripts", "libzmq"), to); err != nil {
		return err
	}
	lib := filepath.Join(to, "lib")
	return cProgram(ctx, dir, out, "-I"+filepath.Join(to, "include"), "-L"+lib, "-Wl,-rpath,"+lib, "-lzmq")
}

func libzmqProgram(ctx context.Context, dir, out string) error {
	flags, err := exec.CommandContext(ctx, "pkg-config", "--cflags", "--libs", "libzmq").Output()
	if err != nil {
		return fmt.Errorf("pkg-config libzmq: %w (is libzmq3-dev installed?)", err)
	}
	return cProgram(ctx, dir, out, strings.Fields(string(flags))...)
}

func cProgram(ctx context.Context, dir, out string, flags ...string) error {
	sources, err := filepath.Glob(filepath.Join(dir, "peers", "libzmq", "*.c"))
	if err != nil {
		return err
	}
	args := append([]string{"-O2", "-Wall", "-pthread", "-o", out}, sources...)
	return run(ctx, ".", nil, "cc", append(args, flags...)...)
}

// run runs a command of the build in a folder; what it prints becomes part of the
// error.
func run(ctx context.Context, dir string, env []string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}
