// SPDX-License-Identifier: Apache-2.0

package starts

import (
	"cmp"
	"go/ast"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/spans"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/values"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

func (p *File) startRows() []plan.Rule {
	all := plan.RowsFor("start", p.startUse, nil, plan.RefusedMethodValue,
		"opentracing.StartSpan", "opentracing.StartSpanFromContext",
		"opentracing.StartSpanFromContextWithTracer", "opentracing.Tracer.StartSpan", "opentracing.NoopTracer.StartSpan")
	all = append(all, plan.RowsFor("start", p.optionCall, nil, flow.RefusedOptionValue, "opentracing.StartTime")...)
	return all
}

// optionRows are those of values that may be options of a start.
func (p *File) optionRows() []plan.Rule {
	all := plan.RowsFor("tags", nil, p.optionValue, values.RefusedTagValue, "opentracing.Tag")
	all = append(all, plan.RowsFor("tags", nil, p.tagField, values.RefusedTagValue, "opentracing.Tag.Key", "opentracing.Tag.Value")...)
	all = append(all, plan.RowsFor("kinds", nil, p.optionValue, values.RefusedTagValue, "ext.SpanKindRPCClient", "ext.SpanKindRPCServer", "ext.SpanKindProducer", "ext.SpanKindConsumer")...)
	return append(all, plan.RowsFor("tracers", p.spanTracer, nil, plan.RefusedMethodValue, "opentracing.Span.Tracer")...)
}

// A Start is a call that starts a span.
type Start struct {
	Call        *ast.CallExpr
	fromContext bool     // the context's span is the last reference
	ctx         ast.Expr // for fromContext
	base        string   // the variable that has ctx, if it can't be evaluated again
	keep        ast.Expr // the context whose values the new span's has to have; nil: it is dropped
	tracer      ast.Expr // nil means the package's own, or
	ofSpan      ast.Expr // that of a span
	mayBeNoop   bool     // the tracer
	name        ast.Expr
	options     []func(r *edit.Renderer) string
	attrs       []startAttribute
	sets        []startTags
	kind        func(r *edit.Renderer) string // the option of a kind, if it has one
	kindAt      int                           // its place among the options, where one before it has a kind, too
	References  []*reference
	spread      ast.Expr
	slice       *optionSlice         // what is spread has references
	post        []*spans.Op          // what can be done only after the start
	before      []func(s *plan.Site) // add what comes before it
	appended    []*appended          // to spread
	uses        []*plan.Use
	nodes       []*flow.Node
	refusal     *flow.Pin
	site        *plan.Site
}

func (s *Start) deny(category *refusal.Category, at ast.Node, reason string) {
	if s.refusal == nil {
		s.refusal = &flow.Pin{Category: category, Pos: at.Pos(), Reason: reason}
	}
}

// startCall takes apart an expression that starts a span, or returns nil.
func (p *File) startCall(e ast.Expr) *Start {
	symbol, call := p.Calls(e)
	st := &Start{Call: call}
	first := 0
	switch symbol {
	case "opentracing.StartSpanFromContext":
		st.fromContext = true
		first = 1
	case "opentracing.StartSpanFromContextWithTracer":
		st.fromContext = true
		first = 2
	case "opentracing.StartSpan", "opentracing.Tracer.StartSpan", "opentracing.NoopTracer.StartSpan":
	default:
		return nil
	}
	st.uses = append(st.uses, p.UseOf(call.Fun))
	if results := p.Spread(call); len(call.Args) <= first || len(results) > 0 {
		st.nodes = append(append(st.nodes, results...), p.Result(call, 0))
		st.deny(spans.RefusedSpreadArguments, call, "its arguments come from one call")
		return st
	}
	if st.fromContext {
		st.ctx = call.Args[0]
		st.keep = st.ctx
	}
	switch symbol {
	case "opentracing.StartSpanFromContextWithTracer":
		p.startTracer(st, call.Args[1])
	case "opentracing.Tracer.StartSpan", "opentracing.NoopTracer.StartSpan":
		p.startTracer(st, syntax.ReceiverOf(call))
	}
	st.name = call.Args[first]
	st.nodes = append(st.nodes, p.Result(call, 0))
	p.startOptions(st, call.Args[first+1:])
	st.base = p.wrapped[call]
	if st.fromContext || len(st.References) > 1 {
		for _, ref := range st.References {
			if e := cmp.Or(ref.Span, ref.context); e != nil && p.Expr(e) != nil && p.Expr(e).Origin&flow.OriginNoop != 0 {
				st.deny(flow.RefusedNoopTracer, e, "OpenTracing ignores a reference to a span of NoopTracer, so another reference may be the parent")
			}
		}
	}
	p.otherParent(st)
	return st
}

// startOptions adds the options that the call of a start is given.
func (p *File) startOptions(st *Start, opts []ast.Expr) {
	for i, o := range opts {
		if st.Call.Ellipsis.IsValid() && i == len(opts)-1 {
			if i > 0 {
				st.deny(flow.RefusedOptionValue, o, "options are passed both one by one and as a slice")
			}
			st.spread = o
			st.nodes = append(st.nodes, p.Expr(o))
			if slice := p.optionSliceOf(p.Variable(o)); slice != nil && len(slice.refs) > 0 && slice.start == st.Call {
				st.slice = slice
				if slice.empty {
					st.spread = nil
				}
			}
			continue
		}
		p.option(st, o)
	}
	if st.spread != nil && st.slice == nil {
		p.appendedReferences(st)
	}
}

// findRooted finds the tracers that may do nothing and start a span under a parent that
// others may see.
func (p *File) findRooted() {
	for _, u := range p.Order {
		call, ok := p.Statement(u.Expr).(*ast.CallExpr)
		if !ok || ast.Unparen(call.Fun) != u.Expr {
			continue
		}
		st := p.startCall(call)
		if st != nil && st.mayBeNoop && (st.fromContext || len(st.References) > 0 || st.slice != nil || (wrapping{p}).isStart(call)) && !p.Leaf(call) {
			p.TracerNode(st.tracer).Find().Rooted = true
		}
	}
}

// startTracer sets the tracer of a start. The global one, and that of a span, are
// the package's own afterwards.
func (p *File) startTracer(st *Start, e ast.Expr) {
	symbol, call := p.Calls(e)
	switch symbol {
	case "opentracing.GlobalTracer":
		st.uses = append(st.uses, p.UseOf(call.Fun))
		return
	case "opentracing.Span.Tracer":
		if p.PureArguments(syntax.ReceiverOf(call)) {
			st.uses = append(st.uses, p.UseOf(call.Fun))
			n := p.Expr(syntax.ReceiverOf(call))
			st.nodes = append(st.nodes, n)
			if n != nil && n.Origin&flow.OriginNoop != 0 {
				st.deny(flow.RefusedNoopTracer, e, "the tracer of the span may be NoopTracer; the package's tracer is not")
			}
			if p.Run.MayBeLegacy(p.Source, n) {
				st.ofSpan = syntax.ReceiverOf(call)
			}
			if inner, c := p.Calls(syntax.ReceiverOf(call)); inner != "" {
				st.uses = append(st.uses, p.UseOf(c.Fun))
			}
			return
		}
	}
	st.tracer = e
	n := p.TracerNode(e)
	st.mayBeNoop = n != nil && n.Origin&flow.OriginNoop != 0
	st.nodes = append(st.nodes, n)
}

// place adds what stands before the start, and what its references and options need.
func (s *Start) place(p *File, site *plan.Site) {
	for _, add := range s.before {
		add(site)
	}
	p.StartReferences(site, s)
	p.nameTwice(site, s)
	p.dropAppended(site, s)
}

func (p *File) TakeStart(s *plan.Site, st *Start) {
	for _, u := range st.uses {
		p.Take(s, u)
	}
	s.Need(st.nodes...)
	for _, o := range st.post {
		o.Call = st.Call
		p.TakeOp(s, o)
	}
	if s.Refusal == nil {
		s.Refusal = st.refusal
	}
}

// core renders the call of Start. base is the context where the start has none of
// its own.
func (p *File) core(r *edit.Renderer, st *Start, base string, rootOption bool) string {
	tracer := ""
	if st.ofSpan != nil {
		tracer = p.TracerOf(r, st.ofSpan)
	} else if st.tracer != nil {
		tracer = r.Operand(st.tracer)
		if st.tracer == syntax.ReceiverOf(st.Call) && opentelemetry.HasProvider(p.Info.TypeOf(st.tracer)) {
			tracer += ".TracerProvider().Tracer(" + edit.Quote(p.Source.Unit.Path) + ")"
		}
	} else {
		tracer = r.Tracer()
	}
	ctx, links := p.parentContext(r, st, base)
	args := []string{ctx, r.Text(st.name)}
	if rootOption {
		args = append(args, r.Trace("WithNewRoot")+"()")
	}
	args = append(args, p.arguments(r, st)...)
	args = append(args, links...)
	if st.spread != nil {
		args = append(args, r.Text(st.spread)+"...")
	}
	return startList(tracer+".Start(", append(args[:2:2], r.SpreadLast(args[2:])...))
}

// startList keeps context and name on the first line.
func startList(before string, args []string) string {
	if len(args) == 3 || len(args) > 3 && len(edit.List(before, args, ")")) < 100 {
		var out strings.Builder
		out.WriteString(before)
		for i, a := range args {
			if i > 0 {
				out.WriteString(", ")
			}
			out.WriteString(a)
		}
		return out.String() + ")"
	}
	if len(args) > 3 {
		var out strings.Builder
		out.WriteString(before + args[0] + ", " + args[1] + ",\n")
		for _, a := range args[2:] {
			out.WriteString(a + ",\n")
		}
		return out.String() + ")"
	}
	return before + args[0] + ", " + args[1] + ")"
}

// startUse handles a start that nothing is chained to.
func (p *File) startUse(u *plan.Use) {
	if st := p.startCall(u.Call); st != nil {
		p.startChain(u, st, nil)
	}
}

// startChain handles a start with calls chained to it.
func (p *File) startedSpan(u *plan.Use, base ast.Expr, ops []*spans.Op) bool {
	start := p.startCall(base)
	if start != nil {
		p.startChain(u, start, ops)
	}
	return start != nil
}

func (p *File) startChain(u *plan.Use, st *Start, ops []*spans.Op) {
	s := p.Site(u)
	p.TakeStart(s, st)
	if st.fromContext && st.tracer != nil {
		// What it is read from, as the place itself is also of the group of its parents.
		s.Hides = p.Hiding(cmp.Or(p.Expr(st.tracer), p.TracerNode(st.tracer)), u.Call.Pos())
		s.MayHide = st.mayBeNoop
	}
	if p.belowLegacy(st) {
		s.Change("if the parent is a span of a tracer that stays OpenTracing, this span becomes its child; before, it was a root")
	}
	for _, o := range ops {
		p.TakeOp(s, o)
	}
	if s.Refusal != nil {
		return
	}
	st.place(p, s)
	ops = p.Settled(s, p.Result(st.Call, 0), nil, append(append([]*spans.Op(nil), st.post...), ops...))
	if st.fromContext {
		p.placePair(s, u, st, ops)
		return
	}
	p.placeSingle(s, u.Call, st, ops)
}

// placePair rewrites a start that returns a span and a context: the two swap.
func (p *File) placePair(s *plan.Site, u *plan.Use, st *Start, ops []*spans.Op) {
	switch stmt := p.Statement(u.Call).(type) {
	case *ast.AssignStmt:
		if len(stmt.Lhs) != 2 {
			break
		}
		siblings, i := p.Siblings(stmt)
		if siblings != nil {
			p.absorb(s, siblings[i+1:], stmt.Lhs[0], st, nil)
		}
		if len(ops) > 0 && (siblings == nil || !p.Repeatable(stmt.Lhs[0]) || syntax.IsBlank(stmt.Lhs[0])) {
			s.Deny(spans.RefusedExpression, stmt.Pos(), "the error tag needs a statement of its own after the start")
			return
		}
		kept := p.KeptContext(stmt)
		p.DeclareContext(s, kept)
		p.Edit(s, stmt, func(r *edit.Renderer) string {
			before, ctx := "", r.Text(stmt.Lhs[1])
			if p.Needed(kept) {
				before, ctx = kept.Declaration(r, stmt), kept.Name
			}
			text := before + ctx + ", " + r.Text(stmt.Lhs[0]) + " " + stmt.Tok.String() + " " + p.core(r, st, "", false)
			return withOps(r, text, r.Text(stmt.Lhs[0]), ops)
		})
		return
	case *ast.ValueSpec:
		if len(stmt.Names) != 2 || len(ops) > 0 {
			break
		}
		p.Edit(s, stmt, func(r *edit.Renderer) string {
			return stmt.Names[1].Name + ", " + stmt.Names[0].Name + " = " + p.core(r, st, "", false)
		})
		return
	case *ast.ReturnStmt:
		if list, _ := p.Siblings(stmt); list == nil || len(stmt.Results) != 1 {
			break
		}
		ctx, span := p.Fresh("ctx", stmt), p.Fresh("span", stmt)
		p.Edit(s, stmt, func(r *edit.Renderer) string {
			text := ctx + ", " + span + " := " + p.core(r, st, "", false)
			return p.Scoped(stmt, withOps(r, text, span, ops)+"\nreturn "+span+", "+ctx)
		})
		return
	case *ast.ExprStmt:
		p.Edit(s, stmt, func(r *edit.Renderer) string { return p.core(r, st, "", false) })
		return
	case *ast.CallExpr:
		at := p.Hoistable(u.Call)
		if at == nil || len(stmt.Args) != 1 {
			break
		}
		ctx, span := p.Fresh("spanCtx", at), p.Fresh("span", at)
		p.DeclareBefore(s, at, func(r *edit.Renderer) string {
			return withOps(r, ctx+", "+span+" := "+p.core(r, st, "", false), span, ops)
		})
		p.Edit(s, u.Call, func(*edit.Renderer) string { return span + ", " + ctx })
		return
	}
	s.Deny(spans.RefusedExpression, u.Call.Pos(), "two statements don't fit where the span starts")
}

func withOps(r *edit.Renderer, text, span string, ops []*spans.Op) string {
	if more := spans.RenderOps(r, span, ops); more != "" {
		return text + "\n" + more
	}
	return text
}
