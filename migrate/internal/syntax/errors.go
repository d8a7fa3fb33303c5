// SPDX-License-Identifier: Apache-2.0

package syntax

import (
	"go/ast"
	"slices"
)

// HandsErrorOn tells whether the error that a call returns beside one other result goes
// anywhere but into comparisons and the arguments of calls whose results nobody takes.
func (p *File) HandsErrorOn(call *ast.CallExpr) bool {
	as, ok := p.Statement(call).(*ast.AssignStmt)
	if !ok || len(as.Lhs) != 2 {
		_, dropped := p.Statement(call).(*ast.ExprStmt)
		return !dropped
	}
	err := p.Variable(as.Lhs[1])
	if IsBlank(as.Lhs[1]) {
		return false
	}
	if err == nil || err.IsField() || err.Parent() == p.Source.Unit.Pkg.Scope() {
		return true
	}
	on := false
	ast.Inspect(p.OutermostFunc(as), func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || p.Info.ObjectOf(id) != err || on {
			return !on
		}
		switch parent := p.Statement(id).(type) {
		case *ast.BinaryExpr:
		case *ast.AssignStmt:
			on = !slices.Contains(parent.Lhs, ast.Expr(id))
		case *ast.SwitchStmt:
		case *ast.CallExpr:
			f := p.Callee(parent)
			_, statement := p.Statement(parent).(*ast.ExprStmt)
			on = f == nil || f.FullName() != "errors.Is" && !(statement && f.Pkg() != nil && !p.code.Own[f.Pkg().Path()])
		default:
			on = true
		}
		return !on
	})
	return on
}
