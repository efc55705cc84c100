// The gen command writes what of zmq4 and zmq4/draft is made from tables: the
// setters and getters, from the signatures in zmq4/testdata and the rows of
// internal/opt; and the draft package's copy of what it has in common with
// zmq4. It is run in the folder zmq4, by go generate.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	files, err := generate(".")
	for _, f := range files {
		if err == nil {
			err = os.WriteFile(filepath.FromSlash(f.name), f.text, 0o644)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// a file is one to be written, its name relative to zmq4.
type file struct {
	name string
	text []byte
}

// generate makes all files for the folder of zmq4.
func generate(dir string) ([]file, error) {
	stable, err := surface(dir, "surface.txt")
	if err != nil {
		return nil, err
	}
	more, err := surface(dir, "draft.txt")
	if err != nil {
		return nil, err
	}
	plain, err := options(stable)
	if err != nil {
		return nil, err
	}
	draft, err := options(append(stable, more...))
	if err != nil {
		return nil, err
	}
	copies, err := draftCopies(dir)
	if err != nil {
		return nil, err
	}
	return append(copies, file{"options_gen.go", plain}, file{"draft/options_gen.go", draft}), nil
}
