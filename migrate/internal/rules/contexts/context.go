// SPDX-License-Identifier: Apache-2.0

package contexts

import (
	"cmp"
	"go/ast"
	"go/token"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

func (p *File) contextRows() []plan.Rule {
	return append(append(
		plan.RowsFor("context", p.spanFromContext, p.sameFunction, plan.RefusedMethodValue, "opentracing.SpanFromContext"),
		plan.RowsFor("context", p.contextWithSpan, p.sameFunction, plan.RefusedMethodValue, "opentracing.ContextWithSpan")...),
		plan.RowsFor("context", p.spanContextCall, nil, plan.RefusedMethodValue, "opentracing.Span.Context")...)
}

func (p *File) spanFromContext(u *plan.Use) {
	if len(u.Call.Args) != 1 {
		return
	}
	s := p.Site(u, p.Expr(u.Call))
	p.Edit(s, u.Call, func(r *edit.Renderer) string {
		return r.Trace("SpanFromContext") + "(" + r.Text(u.Call.Args[0]) + ")"
	})
}

// sameFunction leaves a function that is used as a value to be refused: its type
// is another one.
func (p *File) sameFunction(*plan.Use) {}

func (p *File) contextWithSpan(u *plan.Use) {
	if len(u.Call.Args) != 2 {
		return
	}
	call, ctx, span := u.Call, u.Call.Args[0], u.Call.Args[1]
	n := p.Expr(span)
	if own := p.Anon[span]; p.Source.Test && own != nil && own.Pinned() != nil && own.Pinned().Category == flow.RefusedOwnSpan {
		p.ownInTest(u)
		return
	}
	s := p.Site(u, n)
	s.Hides = p.Hiding(cmp.Or(n, p.Anon[span]), u.Call.Pos())
	s.MayHide = n != nil && n.Origin&flow.OriginNoop != 0
	if p.Ignored(call) {
		p.Edit(s, call, func(r *edit.Renderer) string {
			return r.Trace("ContextWithSpan") + "(" + r.Text(ctx) + ", " + r.Text(span) + ")"
		})
		return
	}
	if kept := p.ContextFor(call, span); kept != nil {
		p.Edit(s, call, func(*edit.Renderer) string { return kept.Name })
		return
	}
	if p.alreadyActive(s, call) {
		return
	}
	s.Activates = true
	s.Loses = !p.IsNil(span) && p.carriedFor(call, span) == nil && p.TakenFrom(span) == nil
	p.Edit(s, call, func(r *edit.Renderer) string {
		switch {
		case p.IsNil(span) && p.takenAwayFor(call):
			if p.Below.Opentracing {
				return r.Text(call)
			}
			return r.Text(ctx)
		case !p.Below.Opentracing && !s.Carries:
			return p.activated(r, call)
		case p.IsNil(span):
			return r.Trace("ContextWithSpan") + "(" + r.Text(call.Fun) + "(" + p.WithoutBaggage(r, ctx) + ", nil), nil)"
		case p.Run.MayBeLegacy(p.Source, n): // whose tracer doesn't tell OpenTelemetry
			return r.Text(call.Fun) + "(" + r.Trace("ContextWithSpan") + "(" + r.Text(ctx) + ", " + r.Text(span) + "), " + r.Pkg(opentelemetry.CompatPath) + ".OpenTracingSpan(" + r.Text(span) + "))"
		}
		return r.Text(call.Fun) + "(" + r.Text(ctx) + ", " + r.Pkg(opentelemetry.CompatPath) + ".OpenTracingSpan(" + r.Text(span) + "))"
	})
}

// ownInTest has a test put a span of a type of its own into a context for OpenTelemetry's code
// as well, with its baggage. The span stays, so that the test finds there what it looks at.
func (p *File) ownInTest(u *plan.Use) {
	call, ctx, span := u.Call, u.Call.Args[0], u.Call.Args[1]
	if p.isFunction(ctx, opentelemetry.TracePath+".ContextWithSpan") {
		p.Refuse(u, flow.RefusedOwnSpan, "the span is of a type of your own and stays; an earlier run has put it into the context for OpenTelemetry as well")
		return
	}
	s := p.Site(u)
	s.Nodes = slices.DeleteFunc(s.Nodes, func(n *flow.Node) bool { return n == p.Anon[span] })
	p.Edit(s, call, func(r *edit.Renderer) string {
		text := r.Text(ctx)
		if p.Baggage[p.Source.Unit.Path] && p.Repeatable(span) {
			text = r.Compat() + ".ContextWithSpanContext(" + text + ", " + r.Operand(span) + ".Context())"
		}
		text = r.Trace("ContextWithSpan") + "(" + text + ", " + r.Compat() + ".OTelSpan(" + r.Text(span) + "))"
		if p.Repeatable(span) {
			text = r.Text(call.Fun) + "(" + text + ", " + r.Text(span) + ")"
		}
		return text
	})
}

// alreadyActive handles the activation of a span in a context that it is active in.
func (p *File) alreadyActive(s *plan.Site, call *ast.CallExpr) bool {
	ctx, span := call.Args[0], call.Args[1]
	c := p.Variable(ctx)
	if c == nil || !p.ActiveIn(span, c.Name(), call) {
		return false
	}
	as, ok := p.Statement(call).(*ast.AssignStmt)
	if !ok || len(as.Lhs) != 1 || p.Variable(as.Lhs[0]) != c {
		p.Edit(s, call, func(r *edit.Renderer) string { return r.Text(ctx) })
		return true
	}
	if list, _ := p.Siblings(as); list == nil || p.Mentions(p.EnclosingFunc(call), c)-p.Mentions(as, c) < 2 {
		return false // the variable would be unused
	}
	p.Edit(s, as, nil)
	return true
}

// activated renders the activation of a span for OpenTelemetry alone. A span that
// was taken out of another context brings that one's baggage.
func (p *File) activated(r *edit.Renderer, call *ast.CallExpr) string {
	ctx, span := call.Args[0], call.Args[1]
	if p.IsNil(span) {
		return r.Trace("ContextWithSpan") + "(" + p.WithoutBaggage(r, ctx) + ", nil)"
	}
	text := r.Trace("ContextWithSpan") + "(" + r.Text(ctx) + ", " + r.Text(span) + ")"
	if kept := p.carriedFor(call, span); kept != nil {
		return WithBaggage(r, text, kept.Name)
	}
	if from := p.TakenFrom(span); from != nil && !p.SameContext(from, ctx) {
		return WithBaggage(r, text, r.Text(from))
	}
	return text
}

// takenAwayFor tells whether the span of a context is taken away for OpenTelemetry, too,
// as an earlier run does.
func (p *File) takenAwayFor(call *ast.CallExpr) bool {
	around, ok := p.Statement(call).(*ast.CallExpr)
	return ok && len(around.Args) == 2 && p.IsNil(around.Args[1]) && p.isFunction(around, opentelemetry.TracePath+".ContextWithSpan")
}

// isFunction tells whether an expression is a call of a function.
func (p *File) isFunction(e ast.Expr, name string) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	f := p.Callee(call)
	return f != nil && f.FullName() == name
}

