// SPDX-License-Identifier: Apache-2.0

package apitype

import (
	"go/ast"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
)

// mockSpan handles an assertion in a test on the twin of mocktracer, which finds the MockSpan
// of an OpenTelemetry span, too:
//
//	span.(*mocktracer.MockSpan).Tag("user")
//	span.Context().(mocktracer.MockSpanContext).SpanID
//
// becomes
//
//	mocktracer.SpanOf(span).Tag("user")
//	mocktracer.SpanOf(span).SpanContext.SpanID
//
// It tells whether it is one that it knows.
func (p *File) mockSpan(s *plan.Site, e *ast.TypeAssertExpr) bool {
	if tuple, ok := p.Info.TypeOf(e).(*types.Tuple); ok && tuple.Len() == 2 {
		return false // whether it holds is asked
	}
	t := p.Info.TypeOf(e.Type)
	if opentelemetry.IsTwinMockSpan(t) && opentracing.SoftKind(p.Info.TypeOf(e.X)) == "Span" {
		p.Edit(s, e, func(r *edit.Renderer) string {
			return r.Pkg(opentelemetry.MockTwinPath) + ".SpanOf(" + r.Text(e.X) + ")"
		})
		return true
	}
	span := p.ContextCall(e.X)
	if span == nil || !opentelemetry.IsTwinMockContext(t) {
		return false
	}
	p.Take(s, p.UseOf(ast.Unparen(e.X).(*ast.CallExpr).Fun))
	p.Edit(s, e, func(r *edit.Renderer) string {
		return r.Pkg(opentelemetry.MockTwinPath) + ".SpanOf(" + r.Text(span) + ").SpanContext"
	})
	return true
}
