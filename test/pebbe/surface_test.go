package pebbe_test

import (
	"go/ast"
	"go/build"
	"go/doc"
	"go/parser"
	"go/printer"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestSurface has every exported name of both packages there, with the same
// type, in ours; and the replacement's files as its generator writes them.
func TestSurface(t *testing.T) {
	module := strings.TrimSpace(command(t, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/pebbe/zmq4"))
	for _, folder := range []string{"", "draft"} {
		theirs := surface(t, filepath.Join(module, folder))
		ours := surface(t, filepath.Join("../../compat/pebbe/zmq4", folder))
		if len(theirs) < 200 {
			t.Errorf("only %d names in %q", len(theirs), folder)
		}
		for _, name := range theirs {
			if !slices.Contains(ours, name) {
				t.Errorf("%s/ lacks %s", folder, name)
			}
		}
		for _, name := range ours {
			if !slices.Contains(theirs, name) {
				t.Errorf("%s/ has %s besides", folder, name)
			}
		}
	}
}

func TestGenerated(t *testing.T) {
	command(t, "go", "-C", "../../compat/pebbe/zmq4/replace", "run", "../../../forward/main.go", "-check", "github.com/zeroth-mq/zmq/compat/pebbe/zmq4", "draft")
}

// surface lists what a package exports for Linux: the names of constants and
// variables, and functions, methods and fields with their types.
func surface(t *testing.T, dir string) (names []string) {
	t.Helper()
	c := build.Default
	c.GOOS, c.CgoEnabled = "linux", true
	found, err := c.ImportDir(dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range slices.Concat(found.GoFiles, found.CgoFiles) {
		f, err := parser.ParseFile(fset, filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	pkg, err := doc.NewFromFiles(fset, files, "zmq4")
	if err != nil {
		t.Fatal(err)
	}
	values := func(word string, all []*doc.Value) {
		for _, v := range all {
			for _, n := range v.Names {
				if ast.IsExported(n) {
					names = append(names, word+" "+n)
				}
			}
		}
	}
	functions := func(all []*doc.Func) {
		for _, f := range all {
			if ast.IsExported(f.Name) {
				names = append(names, "func "+f.Recv+"."+f.Name+signature(fset, f.Decl.Type))
			}
		}
	}
	values("const", pkg.Consts)
	values("var", pkg.Vars)
	functions(pkg.Funcs)
	for _, typ := range pkg.Types {
		names = append(names, "type "+typ.Name)
		values("const", typ.Consts)
		values("var", typ.Vars)
		functions(typ.Funcs)
		functions(typ.Methods)
	}
	return names
}

// signature writes the types of a function's parameters and results, without
// their names.
func signature(fset *token.FileSet, f *ast.FuncType) string {
	list := func(fields *ast.FieldList) string {
		var all []string
		if fields != nil {
			for _, field := range fields.List {
				var typ strings.Builder
				if err := printer.Fprint(&typ, fset, bare(field.Type)); err != nil {
					return err.Error()
				}
				for range max(1, len(field.Names)) {
					all = append(all, strings.ReplaceAll(typ.String(), "interface{}", "any"))
				}
			}
		}
		return "(" + strings.Join(all, ", ") + ")"
	}
	return list(f.Params) + " " + list(f.Results)
}

// bare is a type without the names of its parameters, if it is a function.
func bare(x ast.Expr) ast.Expr {
	f, ok := x.(*ast.FuncType)
	if !ok {
		return x
	}
	strip := func(l *ast.FieldList) *ast.FieldList {
		if l == nil {
			return nil
		}
		out := &ast.FieldList{}
		for _, field := range l.List {
			for range max(1, len(field.Names)) {
				out.List = append(out.List, &ast.Field{Type: field.Type})
			}
		}
		return out
	}
	return &ast.FuncType{Params: strip(f.Params), Results: strip(f.Results)}
}
