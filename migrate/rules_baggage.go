// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

func (p *baggageFile) baggageRows() []rule {
	return append(append(
		rowsFor("baggage", p.spanCall, nil, "baggage", "opentracing.Span.SetBaggageItem"),
		rowsFor("baggage", p.baggageItem, nil, "baggage", "opentracing.Span.BaggageItem")...),
		rowsFor("baggage", p.foreachBaggageItem, nil, "baggage", "opentracing.SpanContext.ForeachBaggageItem")...)
}

// baggageUse says what a site has to do with the baggage of a span.
type baggageUse uint8

const (
	// baggageInContext: the context that has the item is known here.
	baggageInContext baggageUse = iota + 1
	// baggageInSpan: only the span is, which an adapter asks.
	baggageInSpan
)

const baggageParentLost = "the child has the baggage of the context, not that of its parent, which is not known to be active in it"

const baggageNotSent = "the baggage of the span is not sent with it, because no context is known that has it"

// setBaggageOps handles SetBaggageItem. In OpenTracing the item reaches every
// context that the span is in, whenever it was made, and so it does through an
// adapter. Where it is set right after the start, before anybody else has seen span
// or context, putting it into the context is the same.
func (p *baggageFile) setBaggageOps(call *ast.CallExpr) (ast.Expr, []*op) {
	if len(call.Args) != 2 {
		return nil, nil
	}
	ctx := p.baggageContext(call)
	kind := baggageInSpan
	if ctx != nil {
		kind = baggageInContext
	}
	return receiverOf(call), []*op{{baggage: kind, stmt: func(r *renderer, span string) string {
		args := r.text(call.Args[0]) + ", " + r.text(call.Args[1]) + ")"
		if ctx != nil && !p.below.opentracing {
			return ctx.Name() + " = " + r.helper("withBaggageItem") + "(" + ctx.Name() + ", " + args
		}
		return r.pkg(compatPath) + ".OpenTracingSpan(" + span + ").SetBaggageItem(" + args
	}}}
}

// baggageContext returns the context variable that an item can be put into instead
// of the span, or nil.
func (p *baggageFile) baggageContext(call *ast.CallExpr) *types.Var {
	span := p.variable(p.chainBase(receiverOf(call)))
	stmt, ok := p.enclosingStmt(call).(*ast.ExprStmt)
	if !ok || span == nil || span.IsField() || p.variable(p.calledSpan(stmt.X)) != span {
		return nil
	}
	last, known := p.lastAssignment(span, call)
	as := p.startAssignment(last, span)
	if !known || as == nil {
		return nil
	}
	siblings, i := p.siblings(as)
	from := i + 1
	ctx := (*types.Var)(nil)
	if len(as.Lhs) == 2 {
		ctx = p.variable(as.Lhs[1])
	} else if after := p.activationOf(as, span); after != nil {
		ctx = p.variable(after.Lhs[0])
		for from < len(siblings) && siblings[from] != after {
			from++
		}
		from++
	}
	if ctx == nil || ctx.Name() == "_" || ctx.IsField() || ctx.Parent() == p.file.unit.pkg.Scope() {
		return nil
	}
	for ; from < len(siblings); from++ {
		if siblings[from] == stmt {
			if p.staysBehind(span, ctx, as) {
				return ctx
			}
			return nil
		}
		if !p.concernsOnly(siblings[from], span) || p.mentions(siblings[from], ctx) > 0 {
			return nil
		}
	}
	return nil
}

// staysBehind tells whether a span variable is only called where it is: no other
// code gets the span but out of the context.
func (p *baggageFile) staysBehind(span, ctx *types.Var, start *ast.AssignStmt) bool {
	stays := true
	ast.Inspect(p.outermostFunc(start), func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || p.info.ObjectOf(id) != span || id == start.Lhs[0] {
			return stays
		}
		sel, ok := p.parent[id].(*ast.SelectorExpr)
		if !ok {
			call, isCall := p.parent[id].(*ast.CallExpr)
			stays = isCall && p.symbolOf(call.Fun) == "opentracing.ContextWithSpan" && p.activationOf(start, span) == p.statement(call)
			return stays
		}
		switch p.symbolOf(sel) {
		case "":
			stays = false
		case "opentracing.Span.Context":
			stays = p.activeIn(id, ctx.Name(), sel)
		}
		return stays
	})
	return stays
}

