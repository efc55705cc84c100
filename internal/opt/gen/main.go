// Command gen writes what is made of the option table: the constants of package
// zmq with their comments, and docs/options.md. It is run in the folder of package
// zmq, by go generate.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	files, err := generate()
	for name, text := range files {
		if err == nil {
			err = os.WriteFile(filepath.FromSlash(name), text, 0o644)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// generate gives the files by name.
func generate() (map[string][]byte, error) {
	consts, err := constants()
	return map[string][]byte{"options_gen.go": consts, "docs/options.md": []byte(markdown())}, err
}
