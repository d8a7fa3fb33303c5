// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"sync"
	"testing"

	"golang.org/x/tools/go/packages"
)

// snippetImports are the packages that a snippet may import, by path.
var snippetImports = sync.OnceValues(func() (map[string]*types.Package, error) {
	cfg := &packages.Config{Mode: packages.NeedName | packages.NeedTypes | packages.NeedImports | packages.NeedDeps}
	all, err := packages.Load(cfg, "context", "fmt", "net/http", "slices", "sync", "github.com/opentracing/opentracing-go", "github.com/opentracing/opentracing-go/ext")
	byPath := make(map[string]*types.Package)
	for _, pkg := range all {
		byPath[pkg.PkgPath] = pkg.Types
	}
	return byPath, err
})

// A snippet is a file whose syntax, types and flow groups can be asked.
type snippet struct {
	*planner
	syntax *ast.File
}

// newSnippet type-checks declarations that use context, fmt, net/http, slices, sync,
// opentracing and ext.
func newSnippet(t *testing.T, declarations string) *snippet {
	t.Helper()
	imports, err := snippetImports()
	if err != nil {
		t.Fatal(err)
	}
	src := `package p

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
)

var (
	_ context.Context
	_ = fmt.Sprint
	_ http.Header
	_ = slices.Contains[[]int]
	_ sync.Mutex
	_ opentracing.Span
	_ = ext.Error
)

` + declarations
	fset := token.NewFileSet()
	syntax, err := parser.ParseFile(fset, "p.go", src, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{
		Types: make(map[ast.Expr]types.TypeAndValue), Defs: make(map[*ast.Ident]types.Object), Uses: make(map[*ast.Ident]types.Object),
		Implicits: make(map[ast.Node]types.Object), Selections: make(map[*ast.SelectorExpr]*types.Selection),
		Scopes: make(map[ast.Node]*types.Scope), Instances: make(map[*ast.Ident]types.Instance),
	}
	cfg := &types.Config{Importer: importerFunc(func(path string) (*types.Package, error) { return imports[path], nil })}
	pkg, err := cfg.Check("p", fset, []*ast.File{syntax}, info)
	if err != nil {
		t.Fatal(err)
	}
	u := &unit{path: "p", pkg: pkg, info: info, wanted: true}
	f := &sourceFile{name: "p.go", syntax: syntax, src: []byte(src), disk: []byte(src), unit: u}
	u.files = []*sourceFile{f}
	rw := newRewriter(fset, []*unit{u}, &FixOptions{})
	rw.build()
	p := newPlanner(rw, f)
	p.parents(func(ast.Node) {})
	return &snippet{planner: p, syntax: syntax}
}

// call returns the first call of a function.
func (s *snippet) call(t *testing.T, name string) (found *ast.CallExpr) {
	t.Helper()
	ast.Inspect(s.syntax, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && found == nil {
			if id := calledIdent(call.Fun); id != nil && id.Name == name {
				found = call
			}
		}
		return found == nil
	})
	if found == nil {
		t.Fatalf("there is no call of %s", name)
	}
	return found
}

// nilTest returns the first comparison with nil.
func (s *snippet) nilTest(t *testing.T) (found *ast.BinaryExpr) {
	t.Helper()
	ast.Inspect(s.syntax, func(n ast.Node) bool {
		if e, ok := n.(*ast.BinaryExpr); ok && found == nil && s.info.Types[e.Y].IsNil() {
			found = e
		}
		return found == nil
	})
	if found == nil {
		t.Fatal("there is no comparison with nil")
	}
	return found
}
