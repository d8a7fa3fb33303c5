// SPDX-License-Identifier: Apache-2.0

package baggage

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/spans"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

func (p *File) baggageRows() []plan.Rule {
	return append(append(
		plan.RowsFor("baggage", p.SpanCall, nil, plan.RefusedBaggage, "opentracing.Span.SetBaggageItem"),
		plan.RowsFor("baggage", p.baggageItem, nil, plan.RefusedBaggage, "opentracing.Span.BaggageItem")...),
		plan.RowsFor("baggage", p.foreachBaggageItem, nil, plan.RefusedBaggage, "opentracing.SpanContext.ForeachBaggageItem")...)
}

// setBaggageOps handles SetBaggageItem. In OpenTracing the item reaches every
// context that the span is in, whenever it was made, and so it does through an
// adapter. Where it is set right after the start, before anybody else has seen span
// or context, putting it into the context is the same.
func (p *File) setBaggageOps(call *ast.CallExpr) (ast.Expr, []*spans.Op) {
	if len(call.Args) != 2 {
		return nil, nil
	}
	ctx := p.baggageContext(call)
	kind := plan.BaggageInSpan
	if ctx != nil {
		kind = plan.BaggageInContext
	}
	return syntax.ReceiverOf(call), []*spans.Op{{Baggage: kind, Stmt: func(r *edit.Renderer, span string) string {
		args := r.Text(call.Args[0]) + ", " + r.Text(call.Args[1]) + ")"
		if ctx != nil && !p.Below.Opentracing {
			return ctx.Name() + " = " + r.Helper("withBaggageItem") + "(" + ctx.Name() + ", " + args
		}
		return r.Pkg(opentelemetry.CompatPath) + ".OpenTracingSpan(" + span + ").SetBaggageItem(" + args
	}}}
}

// baggageContext returns the context variable that an item can be put into instead
// of the span, or nil.
func (p *File) baggageContext(call *ast.CallExpr) *types.Var {
	span := p.Variable(p.ChainBase(syntax.ReceiverOf(call)))
	stmt, ok := p.EnclosingStmt(call).(*ast.ExprStmt)
	if !ok || span == nil || span.IsField() || p.Variable(p.CalledSpan(stmt.X)) != span {
		return nil
	}
	last, known := p.LastAssignment(span, call)
	as := p.StartAssignment(last, span)
	if !known || as == nil {
		return nil
	}
	siblings, i := p.Siblings(as)
	from := i + 1
	ctx := (*types.Var)(nil)
	if len(as.Lhs) == 2 {
		ctx = p.Variable(as.Lhs[1])
	} else if after := p.ActivationOf(as, span); after != nil {
		ctx = p.Variable(after.Lhs[0])
		for from < len(siblings) && siblings[from] != after {
			from++
		}
		from++
	}
	if ctx == nil || ctx.Name() == "_" || ctx.IsField() || ctx.Parent() == p.Source.Unit.Pkg.Scope() {
		return nil
	}
	for ; from < len(siblings); from++ {
		if siblings[from] == stmt {
			if p.staysBehind(span, ctx, as) {
				return ctx
			}
			return nil
		}
		if !p.ConcernsOnly(siblings[from], span) || p.Mentions(siblings[from], ctx) > 0 {
			return nil
		}
	}
	return nil
}

// staysBehind tells whether a span variable is only called where it is: no other
// code gets the span but out of the context.
func (p *File) staysBehind(span, ctx *types.Var, start *ast.AssignStmt) bool {
	stays := true
	ast.Inspect(p.OutermostFunc(start), func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || p.Info.ObjectOf(id) != span || id == start.Lhs[0] {
			return stays
		}
		sel, ok := p.Parent[id].(*ast.SelectorExpr)
		if !ok {
			call, isCall := p.Parent[id].(*ast.CallExpr)
			stays = isCall && p.SymbolOf(call.Fun) == "opentracing.ContextWithSpan" && p.ActivationOf(start, span) == p.Statement(call)
			return stays
		}
		switch p.SymbolOf(sel) {
		case "":
			stays = false
		case "opentracing.Span.Context":
			stays = p.ActiveIn(id, ctx.Name(), sel)
		}
		return stays
	})
	return stays
}

// activeContext renders the context that a span is active in at a call, or is nil.
func (p *File) activeContext(call *ast.CallExpr, span ast.Expr) func(r *edit.Renderer) string {
	if kept := p.ContextFor(call, span); kept != nil {
		return func(*edit.Renderer) string { return kept.Name }
	}
	if from := p.TakenFrom(span); from != nil {
		return func(r *edit.Renderer) string { return r.Text(from) }
	}
	if name := p.ContextName(call); name != "" && p.ActiveIn(span, name, call) {
		return func(*edit.Renderer) string { return name }
	}
	if from := p.BaggageOf(span, call); from != nil {
		return func(r *edit.Renderer) string { return r.Text(from) }
	}
	return nil
}

// dropAsked deletes the variable of a span that is asked for its baggage only: the
// context is asked afterwards.
func (p *File) dropAsked(s *plan.Site, span ast.Expr) {
	v := p.Variable(span)
	last, _ := p.LastAssignment(v, span)
	as, ok := last.(*ast.AssignStmt)
	if !ok || as.Tok != token.DEFINE || len(as.Lhs) != 1 || len(p.Edits.ByNode[as]) > 1 {
		return
	}
	symbol, call := p.Calls(as.Rhs[0])
	if list, _ := p.Siblings(as); list == nil || symbol != "opentracing.SpanFromContext" || !p.PureArguments(call) && p.RequestOf(call.Args[0]) == nil {
		return
	}
	only := true
	p.EachMention(v, as, func(_ *ast.Ident, parent ast.Node) {
		sel, _ := parent.(*ast.SelectorExpr)
		if sel != nil && p.SymbolOf(sel) == "opentracing.Span.Context" {
			context, _ := p.Parent[sel].(*ast.CallExpr)
			sel, _ = p.Parent[context].(*ast.SelectorExpr)
		}
		if sel == nil {
			only = false
			return
		}
		switch p.SymbolOf(sel) {
		case "opentracing.Span.BaggageItem", "opentracing.SpanContext.ForeachBaggageItem":
		default:
			only = false
		}
	})
	if !only {
		return
	}
	p.Wrap(s, as, nil)
}

