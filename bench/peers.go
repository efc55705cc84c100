package main

import (
	"context"
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
// To add one: write its program (github.com/pebbe/zmq4 and
// github.com/go-zeromq/zmq4 are cmd/zeroth with other calls, each with a
// require line in go.mod), and a line in peers.
type peer struct {
	name    string // for -peers
	title   string // in the table
	plays   []string
	profile bool // can write CPU profiles
	build   func(ctx context.Context, out string) error
}

var peers = []peer{
	{"zeroth", "zeroth", []string{"pull", "push", "rep", "req", "inproc"}, true, goProgram("./cmd/zeroth")},
	{"libzmq", "libzmq", []string{"pull", "push", "rep", "req", "inproc"}, false, libzmqProgram},
	{"bare", "bare Go", []string{"pull", "push", "rep", "req"}, true, goProgram("./cmd/bare")},
}

// has reports whether the peer can be measured in rows of kind k.
func (p *peer) has(k *kind) bool {
	return slices.Contains(p.plays, k.server) && (k.client == "" || slices.Contains(p.plays, k.client))
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
		if !slices.ContainsFunc(peers, func(p peer) bool { return p.name == name }) {
			return nil, fmt.Errorf("no peer %q; there are: %s", name, peerNames())
		}
	}
	return chosen, nil
}

func peerNames() string {
	var names []string
	for _, p := range peers {
		names = append(names, p.name)
	}
	return strings.Join(names, ",")
}

func goProgram(pkg string) func(context.Context, string) error {
	return func(ctx context.Context, out string) error {
		return run(ctx, []string{"CGO_ENABLED=0"}, "go", "build", "-o", out, pkg)
	}
}

func libzmqProgram(ctx context.Context, out string) error {
	flags, err := exec.CommandContext(ctx, "pkg-config", "--cflags", "--libs", "libzmq").Output()
	if err != nil {
		return fmt.Errorf("pkg-config libzmq: %w (is libzmq3-dev installed?)", err)
	}
	args := []string{"-O2", "-pthread", "-o", out, filepath.Join("peers", "libzmq.c")}
	return run(ctx, nil, "cc", append(args, strings.Fields(string(flags))...)...)
}

// run runs a command of the build; what it prints becomes part of the error.
func run(ctx context.Context, env []string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}
