// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
)

func baggageRules() []rule {
	return append(append(
		rowsFor("baggage", (*planner).spanCall, nil, "baggage", "opentracing.Span.SetBaggageItem"),
		rowsFor("baggage", nil, nil, "baggage", "opentracing.Span.BaggageItem")...),
		rowsFor("baggage", nil, nil, "baggage", "opentracing.SpanContext.ForeachBaggageItem")...)
}

// setBaggageOps refuses SetBaggageItem: OpenTelemetry's baggage belongs to a context,
// while the span's reaches every context that it is in.
func (p *planner) setBaggageOps(call *ast.CallExpr) (ast.Expr, []*op) {
	return receiverOf(call), []*op{{refusal: &pin{"baggage", call.Pos(), "the item belongs to the span; OpenTelemetry's baggage belongs to a context"}}}
}
