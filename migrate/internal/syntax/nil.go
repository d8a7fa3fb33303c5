// SPDX-License-Identifier: Apache-2.0

package syntax

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// NameIsFree tells whether a variable of an if can be one of the block around it:
// nothing else of that name is seen there, before or after, and no goto jumps over it.
func (p *File) NameIsFree(n *ast.IfStmt, name string) bool {
	if source.Lookup(p.Source, n.Pos(), name) != nil {
		return false
	}
	siblings, i := p.Siblings(n)
	free := true
	for _, s := range siblings[i+1:] {
		ast.Inspect(s, func(m ast.Node) bool {
			id, ok := m.(*ast.Ident)
			free = free && (!ok || id.Name != name)
			return free
		})
	}
	return free && !p.jumpedOver(n)
}

// Mentions counts the mentions of a variable in a syntax tree.
func (p *File) Mentions(root ast.Node, v *types.Var) int {
	count := 0
	ast.Inspect(root, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && p.Info.ObjectOf(id) == v {
			count++
		}
		return true
	})
	return count
}

// PureArguments tells whether nothing in an expression but OpenTracing's own calls
// can have an effect or panic.
func (p *File) PureArguments(e ast.Expr) bool {
	pure := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if tv := p.Info.Types[n.Fun]; tv.IsType() {
				return true
			}
			if p.SymbolOf(n.Fun) != "" {
				return true
			}
			if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "len" {
				return true
			}
			pure = false
		case *ast.StarExpr, *ast.IndexExpr, *ast.SliceExpr, *ast.TypeAssertExpr, *ast.FuncLit:
			pure = false
		case *ast.UnaryExpr:
			pure = pure && n.Op != token.ARROW
		case *ast.BinaryExpr:
			pure = pure && n.Op != token.QUO && n.Op != token.REM
		case *ast.SelectorExpr:
			if sel := p.Info.Selections[n]; sel != nil && sel.Kind() == types.FieldVal && sel.Indirect() {
				pure = false
			}
		}
		return pure
	})
	return pure
}
