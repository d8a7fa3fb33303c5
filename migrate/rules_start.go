// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"cmp"
	"go/ast"
	"go/types"
	"strings"
)

func (p *startFile) startRows() []rule {
	all := rowsFor("start", p.startUse, nil, "method-value",
		"opentracing.StartSpan", "opentracing.StartSpanFromContext",
		"opentracing.StartSpanFromContextWithTracer", "opentracing.Tracer.StartSpan", "opentracing.NoopTracer.StartSpan")
	all = append(all, rowsFor("start", p.optionCall, nil, "option-value", "opentracing.StartTime")...)
	return all
}

// optionRows are those of values that may be options of a start.
func (p *startFile) optionRows() []rule {
	all := rowsFor("tags", nil, p.optionValue, "tag-value", "opentracing.Tag")
	all = append(all, rowsFor("tags", nil, p.tagField, "tag-value", "opentracing.Tag.Key", "opentracing.Tag.Value")...)
	all = append(all, rowsFor("kinds", nil, p.optionValue, "tag-value", "ext.SpanKindRPCClient", "ext.SpanKindRPCServer", "ext.SpanKindProducer", "ext.SpanKindConsumer")...)
	return append(all, rowsFor("tracers", p.spanTracer, nil, "method-value", "opentracing.Span.Tracer")...)
}

// A start is a call that starts a span.
type start struct {
	call        *ast.CallExpr
	fromContext bool     // the context's span is the last reference
	ctx         ast.Expr // for fromContext
	base        string   // the variable that has ctx, if it can't be evaluated again
	keep        ast.Expr // the context whose values the new span's has to have; nil: it is dropped
	tracer      ast.Expr // nil means the package's own
	mayBeNoop   bool     // the tracer
	name        ast.Expr
	options     []func(r *renderer) string
	attrs       []startAttribute
	sets        []startTags
	kind        func(r *renderer) string // the option of a kind, if it has one
	kindAt      int                      // its place among the options, where one before it has a kind, too
	references  []*reference
	spread      ast.Expr
	slice       *optionSlice    // what is spread has references
	post        []*op           // what can be done only after the start
	before      []func(s *site) // add what comes before it
	appended    []*appended     // to spread
	uses        []*use
	nodes       []*node
	refusal     *pin
	site        *site
}

func (s *start) deny(category string, at ast.Node, reason string) {
	if s.refusal == nil {
		s.refusal = &pin{category, at.Pos(), reason}
	}
}

