// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/types"
)

// separate tells whether what a method of a span, or LogError, is given stays apart from
// the span: where one of the two can't change, the call is kept by an adapter. The site
// of the call joins them otherwise.
func separate(f *types.Func) bool {
	switch f.FullName() {
	case "(" + OpenTracingPath + ".Span).LogFields", "(" + OpenTracingPath + ".Span).FinishWithOptions",
		"(" + OpenTracingPath + ".Span).Log", ExtPath + ".LogError":
		return true
	}
	return false
}

// isMethodExpr tells whether an expression is a method as a function of its receiver.
func (w *syntaxFile) isMethodExpr(e ast.Expr) bool {
	sel, ok := e.(*ast.SelectorExpr)
	return ok && w.info.Selections[sel] != nil && w.info.Selections[sel].Kind() == types.MethodExpr
}

// needApart joins a site with the arguments that its call is given apart from the span.
func (p *planner) needApart(s *site, call *ast.CallExpr) {
	f := p.callee(call)
	if f == nil || !separate(f) || p.isMethodExpr(ast.Unparen(call.Fun)) {
		return
	}
	for _, arg := range call.Args {
		if softKind(p.info.TypeOf(arg)) != "Span" {
			n := p.expr(arg)
			s.need(n)
			s.apart = s.apart || n != nil
		}
	}
}

// keepCall makes the site that keeps a statement of calls on a span as it is, on the
// OpenTracing view of the span, where s can't rewrite it:
//
//	compat.OpenTracingSpan(span).LogFields(fields...)
//
// It is the same span, so it gets the same. Of the status this holds for errors without
// a description only.
func (p *spanFile) keepCall(s *site, call *ast.CallExpr, base ast.Expr, ops []*op) {
	switch p.statement(call).(type) {
	case *ast.ExprStmt, *ast.DeferStmt, *ast.GoStmt:
	default:
		return
	}
	span := p.spanNode(base, ops[0])
	if span == nil || span.pinned() != nil || softKind(p.info.TypeOf(base)) != "Span" {
		return
	}
	k := &site{file: p.file, pos: s.pos, symbol: s.symbol, rule: s.rule, adapter: true, nodes: []*node{span}, instead: s}
	for _, o := range ops {
		if o.facts&(setsErrorText|setsErrorFalse|setsErrorMaybe|nameError) != 0 || o.facts&setsStatus != 0 && o.keep == nil {
			return
		}
		k.uses = append(k.uses, p.useOf(o.call.Fun))
		if o.baggage != 0 {
			k.baggage = baggageInSpan
		}
	}
	if s.refusal != nil { // otherwise s has the error tags
		for _, o := range ops {
			if o.facts&setsStatus == 0 {
				continue
			}
			tag := *o
			tag.site, tag.kept = k, true
			p.errorTags = append(p.errorTags, &errorTag{op: &tag, p: p, span: span, base: base, moment: p.momentOf(call)})
		}
	}
	s.kept = k
	p.sites = append(p.sites, k)
	p.wrap(k, base, func(r *renderer) string {
		return r.pkg(compatPath) + ".OpenTracingSpan(" + r.text(base) + ")"
	})
}

// keeps tells whether a group is that of the span of a site, and can change although
// the site is not rewritten.
func (rw *rewriter) keeps(g *group, s *site) bool {
	if s.kept == nil || rw.groups[s.span.find()] != g {
		return false
	}
	for _, n := range s.nodes {
		if n != s.span && rw.groups[n.find()] == g {
			return false // an argument changes with the span
		}
	}
	return true
}

// keepFew refuses the groups that would need too many adapters for calls that are kept,
// for what keeps the first of these, and tells whether there were any.
func (rw *rewriter) keepFew() (refused bool) {
	for _, g := range rw.list {
		if g.refusal != nil {
			continue
		}
		var first *site
		n := g.adapters
		for _, s := range g.sites {
			if s.instead != nil && rw.on(s) {
				if n++; first == nil {
					first = s.instead
				}
			}
		}
		if first != nil && n > g.limit {
			g.refuse(rw.why(first))
			refused = true
		}
	}
	return refused
}
