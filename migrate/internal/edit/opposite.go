// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"go/ast"
	"go/token"
)

// Opposite is the text of a function that takes a request, and returns the opposite of what
// another one does: the same literal with its result negated, where it only returns one.
func (r *Renderer) Opposite(predicate ast.Expr) string {
	if lit, ok := ast.Unparen(predicate).(*ast.FuncLit); ok && len(lit.Body.List) == 1 {
		if ret, ok := lit.Body.List[0].(*ast.ReturnStmt); ok && len(ret.Results) == 1 {
			e := ret.Results[0]
			return r.Text(lit.Type) + r.between(lit.Type.End(), e.Pos()) + r.not(e) + r.between(e.End(), lit.End())
		}
	}
	return "func(r *" + r.Pkg("net/http") + ".Request) bool { return !" + r.Operand(predicate) + "(r) }"
}

// between is the source between two nodes, which has no edits.
func (r *Renderer) between(from, to token.Pos) string {
	return string(r.Source.Src[r.Offset(from):r.Offset(to)])
}

// opposites are the operators with which a comparison is negated, and a list of negated
// comparisons is joined. Numbers that are not numbers are neither less nor greater.
var opposites = map[token.Token]token.Token{
	token.EQL: token.NEQ, token.NEQ: token.EQL, token.LAND: token.LOR, token.LOR: token.LAND,
}

// not is the text of a condition, negated.
func (r *Renderer) not(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return r.not(e.X)
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			return r.Text(ast.Unparen(e.X))
		}
	case *ast.BinaryExpr:
		if !isJoined(e, e.Op) {
			return "!(" + r.Text(e) + ")"
		}
		op := opposites[e.Op].String()
		x, y := r.Text(e.X), r.Text(e.Y)
		if e.Op == token.LAND || e.Op == token.LOR {
			x, y = r.not(e.X), r.not(e.Y)
		}
		return x + r.between(e.X.End(), e.OpPos) + op + r.between(e.OpPos+token.Pos(len(op)), e.Y.Pos()) + y
	}
	return "!" + r.Text(e)
}

// isJoined tells whether a condition reads well with each of its parts negated: a comparison,
// or such and simple ones that the operator joins.
func isJoined(e ast.Expr, op token.Token) bool {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		switch e.Op {
		case token.EQL, token.NEQ:
			return true
		case token.LAND, token.LOR:
			return e.Op == op && isJoined(e.X, op) && isJoined(e.Y, op)
		}
		return false
	case *ast.UnaryExpr:
		_, binary := ast.Unparen(e.X).(*ast.BinaryExpr)
		return e.Op == token.NOT && !binary
	case *ast.ParenExpr:
		return false
	}
	return true
}