// activeContext renders the context that a span is active in at a call, or is nil.
func (p *baggageFile) activeContext(call *ast.CallExpr, span ast.Expr) func(r *renderer) string {
	if kept := p.contextFor(call, span); kept != nil {
		return func(*renderer) string { return kept.name }
	}
	if from := p.takenFrom(span); from != nil {
		return func(r *renderer) string { return r.text(from) }
	}
	if name := p.contextName(call); name != "" && p.activeIn(span, name, call) {
		return func(*renderer) string { return name }
	}
	last, known := p.lastAssignment(p.variable(span), call)
	as := p.startAssignment(last, p.variable(span))
	if !known || as == nil || len(as.Lhs) != 2 || isBlank(as.Lhs[1]) {
		return nil
	}
	ctx := p.variable(as.Lhs[1])
	if ctx != nil && p.activeIn(span, ctx.Name(), call) {
		return func(*renderer) string { return ctx.Name() }
	}
	return nil
}

// dropAsked deletes the variable of a span that is asked for its baggage only: the
// context is asked afterwards.
func (p *baggageFile) dropAsked(s *site, span ast.Expr) {
	v := p.variable(span)
	last, _ := p.lastAssignment(v, span)
	as, ok := last.(*ast.AssignStmt)
	if !ok || as.Tok != token.DEFINE || len(as.Lhs) != 1 || len(p.edits.byNode[as]) > 1 {
		return
	}
	symbol, call := p.calls(as.Rhs[0])
	if list, _ := p.siblings(as); list == nil || symbol != "opentracing.SpanFromContext" || !p.pureArguments(call) && p.requestOf(call.Args[0]) == nil {
		return
	}
	only := true
	p.eachMention(v, as, func(_ *ast.Ident, parent ast.Node) {
		sel, _ := parent.(*ast.SelectorExpr)
		if sel != nil && p.symbolOf(sel) == "opentracing.Span.Context" {
			context, _ := p.parent[sel].(*ast.CallExpr)
			sel, _ = p.parent[context].(*ast.SelectorExpr)
		}
		if sel == nil {
			only = false
			return
		}
		switch p.symbolOf(sel) {
		case "opentracing.Span.BaggageItem", "opentracing.SpanContext.ForeachBaggageItem":
		default:
			only = false
		}
	})
	if !only {
		return
	}
	p.wrap(s, as, nil)
}

// baggageItem handles BaggageItem.
func (p *baggageFile) baggageItem(u *use) {
	call, span := u.call, receiverOf(u.call)
	if span == nil || len(call.Args) != 1 {
		return
	}
	s := p.site(u, p.expr(span))
	ctx := p.activeContext(call, span)
	if ctx == nil {
		s.baggage = baggageInSpan
		p.edit(s, call, func(r *renderer) string {
			return r.pkg(compatPath) + ".OpenTracingSpan(" + r.text(span) + ").BaggageItem(" + r.text(call.Args[0]) + ")"
		})
		return
	}
	s.baggage, s.changes = baggageInContext, untracedBaggage
	p.takeAll(s, span)
	p.dropAsked(s, span)
	p.edit(s, call, func(r *renderer) string {
		return r.pkg(baggagePath) + ".FromContext(" + ctx(r) + ").Member(" + r.text(call.Args[0]) + ").Value()"
	})
}

// foreachBaggageItem handles ForeachBaggageItem of a span's context, or of one that
// was extracted.
func (p *baggageFile) foreachBaggageItem(u *use) {
	call, sc := u.call, receiverOf(u.call)
	if sc == nil || len(call.Args) != 1 {
		return
	}
	var ctx func(r *renderer) string
	symbol, inner := p.calls(sc)
	switch {
	case symbol == "opentracing.Span.Context":
		ctx = p.activeContext(call, receiverOf(inner))
	case p.remotes[p.variable(sc)] != nil:
		ctx = func(*renderer) string { return p.remotes[p.variable(sc)].name }
	default:
		return // refused
	}
	s := p.site(u, p.expr(sc))
	p.takeAll(s, sc)
	s.baggage = baggageInContext
	if ctx == nil {
		s.baggage = baggageInSpan
		p.edit(s, call, func(r *renderer) string {
			return r.pkg(compatPath) + ".OpenTracingSpan(" + r.text(receiverOf(inner)) + ").Context().ForeachBaggageItem(" + r.text(call.Args[0]) + ")"
		})
		return
	}
	s.changes = untracedBaggage
	if inner != nil {
		p.dropAsked(s, receiverOf(inner))
	}
	p.edit(s, call, func(r *renderer) string {
		return r.helper("foreachBaggageItem") + "(" + ctx(r) + ", " + r.text(call.Args[0]) + ")"
	})
}

