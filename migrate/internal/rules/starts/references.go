// SPDX-License-Identifier: Apache-2.0

package starts

import (
	"go/ast"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/contexts"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/spans"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

func (p *File) referenceRows() []plan.Rule {
	return slices.Concat(
		plan.RowsFor("references", p.optionCall, nil, RefusedReferenceValue, "opentracing.ChildOf", "opentracing.FollowsFrom", "ext.RPCServerOption"),
		plan.RowsFor("references", nil, p.optionLiteral, RefusedReferenceValue, "opentracing.SpanReference"),
		plan.RowsFor("references", nil, nil, RefusedReferenceValue,
			"opentracing.SpanReference.Type", "opentracing.SpanReference.ReferencedContext",
			"opentracing.ChildOfRef", "opentracing.FollowsFromRef"))
}

// A reference is a ChildOf or FollowsFrom option of a start.
type reference struct {
	follows bool
	Span    ast.Expr  // the span whose Context() it names, or
	ctx     ast.Expr  // the context whose span it names, or
	context ast.Expr  // a SpanContext
	missing bool      // there may be none
	name    string    // the variable that has span or context, if it can't be evaluated again
	stays   *flow.Pin // why context stays OpenTracing, if it does
}

// referenceOf takes an option apart that is a reference: the function that makes one, and the
// span context. A literal is what the function for its type makes.
func (p *File) referenceOf(e ast.Expr) (symbol string, context ast.Expr) {
	switch symbol, call := p.Calls(e); symbol {
	case "opentracing.ChildOf", "opentracing.FollowsFrom", "ext.RPCServerOption":
		return symbol, call.Args[0]
	}
	lit, ok := ast.Unparen(e).(*ast.CompositeLit)
	if !ok || p.SymbolOf(lit.Type) != "opentracing.SpanReference" {
		return "", nil
	}
	values, _ := p.Elements(lit, "Type", "ReferencedContext")
	if values[0] == nil || values[1] == nil {
		return "", nil
	}
	switch p.SymbolOf(values[0]) {
	case "opentracing.ChildOfRef":
		return "opentracing.ChildOf", values[1]
	case "opentracing.FollowsFromRef":
		return "opentracing.FollowsFrom", values[1]
	}
	return "", nil
}

// Reference adds a reference to a span context to a start.
func (p *File) Reference(st *Start, e ast.Expr, follows bool) {
	e = ast.Unparen(e)
	if p.IsNil(e) {
		return
	}
	ref := &reference{follows: follows, context: e}
	if symbol, call := p.Calls(e); symbol == "opentracing.Span.Context" {
		ref.context = nil
		ref.Span = syntax.ReceiverOf(call)
		st.uses = append(st.uses, p.UseOf(call.Fun))
		if symbol, inner := p.Calls(ref.Span); symbol == "opentracing.SpanFromContext" && !follows {
			ref.ctx, ref.Span = inner.Args[0], nil
			st.uses = append(st.uses, p.UseOf(inner.Fun))
		} else {
			n := p.Expr(call)
			st.nodes = append(st.nodes, n)
			ref.missing = n != nil && n.Origin&flow.OriginNoop != 0
		}
	} else {
		n := p.Expr(e)
		if place := p.Places[e]; place != nil && n.Pinned() != nil {
			st.nodes = append(st.nodes, place)
			ref.stays = n.Pinned()
		} else {
			st.nodes = append(st.nodes, n)
		}
		ref.missing = p.mayBeMissing(n, e)
	}
	st.References = append(st.References, ref)
}

// referenceLiteral handles opentracing.SpanReference{Type: …, ReferencedContext: …}.
func (p *File) referenceLiteral(st *Start, lit *ast.CompositeLit) {
	values, uses := p.Elements(lit, "Type", "ReferencedContext")
	st.uses = append(st.uses, uses...)
	kind, context := values[0], values[1]
	symbol := ""
	if kind != nil {
		symbol = p.SymbolOf(kind)
	}
	if context == nil || symbol != "opentracing.ChildOfRef" && symbol != "opentracing.FollowsFromRef" {
		st.deny(RefusedReferenceValue, lit, "the code does not name the type of the reference")
		return
	}
	st.uses = append(st.uses, p.UseOf(kind))
	p.Reference(st, context, symbol == "opentracing.FollowsFromRef")
}

// parentContext renders the context that a span is started in, and the options for
// its links. The first ChildOf is the parent, else the first reference; what is not
// the parent by a ChildOf is a link.
func (p *File) parentContext(r *edit.Renderer, st *Start, base string) (string, []string) {
	switch {
	case st.base != "":
		base = st.base
	case st.fromContext:
		base = r.Text(st.ctx)
	}
	if len(st.References) == 0 {
		return base, nil
	}
	parent := parentOf(st)
	var links []string
	for _, ref := range st.References {
		if ref != parent || ref.follows {
			in := ""
			if ref.stays != nil {
				in = p.contextOfStaying(r, base, ref)
			}
			links = append(links, p.link(r, ref, in))
		}
	}
	switch {
	case !parent.follows && st.fromContext && !p.IsBackground(st.ctx):
		ctx, link := p.displacing(r, st, base, parent)
		return ctx, append(links, link)
	case !parent.follows:
		return p.ContextWith(r, st, base, parent), links
	case p.Opts.FollowsFrom == "link":
		return base, links
	case st.fromContext:
		return r.Helper("followsFrom") + "(" + base + ", " + p.spanContext(r, parent) + ")", links
	}
	return p.ContextWith(r, st, base, parent), links
}

// link renders the option that links a reference. In is a context that has the span of one
// which stays OpenTracing.
func (p *File) link(r *edit.Renderer, ref *reference, in string) string {
	kind := "child_of"
	if ref.follows {
		kind = "follows_from"
	}
	if ref.stays != nil {
		return r.Helper("linkTo") + "(" + r.Trace("SpanContextFromContext") + "(" + in + "), " + edit.Quote(kind) + ")"
	}
	if ref.missing {
		return r.Helper("linkTo") + "(" + p.spanContext(r, ref) + ", " + edit.Quote(kind) + ")"
	}
	return r.Trace("WithLinks") + "(" + r.Trace("Link") + "{\nSpanContext: " + p.spanContext(r, ref) +
		",\nAttributes: []" + r.Attribute("KeyValue") + "{" + r.Attribute("String") + `("opentracing.ref_type", "` + kind + `")},` + "\n})"
}

// contextOfStaying renders a context whose span is that of a span context which stays
// OpenTracing.
func (p *File) contextOfStaying(r *edit.Renderer, base string, ref *reference) string {
	return r.Compat() + ".ContextWithSpanContext(" + base + ", " + p.spanContext(r, ref) + ")"
}

func (p *File) spanContext(r *edit.Renderer, ref *reference) string {
	switch {
	case ref.Span != nil && ref.name != "":
		return ref.name + ".SpanContext()"
	case ref.Span != nil:
		return r.Operand(ref.Span) + ".SpanContext()"
	case ref.name != "":
		return ref.name
	case ref.ctx != nil:
		return r.Trace("SpanContextFromContext") + "(" + r.Text(ref.ctx) + ")"
	}
	return r.Text(ref.context)
}

// ContextWith renders a context whose span is the reference's.
func (p *File) ContextWith(r *edit.Renderer, st *Start, base string, ref *reference) string {
	switch {
	case ref.ctx != nil && (st.keep == nil || p.SameContext(ref.ctx, st.keep)):
		return r.Text(ref.ctx)
	case ref.ctx != nil:
		ctx := r.Text(ref.ctx)
		return contexts.WithBaggage(r, r.Trace("ContextWithSpan")+"("+base+", "+r.Trace("SpanFromContext")+"("+ctx+"))", ctx)
	case ref.stays != nil:
		return p.contextOfStaying(r, base, ref)
	case ref.Span != nil && st.site != nil && st.site.Carries:
		return r.Compat() + ".ContextWithSpanContext(" + base + ", " + r.Compat() + ".OpenTracingSpan(" + r.Text(ref.Span) + ").Context())"
	case ref.Span == nil:
		remote := p.Remotes[p.Variable(ref.context)]
		switch {
		case remote == nil:
			return r.Trace("ContextWithSpanContext") + "(" + base + ", " + p.spanContext(r, ref) + ")"
		case p.within(remote, st):
			return remote.Name
		}
		return contexts.WithBaggage(r, r.Trace("ContextWithSpanContext")+"("+base+", "+r.Trace("SpanContextFromContext")+"("+remote.Name+"))", remote.Name)
	case ref.name != "":
		return r.Trace("ContextWithSpan") + "(" + base + ", " + ref.name + ")"
	case p.ActiveIn(ref.Span, base, st.Call):
		return base
	}
	if from := p.TakenFrom(ref.Span); from != nil && (st.keep == nil || p.SameContext(from, st.keep)) {
		return r.Text(from)
	}
	ctx := r.Trace("ContextWithSpan") + "(" + base + ", " + r.Text(ref.Span) + ")"
	if from := st.baggageOfParent(p, ref); from != nil && p.Baggage[p.Source.Unit.Path] {
		return contexts.WithBaggage(r, ctx, r.Text(from))
	}
	return ctx
}

// absorb looks at the statements after a start, as long as they concern only the
// new span: a kind that is set there moves into the start, and so does the
// activation in a context, if after is given. A span in a field is only followed as far
// as nothing is called that may set the field anew.
func (p *File) absorb(s *plan.Site, following []ast.Stmt, lhs ast.Expr, st *Start, after *contexts.Activation) {
	span := p.Variable(lhs)
	if syntax.IsBlank(lhs) || span == nil && !p.Repeatable(lhs) {
		return
	}
	started := func(e ast.Expr) bool {
		if span != nil {
			return p.Variable(e) == span
		}
		return e != nil && p.Repeatable(e) && p.Same(e, lhs)
	}
	var between []ast.Stmt
	for _, stmt := range following {
		switch stmt := stmt.(type) {
		case *ast.DeferStmt:
			if symbol, call := p.Calls(stmt.Call); symbol != "opentracing.Span.Finish" || !started(syntax.ReceiverOf(call)) {
				return
			}
		case *ast.ExprStmt:
			base, ops := p.SpanOps(stmt.X)
			if base == nil || !started(base) || slices.ContainsFunc(ops, func(o *spans.Op) bool { return o.Ends }) {
				return // what comes after the end is lost
			}
			if span == nil && !p.CallsNothing(stmt) {
				return
			}
			if len(ops) == 1 && ops[0].Attr != nil && ops[0].Attr.Known && ops[0].Attr.Name == "span.kind" && st.spread == nil && !p.CommentBetween(stmt, stmt) {
				if p.lateKind(st, ops[0].Attr.Value) {
					p.TakeOp(s, ops[0])
					p.Edit(s, stmt, nil)
					continue
				}
			}
		case *ast.AssignStmt:
			if after != nil && after.Ctx == nil && span != nil && p.Activates(stmt, span, after, between) {
				_, call := p.Calls(stmt.Rhs[0])
				after.Ctx, after.From = stmt.Lhs[0], call.Args[0]
				p.Take(s, p.UseOf(call.Fun))
				p.Edit(s, stmt, nil)
				continue
			}
			return
		default:
			return
		}
		between = append(between, stmt)
	}
}

// lateKind makes a kind that is set right after the start its option. One that is
// known at run time only may be an attribute, as "internal" is when it is set late.
func (p *File) lateKind(st *Start, value ast.Expr) bool {
	switch kind := p.Constant(value); kind {
	case "client", "server", "producer", "consumer":
		st.setKind(kindOption(kind))
		return true
	}
	return false
}