// startCall takes apart an expression that starts a span, or returns nil.
func (p *startFile) startCall(e ast.Expr) *start {
	symbol, call := p.calls(e)
	st := &start{call: call}
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
	st.uses = append(st.uses, p.useOf(call.Fun))
	if results := p.spread(call); len(call.Args) <= first || len(results) > 0 {
		st.nodes = append(append(st.nodes, results...), p.result(call, 0))
		st.deny("spread-arguments", call, "its arguments come from one call")
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
		p.startTracer(st, receiverOf(call))
	}
	st.name = call.Args[first]
	st.nodes = append(st.nodes, p.result(call, 0))
	opts := call.Args[first+1:]
	for i, o := range opts {
		if call.Ellipsis.IsValid() && i == len(opts)-1 {
			if i > 0 {
				st.deny("option-value", o, "options are passed both one by one and as a slice")
			}
			st.spread = o
			st.nodes = append(st.nodes, p.expr(o))
			if slice := p.optionSliceOf(p.variable(o)); slice != nil && len(slice.refs) > 0 && slice.start == call {
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
	if st.fromContext || len(st.references) > 1 {
		for _, ref := range st.references {
			if e := cmp.Or(ref.span, ref.context); e != nil && p.expr(e) != nil && p.expr(e).origin&originNoop != 0 {
				st.deny("noop-tracer", e, "a reference to a span of NoopTracer is none, and another one the parent")
			}
		}
	}
	p.otherParent(st)
	return st
}

// findRooted finds the tracers that may do nothing and start a span under a parent that
// others may see.
func (p *startFile) findRooted() {
	for _, u := range p.order {
		call, ok := p.statement(u.expr).(*ast.CallExpr)
		if !ok || ast.Unparen(call.Fun) != u.expr {
			continue
		}
		st := p.startCall(call)
		if st != nil && st.mayBeNoop && (st.fromContext || len(st.references) > 0 || st.slice != nil) && !p.leaf(call) {
			p.tracerNode(st.tracer).find().rooted = true
		}
	}
}

// leaf tells whether nothing can be started below the span that a call starts, or ask
// which one it is: its context is dropped, and the span stays in a variable whose
// methods alone are called.
func (p *startFile) leaf(call *ast.CallExpr) bool {
	stmt, ok := p.statement(call).(*ast.AssignStmt)
	if !ok {
		return false
	}
	span := p.variable(stmt.Lhs[0])
	if len(stmt.Lhs) > 1 && !isBlank(stmt.Lhs[1]) || span == nil && !isBlank(stmt.Lhs[0]) {
		return false
	}
	leaf := true
	ast.Inspect(p.enclosingFunc(call), func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || id == stmt.Lhs[0] || p.info.ObjectOf(id) != span {
			return leaf
		}
		sel, ok := p.parent[id].(*ast.SelectorExpr)
		symbol := ""
		if ok {
			symbol = p.symbolOf(sel)
		}
		leaf = ok && symbol != "opentracing.Span.Context" && symbol != "opentracing.Span.Tracer"
		return leaf
	})
	return leaf
}

// startTracer sets the tracer of a start. The global one, and that of a span, are
// the package's own afterwards.
func (p *startFile) startTracer(st *start, e ast.Expr) {
	symbol, call := p.calls(e)
	switch symbol {
	case "opentracing.GlobalTracer":
		st.uses = append(st.uses, p.useOf(call.Fun))
		return
	case "opentracing.Span.Tracer":
		if p.pureArguments(receiverOf(call)) {
			st.uses = append(st.uses, p.useOf(call.Fun))
			n := p.expr(receiverOf(call))
			st.nodes = append(st.nodes, n)
			if n != nil && n.origin&originNoop != 0 {
				st.deny("noop-tracer", e, "the tracer of the span may be NoopTracer, which the package's is not")
			}
			if inner, c := p.calls(receiverOf(call)); inner != "" {
				st.uses = append(st.uses, p.useOf(c.Fun))
			}
			return
		}
	}
	st.tracer = e
	n := p.tracerNode(e)
	st.mayBeNoop = n != nil && n.origin&originNoop != 0
	st.nodes = append(st.nodes, n)
}

func (p *startFile) takeStart(s *site, st *start) {
	for _, u := range st.uses {
		p.take(s, u)
	}
	s.need(st.nodes...)
	for _, o := range st.post {
		o.call = st.call
		p.takeOp(s, o)
	}
	if s.refusal == nil {
		s.refusal = st.refusal
	}
}

// core renders the call of Start. base is the context where the start has none of
// its own.
func (p *startFile) core(r *renderer, st *start, base string, rootOption bool) string {
	tracer := ""
	if st.tracer != nil {
		tracer = r.operand(st.tracer)
	} else {
		tracer = r.tracer()
	}
	ctx, links := p.parentContext(r, st, base)
	args := []string{ctx, r.text(st.name)}
	if rootOption {
		args = append(args, r.trace("WithNewRoot")+"()")
	}
	args = append(args, p.arguments(r, st)...)
	args = append(args, links...)
	if st.spread != nil {
		args = append(args, r.text(st.spread)+"...")
	}
	return startList(tracer+".Start(", append(args[:2:2], r.spreadLast(args[2:])...))
}

// startList keeps context and name on the first line.
func startList(before string, args []string) string {
	if len(args) == 3 || len(args) > 3 && len(list(before, args, ")")) < 100 {
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

// spread returns the nodes of the results of a call that are all the arguments of another.
func (p *startFile) spread(call *ast.CallExpr) (nodes []*node) {
	if len(call.Args) != 1 {
		return nil
	}
	results, ok := p.info.TypeOf(call.Args[0]).(*types.Tuple)
	if !ok {
		return nil
	}
	inner := ast.Unparen(call.Args[0]).(*ast.CallExpr)
	for i := range results.Len() {
		nodes = append(nodes, p.result(inner, i))
	}
	return nodes
}

// startUse handles a start that nothing is chained to.
func (p *startFile) startUse(u *use) {
	if st := p.startCall(u.call); st != nil {
		p.startChain(u, st, nil)
	}
}

// startChain handles a start with calls chained to it.
func (p *startFile) startedSpan(u *use, base ast.Expr, ops []*op) bool {
	start := p.startCall(base)
	if start != nil {
		p.startChain(u, start, ops)
	}
	return start != nil
}

func (p *startFile) startChain(u *use, st *start, ops []*op) {
	s := p.site(u)
	p.takeStart(s, st)
	if st.fromContext && st.tracer != nil {
		s.hides = p.hiding(p.tracerNode(st.tracer), u.call.Pos())
		s.mayHide = st.mayBeNoop
	}
	for _, o := range ops {
		p.takeOp(s, o)
	}
	if s.refusal != nil {
		return
	}
	for _, add := range st.before {
		add(s)
	}
	p.startReferences(s, st)
	p.nameTwice(s, st)
	p.dropAppended(s, st)
	ops = p.settled(s, p.result(st.call, 0), nil, append(append([]*op(nil), st.post...), ops...))
	if st.fromContext {
		p.placePair(s, u, st, ops)
		return
	}
	p.placeSingle(s, u.call, st, ops)
}

// placePair rewrites a start that returns a span and a context: the two swap.
func (p *startFile) placePair(s *site, u *use, st *start, ops []*op) {
	switch stmt := p.statement(u.call).(type) {
	case *ast.AssignStmt:
		if len(stmt.Lhs) != 2 {
			break
		}
		siblings, i := p.siblings(stmt)
		if siblings != nil {
			p.absorb(s, siblings[i+1:], stmt.Lhs[0], st, nil)
		}
		if len(ops) > 0 && (siblings == nil || !p.repeatable(stmt.Lhs[0]) || isBlank(stmt.Lhs[0])) {
			s.deny("expression", stmt.Pos(), "the error tag needs a statement of its own after the start")
			return
		}
		kept := p.keptContext(stmt)
		p.declareContext(s, kept)
		p.edit(s, stmt, func(r *renderer) string {
			before, ctx := "", r.text(stmt.Lhs[1])
			if p.needed(kept) {
				before, ctx = kept.declaration(r, stmt), kept.name
			}
			text := before + ctx + ", " + r.text(stmt.Lhs[0]) + " " + stmt.Tok.String() + " " + p.core(r, st, "", false)
			return withOps(r, text, r.text(stmt.Lhs[0]), ops)
		})
		return
	case *ast.ValueSpec:
		if len(stmt.Names) != 2 || len(ops) > 0 {
			break
		}
		p.edit(s, stmt, func(r *renderer) string {
			return stmt.Names[1].Name + ", " + stmt.Names[0].Name + " = " + p.core(r, st, "", false)
		})
		return
	case *ast.ReturnStmt:
		if list, _ := p.siblings(stmt); list == nil || len(stmt.Results) != 1 {
			break
		}
		ctx, span := p.fresh("ctx", stmt), p.fresh("span", stmt)
		p.edit(s, stmt, func(r *renderer) string {
			text := ctx + ", " + span + " := " + p.core(r, st, "", false)
			return p.scoped(stmt, withOps(r, text, span, ops)+"\nreturn "+span+", "+ctx)
		})
		return
	case *ast.ExprStmt:
		p.edit(s, stmt, func(r *renderer) string { return p.core(r, st, "", false) })
		return
	case *ast.CallExpr:
		at := p.hoistable(u.call)
		if at == nil || len(stmt.Args) != 1 {
			break
		}
		ctx, span := p.fresh("spanCtx", at), p.fresh("span", at)
		p.declareBefore(s, at, func(r *renderer) string {
			return withOps(r, ctx+", "+span+" := "+p.core(r, st, "", false), span, ops)
		})
		p.edit(s, u.call, func(*renderer) string { return span + ", " + ctx })
		return
	}
	s.deny("expression", u.call.Pos(), "the start stands in a place that has no room for two statements")
}

func withOps(r *renderer, text, span string, ops []*op) string {
	if more := renderOps(r, span, ops); more != "" {
		return text + "\n" + more
	}
	return text
}
