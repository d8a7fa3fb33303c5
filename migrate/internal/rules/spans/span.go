// SPDX-License-Identifier: Apache-2.0

package spans

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/values"
)

// An Op is one thing that a statement does to a span.
type Op struct {
	Attr *values.KeyValue // an attribute to set, or
	// Stmt renders a statement that does it to the named span.
	Stmt    func(r *edit.Renderer, span string) string
	Call    *ast.CallExpr
	site    *plan.Site
	uses    []*plan.Use
	nodes   []*flow.Node
	Facts   flow.Facts
	refusal *flow.Pin
	Ends    bool // finishes the span
	Several bool // stmt renders more than a simple statement
	// single renders a call that does the same, for one that is several.
	single func(r *edit.Renderer, span string) string
	// Decides says that an error tag states something whatever its value is.
	Decides bool
	// unstated renders an op without the status that it sets; keep, by the OpenTracing
	// view of the span, which is done where kept is set: see errorTag.
	unstated, Keep func(r *edit.Renderer, span string) string
	kept           bool
	within         string                                     // what leads from the value to the span that it embeds, such as ".Span"
	keepSingle     func(r *edit.Renderer, span string) string // for one that is several
	// Tags are the set of tags that an error tag of a start comes from; again is their
	// expression, if it can't be evaluated twice.
	Tags    *flow.Node
	Again   ast.Expr
	tag     bool // may be merged with its neighbours
	void    bool // does nothing
	unnamed bool // it may be an error tag, by a key that is known at run time only
	note    string
	Baggage plan.BaggageUse
	lazy
}

// SpanOps takes apart a call, or a chain of calls, on a span: span.SetTag(…).SetTag(…),
// ext.Component.Set(span, …), ext.LogError(span, err). The base is what the chain
// starts from, or nil when e is no such call.
func (p *File) SpanOps(e ast.Expr) (base ast.Expr, ops []*Op) {
	symbol, call := p.Calls(e)
	if call == nil {
		return nil, nil
	}
	build := p.Builders[symbol]
	if build == nil {
		return nil, nil
	}
	span, o := build(call)
	if span == nil {
		return nil, nil
	}
	skips := p.skips(call, span)
	for _, x := range o {
		x.Call, x.skips = call, skips
		x.uses = append(x.uses, p.UseOf(call.Fun))
	}
	inner, before := p.SpanOps(span)
	within := ""
	if inner != nil {
		within = before[0].within
	} else {
		inner, within = span, p.within(span)
	}
	for _, x := range o {
		x.within = within
	}
	return inner, append(before, o...)
}

// An opBuilder takes a call on a span apart.
type opBuilder func(*ast.CallExpr) (span ast.Expr, ops []*Op)

// opBuilders are the calls that spanOps knows, by symbol. Each returns the span
// that it is called on.
func (p *File) opBuilders() map[string]opBuilder {
	m := map[string]opBuilder{
		"opentracing.Span.SetTag":           p.setTagOps,
		"opentracing.Span.SetOperationName": p.setNameOps,
		"opentracing.Span.Finish":           p.finishOps,
		"opentracing.Span.LogFields":        p.logFieldsOps,
		"opentracing.Span.LogKV":            p.logKVOps,
		"opentracing.Span.LogEvent":         p.logEventOps,
		"opentracing.Span.Log":              p.logDataOps,
		"opentracing.Tag.Set":               p.tagSetOps,
		"ext.LogError":                      p.logErrorOps,
		"ext.spanKindTagName.Set":           p.extSetOps,
	}
	m["opentracing.Span.FinishWithOptions"] = p.finishWithOps
	m["opentracing.Span.LogEventWithPayload"] = p.logPayloadOps
	for _, t := range opentracing.TagNameTypes() {
		m[t+".Set"] = p.extSetOps
	}
	m["ext.IPv4TagName.SetString"] = p.extSetOps
	return m
}

func (p *File) TakeOp(s *plan.Site, o *Op) {
	o.site = s
	for _, u := range o.uses {
		p.Take(s, u)
	}
	s.Need(o.nodes...)
	s.Facts |= o.Facts &^ flow.SetsStatus // see settled
	s.Baggage = max(s.Baggage, o.Baggage)
	if o.refusal != nil && s.Refusal == nil {
		s.Refusal = o.refusal
	}
	if o.note != "" {
		s.Note = o.note
	}
}

