// SPDX-License-Identifier: Apache-2.0

// Package snippet type-checks a few declarations, for tests that ask questions about them.
package snippet

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/packages"

	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// exports has the files with the export data of what a snippet may import, and of what that
// needs, by path.
var exports = sync.OnceValues(func() (map[string]string, error) {
	cfg := &packages.Config{Mode: packages.NeedName | packages.NeedExportFile | packages.NeedImports | packages.NeedDeps}
	roots, err := packages.Load(cfg, "context", "fmt", "net/http", "slices", "sync", "github.com/opentracing/opentracing-go", "github.com/opentracing/opentracing-go/ext",
		"go.opentelemetry.io/otel/attribute", "go.opentelemetry.io/otel/trace")
	byPath := make(map[string]string)
	packages.Visit(roots, nil, func(pkg *packages.Package) { byPath[pkg.PkgPath] = pkg.ExportFile })
	return byPath, err
})

// A Snippet is a package of one file.
type Snippet struct {
	Fset *token.FileSet
	Unit *source.Unit
	File *source.File
}

// New type-checks declarations that use context, fmt, net/http, slices, sync, opentracing
// and ext, and of OpenTelemetry's attribute and trace those that it imports. A test that
// gives it others fails.
func New(t testing.TB, declarations string, imports ...string) *Snippet {
	t.Helper()
	files, err := exports()
	if err != nil {
		t.Fatal(err)
	}
	var more strings.Builder
	for _, path := range imports {
		fmt.Fprintf(&more, "\t%q\n", path)
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
` + more.String() + `)

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
	cfg := &types.Config{Importer: importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(files[path]) })}
	pkg, err := cfg.Check("p", fset, []*ast.File{syntax}, info)
	if err != nil {
		t.Fatal(err)
	}
	u := &source.Unit{Path: "p", Pkg: pkg, Info: info, Wanted: true}
	f := &source.File{Name: "p.go", Syntax: syntax, Src: []byte(src), Disk: []byte(src), Unit: u}
	u.Files = []*source.File{f}
	return &Snippet{Fset: fset, Unit: u, File: f}
}

// Call returns the first call of a function that has a name.
func (s *Snippet) Call(t testing.TB, name string) (found *ast.CallExpr) {
	t.Helper()
	ast.Inspect(s.File.Syntax, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && found == nil {
			if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok && id.Name == name {
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

// NilTest returns the first comparison with nil.
func (s *Snippet) NilTest(t testing.TB) (found *ast.BinaryExpr) {
	t.Helper()
	ast.Inspect(s.File.Syntax, func(n ast.Node) bool {
		if e, ok := n.(*ast.BinaryExpr); ok && found == nil && s.Unit.Info.Types[e.Y].IsNil() {
			found = e
		}
		return found == nil
	})
	if found == nil {
		t.Fatal("there is no comparison with nil")
	}
	return found
}

// Object returns what a declaration names.
func (s *Snippet) Object(t testing.TB, name string) types.Object {
	t.Helper()
	for id, obj := range s.Unit.Info.Defs {
		if id.Name == name && obj != nil {
			return obj
		}
	}
	t.Fatalf("nothing is named %s", name)
	return nil
}
