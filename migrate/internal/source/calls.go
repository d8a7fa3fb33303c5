// SPDX-License-Identifier: Apache-2.0

package source

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
)

// CallsIn returns where a file calls a function of another package, of which the file needs
// no types: by the name under which it imports the package, where nothing else has it.
func CallsIn(name, importPath, function string) (places []token.Position) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, nil, 0)
	if err != nil {
		return nil
	}
	as := ""
	for _, spec := range file.Imports {
		if written := SpecOf(spec); written.Path == importPath {
			as = cmp.Or(written.Name, path.Base(importPath))
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == function {
			// An identifier that the file itself declares is resolved.
			if id, ok := sel.X.(*ast.Ident); ok && id.Name == as && id.Obj == nil {
				places = append(places, fset.PositionFor(call.Pos(), false))
			}
		}
		return true
	})
	return places
}
