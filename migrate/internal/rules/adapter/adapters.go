// SPDX-License-Identifier: Apache-2.0

package adapter

import (
	"go/ast"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
)

// adapterBack makes a site of an adapter to OpenTelemetry, which goes when its span is
// one. Where that may be nil, which the adapter turns into a span that does nothing, it
// stays.
func (p *File) adapterBack(call *ast.CallExpr) {
	arg := ast.Unparen(call.Args[0])
	n := p.Expr(arg)
	if n == nil || n.Pinned() != nil {
		return
	}
	s := &plan.Site{File: p.Source, Pos: call.Pos(), Symbol: "compat.OTelSpan", Rule: "adapters", Nodes: []*flow.Node{n}}
	p.Sites = append(p.Sites, s)
	inner, ok := arg.(*ast.CallExpr)
	if n.Origin&(flow.OriginNil|flow.OriginUnknown) == 0 || ok && p.Adapts(inner) && p.madeNatively(inner.Args[0]) {
		p.Edit(s, call, func(r *edit.Renderer) string { return r.Operand(arg) })
		return
	}
	s.Adapter = true
	p.Wrap(s, arg, func(r *edit.Renderer) string {
		return r.Pkg(opentelemetry.CompatPath) + ".OpenTracingSpan(" + r.Text(arg) + ")"
	})
}

// madeNatively tells whether a span is known to be one that OpenTelemetry's API
// returned, which is never nil.
func (p *File) madeNatively(span ast.Expr) bool {
	call, ok := ast.Unparen(span).(*ast.CallExpr)
	if v := p.Variable(span); v != nil {
		last, known := p.LastAssignment(v, span)
		as, isAssign := last.(*ast.AssignStmt)
		if !known || !isAssign || len(as.Rhs) != 1 {
			return false
		}
		call, ok = ast.Unparen(as.Rhs[0]).(*ast.CallExpr)
	}
	if !ok {
		return false
	}
	f := p.Callee(call)
	return f != nil && (f.FullName() == opentelemetry.TracePath+".SpanFromContext" || f.FullName() == "("+opentelemetry.TracePath+".Tracer).Start")
}

// adapter makes a site of an adapter: it goes when what it was for is rewritten.
func (p *File) adapter(call *ast.CallExpr) {
	s := &plan.Site{File: p.Source, Pos: call.Pos(), Symbol: "compat.OpenTracingSpan", Rule: "adapters"}
	s.Need(p.Expr(call))
	sel, _ := p.Parent[call].(*ast.SelectorExpr)
	s.ShowsBaggage = sel != nil && p.SymbolOf(sel) == "opentracing.Span.Context"
	p.Sites = append(p.Sites, s)
	p.Edit(s, call, func(r *edit.Renderer) string { return r.Operand(call.Args[0]) })
}