// WithoutBaggage renders a context for a root, which has no baggage of another trace.
func (p *File) WithoutBaggage(r *edit.Renderer, ctx ast.Expr) string {
	if !p.Baggage[p.Source.Unit.Path] || p.IsBackground(ctx) {
		return r.Text(ctx)
	}
	return r.Pkg(opentelemetry.BaggagePath) + ".ContextWithoutBaggage(" + r.Text(ctx) + ")"
}

// TakenFrom returns the context that a span was taken out of, or nil.
func (p *File) TakenFrom(span ast.Expr) ast.Expr {
	symbol, call := p.Calls(span)
	if symbol == "opentracing.SpanFromContext" {
		if p.IsPath(call.Args[0]) {
			return call.Args[0]
		}
		return nil
	}
	last, _ := p.LastAssignment(p.Variable(span), span)
	as, ok := last.(*ast.AssignStmt)
	if !ok {
		return nil
	}
	symbol, call = p.Calls(p.AssignedValue(as, p.Variable(span)))
	if symbol == "opentracing.SpanFromContext" && (p.StableContext(call.Args[0], as, span) || p.staysNamed(call.Args[0], as, span)) {
		return call.Args[0]
	}
	return nil
}

// BaggageOf returns a context that has the baggage of a span: the one that it was taken
// out of, or that was made with it at its start. It is nil where none is known by name.
func (p *File) BaggageOf(span ast.Expr, at ast.Node) ast.Expr {
	if from := p.TakenFrom(span); from != nil {
		return from
	}
	last, known := p.LastAssignment(p.Variable(span), at)
	as := p.StartAssignment(last, p.Variable(span))
	if !known || as == nil {
		return nil
	}
	ctx := as.Lhs[len(as.Lhs)-1]
	if len(as.Lhs) == 1 {
		after := p.ActivationOf(as, p.Variable(span))
		if after == nil {
			return nil
		}
		ctx = after.Lhs[0]
	}
	if v := p.Variable(ctx); v == nil || v.IsField() || !p.ActiveIn(span, v.Name(), at) {
		return nil
	}
	return ctx
}

// staysNamed tells whether a context is made of a span in place, and the one that takes its
// place afterwards is the same at a statement and at a place after it.
func (p *File) staysNamed(ctx ast.Expr, from ast.Stmt, to ast.Node) bool {
	symbol, call := p.Calls(ctx)
	if symbol != "opentracing.ContextWithSpan" || len(call.Args) != 2 {
		return false
	}
	v, kept := p.Variable(call.Args[1]), p.ContextFor(call, call.Args[1])
	return kept != nil && len(kept.starts) == 1 && kept.starts[0].Tok == token.DEFINE && p.StableContext(call.Args[0], from, to) &&
		source.Lookup(p.Source, to.Pos(), v.Name()) == v && p.SameValue(v, from, to)
}

func (p *File) spanContextCall(u *plan.Use) {
	span := syntax.ReceiverOf(u.Call)
	if span == nil {
		return
	}
	s := p.Site(u, p.Expr(u.Call))
	p.Edit(s, u.Call, func(r *edit.Renderer) string { return r.Operand(span) + ".SpanContext()" })
}

// KeptBase returns the context that the span of a start is put into, or nil.
func (p *File) KeptBase(as *ast.AssignStmt) ast.Expr {
	if p.StartAssignment(as, p.Variable(as.Lhs[0])) == nil {
		return nil
	}
	if kept := p.KeptContext(as); kept != nil && kept.Base != nil {
		return kept.Base
	}
	if after := p.ActivationOf(as, p.Variable(as.Lhs[0])); after != nil {
		_, activation := p.Calls(after.Rhs[0])
		return activation.Args[0]
	}
	return nil
}
