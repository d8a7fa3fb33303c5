// SPDX-License-Identifier: Apache-2.0

package syntax

import (
	"go/ast"
	"go/token"
	"go/types"
)

// ExtractedBy tells whether an expression is a span context that was extracted without
// an error: what follows the test of that is only done then.
func (p *File) ExtractedBy(e ast.Expr) bool {
	last, known := p.LastAssignment(p.Variable(e), e)
	as, ok := last.(*ast.AssignStmt)
	if !known || !ok || len(as.Lhs) != 2 || len(as.Rhs) != 1 {
		return false
	}
	symbol, _ := p.Calls(as.Rhs[0])
	err := p.Variable(as.Lhs[1])
	if symbol != "opentracing.Tracer.Extract" || err == nil {
		return false
	}
	var inner ast.Node = e
	for n := p.Parent[e]; n != nil && inner != ast.Node(as); inner, n = n, p.Parent[n] {
		switch n := n.(type) {
		case *ast.IfStmt:
			if n.Body == inner && p.asksNil(n.Cond, err, token.EQL, token.LAND) && p.setBy(err, as, n.Cond) {
				return true
			}
		case *ast.BlockStmt:
			for _, stmt := range n.List {
				ifs, ok := stmt.(*ast.IfStmt)
				if stmt.Pos() < as.End() || stmt.Pos() >= e.Pos() || !ok {
					continue
				}
				if p.asksNil(ifs.Cond, err, token.NEQ, token.LOR) && p.EndsInReturn(ifs.Body) && p.setBy(err, as, ifs.Cond) {
					return true
				}
			}
		}
	}
	return false
}

// setBy tells whether a variable has at a place what a statement gave it.
func (p *File) setBy(v *types.Var, as *ast.AssignStmt, at ast.Node) bool {
	last, known := p.LastAssignment(v, at)
	return known && last == ast.Node(as)
}
