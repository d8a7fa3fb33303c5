// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// asks returns the variable of a span that an expression compares with nil, or whose
// tracer or context it does: a span has both. The variable is nil for anything else.
func (p *startFile) asks(e ast.Expr) (*types.Var, token.Token) {
	b, ok := ast.Unparen(e).(*ast.BinaryExpr)
	if !ok || b.Op != token.EQL && b.Op != token.NEQ || !p.isNil(b.Y) {
		return nil, token.ILLEGAL
	}
	x := b.X
	switch symbol, call := p.calls(x); symbol {
	case "opentracing.Span.Tracer", "opentracing.Span.Context":
		x = receiverOf(call)
	}
	if softKind(p.info.TypeOf(x)) != "Span" {
		return nil, token.ILLEGAL
	}
	return p.variable(x), b.Op
}

// askedAgain leaves out a test that a span is one where the same was just asked: what were
// different questions, such as span != nil && span.Tracer() != nil, are one of OpenTelemetry.
// It tells whether it did.
func (p *startFile) askedAgain(s *site, test *ast.BinaryExpr) bool {
	span, op := p.asks(test)
	if span == nil {
		return false
	}
	switch outer := p.statement(test).(type) {
	case *ast.BinaryExpr:
		chain := op == token.NEQ && outer.Op == token.LAND || op == token.EQL && outer.Op == token.LOR
		if chain && ast.Unparen(outer.Y) == test && p.askedBefore(outer, span, op) {
			p.edit(s, outer, func(r *renderer) string { return r.text(outer.X) })
			return true
		}
	case *ast.IfStmt:
		if op == token.NEQ && p.askedAround(outer, span) {
			p.edit(s, outer, func(r *renderer) string {
				return strings.TrimSpace(r.splice(r.offset(outer.Body.Lbrace)+1, r.offset(outer.Body.Rbrace), outer.Body))
			})
			return true
		}
	}
	return false
}

// askedBefore tells whether a chain of && or || has the question among the operands
// before its last one, and nothing in between that may change the variable.
func (p *startFile) askedBefore(chain *ast.BinaryExpr, span *types.Var, op token.Token) bool {
	for e := ast.Unparen(chain.X); ; {
		b, ok := e.(*ast.BinaryExpr)
		operand := e
		if ok = ok && b.Op == chain.Op; ok {
			operand = b.Y
		}
		if v, asked := p.asks(operand); v == span && asked == op {
			return true
		}
		if !ok || !p.effectless(operand) {
			return false
		}
		e = ast.Unparen(b.X)
	}
}

// askedAround tells whether an if is all that there is in another one which asks the same.
func (p *startFile) askedAround(inner *ast.IfStmt, span *types.Var) bool {
	block, _ := p.parent[inner].(*ast.BlockStmt)
	outer, ok := p.parent[block].(*ast.IfStmt)
	if !ok || len(block.List) != 1 || block != outer.Body || inner.Init != nil || inner.Else != nil || p.commentIn(block.Lbrace, inner.Body.Lbrace) {
		return false
	}
	v, op := p.asks(outer.Cond)
	return v == span && op == token.NEQ
}