// startReferences looks at what becomes of the baggage of the spans that a start
// refers to, and at span contexts that stay OpenTracing.
func (p *startFile) startReferences(s *site, st *start) {
	// Where the one parent is all that the new span has its baggage from, an adapter
	// knows it.
	st.site = s
	one := len(st.references) == 1 && !st.fromContext && st.slice == nil && (!st.references[0].follows || p.opts.FollowsFrom != "link")
	for _, ref := range st.references {
		switch {
		case ref.stays == nil:
			s.loses = s.loses || p.losesBaggage(st, ref) && (st.name == nil || !p.unseen(st.call))
		case !one || ref.follows:
			s.deny(ref.stays.category, ref.stays.pos, ref.stays.reason)
		default:
			p.referred[ref.context] = true
		}
	}
	if s.loses && one {
		s.parent = p.expr(st.references[0].context)
		s.carriable = st.references[0].span != nil
	}
}

// unseen tells whether nobody can ask for the baggage of the span that a call starts:
// it stays in a variable on which calls are made that tell nothing of it.
func (p *startFile) unseen(start *ast.CallExpr) bool {
	as, ok := p.statement(start).(*ast.AssignStmt)
	if !ok || len(as.Lhs) != 1 || as.Tok != token.DEFINE {
		return false
	}
	span := p.variable(as.Lhs[0])
	unseen := span != nil
	ast.Inspect(p.enclosingFunc(start), func(n ast.Node) bool {
		var called ast.Expr
		switch n := n.(type) {
		case *ast.ExprStmt:
			called = p.calledSpan(n.X)
		case *ast.DeferStmt:
			called = p.calledSpan(n.Call)
		case *ast.Ident:
			unseen = unseen && (n == as.Lhs[0] || p.info.ObjectOf(n) != span)
		}
		if called == nil || span == nil || p.variable(called) != span {
			return unseen
		}
		// The arguments may name it, too.
		unseen = unseen && p.mentions(n, span) == 1
		return false
	})
	return unseen
}

// losesBaggage tells whether a reference's baggage stays behind: its span is not
// known to be active in the context that the new span is started in.
func (p *startFile) losesBaggage(st *start, ref *reference) bool {
	switch {
	case ref.ctx != nil:
		return false
	case ref.span == nil:
		return p.remotes[p.variable(ref.context)] == nil
	}
	base := p.contextName(st.call)
	if v := p.variable(st.ctx); v != nil {
		base = v.Name()
	}
	return !p.activeIn(ref.span, base, st.call) && (st.fromContext || p.takenFrom(ref.span) == nil)
}

// judge finds the starts in a group whose parent is named by its span or span
// context, where the new span would miss the parent's baggage: it would be set on the
// parent, and looked for in a context. A span carries its baggage to the child by an
// adapter. So does a span context, which has to stay OpenTracing for that. It returns
// why the group can't change, if an item is lost inside it.
func (rw *baggageRun) judge(g *group) *pin {
	limit := rw.maxAdapters(g)
	inside := slices.ContainsFunc(g.sites, func(s *site) bool {
		return s.baggage != 0 || s.showsBaggage && rw.looked[s.file.unit.path]
	})
	var why *pin
	var carriers []*site
	for _, s := range g.sites {
		switch {
		case !s.loses || s.activates: // an adapter activates baggage, too
		case s.carriable && (inside || rw.baggage[s.file.unit.path]):
			carriers = append(carriers, s)
		case inside:
			why = &pin{"baggage", s.pos, "the parent's baggage is in no context that is known here"}
			rw.stayForBaggage(g, s)
		case s.sends && g.adapters+g.handedOn() <= limit && rw.stayForBaggage(g, s):
			why = &pin{"baggage", s.pos, "the baggage of the span context that is injected is in no context that is known here"}
		}
	}
	if !inside && g.adapters+len(carriers) > limit {
		return why // what is lost is listed
	}
	for _, s := range carriers {
		s.carries = true
		carrier := &site{file: s.file, pos: s.pos, symbol: "opentracing.SpanContext", rule: "adapters", adapter: true, nodes: s.nodes}
		rw.sites = append(rw.sites, carrier)
		g.sites = append(g.sites, carrier)
	}
	g.adapters += len(carriers)
	return why
}

// stayForBaggage has the span context that a site refers to stay OpenTracing, and tells
// whether that is a declaration that can.
func (rw *rewriter) stayForBaggage(g *group, s *site) bool {
	n := s.parent
	if n == nil || n.obj == nil || !n.obj.Pos().IsValid() || g.refusal != nil {
		return false
	}
	rw.stay(n.obj.Pos(), &pin{"baggage", n.obj.Pos(), "a span context of OpenTelemetry has no baggage, and this one's is needed"})
	return true
}

// handedOn counts the places where the context of a span is handed on: each needs an
// adapter where span contexts stay.
func (g *group) handedOn() (n int) {
	for _, s := range g.sites {
		if s.symbol == "opentracing.Span.Context" {
			n++
		}
	}
	return n
}
