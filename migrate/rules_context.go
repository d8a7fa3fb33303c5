// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"cmp"
	"go/ast"
)

func (p *contextFile) contextRows() []rule {
	return append(append(
		rowsFor("context", p.spanFromContext, p.sameFunction, "method-value", "opentracing.SpanFromContext"),
		rowsFor("context", p.contextWithSpan, p.sameFunction, "method-value", "opentracing.ContextWithSpan")...),
		rowsFor("context", p.spanContextCall, nil, "method-value", "opentracing.Span.Context")...)
}

func (p *contextFile) spanFromContext(u *use) {
	if len(u.call.Args) != 1 {
		return
	}
	s := p.site(u, p.expr(u.call))
	p.edit(s, u.call, func(r *renderer) string {
		return r.trace("SpanFromContext") + "(" + r.text(u.call.Args[0]) + ")"
	})
}

// sameFunction leaves a function that is used as a value to be refused: its type
// is another one.
func (p *contextFile) sameFunction(*use) {}

func (p *contextFile) contextWithSpan(u *use) {
	if len(u.call.Args) != 2 {
		return
	}
	call, ctx, span := u.call, u.call.Args[0], u.call.Args[1]
	n := p.expr(span)
	s := p.site(u, n)
	s.hides = p.hiding(cmp.Or(n, p.anon[span]), u.call.Pos())
	s.mayHide = n != nil && n.origin&originNoop != 0
	if p.ignored(call) {
		p.edit(s, call, func(r *renderer) string {
			return r.trace("ContextWithSpan") + "(" + r.text(ctx) + ", " + r.text(span) + ")"
		})
		return
	}
	if kept := p.contextFor(call, span); kept != nil {
		p.edit(s, call, func(*renderer) string { return kept.name })
		return
	}
	if p.alreadyActive(s, call) {
		return
	}
	s.activates = true
	s.loses = !p.isNil(span) && p.carriedFor(call, span) == nil && p.takenFrom(span) == nil
	p.edit(s, call, func(r *renderer) string {
		switch {
		case p.isNil(span) && p.takenAwayFor(call):
			if p.below.opentracing {
				return r.text(call)
			}
			return r.text(ctx)
		case !p.below.opentracing && !s.carries:
			return p.activated(r, call)
		case p.isNil(span):
			return r.trace("ContextWithSpan") + "(" + r.text(call.Fun) + "(" + p.withoutBaggage(r, ctx) + ", nil), nil)"
		}
		return r.text(call.Fun) + "(" + r.text(ctx) + ", " + r.pkg(compatPath) + ".OpenTracingSpan(" + r.text(span) + "))"
	})
}

// ignored tells whether the result of a call is thrown away.
func (p *syntaxFile) ignored(call *ast.CallExpr) bool {
	_, ok := p.statement(call).(*ast.ExprStmt)
	return ok
}

// alreadyActive handles the activation of a span in a context that it is active in.
func (p *contextFile) alreadyActive(s *site, call *ast.CallExpr) bool {
	ctx, span := call.Args[0], call.Args[1]
	c := p.variable(ctx)
	if c == nil || !p.activeIn(span, c.Name(), call) {
		return false
	}
	as, ok := p.statement(call).(*ast.AssignStmt)
	if !ok || len(as.Lhs) != 1 || p.variable(as.Lhs[0]) != c {
		p.edit(s, call, func(r *renderer) string { return r.text(ctx) })
		return true
	}
	if list, _ := p.siblings(as); list == nil || p.mentions(p.enclosingFunc(call), c)-p.mentions(as, c) < 2 {
		return false // the variable would be unused
	}
	p.edit(s, as, nil)
	return true
}

// activated renders the activation of a span for OpenTelemetry alone. A span that
// was taken out of another context brings that one's baggage.
func (p *contextFile) activated(r *renderer, call *ast.CallExpr) string {
	ctx, span := call.Args[0], call.Args[1]
	if p.isNil(span) {
		return r.trace("ContextWithSpan") + "(" + p.withoutBaggage(r, ctx) + ", nil)"
	}
	text := r.trace("ContextWithSpan") + "(" + r.text(ctx) + ", " + r.text(span) + ")"
	if kept := p.carriedFor(call, span); kept != nil {
		return withBaggage(r, text, kept.name)
	}
	if from := p.takenFrom(span); from != nil && !p.sameContext(from, ctx) {
		return withBaggage(r, text, r.text(from))
	}
	return text
}

// takenAwayFor tells whether the span of a context is taken away for OpenTelemetry, too,
// as an earlier run does.
func (p *contextFile) takenAwayFor(call *ast.CallExpr) bool {
	around, ok := p.statement(call).(*ast.CallExpr)
	if !ok || len(around.Args) != 2 || !p.isNil(around.Args[1]) {
		return false
	}
	f := p.callee(around)
	return f != nil && f.FullName() == tracePath+".ContextWithSpan"
}

