//go:build !linux

// Command chaos runs the standing chaos suite, on Linux.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "chaos: it runs on Linux only: it reads /proc")
	os.Exit(2)
}
