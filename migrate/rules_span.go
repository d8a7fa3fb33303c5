// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"strings"
)

// An op is one thing that a statement does to a span.
type op struct {
	attr *keyValue // an attribute to set, or
	// stmt renders a statement that does it to the named span.
	stmt    func(r *renderer, span string) string
	call    *ast.CallExpr
	site    *site
	uses    []*use
	nodes   []*node
	facts   facts
	refusal *pin
	ends    bool // finishes the span
	several bool // stmt renders more than a simple statement
	// single renders a call that does the same, for one that is several.
	single func(r *renderer, span string) string
	// decides says that an error tag states something whatever its value is.
	decides bool
	// unstated renders an op without the status that it sets; keep, by the OpenTracing
	// view of the span, which is done where kept is set: see errorTag.
	unstated, keep func(r *renderer, span string) string
	kept           bool
	keepSingle     func(r *renderer, span string) string // for one that is several
	// tags are the set of tags that an error tag of a start comes from; again is their
	// expression, if it can't be evaluated twice.
	tags    *node
	again   ast.Expr
	tag     bool // may be merged with its neighbours
	void    bool // does nothing
	note    string
	baggage baggageUse
}

// spanOps takes apart a call, or a chain of calls, on a span: span.SetTag(…).SetTag(…),
// ext.Component.Set(span, …), ext.LogError(span, err). The base is what the chain
// starts from, or nil when e is no such call.
func (p *spanFile) spanOps(e ast.Expr) (base ast.Expr, ops []*op) {
	symbol, call := p.calls(e)
	if call == nil {
		return nil, nil
	}
	build := p.builders[symbol]
	if build == nil {
		return nil, nil
	}
	span, o := build(call)
	if span == nil {
		return nil, nil
	}
	for _, x := range o {
		x.call = call
		x.uses = append(x.uses, p.useOf(call.Fun))
	}
	if inner, before := p.spanOps(span); inner != nil {
		return inner, append(before, o...)
	}
	return span, o
}

// An opBuilder takes a call on a span apart.
type opBuilder func(*ast.CallExpr) (span ast.Expr, ops []*op)

// opBuilders are the calls that spanOps knows, by symbol. Each returns the span
// that it is called on.
func (p *spanFile) opBuilders() map[string]opBuilder {
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
	for _, t := range tagNameTypes() {
		m[t+".Set"] = p.extSetOps
	}
	m["ext.IPv4TagName.SetString"] = p.extSetOps
	return m
}

func (p *spanFile) takeOp(s *site, o *op) {
	o.site = s
	for _, u := range o.uses {
		p.take(s, u)
	}
	s.need(o.nodes...)
	s.facts |= o.facts &^ setsStatus // see settled
	s.baggage = max(s.baggage, o.baggage)
	if o.refusal != nil && s.refusal == nil {
		s.refusal = o.refusal
	}
	if o.note != "" {
		s.note = o.note
	}
}

// renderOps renders ops as statements; attributes that follow each other become one.
func renderOps(r *renderer, span string, ops []*op) string {
	var out []string
	var attrs []string
	flush := func() {
		if len(attrs) > 0 {
			out = append(out, list(span+".SetAttributes(", attrs, ")"))
			attrs = nil
		}
	}
	for _, o := range ops {
		if o.isAttribute() && !o.kept {
			attrs = append(attrs, o.render(r))
			continue
		}
		flush()
		if s := o.text(r, span); s != "" {
			out = append(out, s)
		}
	}
	flush()
	return strings.Join(out, "\n")
}

func (o *op) render(r *renderer) string { return o.stmt(r, "") }

func (o *op) text(r *renderer, span string) string {
	switch {
	case o.kept:
		return o.keep(r, span)
	case o.tags != nil && o.attr == nil && o.facts == 0:
		return "" // there is none
	}
	return o.stmt(r, span)
}

// attrOp makes an op of an attribute. Its stmt renders the attribute alone.
func (p *spanFile) attrOp(kv keyValue) *op {
	f := p.attributeFor(kv)
	var nodes []*node
	if p.isKind(kv.value) {
		nodes = append(nodes, p.expr(kv.value))
	}
	return &op{attr: &kv, tag: true, uses: kv.extra, nodes: nodes, stmt: func(r *renderer, _ string) string { return f(r) }}
}

// statements counts the statements that ops become.
func statements(ops []*op) (n int, simple bool) {
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
		if o.several {
			simple = false
			n++
		}
	}
	return n, simple
}