func (o *Op) render(r *edit.Renderer) string { return o.Stmt(r, "") }

func (o *Op) text(r *edit.Renderer, span string) string {
	switch {
	case o.kept:
		return o.Keep(r, span+o.within)
	case o.Tags != nil && o.Attr == nil && o.Facts == 0 && !o.unnamed:
		return "" // there is none
	}
	return o.Stmt(r, span)
}

// attrOp makes an op of an attribute. Its stmt renders the attribute alone.
func (p *File) attrOp(kv values.KeyValue) *Op {
	f := p.AttributeFor(kv)
	var nodes []*flow.Node
	if p.IsKind(kv.Value) {
		nodes = append(nodes, p.Expr(kv.Value))
	}
	return &Op{Attr: &kv, tag: true, uses: kv.Extra, nodes: nodes, Stmt: func(r *edit.Renderer, _ string) string { return f(r) }, lazy: p.lazyAttribute(kv)}
}

// statements counts the statements that ops become.
func statements(ops []*Op) (n int, simple bool) {
	simple = true
	attrs := false
	for _, o := range ops {
		if o.isAttribute() {
			if !attrs {
				n++
			}
			attrs = true
			continue
		}
		attrs = false
		n++
		if o.Several {
			simple = false
			n++
		}
	}
	return n, simple
}

// SpanCall handles calls on spans, as statements and as values.
func (p *File) SpanCall(u *plan.Use) {
	base, ops := p.SpanOps(u.Call)
	if base == nil {
		return
	}
	if p.Chained(u, base, ops) {
		return
	}
	s := p.Site(u, p.spanNode(base, ops[0]))
	s.Span = p.spanNode(base, ops[0])
	all := ops
	defer func() {
		if s.Refusal != nil || s.Apart {
			p.keepCall(s, u.Call, base, all)
		}
	}()
	for _, o := range ops {
		p.TakeOp(s, o)
	}
	if s.Refusal != nil {
		return
	}
	if n, _ := statements(ops); n > 1 && !p.Repeatable(base) {
		if len(ops) == 1 && ops[0].single != nil {
			ops[0] = ops[0].asSingle()
		} else if p.named(s, u.Call, base, ops) {
			return
		}
	}
	if !p.Repeatable(base) && wantsName(ops) && p.named(s, u.Call, base, ops) {
		return
	}
	if n, _ := statements(ops); n > 1 && !p.Repeatable(base) {
		s.Deny(RefusedExpression, base.Pos(), "the span is the result of an expression that can't be repeated; put it into a variable first")
		return
	}
	if stmt, ok := p.Statement(u.Call).(*ast.ExprStmt); ok {
		p.spanStatement(s, stmt, base, ops)
		return
	}
	ops = p.Settled(s, s.Span, base, ops)
	switch stmt := p.Statement(u.Call).(type) {
	case *ast.DeferStmt:
		p.deferred(s, stmt, stmt.Call, base, ops)
	case *ast.GoStmt:
		p.deferred(s, stmt, stmt.Call, base, ops)
	case *ast.AssignStmt:
		if stmt.Tok == token.ASSIGN && p.assignsBack(stmt, u.Call, base) {
			if list, _ := p.Siblings(stmt); list != nil {
				p.Edit(s, stmt, func(r *edit.Renderer) string { return RenderOps(r, r.Operand(base), ops) })
				return
			}
		}
		p.chainValue(s, u.Call, base, ops)
	default:
		p.chainValue(s, u.Call, base, ops)
	}
}

// assignsBack tells whether a statement assigns a chain of calls to the span that it starts
// from. What the calls are given may not set the field anew that has it.
func (p *File) assignsBack(stmt *ast.AssignStmt, chain *ast.CallExpr, span ast.Expr) bool {
	if len(stmt.Lhs) != 1 {
		return false
	}
	if v := p.Variable(stmt.Lhs[0]); v != nil {
		return v == p.Variable(span)
	}
	return p.Repeatable(stmt.Lhs[0]) && p.Repeatable(span) && p.Same(stmt.Lhs[0], span) && p.OnlyReads(chain)
}

// asSingle returns an op that is one call, by its helper.
func (o *Op) asSingle() *Op {
	single := *o
	single.Stmt, single.Several, single.Keep = o.single, false, o.keepSingle
	return &single
}

