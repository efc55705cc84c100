package zmq4_test

import (
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	zmq "github.com/zeroth-mq/zmq/compat/pebbe/zmq4"
	"github.com/zeroth-mq/zmq/compat/pebbe/zmq4/draft"
)

// TestSurface holds both packages to the lists of names, signatures and values
// that programs written for pebbe/zmq4 rely on: nothing is missing, nothing is
// different, nothing is there besides.
func TestSurface(t *testing.T) {
	stable, more := list(t, "testdata/surface.txt"), list(t, "testdata/draft.txt")
	from := importer.ForCompiler(token.NewFileSet(), "source", nil)
	compare(t, from, "github.com/zeroth-mq/zmq/compat/pebbe/zmq4", stable)
	// A line of the draft's takes the place of one with the same name.
	names := make(map[string]bool)
	for _, l := range more {
		names[named(l)] = true
	}
	stable = slices.DeleteFunc(stable, func(l string) bool { return names[named(l)] })
	compare(t, from, "github.com/zeroth-mq/zmq/compat/pebbe/zmq4/draft", append(stable, more...))
}

func list(t *testing.T, name string) []string {
	t.Helper()
	text, err := os.ReadFile(name)
	must(t, err)
	return strings.Split(strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n")), "\n")
}

var (
	head   = regexp.MustCompile(`^(func (\(\*?\w+\)\.)?\w+|\w+ [\w.]+)`)
	value  = regexp.MustCompile(`^var (\w+) error = (".*")$`)
	system = regexp.MustCompile(`^const E\w+ Errno = \d{1,3}$`)
)

func named(line string) string { return head.FindString(line) }

func compare(t *testing.T, from types.Importer, path string, want []string) {
	pkg, err := from.Import(path)
	must(t, err)
	got := surface(pkg)
	for i, l := range want {
		want[i] = value.ReplaceAllString(l, "var $1 error") // TestErrorTexts has the texts
	}
	if runtime.GOOS != "linux" {
		other := func(l string) bool { return system.MatchString(l) || strings.Contains(l, "GetFd()") }
		got, want = slices.DeleteFunc(got, other), slices.DeleteFunc(want, other)
	}
	for _, l := range want {
		if !slices.Contains(got, l) {
			t.Errorf("%s: missing: %s", path, l)
		}
	}
	for _, l := range got {
		if !slices.Contains(want, l) {
			t.Errorf("%s: not in the list: %s", path, l)
		}
	}
}

// surface is one line for every exported name, field and method.
func surface(pkg *types.Package) (list []string) {
	short := func(p *types.Package) string {
		if p == pkg {
			return ""
		}
		return p.Name()
	}
	text := func(o types.Object) string {
		return strings.ReplaceAll(types.ObjectString(o, short), "interface{}", "any")
	}
	for _, n := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(n)
		if !obj.Exported() {
			continue
		}
		switch o := obj.(type) {
		case *types.Const:
			list = append(list, fmt.Sprintf("const %s %s = %s", n, types.TypeString(o.Type(), short), o.Val()))
		case *types.TypeName:
			s, ok := o.Type().Underlying().(*types.Struct)
			if !ok {
				list = append(list, fmt.Sprintf("type %s %s", n, o.Type().Underlying()))
			} else {
				list = append(list, "type "+n+" struct")
				for f := range s.Fields() {
					if f.Exported() {
						list = append(list, fmt.Sprintf("field %s.%s %s", n, f.Name(), types.TypeString(f.Type(), short)))
					}
				}
			}
			for m := range types.NewMethodSet(types.NewPointer(o.Type())).Methods() {
				if m.Obj().Exported() {
					list = append(list, text(m.Obj()))
				}
			}
		default:
			list = append(list, text(obj))
		}
	}
	return list
}

func TestErrorTexts(t *testing.T) {
	have := map[string][]error{
		"ErrorContextClosed":         {zmq.ErrorContextClosed, zmq4.ErrorContextClosed},
		"ErrorSocketClosed":          {zmq.ErrorSocketClosed, zmq4.ErrorSocketClosed},
		"ErrorMoreExpected":          {zmq.ErrorMoreExpected, zmq4.ErrorMoreExpected},
		"ErrorNotImplemented405":     {zmq.ErrorNotImplemented405, zmq4.ErrorNotImplemented405},
		"ErrorNotImplemented41":      {zmq.ErrorNotImplemented41, zmq4.ErrorNotImplemented41},
		"ErrorNotImplemented42":      {zmq.ErrorNotImplemented42, zmq4.ErrorNotImplemented42},
		"ErrorNotImplementedWindows": {zmq.ErrorNotImplementedWindows, zmq4.ErrorNotImplementedWindows},
		"ErrorNoSocket":              {zmq.ErrorNoSocket, zmq4.ErrorNoSocket},
		"ErrorNotImplemented42draft": {zmq4.ErrorNotImplemented42draft},
		"ErrorNotImplemented43":      {zmq4.ErrorNotImplemented43},
		"ErrorNotImplemented433":     {zmq4.ErrorNotImplemented433},
		"ErrorNotImplemented435":     {zmq4.ErrorNotImplemented435},
	}
	seen := 0
	for _, l := range append(list(t, "testdata/surface.txt"), list(t, "testdata/draft.txt")...) {
		m := value.FindStringSubmatch(l)
		if m == nil {
			continue
		}
		seen++
		for _, err := range have[m[1]] {
			same(t, m[1], fmt.Sprintf("%q", err), m[2])
		}
	}
	same(t, "errors in the lists", seen, len(have))
}
