package zmq_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/zeroth-mq/zmq"

// A layer is a folder with all below it, and what it may import of this module
// and of others. Itself is always allowed, and so is the standard library.
type layer struct {
	folder string
	mine   []string
	others []string
}

var modules = []string{"golang.org/x/crypto", "golang.org/x/sys", "golang.org/x/net"}

// The import table. The first row that fits a package counts.
var layers = []layer{
	{"zmtp", nil, nil},
	{"internal/errno", nil, nil},
	{"internal/testutil", nil, nil},
	{"internal/msg", []string{"internal/errno"}, nil},
	{"internal/opt", []string{"internal/curve", "internal/errno"}, modules},
	{"internal/pipe", []string{"internal/msg", "zmtp"}, nil},
	{"internal/curve", []string{"internal/errno"}, modules},
	{"internal/cert", []string{"internal/curve", "internal/errno"}, nil},
	{"internal/mech", []string{"zmtp", "internal/curve", "internal/opt", "internal/errno"}, modules},
	{"internal/transport", []string{"internal/opt", "internal/errno"}, modules},
	{"internal/pattern", []string{"internal/pipe", "internal/msg", "internal/opt", "internal/errno"}, nil},
	{"internal/engine", []string{"zmtp", "internal/mech", "internal/pipe", "internal/msg", "internal/opt", "internal/errno"}, modules},
	{"internal/link", []string{"internal/engine", "internal/transport", "internal/mech", "internal/pipe", "internal/msg", "internal/opt", "internal/errno"}, nil},
	{"internal/event", []string{"internal/link", "internal/transport", "internal/errno"}, nil},
	{"internal/core", []string{"internal", "zmtp"}, modules},
	{"internal/cshim", []string{"internal", "zmtp"}, modules},
	{"zmq4", []string{"internal", "zmtp"}, nil},
	{"libzmq", []string{"internal", "zmtp"}, nil},
	{"auth", []string{"", "internal/opt"}, []string{"golang.org/x/crypto"}},
	{"cmd", []string{"", "auth"}, []string{"github.com", "golang.org"}},
	{"examples/seeds", []string{"zmq4"}, nil},
	{"examples", []string{""}, nil},
	{"test/chaos", []string{"", "internal/testutil", "zmq4"}, nil},
	{"test", []string{"", "auth", "internal/testutil", "zmtp"}, modules},
	{"", []string{"internal", "zmtp"}, nil},
}

// What no package of a layer may import, of the standard library.
var forbidden = map[string][]string{
	"internal/pattern": {"net", "os", "time"},
	"zmtp":             {"net", "os", "time"},
	"internal/pipe":    {"net", "os"},
}

// TestImports holds the import table of the design.
func TestImports(t *testing.T) {
	used := make(map[string]bool)
	for _, system := range []string{"linux", "windows", "darwin"} {
		for _, p := range list(t, system) {
			from := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
			i := slices.IndexFunc(layers, func(l layer) bool { return within(from, l.folder) })
			l := layers[i]
			used[l.folder] = true
			imports := p.Imports
			if l.folder == "test" {
				imports = slices.Concat(imports, p.TestImports, p.XTestImports)
			}
			for _, to := range imports {
				if why := l.refuses(to); why != "" {
					t.Errorf("%s on %s imports %s: %s", p.ImportPath, system, to, why)
				}
			}
		}
	}
	for _, l := range layers[:15] {
		if !used[l.folder] {
			t.Errorf("no package is in %s: is the table out of date?", l.folder)
		}
	}
}

// refuses says why the layer may not import a package; "": it may.
func (l layer) refuses(to string) string {
	first, _, _ := strings.Cut(to, "/")
	switch {
	case to == module || strings.HasPrefix(to, module+"/"):
		to = strings.TrimPrefix(strings.TrimPrefix(to, module), "/")
		if l.folder != "" && within(to, l.folder) {
			return ""
		}
		for _, m := range l.mine {
			// The empty name is the root package alone, not all below it.
			if to == m || m != "" && within(to, m) {
				return ""
			}
		}
		return "not in its row of the table"
	case strings.Contains(first, "."):
		if !slices.ContainsFunc(l.others, func(m string) bool { return within(to, m) }) {
			return "another module"
		}
	case slices.Contains(forbidden[l.folder], first):
		return "not for this layer"
	}
	return ""
}

// within reports whether a path is in a folder, or below it.
func within(path, folder string) bool {
	return folder == "" || path == folder || strings.HasPrefix(path, folder+"/")
}

type listed struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

func list(t *testing.T, system string) (all []listed) {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	cmd.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0", "GOFLAGS=")
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, complaint.String())
	}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		switch err := dec.Decode(&p); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// TestImportsRings breaks the table on purpose.
func TestImportsRings(t *testing.T) {
	for _, c := range []struct{ from, to string }{
		{"zmtp", module + "/internal/errno"},
		{"zmtp", "net"},
		{"internal/errno", module},
		{"internal/pattern", module + "/internal/engine"},
		{"internal/pattern", "net"},
		{"internal/pattern", "net/http"},
		{"internal/engine", module + "/internal/pattern"},
		{"internal/engine", module + "/internal/transport/tcp"},
		{"internal/transport", module + "/internal/pipe"},
		{"internal/link", module + "/internal/core"},
		{"internal/event", module + "/internal/core"},
		{"internal/pipe", "golang.org/x/sys/unix"},
		{"cmd", module + "/internal/core"},
		{"cmd", module + "/zmtp"},
		{"zmq4", module},
		{"test", module + "/internal/core"},
		{"", "golang.org/x/sys/unix"},
		{"", module + "/zmq4"},
	} {
		i := slices.IndexFunc(layers, func(l layer) bool { return l.folder == c.from })
		if layers[i].refuses(c.to) == "" {
			t.Errorf("%q may import %s", c.from, c.to)
		}
	}
}
