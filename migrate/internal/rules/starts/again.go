// SPDX-License-Identifier: Apache-2.0

package starts

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
)

// AskedAgain leaves out a test that a span is one where the same was just asked: what were
// different questions, such as span != nil && span.Tracer() != nil, are one of OpenTelemetry.
// It tells whether it did.
func (p *File) AskedAgain(s *plan.Site, test *ast.BinaryExpr) bool {
	span, op := p.Asks(test)
	if span == nil {
		return false
	}
	switch outer := p.Statement(test).(type) {
	case *ast.BinaryExpr:
		chain := op == token.NEQ && outer.Op == token.LAND || op == token.EQL && outer.Op == token.LOR
		if chain && ast.Unparen(outer.Y) == test && p.askedBefore(outer, span, op) {
			p.Edit(s, outer, func(r *edit.Renderer) string { return r.Text(outer.X) })
			return true
		}
	case *ast.IfStmt:
		if op == token.NEQ && p.askedAround(outer, span) {
			p.Edit(s, outer, func(r *edit.Renderer) string {
				return strings.TrimSpace(r.Splice(r.Offset(outer.Body.Lbrace)+1, r.Offset(outer.Body.Rbrace), outer.Body))
			})
			return true
		}
	}
	return false
}

// askedBefore tells whether a chain of && or || has the question among the operands
// before its last one, and nothing in between that may change the variable.
func (p *File) askedBefore(chain *ast.BinaryExpr, span *types.Var, op token.Token) bool {
	for e := ast.Unparen(chain.X); ; {
		b, ok := e.(*ast.BinaryExpr)
		operand := e
		if ok = ok && b.Op == chain.Op; ok {
			operand = b.Y
		}
		if v, asked := p.Asks(operand); v == span && asked == op {
			return true
		}
		if !ok || !p.effectless(operand) {
			return false
		}
		e = ast.Unparen(b.X)
	}
}

// askedAround tells whether an if is all that there is in another one which asks the same.
func (p *File) askedAround(inner *ast.IfStmt, span *types.Var) bool {
	block, _ := p.Parent[inner].(*ast.BlockStmt)
	outer, ok := p.Parent[block].(*ast.IfStmt)
	if !ok || len(block.List) != 1 || block != outer.Body || inner.Init != nil || inner.Else != nil || p.CommentIn(block.Lbrace, inner.Body.Lbrace) {
		return false
	}
	v, op := p.Asks(outer.Cond)
	return v == span && op == token.NEQ
}
