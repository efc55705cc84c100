package main

import (
	"fmt"
	"runtime/debug"
)

type versionCmd struct{}

// Run prints what the binary was built from.
func (versionCmd) Run(e *env) error {
	version, commit := "(unknown)", ""
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	} else if info.Main.Version != "" {
		version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = ", commit " + s.Value[:min(12, len(s.Value))]
		case "vcs.modified":
			if s.Value == "true" {
				commit += " and changes"
			}
		}
	}
	_, err := fmt.Fprintf(e.stdout, "zmq %s%s, %s\n", version, commit, info.GoVersion)
	return err
}
