// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
)

func baggageRules() []rule {
	return append(append(
		rowsFor("baggage", (*planner).spanCall, nil, "baggage", "opentracing.Span.SetBaggageItem"),
		rowsFor("baggage", (*planner).baggageItem, nil, "baggage", "opentracing.Span.BaggageItem")...),
		rowsFor("baggage", nil, nil, "baggage", "opentracing.SpanContext.ForeachBaggageItem")...)
}

// setBaggageOps keeps SetBaggageItem: OpenTelemetry's baggage belongs to a context,
// and the span's reaches every context that it is in.
func (p *planner) setBaggageOps(call *ast.CallExpr) (ast.Expr, []*op) {
	return receiverOf(call), []*op{p.keepOp(call, "SetBaggageItem")}
}

// baggageItem reads an item through the OpenTracing view of the span.
func (p *planner) baggageItem(u *use) {
	span := receiverOf(u.call)
	if span == nil || len(u.call.Args) != 1 {
		return
	}
	s := p.site(u, p.expr(span))
	s.adapter = true
	p.edit(s, u.call, func(r *renderer) string {
		return r.pkg(compatPath) + ".OpenTracingSpan(" + r.text(span) + ").BaggageItem(" + r.text(u.call.Args[0]) + ")"
	})
}
