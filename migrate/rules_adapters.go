// SPDX-License-Identifier: Apache-2.0

package migrate

import "go/ast"

// adapterBack makes a site of an adapter to OpenTelemetry, which goes when its span is
// one. Where that may be nil, which the adapter turns into a span that does nothing, it
// stays.
func (p *adapterFile) adapterBack(call *ast.CallExpr) {
	arg := ast.Unparen(call.Args[0])
	n := p.expr(arg)
	if n == nil || n.pinned() != nil {
		return
	}
	s := &site{file: p.file, pos: call.Pos(), symbol: "compat.OTelSpan", rule: "adapters", nodes: []*node{n}}
	p.sites = append(p.sites, s)
	inner, ok := arg.(*ast.CallExpr)
	if n.origin&(originNil|originUnknown) == 0 || ok && p.adapts(inner) && p.madeNatively(inner.Args[0]) {
		p.edit(s, call, func(r *renderer) string { return r.operand(arg) })
		return
	}
	s.adapter = true
	p.wrap(s, arg, func(r *renderer) string {
		return r.pkg(compatPath) + ".OpenTracingSpan(" + r.text(arg) + ")"
	})
}

// madeNatively tells whether a span is known to be one that OpenTelemetry's API
// returned, which is never nil.
func (p *adapterFile) madeNatively(span ast.Expr) bool {
	call, ok := ast.Unparen(span).(*ast.CallExpr)
	if v := p.variable(span); v != nil {
		last, known := p.lastAssignment(v, span)
		as, isAssign := last.(*ast.AssignStmt)
		if !known || !isAssign || len(as.Rhs) != 1 {
			return false
		}
		call, ok = ast.Unparen(as.Rhs[0]).(*ast.CallExpr)
	}
	if !ok {
		return false
	}
	f := p.callee(call)
	return f != nil && (f.FullName() == tracePath+".SpanFromContext" || f.FullName() == "("+tracePath+".Tracer).Start")
}

// adapter makes a site of an adapter: it goes when what it was for is rewritten.
func (p *adapterFile) adapter(call *ast.CallExpr) {
	s := &site{file: p.file, pos: call.Pos(), symbol: "compat.OpenTracingSpan", rule: "adapters"}
	s.need(p.expr(call))
	sel, _ := p.parent[call].(*ast.SelectorExpr)
	s.showsBaggage = sel != nil && p.symbolOf(sel) == "opentracing.Span.Context"
	p.sites = append(p.sites, s)
	p.edit(s, call, func(r *renderer) string { return r.operand(call.Args[0]) })
}
