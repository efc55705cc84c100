package dropin

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

// Surface has every exported name of one package in another, with the same type,
// and no name besides, but for those that are known to be more. It returns how many
// there are.
func Surface(t *testing.T, theirs, ours string, more ...string) int {
	t.Helper()
	want, got := surface(t, theirs), surface(t, ours)
	for _, name := range want {
		if !slices.Contains(got, name) {
			t.Errorf("%s lacks %s", ours, name)
		}
	}
	for _, name := range got {
		if !slices.Contains(want, name) && !slices.Contains(more, name) {
			t.Errorf("%s has %s besides", ours, name)
		}
	}
	return len(want)
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
	pkg, err := doc.NewFromFiles(fset, files, found.Name)
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
		names = append(names, members(fset, typ)...)
		values("const", typ.Consts)
		values("var", typ.Vars)
		functions(typ.Funcs)
		functions(typ.Methods)
	}
	return names
}

// members lists what a type is made of: the exported fields of a struct, the methods of
// an interface, or the type that it is.
func members(fset *token.FileSet, typ *doc.Type) (names []string) {
	for _, spec := range typ.Decl.Specs {
		spec, ok := spec.(*ast.TypeSpec)
		if !ok || spec.Name.Name != typ.Name {
			continue
		}
		switch x := spec.Type.(type) {
		case *ast.StructType:
			for _, f := range x.Fields.List {
				for _, n := range f.Names {
					if n.IsExported() {
						names = append(names, "field "+typ.Name+"."+n.Name+" "+text(fset, f.Type))
					}
				}
			}
		case *ast.InterfaceType:
			for _, f := range x.Methods.List {
				for _, n := range f.Names {
					if m, ok := f.Type.(*ast.FuncType); ok && n.IsExported() {
						names = append(names, "method "+typ.Name+"."+n.Name+signature(fset, m))
					}
				}
			}
		default:
			names = append(names, "type "+typ.Name+" "+text(fset, x))
		}
	}
	return names
}

func text(fset *token.FileSet, x ast.Node) string {
	var b strings.Builder
	if err := printer.Fprint(&b, fset, x); err != nil {
		return err.Error()
	}
	return strings.Join(strings.Fields(strings.ReplaceAll(b.String(), "interface{}", "any")), " ")
}

// signature writes the types of a function's parameters and results, without
// their names.
func signature(fset *token.FileSet, f *ast.FuncType) string {
	list := func(fields *ast.FieldList) string {
		var all []string
		if fields != nil {
			for _, field := range fields.List {
				for range max(1, len(field.Names)) {
					all = append(all, text(fset, bare(field.Type)))
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
