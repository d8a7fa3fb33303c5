// SPDX-License-Identifier: Apache-2.0

package syntax

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

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

// calculations are the builtin functions that only calculate.
var calculations = []string{"cap", "complex", "imag", "len", "max", "min", "real"}

// PureArguments tells whether nothing in an expression but OpenTracing's own calls
// can have an effect or panic.
func (p *File) PureArguments(e ast.Expr) bool { return p.pure(e, false) }

// OnlyReads tells whether nothing in an expression but OpenTracing's own calls can have an
// effect, apart from a panic.
func (p *File) OnlyReads(e ast.Expr) bool { return p.pure(e, true) }

func (p *File) pure(e ast.Expr, panics bool) bool {
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
			if id, ok := n.Fun.(*ast.Ident); ok && p.Info.Types[id].IsBuiltin() && slices.Contains(calculations, id.Name) {
				return true
			}
			pure = false
		case *ast.FuncLit:
			pure = false
		case *ast.StarExpr, *ast.IndexExpr, *ast.SliceExpr, *ast.TypeAssertExpr:
			pure = panics
		case *ast.UnaryExpr:
			pure = n.Op != token.ARROW
		case *ast.BinaryExpr:
			pure = panics || n.Op != token.QUO && n.Op != token.REM
		case *ast.SelectorExpr:
			if sel := p.Info.Selections[n]; sel != nil && sel.Kind() == types.FieldVal && sel.Indirect() {
				pure = panics
			}
		}
		return pure
	})
	return pure
}
