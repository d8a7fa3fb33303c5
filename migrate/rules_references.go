// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

func (p *startFile) referenceRows() []rule {
	return append(
		rowsFor("references", p.optionCall, nil, "reference-value", "opentracing.ChildOf", "opentracing.FollowsFrom", "ext.RPCServerOption"),
		rowsFor("references", nil, nil, "reference-value",
			"opentracing.SpanReference", "opentracing.SpanReference.Type", "opentracing.SpanReference.ReferencedContext",
			"opentracing.ChildOfRef", "opentracing.FollowsFromRef")...)
}

// A reference is a ChildOf or FollowsFrom option of a start.
type reference struct {
	follows bool
	span    ast.Expr // the span whose Context() it names, or
	ctx     ast.Expr // the context whose span it names, or
	context ast.Expr // a SpanContext
	missing bool     // there may be none
	name    string   // the variable that has span or context, if it can't be evaluated again
	stays   *pin     // why context stays OpenTracing, if it does
}

// reference adds a reference to a span context to a start.
func (p *startFile) reference(st *start, e ast.Expr, follows bool) {
	e = ast.Unparen(e)
	if p.isNil(e) {
		return
	}
	ref := &reference{follows: follows, context: e}
	if symbol, call := p.calls(e); symbol == "opentracing.Span.Context" {
		ref.context = nil
		ref.span = receiverOf(call)
		st.uses = append(st.uses, p.useOf(call.Fun))
		if symbol, inner := p.calls(ref.span); symbol == "opentracing.SpanFromContext" && !follows {
			ref.ctx, ref.span = inner.Args[0], nil
			st.uses = append(st.uses, p.useOf(inner.Fun))
		} else {
			n := p.expr(call)
			st.nodes = append(st.nodes, n)
			ref.missing = n != nil && n.origin&originNoop != 0
		}
	} else {
		n := p.expr(e)
		if place := p.places[e]; place != nil && n.pinned() != nil {
			st.nodes = append(st.nodes, place)
			ref.stays = n.pinned()
		} else {
			st.nodes = append(st.nodes, n)
		}
		ref.missing = p.mayBeMissing(n, e)
	}
	st.references = append(st.references, ref)
}

// referenceLiteral handles opentracing.SpanReference{Type: …, ReferencedContext: …}.
func (p *startFile) referenceLiteral(st *start, lit *ast.CompositeLit) {
	values, uses := p.elements(lit, "Type", "ReferencedContext")
	st.uses = append(st.uses, uses...)
	kind, context := values[0], values[1]
	symbol := ""
	if kind != nil {
		symbol = p.symbolOf(kind)
	}
	if context == nil || symbol != "opentracing.ChildOfRef" && symbol != "opentracing.FollowsFromRef" {
		st.deny("reference-value", lit, "the type of the reference is not written out")
		return
	}
	st.uses = append(st.uses, p.useOf(kind))
	p.reference(st, context, symbol == "opentracing.FollowsFromRef")
}

// parentContext renders the context that a span is started in, and the options for
// its links. The first ChildOf is the parent, else the first reference; what is not
// the parent by a ChildOf is a link.
func (p *startFile) parentContext(r *renderer, st *start, base string) (string, []string) {
	switch {
	case st.base != "":
		base = st.base
	case st.fromContext:
		base = r.text(st.ctx)
	}
	if len(st.references) == 0 {
		return base, nil
	}
	parent := parentOf(st)
	var links []string
	for _, ref := range st.references {
		if ref != parent || ref.follows {
			links = append(links, p.link(r, ref))
		}
	}
	switch {
	case !parent.follows && st.fromContext && !p.isBackground(st.ctx):
		ctx, link := p.displacing(r, st, base, parent)
		return ctx, append(links, link)
	case !parent.follows:
		return p.contextWith(r, st, base, parent), links
	case p.opts.FollowsFrom == "link":
		return base, links
	case st.fromContext:
		return r.helper("followsFrom") + "(" + base + ", " + p.spanContext(r, parent) + ")", links
	}
	return p.contextWith(r, st, base, parent), links
}

// link renders the option that links a reference.
func (p *startFile) link(r *renderer, ref *reference) string {
	kind := "child_of"
	if ref.follows {
		kind = "follows_from"
	}
	if ref.missing {
		return r.helper("linkTo") + "(" + p.spanContext(r, ref) + ", " + quote(kind) + ")"
	}
	return r.trace("WithLinks") + "(" + r.trace("Link") + "{\nSpanContext: " + p.spanContext(r, ref) +
		",\nAttributes: []" + r.attribute("KeyValue") + "{" + r.attribute("String") + `("opentracing.ref_type", "` + kind + `")},` + "\n})"
}

func (p *startFile) spanContext(r *renderer, ref *reference) string {
	switch {
	case ref.span != nil && ref.name != "":
		return ref.name + ".SpanContext()"
	case ref.span != nil:
		return r.operand(ref.span) + ".SpanContext()"
	case ref.name != "":
		return ref.name
	case ref.ctx != nil:
		return r.trace("SpanContextFromContext") + "(" + r.text(ref.ctx) + ")"
	}
	return r.text(ref.context)
}