// named gives the span of an expression a name, for a statement that becomes several.
func (p *File) named(s *plan.Site, call *ast.CallExpr, base ast.Expr, ops []*Op) bool {
	stmt, ok := p.Statement(call).(*ast.ExprStmt)
	if !ok {
		return false
	}
	if siblings, _ := p.Siblings(stmt); siblings == nil {
		return false
	}
	span := p.Fresh("span", stmt)
	ops = p.Settled(s, s.Span, nil, ops)
	p.Edit(s, stmt, func(r *edit.Renderer) string {
		return p.Scoped(stmt, span+" := "+r.Text(base)+"\n"+RenderOps(r, span, ops))
	})
	return true
}

// spanStatement handles a statement of its own, and merges the tags that follow.
func (p *File) spanStatement(s *plan.Site, stmt *ast.ExprStmt, base ast.Expr, ops []*Op) {
	siblings, i := p.Siblings(stmt)
	if siblings == nil {
		ops = p.Settled(s, s.Span, base, ops)
		if n, _ := statements(ops); n > 1 {
			s.Deny(RefusedExpression, stmt.Pos(), "it becomes several statements, and only one fits here")
			return
		}
		p.Edit(s, stmt, func(r *edit.Renderer) string { return RenderCall(r, r.Operand(base), ops) })
		return
	}
	last := ast.Stmt(stmt)
	if p.Repeatable(base) && (allTags(ops) || guarded(ops)) {
		for _, next := range siblings[i+1:] {
			es, ok := next.(*ast.ExprStmt)
			if !ok || p.CommentBetween(last, next) {
				break
			}
			b, more := p.SpanOps(es.X)
			if b == nil || !p.Same(b, base) || !p.follow(ops, more) || len(p.Edits.ByNode[next]) > 0 {
				break
			}
			for _, o := range more {
				p.TakeOp(s, o)
			}
			p.Edit(s, next, nil)
			ops = append(ops, more...)
			last = next
		}
	}
	s.Final = p.endsAfter(last, base)
	ops = p.Settled(s, s.Span, base, ops)
	p.tagLoop(s, stmt, base, ops)
	if len(ops) == 0 {
		p.Edit(s, stmt, nil)
		return
	}
	render := RenderOps
	if !p.Repeatable(base) {
		render = RenderCall
	}
	p.Edit(s, stmt, func(r *edit.Renderer) string { return render(r, r.Operand(base), ops) })
}

// endsAfter tells whether the statement after another does nothing but finish a span.
func (p *File) endsAfter(stmt ast.Stmt, span ast.Expr) bool {
	siblings, i := p.Siblings(stmt)
	if i+1 >= len(siblings) {
		return false
	}
	next, ok := siblings[i+1].(*ast.ExprStmt)
	if !ok {
		return false
	}
	base, ops := p.SpanOps(next.X)
	return len(ops) == 1 && ops[0].Ends && p.Repeatable(span) && p.Repeatable(base) && p.Same(base, span)
}

func allTags(ops []*Op) bool {
	for _, o := range ops {
		if !o.tag {
			return false
		}
	}
	return true
}

// follow tells whether ops become one row with those of the statement after them.
func (p *File) follow(ops, more []*Op) bool {
	if slices.ContainsFunc(more, func(o *Op) bool { return o.refusal != nil }) {
		return false
	}
	apart := func(o *Op) bool { // what it is given may have to stay
		return slices.ContainsFunc(o.Call.Args, func(arg ast.Expr) bool {
			return p.Expr(arg) != nil && opentracing.SoftKind(p.Info.TypeOf(arg)) != "Span"
		})
	}
	return allTags(ops) && allTags(more) || guarded(ops) && guarded(more) && !slices.ContainsFunc(ops, apart) && !slices.ContainsFunc(more, apart)
}

// chainValue handles a chain whose span goes on: the calls move in front of the
// statement, the span stays.
func (p *File) chainValue(s *plan.Site, call *ast.CallExpr, base ast.Expr, ops []*Op) {
	stmt := p.Hoistable(call)
	if stmt == nil || !p.Repeatable(base) {
		s.Deny(RefusedExpression, call.Pos(), "the result of the chain is used in an expression")
		return
	}
	p.Prefix(s, stmt, func(r *edit.Renderer) string { return RenderOps(r, r.Operand(base), ops) })
	p.Edit(s, call, func(r *edit.Renderer) string { return r.Text(base) })
}
