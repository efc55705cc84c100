package zmq_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
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
	{"internal/testutil/rows", []string{"internal/pattern", "internal/pipe", "internal/msg", "internal/opt", "internal/errno"}, nil},
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
	{"internal/poll", []string{"internal/errno"}, modules},
	{"internal/core", []string{"internal/pattern", "internal/link", "internal/event", "internal/poll", "internal/engine", "internal/transport",
		"internal/mech", "internal/pipe", "internal/msg", "internal/opt", "internal/errno", "zmtp"}, nil},
	{"internal/proxy", []string{"internal/core", "internal/poll", "internal/msg", "internal/opt", "internal/errno"}, nil},
	{"internal/cshim", []string{"internal", "zmtp"}, modules},
	{"compat/pebbe/zmq4", []string{"internal", "zmtp"}, nil},
	{"compat/gozeromq/zmq4", []string{"", "zmtp"}, nil},
	{"compat/forward", nil, nil},
	{"compat/libzmq", []string{"internal", "zmtp"}, nil},
	{"auth", []string{"", "internal/opt"}, []string{"golang.org/x/crypto"}},
	{"cmd", []string{"", "auth"}, []string{"github.com", "golang.org"}},
	{"examples/seeds", []string{"compat/pebbe/zmq4"}, nil},
	{"examples", []string{""}, nil},
	{"test/chaos", []string{"", "internal/testutil", "compat/pebbe/zmq4"}, nil},
	{"test/conformance", []string{"", "auth", "internal/testutil", "internal/transport", "internal/opt", "zmtp"}, nil},
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
		var all []listed
		for _, folder := range modulesHere(t) {
			all = append(all, list(t, folder, system)...)
		}
		for _, p := range all {
			from := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
			i := slices.IndexFunc(layers, func(l layer) bool { return within(from, l.folder) })
			l := layers[i]
			used[l.folder] = true
			imports := p.Imports
			if within(l.folder, "test") {
				imports = slices.Concat(imports, p.TestImports, p.XTestImports)
			}
			for _, to := range imports {
				if why := l.refuses(to); why != "" {
					t.Errorf("%s on %s imports %s: %s", p.ImportPath, system, to, why)
				}
			}
		}
	}
	for _, l := range layers {
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

// modulesHere gives the folders of the modules that the table is about: the
// library's, and those of the commands and integrations that are built on it.
func modulesHere(t *testing.T) []string {
	t.Helper()
	var folders []string
	for _, pattern := range []string{"go.mod", "cmd/*/go.mod", "contrib/*/go.mod"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			folders = append(folders, filepath.Dir(f))
		}
	}
	return folders
}

func list(t *testing.T, folder, system string) (all []listed) {
	t.Helper()
	cmd := exec.Command("go", "-C", folder, "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
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

// TestRequires holds what a program that uses the library has to download.
func TestRequires(t *testing.T) {
	out, err := exec.Command("go", "mod", "edit", "-json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var mod struct{ Require []struct{ Path string } }
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatal(err)
	}
	for _, r := range mod.Require {
		if !slices.Contains(modules, r.Path) {
			t.Errorf("go.mod requires %s", r.Path)
		}
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
		{"internal/poll", module + "/internal/core"},
		{"internal/core", module + "/internal/proxy"},
		{"internal/core", module + "/internal/cshim"},
		{"internal/pipe", "golang.org/x/sys/unix"},
		{"cmd", module + "/internal/core"},
		{"cmd", module + "/zmtp"},
		{"compat/pebbe/zmq4", module},
		{"compat/pebbe/zmq4", module + "/compat/libzmq"},
		{"test", module + "/internal/core"},
		{"", "golang.org/x/sys/unix"},
		{"", module + "/compat/pebbe/zmq4"},
	} {
		i := slices.IndexFunc(layers, func(l layer) bool { return l.folder == c.from })
		if layers[i].refuses(c.to) == "" {
			t.Errorf("%q may import %s", c.from, c.to)
		}
	}
}