// spanCall handles calls on spans, as statements and as values.
func (p *spanFile) spanCall(u *use) {
	base, ops := p.spanOps(u.call)
	if base == nil {
		return
	}
	if p.chained(u, base, ops) {
		return
	}
	s := p.site(u, p.spanNode(base, ops[0]))
	s.span = p.spanNode(base, ops[0])
	all := ops
	defer func() {
		if s.refusal != nil || s.apart {
			p.keepCall(s, u.call, base, all)
		}
	}()
	for _, o := range ops {
		p.takeOp(s, o)
	}
	if s.refusal != nil {
		return
	}
	if n, _ := statements(ops); n > 1 && !p.repeatable(base) {
		if len(ops) == 1 && ops[0].single != nil {
			ops[0] = ops[0].asSingle()
		} else if p.named(s, u.call, base, ops) {
			return
		}
	}
	if n, _ := statements(ops); n > 1 && !p.repeatable(base) {
		s.deny("expression", base.Pos(), "the span is the result of an expression that can't be repeated; put it into a variable first")
		return
	}
	if stmt, ok := p.statement(u.call).(*ast.ExprStmt); ok {
		p.spanStatement(s, stmt, base, ops)
		return
	}
	ops = p.settled(s, s.span, base, ops)
	switch stmt := p.statement(u.call).(type) {
	case *ast.DeferStmt:
		p.deferred(s, stmt, stmt.Call, base, ops)
	case *ast.GoStmt:
		p.deferred(s, stmt, stmt.Call, base, ops)
	case *ast.AssignStmt:
		if len(stmt.Lhs) == 1 && stmt.Tok == token.ASSIGN && p.variable(stmt.Lhs[0]) != nil && p.variable(stmt.Lhs[0]) == p.variable(base) {
			if list, _ := p.siblings(stmt); list != nil {
				p.edit(s, stmt, func(r *renderer) string { return renderOps(r, r.operand(base), ops) })
				return
			}
		}
		p.chainValue(s, u.call, base, ops)
	default:
		p.chainValue(s, u.call, base, ops)
	}
}

// asSingle returns an op that is one call, by its helper.
func (o *op) asSingle() *op {
	single := *o
	single.stmt, single.several, single.keep = o.single, false, o.keepSingle
	return &single
}

// named gives the span of an expression a name, for a statement that becomes several.
func (p *spanFile) named(s *site, call *ast.CallExpr, base ast.Expr, ops []*op) bool {
	stmt, ok := p.statement(call).(*ast.ExprStmt)
	if !ok {
		return false
	}
	if siblings, _ := p.siblings(stmt); siblings == nil {
		return false
	}
	span := p.fresh("span", stmt)
	ops = p.settled(s, s.span, nil, ops)
	p.edit(s, stmt, func(r *renderer) string {
		return p.scoped(stmt, span+" := "+r.text(base)+"\n"+renderOps(r, span, ops))
	})
	return true
}

// spanStatement handles a statement of its own, and merges the tags that follow.
func (p *spanFile) spanStatement(s *site, stmt *ast.ExprStmt, base ast.Expr, ops []*op) {
	siblings, i := p.siblings(stmt)
	if siblings == nil {
		ops = p.settled(s, s.span, base, ops)
		if n, _ := statements(ops); n > 1 {
			s.deny("expression", stmt.Pos(), "it becomes more than one statement, and there is room for one only")
			return
		}
		p.edit(s, stmt, func(r *renderer) string { return renderOps(r, r.operand(base), ops) })
		return
	}
	last := ast.Stmt(stmt)
	if p.repeatable(base) && allTags(ops) {
		for _, next := range siblings[i+1:] {
			es, ok := next.(*ast.ExprStmt)
			if !ok || p.commentBetween(last, next) {
				break
			}
			b, more := p.spanOps(es.X)
			if b == nil || !p.same(b, base) || !allTags(more) || len(p.edits.byNode[next]) > 0 {
				break
			}
			refused := false
			for _, o := range more {
				refused = refused || o.refusal != nil
			}
			if refused {
				break
			}
			for _, o := range more {
				p.takeOp(s, o)
			}
			p.edit(s, next, nil)
			ops = append(ops, more...)
			last = next
		}
	}
	s.final = p.endsAfter(last, base)
	ops = p.settled(s, s.span, base, ops)
	p.tagLoop(s, stmt, base, ops)
	if len(ops) == 0 {
		p.edit(s, stmt, nil)
		return
	}
	p.edit(s, stmt, func(r *renderer) string { return renderOps(r, r.operand(base), ops) })
}

// endsAfter tells whether the statement after another does nothing but finish a span.
func (p *spanFile) endsAfter(stmt ast.Stmt, span ast.Expr) bool {
	siblings, i := p.siblings(stmt)
	if i+1 >= len(siblings) {
		return false
	}
	next, ok := siblings[i+1].(*ast.ExprStmt)
	if !ok {
		return false
	}
	base, ops := p.spanOps(next.X)
	return len(ops) == 1 && ops[0].ends && p.repeatable(span) && p.repeatable(base) && p.same(base, span)
}

func allTags(ops []*op) bool {
	for _, o := range ops {
		if !o.tag {
			return false
		}
	}
	return true
}

// chainValue handles a chain whose span goes on: the calls move in front of the
// statement, the span stays.
func (p *spanFile) chainValue(s *site, call *ast.CallExpr, base ast.Expr, ops []*op) {
	stmt := p.hoistable(call)
	if stmt == nil || !p.repeatable(base) {
		s.deny("expression", call.Pos(), "the result of the chain is used in an expression")
		return
	}
	p.prefix(s, stmt, func(r *renderer) string { return renderOps(r, r.operand(base), ops) })
	p.edit(s, call, func(r *renderer) string { return r.text(base) })
}

// commentBetween tells whether a comment or an empty line stands between two statements.
func (p *syntaxFile) commentBetween(a, b ast.Node) bool {
	line := func(pos token.Pos) int { return p.code.fset.PositionFor(pos, false).Line }
	if line(b.Pos()) > line(a.End())+1 {
		return true
	}
	for _, c := range p.file.syntax.Comments {
		if c.Pos() >= a.End() && c.Pos() < b.Pos() {
			return true
		}
		if c.Pos() >= b.End() && line(c.Pos()) == line(b.End()) {
			return true
		}
	}
	return false
}
