package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestGenerated: the files are what gen makes now, and there are no others.
func TestGenerated(t *testing.T) {
	const dir = "../.."
	files, err := generate(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.name)
		have, err := os.ReadFile(filepath.Join(dir, f.name))
		if err != nil || !bytes.Equal(bytes.ReplaceAll(have, []byte("\r\n"), []byte("\n")), f.text) {
			t.Errorf("%s is out of date (%v): run go generate ./compat/pebbe/zmq4", f.name, err)
		}
	}
	for _, pattern := range []string{"*_gen.go", "draft/*_gen.go"} {
		there, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range there {
			name, err := filepath.Rel(dir, path)
			if err != nil || !slices.Contains(names, filepath.ToSlash(name)) {
				t.Errorf("%s is not made by gen any more: remove it", path)
			}
		}
	}
}

func TestOptionOfNoName(t *testing.T) {
	_, err := options([]accessor{{"Socket", "SetNothingAtAll", true, "value", "int"}})
	if err == nil || !strings.Contains(err.Error(), "NOTHING_AT_ALL") {
		t.Errorf("%v", err)
	}
}
