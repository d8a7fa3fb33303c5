// SPDX-License-Identifier: Apache-2.0

package source

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"

	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
)

// EachCall calls visit with each call in a file, and where it is. The file needs no types:
// nameOf returns what a selector of a package is, with the package's import path, as in
// "go.opentelemetry.io/otel.Tracer", and "" for anything else. A file that does not parse
// has no calls.
func EachCall(name string, visit func(call *ast.CallExpr, at token.Position, nameOf func(ast.Expr) string)) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, nil, 0)
	if err != nil {
		return
	}
	imported := make(map[string]string)
	for _, spec := range file.Imports {
		written := SpecOf(spec)
		imported[cmp.Or(written.Name, opentelemetry.BaseName(written.Path))] = written.Path
	}
	nameOf := func(e ast.Expr) string {
		if sel, ok := e.(*ast.SelectorExpr); ok {
			// An identifier that the file itself declares is resolved.
			if id, ok := sel.X.(*ast.Ident); ok && id.Obj == nil && imported[id.Name] != "" {
				return imported[id.Name] + "." + sel.Sel.Name
			}
		}
		return ""
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			visit(call, fset.PositionFor(call.Pos(), false), nameOf)
		}
		return true
	})
}

// CallsIn returns where a file calls a function of another package, as EachCall tells.
func CallsIn(name, importPath, function string) (places []token.Position) {
	EachCall(name, func(call *ast.CallExpr, at token.Position, nameOf func(ast.Expr) string) {
		if nameOf(call.Fun) == importPath+"."+function {
			places = append(places, at)
		}
	})
	return places
}
