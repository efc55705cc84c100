package opt

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// TestEveryOptionActs wants every stored value to be read somewhere outside
// this package, unless its row says that it has no effect, and then nowhere.
func TestEveryOptionActs(t *testing.T) {
	read := selectors(t, "..")
	for _, r := range Rows() {
		if r.Act || r.Absent || r.Dir&W == 0 {
			continue
		}
		v, w := Defaults(anyType(r)), Defaults(anyType(r))
		if err := r.Set(&v, anyType(r), sample(r)); err != nil {
			t.Fatal(err)
		}
		acts := false
		names := changed(reflect.ValueOf(v), reflect.ValueOf(w), "")
		for _, n := range names {
			acts = acts || read[n]
		}
		switch {
		case len(names) == 0:
			t.Errorf("%s: nothing changes", r.Name)
		case acts && r.Ignored:
			t.Errorf("%s is said to have no effect, but %v is read", r.Name, names)
		case !acts && !r.Ignored:
			t.Errorf("%s: nothing reads %v", r.Name, names)
		}
	}
}

// changed names the fields in which two values differ.
func changed(a, b reflect.Value, name string) (names []string) {
	if a.Kind() == reflect.Struct {
		for i := range a.NumField() {
			names = append(names, changed(a.Field(i), b.Field(i), a.Type().Field(i).Name)...)
		}
		return names
	}
	if name != "Mechanism" && !reflect.DeepEqual(a.Interface(), b.Interface()) {
		return []string{name}
	}
	return nil
}

// selectors are the names of all fields that the packages beside this one use.
func selectors(t *testing.T, root string) map[string]bool {
	found := make(map[string]bool)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(filepath.ToSlash(path), "/opt/") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for n := range ast.Preorder(file) {
			if s, ok := n.(*ast.SelectorExpr); ok {
				found[s.Sel.Name] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
