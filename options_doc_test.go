package zmq

import (
	"flag"
	"go/constant"
	"go/importer"
	"go/token"
	"go/types"
	"os"
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
				sockets[s.name] = opt.InGo{Default: s.value}
			}
		}
	}
	for name, row := range constants(t) {
		sockets[row] = opt.InGo{Name: name, Default: sockets[row].Default}
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
	pkg, err := importer.ForCompiler(token.NewFileSet(), "source", nil).Import("github.com/zeroth-mq/zmq")
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]string)
	for _, n := range pkg.Scope().Names() {
		c, ok := pkg.Scope().Lookup(n).(*types.Const)
		if !ok || !c.Exported() {
			continue
		}
		if named, ok := c.Type().(*types.Named); ok && named.Obj().Name() == "Opt" {
			found[n] = constant.StringVal(c.Val())
			if opt.ByName(found[n]) == nil {
				t.Errorf("%s names no option: %s", n, found[n])
			}
		}
	}
	return found
}
