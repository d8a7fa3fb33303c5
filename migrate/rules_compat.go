// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/types"
)

// spanContextClaims are of what compat has for code that looks into span contexts.
var spanContextClaims = []claim{{path: compatPath, name: "OTelSpanContext", shows: true}}

// identifies tells whether a call takes the IDs out of a span context by compat, as
// code does from stage 1 of a migration on.
func (p *spanContextFile) identifies(call *ast.CallExpr) bool {
	f := p.callee(call)
	return f != nil && f.FullName() == compatPath+".OTelSpanContext" && len(call.Args) == 1 && p.expr(call.Args[0]) != nil
}

// otelContext makes a site of compat.OTelSpanContext, which goes with the OpenTracing
// context that it is asked about:
//
//	sc, ok := compat.OTelSpanContext(span.Context()); ok
//
// becomes
//
//	sc := span.SpanContext(); sc.IsValid()
func (p *spanContextFile) otelContext(call *ast.CallExpr) {
	context := call.Args[0]
	s := &site{file: p.file, pos: call.Pos(), symbol: "compat.OTelSpanContext", rule: "adapters"}
	s.need(p.expr(context))
	p.sites = append(p.sites, s)
	if stmt, ok := p.statement(call).(*ast.AssignStmt); ok && p.contextVariables(s, stmt, context, false) {
		return
	}
	switch p.statement(call).(type) {
	case *ast.AssignStmt, *ast.ValueSpec, *ast.ReturnStmt:
		from := context
		if symbol, c := p.calls(context); symbol == "opentracing.Span.Context" {
			from = receiverOf(c)
		}
		if !p.repeatable(from) {
			break
		}
		p.edit(s, call, func(r *renderer) string { return r.text(context) + ", " + r.operand(context) + ".IsValid()" })
		return
	}
	s.deny("expression", call.Pos(), "compat.OTelSpanContext returns two results, for which there is no room here: put them into variables first")
}

// printedContext returns the span context whose text an expression is, or nil.
func (p *spanContextFile) printedContext(e ast.Expr) ast.Expr {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || len(call.Args) == 0 {
		return nil
	}
	f, last := p.callee(call), call.Args[len(call.Args)-1]
	if f == nil || openTracingType(p.info.TypeOf(last)) != "opentracing.SpanContext" || p.expr(last) == nil {
		return nil
	}
	switch f.FullName() {
	case "fmt.Sprint", "fmt.Sprintf":
		return last
	}
	return nil
}

// compareTexts handles a comparison of two span contexts by their texts. That of
// OpenTelemetry's says whether the context is remote, too, so an extracted one would
// differ from the one that was injected.
func (p *spanContextFile) compareTexts(e *ast.BinaryExpr, contexts ...ast.Expr) {
	s := &site{file: p.file, pos: e.Pos(), symbol: "opentracing.SpanContext", rule: "comparisons", changes: untracedTexts}
	p.sites = append(p.sites, s)
	for _, context := range contexts {
		s.need(p.expr(context))
		p.wrap(s, context, func(r *renderer) string { return r.operand(context) + ".WithRemote(false)" })
	}
}

// isCompatTracer tells whether a type is *compat.Tracer, which has OpenTelemetry's
// tracers too.
func isCompatTracer(t types.Type) bool {
	p, ok := types.Unalias(t).(*types.Pointer)
	if !ok {
		return false
	}
	n := namedOf(p.Elem())
	return n != nil && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == compatPath && n.Obj().Name() == "Tracer"
}
