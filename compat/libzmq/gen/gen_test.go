package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq/internal/testutil"
)

func TestMain(m *testing.M) { testutil.Main(m) }

// TestCurrent compares the files with what the tables make of them.
func TestCurrent(t *testing.T) {
	files, err := generate("..")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		file, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		if strings.ReplaceAll(string(file), "\r\n", "\n") != string(text) {
			t.Errorf("compat/libzmq/%s is out of date; run: go generate ./...", name)
		}
	}
}

func TestExports(t *testing.T) {
	got, err := exports("\tCALL (set, Set, (uint64_t socket, int type, void *value, size_t size)) \\\n\tCALL (x, BY_HAND, (short x))")
	want := `//export zeroth_set
func zeroth_set(socket C.uint64_t, typ C.int, value unsafe.Pointer, size C.size_t) (rc C.int) {
	defer caught(&rc)
	return C.int(cshim.Set(uint64(socket), int(typ), bytes(value, size)))
}
`
	if err != nil || !strings.HasSuffix(string(got), want) {
		t.Errorf("%v\n%s", err, got)
	}
	for _, params := range []string{"short x", "int", "struct zeroth_block *block", "uint64_t **x"} {
		if _, err := exports("CALL (x, X, (" + params + "))"); err == nil {
			t.Errorf("(%s) has a form", params)
		}
	}
}
