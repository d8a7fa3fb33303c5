// SPDX-License-Identifier: Apache-2.0

package starts

import (
	"go/ast"
	"go/token"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/spans"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// spanTracer handles span.Tracer() as a value. Which of OpenTelemetry's tracers made the span
// makes no difference to the spans that are started from it.
func (p *File) spanTracer(u *plan.Use) {
	span := syntax.ReceiverOf(u.Call)
	if span == nil {
		return
	}
	if p.tracerTest(u) {
		return
	}
	s := p.Site(u, p.Expr(u.Call))
	if n := p.Expr(span); n != nil && n.Origin&flow.OriginNoop != 0 {
		s.Deny(flow.RefusedNoopTracer, span.Pos(), "the tracer of the span may be NoopTracer; the package's tracer is not")
		return
	}
	if !p.PureArguments(span) {
		if symbol, _ := p.Calls(span); symbol != "opentracing.SpanFromContext" {
			s.Deny(spans.RefusedExpression, span.Pos(), "the tracer is taken from a span that is the result of a call")
			return
		}
	}
	if p.onlyTracerOf(span) {
		s.Deny(spans.RefusedExpression, span.Pos(), "the span is used for its tracer only")
		return
	}
	p.TakeAll(s, span)
	if p.Run.MayBeLegacy(p.Source, p.Expr(span)) {
		p.Edit(s, u.Call, func(r *edit.Renderer) string { return p.TracerOf(r, span) })
		return
	}
	p.Edit(s, u.Call, func(r *edit.Renderer) string { return p.TracerValue(r, u.Call) })
}

// TracerOf renders the tracer of a span that one which stays OpenTracing may have started.
func (p *File) TracerOf(r *edit.Renderer, span ast.Expr) string {
	text := ""
	if symbol, call := p.Calls(span); symbol == "opentracing.SpanFromContext" {
		text = r.Trace("SpanFromContext") + "(" + r.Text(call.Args[0]) + ")"
	} else {
		text = r.Operand(span)
	}
	return text + ".TracerProvider().Tracer(" + edit.Quote(p.Source.Unit.Path) + ")"
}

// onlyTracerOf tells whether a local variable would be unused without this place.
func (p *File) onlyTracerOf(span ast.Expr) bool {
	v := p.Variable(span)
	if v == nil || v.IsField() {
		return false
	}
	fn := p.EnclosingFunc(span)
	if fn == nil || p.Parameter(fn, span) {
		return false
	}
	return p.Mentions(fn, v) <= 2
}

// tracerTest handles span.Tracer() != nil, which is always true for a span.
func (p *File) tracerTest(u *plan.Use) bool {
	cmp, ok := p.Statement(u.Call).(*ast.BinaryExpr)
	if !ok {
		return false
	}
	other := cmp.Y
	if ast.Unparen(cmp.Y) == u.Call {
		other = cmp.X
	}
	if !p.IsNil(other) {
		return false
	}
	span := syntax.ReceiverOf(u.Call)
	n := p.Expr(span)
	s := p.Site(u, n)
	s.Rule, s.AsksNil = "nil-tests", true
	not := ""
	if cmp.Op.String() == "==" {
		not = "!"
	}
	if !p.AskedAgain(s, cmp) {
		p.Edit(s, cmp, func(r *edit.Renderer) string { return not + r.Operand(span) + ".SpanContext().IsValid()" })
	}
	return true
}

// DropTest drops the test that the global tracer is not nil.
func (p *File) DropTest(e *ast.BinaryExpr) {
	if guard, ok := p.Statement(e).(*ast.IfStmt); ok && p.dropGuard(guard, e) {
		return
	}
	other := p.Needless(e)
	if other == nil {
		return
	}
	s := &plan.Site{File: p.Source, Pos: e.Pos(), Symbol: "opentracing.Tracer", Rule: "nil-tests"}
	s.Need(p.Expr(e.X))
	p.Sites = append(p.Sites, s)
	p.Edit(s, p.Statement(e), func(r *edit.Renderer) string { return r.Text(other) })
	p.DropVariable(s, p.Variable(e.X), p.EnclosingFunc(e))
}

// dropGuard drops an if whose only condition is whether the global tracer is nil, which it
// never is, and the branch for that with it:
//
//	if tracer := opentracing.GlobalTracer(); tracer != nil {
//		tracer.StartSpan("work").Finish()
//	}
//
// What the other branch declares goes into the block around, or stays in one of its own
// where a name is taken. It tells whether it is such an if.
func (p *File) dropGuard(n *ast.IfStmt, cond *ast.BinaryExpr) bool {
	init, ok := n.Init.(*ast.AssignStmt)
	v := p.Variable(cond.X)
	if !ok || v == nil || !p.IsNil(cond.Y) || init.Tok != token.DEFINE || len(init.Lhs) != 1 || len(init.Rhs) != 1 || p.Variable(init.Lhs[0]) != v {
		return false
	}
	if symbol, _ := p.Calls(init.Rhs[0]); symbol != "opentracing.GlobalTracer" {
		return false
	}
	var taken ast.Stmt = n.Body
	if cond.Op == token.EQL {
		taken = n.Else
	}
	used := taken != nil && p.Mentions(taken, v) > 0
	list, i := p.Siblings(n)
	body, _ := taken.(*ast.BlockStmt)
	var dead ast.Stmt // after the if
	if body != nil && len(body.List) > 0 && p.EndsList(body.List[len(body.List)-1]) && i < len(list)-1 {
		if _, ok := list[i+1].(*ast.ReturnStmt); !ok || i+2 < len(list) {
			return false
		}
		dead = list[i+1]
	}
	if used && list == nil {
		return false
	}
	s := &plan.Site{File: p.Source, Pos: n.Pos(), Symbol: "opentracing.Tracer", Rule: "nil-tests"}
	s.Need(p.Expr(cond.X))
	p.Sites = append(p.Sites, s)
	free := body == nil || p.Fits(n, body)
	switch {
	case list == nil || !used && !free:
		s.Deny(plan.RefusedUnsupported, n.Pos(), "the code compares the global tracer with nil, which is never true, and the block declares variables")
	case taken == nil:
		p.Edit(s, n, nil)
	default:
		if dead != nil {
			p.Edit(s, dead, nil)
		}
		flat := free && (!used || p.NameIsFree(n, v.Name()))
		p.Edit(s, n, func(r *edit.Renderer) string {
			text := ""
			if used {
				text = r.Text(init) + "\n"
			}
			if body == nil {
				text += r.Text(taken)
			} else {
				text += strings.TrimSpace(r.Splice(r.Offset(body.Lbrace)+1, r.Offset(body.Rbrace), body))
			}
			if !flat {
				return "{\n" + text + "\n}"
			}
			return text
		})
	}
	return true
}
