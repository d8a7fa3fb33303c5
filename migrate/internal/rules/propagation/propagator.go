// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"go/ast"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// A propagator is what takes the place of a tracer in an Inject or Extract: the global one,
// or where the tracer may be one that stays OpenTracing, that of the tracer.
type propagator struct {
	helper string
	tracer func(r *edit.Renderer) string // nil for the global propagator
	// foreign says that the tracer may be one that compat did not make.
	foreign bool
}

func (o propagator) text(r *edit.Renderer) string {
	if o.tracer == nil {
		return r.Pkg(opentelemetry.OTelPath) + ".GetTextMapPropagator()"
	}
	return r.Helper(o.helper) + "(" + o.tracer(r) + ")"
}

// propagator takes the tracer of an Inject or Extract.
func (p *File) propagator(s *plan.Site, call *ast.CallExpr) (made propagator) {
	made.helper = "propagatorOf"
	switch p.SymbolOf(call.Args[len(call.Args)-2]) {
	case "opentracing.TextMap", "opentracing.Binary":
		made.helper = "textMapPropagatorOf"
	}
	tracer := syntax.ReceiverOf(call)
	symbol, asked := p.Calls(tracer)
	switch symbol {
	case "opentracing.GlobalTracer":
		p.Take(s, p.UseOf(asked.Fun))
		return made
	case "opentracing.Span.Tracer":
		span := syntax.ReceiverOf(asked)
		p.Take(s, p.UseOf(asked.Fun))
		s.Need(p.Expr(span))
		p.TakeAll(s, span)
		if p.Run.MayBeLegacy(p.Source, p.Expr(span)) && p.PureArguments(span) {
			made.tracer = func(r *edit.Renderer) string { return p.TracerOf(r, span) }
			made.foreign = p.Run.MayBeForeign(p.Source, p.Expr(span))
		}
		return made
	}
	n := p.TracerNode(tracer)
	s.Need(n)
	if p.Run.MayBeLegacy(p.Source, n) {
		made.tracer = func(r *edit.Renderer) string { return r.Text(tracer) }
		made.foreign = p.Run.MayBeForeign(p.Source, n)
		return made
	}
	v := p.Variable(tracer)
	fn := p.EnclosingFunc(tracer)
	if v == nil || v.IsField() || fn == nil || p.Parameter(fn, tracer) {
		return made
	}
	p.DropVariable(s, v, fn)
	return made
}
