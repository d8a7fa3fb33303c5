// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"go/types"
)

// planEscapes makes a site of every place where a span or a span context that may be nil
// goes into an empty interface. Code there may compare it with nil, assert its type, or
// print it: it gets the nil that it had.
func (rw *adapterRun) planEscapes() {
	for _, e := range rw.escapes {
		absent, helper := originContext, "spanOrNil"
		if e.kind == "SpanContext" {
			absent, helper = originContext|originNil|originUnknown, "spanContextOrNil"
		}
		p := rw.files[e.file]
		if e.from.origin&absent == 0 || p.nonNil(e.expr) || p.extractedBy(e.expr) {
			continue
		}
		s := &site{file: e.file, pos: e.expr.Pos(), symbol: "opentracing." + e.kind, rule: "nil-tests", asksNil: e.kind == "Span", exact: e.kind == "Span"}
		s.need(e.from)
		if e.from.origin&originContext != 0 && e.kind == "SpanContext" {
			s.facts |= asksRemote
		}
		rw.sites = append(rw.sites, s)
		if e.tuple {
			s.deny("expression", e.expr.Pos(), "one of several results of a call goes into an empty interface, where it may be nil")
			continue
		}
		at := e.expr
		if call, ok := p.statement(e.expr).(*ast.CallExpr); ok && p.toAny(call) {
			at = call // which a helper returns
		}
		p.wrap(s, at, func(r *renderer) string { return r.helper(helper) + "(" + r.text(e.expr) + ")" })
	}
}

// toAny tells whether a call is a conversion to any.
func (p *syntaxFile) toAny(call *ast.CallExpr) bool {
	tv := p.info.Types[call.Fun]
	if !tv.IsType() {
		return false
	}
	iface, ok := types.Unalias(tv.Type).(*types.Interface)
	return ok && iface.Empty()
}

// extractedBy tells whether an expression is a span context that was extracted without
// an error: what follows the test of that is only done then.
func (p *syntaxFile) extractedBy(e ast.Expr) bool {
	last, known := p.lastAssignment(p.variable(e), e)
	as, ok := last.(*ast.AssignStmt)
	if !known || !ok || len(as.Lhs) != 2 || len(as.Rhs) != 1 {
		return false
	}
	symbol, _ := p.calls(as.Rhs[0])
	err := p.variable(as.Lhs[1])
	if symbol != "opentracing.Tracer.Extract" || err == nil {
		return false
	}
	var inner ast.Node = e
	for n := p.parent[e]; n != nil && inner != ast.Node(as); inner, n = n, p.parent[n] {
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
				if p.asksNil(ifs.Cond, err, token.NEQ, token.LOR) && p.endsInReturn(ifs.Body) && p.setBy(err, as, ifs.Cond) {
					return true
				}
			}
		}
	}
	return false
}

// setBy tells whether a variable has at a place what a statement gave it.
func (p *syntaxFile) setBy(v *types.Var, as *ast.AssignStmt, at ast.Node) bool {
	last, known := p.lastAssignment(v, at)
	return known && last == ast.Node(as)
}