// baggageItem handles BaggageItem.
func (p *File) baggageItem(u *plan.Use) {
	call, span := u.Call, syntax.ReceiverOf(u.Call)
	if span == nil || len(call.Args) != 1 {
		return
	}
	s := p.Site(u, p.Expr(span))
	ctx := p.activeContext(call, span)
	if ctx == nil {
		s.Baggage = plan.BaggageInSpan
		p.Edit(s, call, func(r *edit.Renderer) string {
			return r.Pkg(opentelemetry.CompatPath) + ".OpenTracingSpan(" + r.Text(span) + ").BaggageItem(" + r.Text(call.Args[0]) + ")"
		})
		return
	}
	s.Baggage, s.Changes = plan.BaggageInContext, plan.UntracedBaggage
	p.TakeAll(s, span)
	p.dropAsked(s, span)
	p.Edit(s, call, func(r *edit.Renderer) string {
		return r.Pkg(opentelemetry.BaggagePath) + ".FromContext(" + ctx(r) + ").Member(" + r.Text(call.Args[0]) + ").Value()"
	})
}

// foreachBaggageItem handles ForeachBaggageItem of a span's context, or of one that
// was extracted.
func (p *File) foreachBaggageItem(u *plan.Use) {
	call, sc := u.Call, syntax.ReceiverOf(u.Call)
	if sc == nil || len(call.Args) != 1 {
		return
	}
	var ctx func(r *edit.Renderer) string
	symbol, inner := p.Calls(sc)
	switch {
	case symbol == "opentracing.Span.Context":
		ctx = p.activeContext(call, syntax.ReceiverOf(inner))
	case p.Remotes[p.Variable(sc)] != nil:
		ctx = func(*edit.Renderer) string { return p.Remotes[p.Variable(sc)].Name }
	default:
		s := p.Site(u, p.Expr(sc))
		s.Baggage, s.Parent = plan.BaggageStored, p.Expr(sc)
		return
	}
	s := p.Site(u, p.Expr(sc))
	p.TakeAll(s, sc)
	s.Baggage = plan.BaggageInContext
	if ctx == nil {
		s.Baggage = plan.BaggageInSpan
		p.Edit(s, call, func(r *edit.Renderer) string {
			return r.Pkg(opentelemetry.CompatPath) + ".OpenTracingSpan(" + r.Text(syntax.ReceiverOf(inner)) + ").Context().ForeachBaggageItem(" + r.Text(call.Args[0]) + ")"
		})
		return
	}
	s.Changes = plan.UntracedBaggage
	if inner != nil {
		p.dropAsked(s, syntax.ReceiverOf(inner))
	}
	p.Edit(s, call, func(r *edit.Renderer) string {
		return r.Helper("foreachBaggageItem") + "(" + ctx(r) + ", " + r.Text(call.Args[0]) + ")"
	})
}

// Judge finds the starts in a group whose parent is named by its span or span
// context, where the new span would miss the parent's baggage: it would be set on the
// parent, and looked for in a context. A span carries its baggage to the child by an
// adapter. So does a span context, which has to stay OpenTracing for that. It returns
// why the group can't change, if an item is lost inside it.
func (rw *Run) Judge(g *plan.Group) *flow.Pin {
	limit := rw.MaxAdapters(g)
	inside := slices.ContainsFunc(g.Sites, func(s *plan.Site) bool {
		return s.Baggage != 0 || s.ShowsBaggage && rw.Looked[s.File.Unit.Path]
	})
	var why *flow.Pin
	var carriers []*plan.Site
	for _, s := range g.Sites {
		switch {
		case s.Baggage == plan.BaggageStored:
			rw.StayForBaggage(s)
			why = &flow.Pin{Category: plan.RefusedBaggage, Pos: s.Pos, Reason: "no known context has the baggage of the span context that is asked for it"}
		case !s.Loses || s.Activates: // an adapter activates baggage, too
		case s.Carriable && (inside || rw.Baggage[s.File.Unit.Path]):
			carriers = append(carriers, s)
		case inside:
			why = &flow.Pin{Category: plan.RefusedBaggage, Pos: s.Pos, Reason: "no known context has the baggage of the parent"}
			if g.Refusal == nil {
				rw.StayForBaggage(s)
			}
		case (s.Sends || s.Detached && rw.Baggage[s.File.Unit.Path]) && g.Refusal == nil && g.Adapters+g.HandedOn() <= limit && rw.StayForBaggage(s):
			why = &flow.Pin{Category: plan.RefusedBaggage, Pos: s.Pos, Reason: "no known context has the baggage of the span context that is sent on"}
		}
	}
	if !inside && g.Adapters+len(carriers) > limit {
		return why // what is lost is listed
	}
	for _, s := range carriers {
		s.Carries = true
		carrier := &plan.Site{File: s.File, Pos: s.Pos, Symbol: "opentracing.SpanContext", Rule: "adapters", Adapter: true, Nodes: s.Nodes}
		rw.Sites = append(rw.Sites, carrier)
		g.Sites = append(g.Sites, carrier)
	}
	g.Adapters += len(carriers)
	return why
}
