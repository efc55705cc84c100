package zmq_test

import (
	"flag"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// public are the packages for users, by folder; what each exports is in its testdata/api.txt.
var public = []string{".", "auth", "zmtp"}

// exported is the root package as the compiler sees it.
var exported = sync.OnceValues(func() (*types.Package, error) { return load(".") })

func load(dir string) (*types.Package, error) {
	return importer.ForCompiler(token.NewFileSet(), "source", nil).Import(path.Join(module, dir))
}

// TestAPI compares everything that the packages export with what was agreed on.
// Taking something away breaks programs; adding something is a promise.
func TestAPI(t *testing.T) {
	for _, dir := range public {
		t.Run(path.Join(module, dir), func(t *testing.T) {
			pkg, err := exported()
			if dir != "." {
				pkg, err = load(dir)
			}
			if err != nil {
				t.Fatal(err)
			}
			agreed(t, filepath.Join(dir, "testdata", "api.txt"), surface(pkg))
		})
	}
}

// agreed compares what is exported with a golden file.
func agreed(t *testing.T, golden string, have []string) {
	if *update {
		if err := os.WriteFile(golden, []byte(strings.Join(have, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	want := lines(string(text))
	for _, l := range have {
		if !slices.Contains(want, l) {
			t.Errorf("new:  %s", l)
		}
	}
	for _, l := range want {
		if !slices.Contains(have, l) {
			t.Errorf("gone: %s", l)
		}
	}
	if t.Failed() {
		t.Log("if this is meant, run: go test -run TestAPI -update .")
	}
}

func lines(s string) []string {
	return strings.Split(strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")), "\n")
}

// surface is one line for every exported name, field and method.
func surface(pkg *types.Package) (list []string) {
	name := func(p *types.Package) string {
		if p == pkg {
			return ""
		}
		return p.Name()
	}
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	for _, n := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(n)
		if !obj.Exported() {
			continue
		}
		switch obj := obj.(type) {
		case *types.Const:
			add("const %s %s = %s", n, types.TypeString(obj.Type(), name), obj.Val())
		case *types.TypeName:
			t := types.TypeString(obj.Type().Underlying(), name)
			if _, ok := obj.Type().Underlying().(*types.Struct); ok {
				t = "struct" // its fields follow
			}
			add("type %s %s", types.TypeString(obj.Type(), name), t)
			members(obj, name, add)
		default:
			add("%s", types.ObjectString(obj, name))
		}
	}
	return list
}

func members(obj *types.TypeName, name types.Qualifier, add func(string, ...any)) {
	if s, ok := obj.Type().Underlying().(*types.Struct); ok {
		for f := range s.Fields() {
			if f.Exported() {
				add("field %s.%s %s", obj.Name(), f.Name(), types.TypeString(f.Type(), name))
			}
		}
	}
	methods := types.NewMethodSet(types.NewPointer(obj.Type()))
	var list []string
	for m := range methods.Methods() {
		if m.Obj().Exported() {
			list = append(list, types.ObjectString(m.Obj(), name))
		}
	}
	slices.Sort(list)
	for _, m := range list {
		add("%s", m)
	}
}
