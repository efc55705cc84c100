package zmq

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/zeroth-mq/zmq/internal/opt"
)

const optionsDoc = "docs/options.md"

// TestOptionsDoc makes docs/options.md of the option table and the constants of
// this package, and compares.
func TestOptionsDoc(t *testing.T) {
	sockets := map[string]opt.InGo{"SUBSCRIBE": {Name: "Socket.Subscribe"}, "UNSUBSCRIBE": {Name: "Socket.Unsubscribe"}, "TYPE": {Name: "Socket.Type"}}
	for typ := Pair; opt.TypeName(int(typ)) != ""; typ++ {
		for _, o := range defaults(typ) {
			if s, ok := o.(setting); ok {
				of := sockets[s.name].Of
				if s.name == "SNDTIMEO" { // else it is meant for all that have it
					of = strings.TrimPrefix(of+" and "+typ.String(), " and ")
				}
				sockets[s.name] = opt.InGo{Default: s.value(), Of: of}
			}
		}
	}
	for name, row := range constants(t) {
		sockets[row] = opt.InGo{Name: name, Default: sockets[row].Default, Of: sockets[row].Of}
	}
	text := opt.Markdown(sockets, map[string]opt.InGo{"MAX_SOCKETS": {Name: "Context.SetMaxSockets", Default: "no limit"}})
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(optionsDoc, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	file, err := os.ReadFile(optionsDoc)
	if err != nil {
		t.Fatal(err)
	}
	if strings.ReplaceAll(string(file), "\r\n", "\n") != text {
		t.Errorf("%s is out of date; run: go generate .", optionsDoc)
	}
}

// constants gives the name of each Opt in this package, and its option.
func constants(t *testing.T) map[string]string {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]string)
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for n := range ast.Preorder(file) {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || !isOpt(spec.Type) {
				continue
			}
			row, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil || opt.ByName(row) == nil {
				t.Errorf("%s names no option: %s", spec.Names[0].Name, row)
			}
			if spec.Names[0].IsExported() {
				found[spec.Names[0].Name] = row
			}
		}
	}
	return found
}

func isOpt(typ ast.Expr) bool {
	generic, ok := typ.(*ast.IndexExpr)
	if !ok {
		return false
	}
	name, ok := generic.X.(*ast.Ident)
	return ok && name.Name == "Opt"
}
