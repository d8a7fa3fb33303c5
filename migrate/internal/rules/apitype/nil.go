// SPDX-License-Identifier: Apache-2.0

package apitype

import (
	"go/ast"
	"go/token"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/starts"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// nilTest handles span == nil and its like.
//
// A value that comes from SpanFromContext or Extract was nil when there was no
// span, and is an invalid one now. A variable that was never set stays nil.
func (p *File) nilTest(e *ast.BinaryExpr, x ast.Expr, n *flow.Node, name string) {
	s := &plan.Site{File: p.Source, Pos: e.Pos(), Symbol: name, Rule: "nil-tests"}
	s.Need(n)
	switch name {
	case "opentracing.Tracer":
		p.DropTest(e)
	case "opentracing.Span":
		o := n.Origin
		if o&flow.OriginContext == 0 {
			return // as before
		}
		p.Sites = append(p.Sites, s)
		s.AsksNil = true
		if p.AskedAgain(s, e) {
			return
		}
		both := o&(flow.OriginNil|flow.OriginUnknown) != 0
		outcome, leavesNil := p.OutcomeOf(e)
		switch outcome {
		case plan.OutcomeKept:
			s.Exact, s.LeavesNil = true, leavesNil
			p.Edit(s, e, func(r *edit.Renderer) string { return isSpan(r, e.Op, x) })
			return
		case plan.OutcomeShown:
			s.Changes = plan.UntracedBranch
		}
		p.Edit(s, e, func(r *edit.Renderer) string { return validity(r, e.Op, x, both) })
	case "opentracing.SpanContext":
		p.Sites = append(p.Sites, s)
		if p.AskedAgain(s, e) {
			return
		}
		if p.noopContext(s, e, x, n) {
			return
		}
		if n.Origin&flow.OriginContext != 0 {
			s.Facts |= flow.AsksRemote
		}
		if n.Origin&^(flow.OriginNil|flow.OriginContext) != 0 {
			outcome, leavesNil := p.OutcomeOf(e)
			if leavesNil {
				s.Deny(starts.RefusedReferenceValue, e.Pos(), "whether this starts a span depends on the context of another span, which is missing when no tracer is installed")
			} else if outcome != plan.OutcomeSpans {
				s.Changes = plan.UntracedContext
				if n.Origin&flow.OriginNoop != 0 {
					s.Changes = plan.NoopContext
				}
			}
		}
		p.Edit(s, e, func(r *edit.Renderer) string {
			if p.Run.KnownOf(n)&flow.AsksRemote != 0 {
				return zeroTest(r, e.Op, x)
			}
			if e.Op == token.EQL {
				return "!" + r.Operand(x) + ".IsValid()"
			}
			return r.Operand(x) + ".IsValid()"
		})
	}
}

// noopContext handles the test of the context of a span that may be one of NoopTracer, where
// more than what is done to spans depends on it: it has a context, which is not valid in
// OpenTelemetry. It tells whether there is nothing left to do.
func (p *File) noopContext(s *plan.Site, e *ast.BinaryExpr, x ast.Expr, n *flow.Node) bool {
	if n.Origin&flow.OriginNoop == 0 {
		return false
	}
	if outcome, _ := p.OutcomeOf(e); outcome == plan.OutcomeSpans {
		return false
	}
	symbol, call := p.Calls(x)
	if symbol != "opentracing.Span.Context" {
		return false // what is kept is not asked for its span any more
	}
	p.TakeAll(s, x)
	p.Edit(s, e, func(r *edit.Renderer) string { return isSpan(r, e.Op, syntax.ReceiverOf(call)) })
	return true
}

// zeroTest is the test that a span context is not the zero one (op is !=) or is (==).
func zeroTest(r *edit.Renderer, op token.Token, x ast.Expr) string {
	not := "!"
	if op == token.EQL {
		not = ""
	}
	return not + r.Operand(x) + ".Equal(" + r.Trace("SpanContext") + "{})"
}

// validity is the test that a span is one (op is !=) or isn't (==).
func validity(r *edit.Renderer, op token.Token, x ast.Expr, mayBeNil bool) string {
	span := r.Operand(x)
	valid := span + ".SpanContext().IsValid()"
	switch {
	case op == token.NEQ && mayBeNil:
		return span + " != nil && " + valid
	case op == token.NEQ:
		return valid
	case mayBeNil:
		return "(" + span + " == nil || !" + valid + ")"
	}
	return "!" + valid
}

// isSpan is the test that a span is one (op is !=) or isn't (==), which holds where no
// tracer is installed, too.
func isSpan(r *edit.Renderer, op token.Token, x ast.Expr) string {
	test := r.Helper("isSpan") + "(" + r.Text(x) + ")"
	if op == token.EQL {
		return "!" + test
	}
	return test
}
