// SPDX-License-Identifier: Apache-2.0

package spancontext

import (
	"go/ast"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/spans"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// Claims are of what compat has for code that looks into span contexts.
var Claims = []flow.Claim{{Path: opentelemetry.CompatPath, Name: "OTelSpanContext", Shows: true}}

// identifies tells whether a call takes the IDs out of a span context by compat, as
// code does from stage 1 of a migration on.
func (p *File) identifies(call *ast.CallExpr) bool {
	f := p.Callee(call)
	return opentelemetry.IsCompatFunc(f, "OTelSpanContext") && len(call.Args) == 1 && p.Expr(call.Args[0]) != nil
}

// otelContext makes a site of compat.OTelSpanContext, which goes with the OpenTracing
// context that it is asked about:
//
//	sc, ok := compat.OTelSpanContext(span.Context()); ok
//
// becomes
//
//	sc := span.SpanContext(); sc.IsValid()
func (p *File) otelContext(call *ast.CallExpr) {
	context := call.Args[0]
	s := &plan.Site{File: p.Source, Pos: call.Pos(), Symbol: "compat.OTelSpanContext", Rule: "adapters"}
	s.Need(p.Expr(context))
	p.Sites = append(p.Sites, s)
	if stmt, ok := p.Statement(call).(*ast.AssignStmt); ok && p.contextVariables(s, stmt, context, false) {
		return
	}
	switch p.Statement(call).(type) {
	case *ast.AssignStmt, *ast.ValueSpec, *ast.ReturnStmt:
		from := context
		if symbol, c := p.Calls(context); symbol == "opentracing.Span.Context" {
			from = syntax.ReceiverOf(c)
		}
		if !p.Repeatable(from) {
			break
		}
		p.Edit(s, call, func(r *edit.Renderer) string { return r.Text(context) + ", " + r.Operand(context) + ".IsValid()" })
		return
	}
	s.Deny(spans.RefusedExpression, call.Pos(), "compat.OTelSpanContext returns two results: assign them to variables first")
}

// PrintedContext returns the span context whose text an expression is, or nil.
func (p *File) PrintedContext(e ast.Expr) ast.Expr {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || len(call.Args) == 0 {
		return nil
	}
	f, last := p.Callee(call), call.Args[len(call.Args)-1]
	if f == nil || opentracing.OpenTracingType(p.Info.TypeOf(last)) != "opentracing.SpanContext" || p.Expr(last) == nil {
		return nil
	}
	switch f.FullName() {
	case "fmt.Sprint", "fmt.Sprintf":
		return last
	}
	return nil
}

// CompareTexts handles a comparison of two span contexts by their texts. That of
// OpenTelemetry's says whether the context is remote, too, so an extracted one would
// differ from the one that was injected.
func (p *File) CompareTexts(e *ast.BinaryExpr, contexts ...ast.Expr) {
	s := &plan.Site{File: p.Source, Pos: e.Pos(), Symbol: "opentracing.SpanContext", Rule: "comparisons", Changes: plan.UntracedTexts}
	p.Sites = append(p.Sites, s)
	for _, context := range contexts {
		s.Need(p.Expr(context))
		p.Wrap(s, context, func(r *edit.Renderer) string { return r.Operand(context) + ".WithRemote(false)" })
	}
}