// withoutBaggage renders a context for a root, which has no baggage of another trace.
func (p *contextFile) withoutBaggage(r *renderer, ctx ast.Expr) string {
	if !p.baggage[p.file.unit.path] || p.isBackground(ctx) {
		return r.text(ctx)
	}
	return r.pkg(baggagePath) + ".ContextWithoutBaggage(" + r.text(ctx) + ")"
}

// takenFrom returns the context that a span was taken out of, or nil.
func (p *contextFile) takenFrom(span ast.Expr) ast.Expr {
	symbol, call := p.calls(span)
	if symbol == "opentracing.SpanFromContext" {
		if p.isPath(call.Args[0]) {
			return call.Args[0]
		}
		return nil
	}
	last, _ := p.lastAssignment(p.variable(span), span)
	as, ok := last.(*ast.AssignStmt)
	if !ok {
		return nil
	}
	symbol, call = p.calls(p.assignedValue(as, p.variable(span)))
	if symbol == "opentracing.SpanFromContext" && p.stableContext(call.Args[0], as, span) {
		return call.Args[0]
	}
	return nil
}

func (p *contextFile) spanContextCall(u *use) {
	span := receiverOf(u.call)
	if span == nil {
		return
	}
	s := p.site(u, p.expr(u.call))
	p.edit(s, u.call, func(r *renderer) string { return r.operand(span) + ".SpanContext()" })
}

// spanTracer handles span.Tracer() as a value. Which tracer made the span makes no
// difference to the spans that are started from it.
func (p *startFile) spanTracer(u *use) {
	span := receiverOf(u.call)
	if span == nil {
		return
	}
	if p.tracerTest(u) {
		return
	}
	s := p.site(u, p.expr(u.call))
	if n := p.expr(span); n != nil && n.origin&originNoop != 0 {
		s.deny("noop-tracer", span.Pos(), "the tracer of the span may be NoopTracer, which the package's is not")
		return
	}
	if !p.pureArguments(span) {
		if symbol, _ := p.calls(span); symbol != "opentracing.SpanFromContext" {
			s.deny("expression", span.Pos(), "the span whose tracer is taken is the result of a call")
			return
		}
	}
	if p.onlyTracerOf(span) {
		s.deny("expression", span.Pos(), "the span is used for its tracer only")
		return
	}
	p.takeAll(s, span)
	p.edit(s, u.call, func(r *renderer) string { return p.tracerValue(r, u.call) })
}

// onlyTracerOf tells whether a local variable would be unused without this place.
func (p *startFile) onlyTracerOf(span ast.Expr) bool {
	v := p.variable(span)
	if v == nil || v.IsField() {
		return false
	}
	fn := p.enclosingFunc(span)
	if fn == nil || p.parameter(fn, span) {
		return false
	}
	return p.mentions(fn, v) <= 2
}

func (p *syntaxFile) parameter(fn ast.Node, e ast.Expr) bool {
	v := p.variable(e)
	found := false
	ast.Inspect(fn, func(n ast.Node) bool {
		if f, ok := n.(*ast.Field); ok {
			for _, name := range f.Names {
				found = found || p.info.Defs[name] == v
			}
		}
		return !found
	})
	return found
}

// tracerTest handles span.Tracer() != nil, which is always true for a span.
func (p *startFile) tracerTest(u *use) bool {
	cmp, ok := p.statement(u.call).(*ast.BinaryExpr)
	if !ok {
		return false
	}
	other := cmp.Y
	if ast.Unparen(cmp.Y) == u.call {
		other = cmp.X
	}
	if !p.isNil(other) {
		return false
	}
	span := receiverOf(u.call)
	n := p.expr(span)
	s := p.site(u, n)
	s.rule, s.asksNil = "nil-tests", true
	not := ""
	if cmp.Op.String() == "==" {
		not = "!"
	}
	if !p.askedAgain(s, cmp) {
		p.edit(s, cmp, func(r *renderer) string { return not + r.operand(span) + ".SpanContext().IsValid()" })
	}
	return true
}

// spanNode returns the node of the span that the first of some ops is done to: it
// may be embedded in what the method is called on, or in the argument.
func (p *spanFile) spanNode(base ast.Expr, first *op) *node {
	if sel, ok := ast.Unparen(first.call.Fun).(*ast.SelectorExpr); ok && sel.X == base {
		return p.receiver(sel)
	}
	if n := p.expr(base); n != nil {
		return n
	}
	return p.anon[base]
}
