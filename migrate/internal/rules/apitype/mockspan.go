// SPDX-License-Identifier: Apache-2.0

package apitype

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
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
	t := p.Info.TypeOf(e.Type)
	if tuple, ok := p.Info.TypeOf(e).(*types.Tuple); ok && tuple.Len() == 2 {
		return opentelemetry.IsTwinMockSpan(t) && opentracing.SoftKind(p.Info.TypeOf(e.X)) == "Span" && p.askedMockSpan(s, e)
	}
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

// askedMockSpan handles an assertion that is asked whether it holds:
//
//	mock, ok := span.(*mocktracer.MockSpan)
//
// becomes
//
//	mock := mocktracer.SpanOf(span)
//	ok := mock != nil
//
// or the test of an if, where ok is that alone. It tells whether it is one of these.
func (p *File) askedMockSpan(s *plan.Site, e *ast.TypeAssertExpr) bool {
	as, ok := p.Statement(e).(*ast.AssignStmt)
	if !ok || len(as.Lhs) != 2 || len(as.Rhs) != 1 {
		return false
	}
	mock, holds := as.Lhs[0], as.Lhs[1]
	value := func(r *edit.Renderer) string {
		return r.Pkg(opentelemetry.MockTwinPath) + ".SpanOf(" + r.Text(e.X) + ")"
	}
	if n, ok := p.Parent[as].(*ast.IfStmt); ok && n.Init == as {
		v := p.Variable(holds)
		if v == nil || as.Tok != token.DEFINE || syntax.IsBlank(mock) || p.Variable(n.Cond) != v || p.Mentions(n, v) != 2 {
			return false
		}
		p.Edit(s, as, func(r *edit.Renderer) string { return r.Text(mock) + " := " + value(r) })
		p.Edit(s, n.Cond, func(r *edit.Renderer) string { return r.Text(mock) + " != nil" })
		return true
	}
	if list, _ := p.Siblings(as); list == nil || !syntax.IsBlank(mock) && !p.Repeatable(mock) {
		return false
	}
	p.Edit(s, as, func(r *edit.Renderer) string {
		switch {
		case syntax.IsBlank(holds):
			return r.Text(mock) + p.assigns(as, mock) + value(r)
		case syntax.IsBlank(mock):
			return r.Text(holds) + p.assigns(as, holds) + value(r) + " != nil"
		}
		return r.Text(mock) + p.assigns(as, mock) + value(r) + "\n" + r.Text(holds) + p.assigns(as, holds) + r.Text(mock) + " != nil"
	})
	return true
}

// assigns returns how one of the variables of an assignment gets its value alone.
func (p *File) assigns(as *ast.AssignStmt, to ast.Expr) string {
	if id, ok := to.(*ast.Ident); ok && as.Tok == token.DEFINE && p.Info.Defs[id] != nil {
		return " := "
	}
	return " = "
}