// contextWith renders a context whose span is the reference's.
func (p *startFile) contextWith(r *renderer, st *start, base string, ref *reference) string {
	switch {
	case ref.ctx != nil && (st.keep == nil || p.sameContext(ref.ctx, st.keep)):
		return r.text(ref.ctx)
	case ref.ctx != nil:
		ctx := r.text(ref.ctx)
		return withBaggage(r, r.trace("ContextWithSpan")+"("+base+", "+r.trace("SpanFromContext")+"("+ctx+"))", ctx)
	case ref.stays != nil:
		return r.compat() + ".ContextWithSpanContext(" + base + ", " + r.text(ref.context) + ")"
	case ref.span != nil && st.site != nil && st.site.carries:
		return r.compat() + ".ContextWithSpanContext(" + base + ", " + r.compat() + ".OpenTracingSpan(" + r.text(ref.span) + ").Context())"
	case ref.span == nil:
		remote := p.remotes[p.variable(ref.context)]
		switch {
		case remote == nil:
			return r.trace("ContextWithSpanContext") + "(" + base + ", " + p.spanContext(r, ref) + ")"
		case p.within(remote, st):
			return remote.name
		}
		return withBaggage(r, r.trace("ContextWithSpanContext")+"("+base+", "+r.trace("SpanContextFromContext")+"("+remote.name+"))", remote.name)
	case ref.name != "":
		return r.trace("ContextWithSpan") + "(" + base + ", " + ref.name + ")"
	case p.activeIn(ref.span, base, st.call):
		return base
	}
	if from := p.takenFrom(ref.span); from != nil && (st.keep == nil || p.sameContext(from, st.keep)) {
		return r.text(from)
	}
	return r.trace("ContextWithSpan") + "(" + base + ", " + r.text(ref.span) + ")"
}

// withBaggage renders a context with the baggage of another one.
func withBaggage(r *renderer, ctx, from string) string {
	return r.pkg(baggagePath) + ".ContextWithBaggage(" + ctx + ", " + r.pkg(baggagePath) + ".FromContext(" + from + "))"
}

// An activation is the ContextWithSpan that follows a start.
type activation struct {
	start *ast.AssignStmt
	ctx   ast.Expr // what it is assigned to
	from  ast.Expr // the context that it is made from
}

// absorb looks at the statements after a start, as long as they concern only the
// new span: a kind that is set there moves into the start, and so does the
// activation in a context, if after is given. A span in a field is only followed as far
// as nothing is called that may set the field anew.
func (p *startFile) absorb(s *site, following []ast.Stmt, lhs ast.Expr, st *start, after *activation) {
	span := p.variable(lhs)
	if isBlank(lhs) || span == nil && !p.repeatable(lhs) {
		return
	}
	started := func(e ast.Expr) bool {
		if span != nil {
			return p.variable(e) == span
		}
		return e != nil && p.repeatable(e) && p.same(e, lhs)
	}
	var between []ast.Stmt
	for _, stmt := range following {
		switch stmt := stmt.(type) {
		case *ast.DeferStmt:
			if symbol, call := p.calls(stmt.Call); symbol != "opentracing.Span.Finish" || !started(receiverOf(call)) {
				return
			}
		case *ast.ExprStmt:
			base, ops := p.spanOps(stmt.X)
			if base == nil || !started(base) || slices.ContainsFunc(ops, func(o *op) bool { return o.ends }) {
				return // what comes after the end is lost
			}
			if span == nil && !p.callsNothing(stmt) {
				return
			}
			if len(ops) == 1 && ops[0].attr != nil && ops[0].attr.known && ops[0].attr.name == "span.kind" && st.spread == nil && !p.commentBetween(stmt, stmt) {
				if p.lateKind(st, ops[0].attr.value) {
					p.takeOp(s, ops[0])
					p.edit(s, stmt, nil)
					continue
				}
			}
		case *ast.AssignStmt:
			if after != nil && after.ctx == nil && span != nil && p.activates(stmt, span, after, between) {
				_, call := p.calls(stmt.Rhs[0])
				after.ctx, after.from = stmt.Lhs[0], call.Args[0]
				p.take(s, p.useOf(call.Fun))
				p.edit(s, stmt, nil)
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
func (p *startFile) lateKind(st *start, value ast.Expr) bool {
	switch kind := p.constant(value); kind {
	case "client", "server", "producer", "consumer":
		st.setKind(kindOption(kind))
		return true
	}
	return false
}

// activates tells whether a statement is ctx = ContextWithSpan(ctx, span) and can
// become part of the start before it.
func (p *contextFile) activates(stmt *ast.AssignStmt, span *types.Var, after *activation, between []ast.Stmt) bool {
	if len(stmt.Lhs) != 1 || len(stmt.Rhs) != 1 {
		return false
	}
	symbol, call := p.calls(stmt.Rhs[0])
	if symbol != "opentracing.ContextWithSpan" || p.variable(call.Args[1]) != span || p.mentions(call.Args[0], span) > 0 {
		return false
	}
	v := p.variable(stmt.Lhs[0])
	if v == nil || p.commentBetween(stmt, stmt) {
		return false
	}
	for _, b := range between {
		mentioned := false
		ast.Inspect(b, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && id.Name == v.Name() {
				mentioned = true
			}
			return true
		})
		if mentioned {
			return false
		}
	}
	switch {
	case stmt.Tok == token.DEFINE:
		return after.start.Tok == token.DEFINE
	case after.start.Tok == token.DEFINE:
		scope := p.info.Scopes[p.file.syntax].Innermost(after.start.Pos())
		return v.Parent() == scope
	}
	return true
}
