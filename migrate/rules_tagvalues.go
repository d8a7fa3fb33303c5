// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"go/types"
)

// A tag that is kept in a variable becomes an attribute. Where it may be a kind, or
// goes where other options go, it becomes an option: then it can't be set later.

// tagIsOption tells whether the tags of a group become options.
func tagIsOption(known facts) bool { return known&tagOnlyOption != 0 && known&tagOption != 0 }

// tagValue handles an opentracing.Tag, or a kind of package ext that is one, outside
// of the calls that know it.
func (p *startFile) tagValue(u *use, e ast.Expr) {
	if _, isLit := e.(*ast.CompositeLit); u.sym.Name == "Tag" && !isLit {
		p.tagType(u)
		return
	}
	kv, uses, ok := p.tagLiteral(e)
	if !ok || !kv.known && p.mayBe(kv, "error", "span.kind") {
		return
	}
	p.keptTag(p.site(u, p.expr(e)), e, kv, uses)
}

// elidedTag handles a tag in a list of tags, whose type it need not name.
func (p *startFile) elidedTag(lit *ast.CompositeLit) {
	if lit.Type != nil || openTracingType(p.info.TypeOf(lit)) != tagType {
		return
	}
	kv, uses, ok := p.tagLiteral(lit)
	s := &site{file: p.file, pos: lit.Pos(), symbol: tagType, rule: "tags"}
	s.need(p.expr(lit))
	p.sites = append(p.sites, s)
	if !ok || !kv.known && p.mayBe(kv, "error", "span.kind") {
		for _, x := range uses {
			p.take(s, x)
		}
		s.deny("tag-value", lit.Pos(), "the tag may be the status or the kind, which is known at run time only")
		return
	}
	p.keptTag(s, lit, kv, uses)
}

// keptTag makes a tag that is written out an attribute, or an option.
func (p *startFile) keptTag(s *site, e ast.Expr, kv keyValue, uses []*use) {
	p.constantValue(&kv)
	if kv.known && kv.name == "error" {
		p.failingTag(s, e, kv)
	}
	for _, x := range append(uses, kv.extra...) {
		p.take(s, x)
	}
	st := &start{}
	if kv.name == "error" {
		st.attribute(startAttribute{text: p.attributeFor(kv)})
	} else {
		p.startTag(st, kv)
	}
	p.takeStart(s, st)
	if kv.name == "span.kind" {
		s.facts |= tagOnlyOption
	}
	attribute := p.attributeFor(kv)
	p.edit(s, e, func(r *renderer) string {
		switch {
		case !tagIsOption(p.run.factsOf(s)):
			return attribute(r)
		case st.kind != nil:
			return st.kind(r)
		}
		return r.trace("WithAttributes") + "(" + attribute(r) + ")"
	})
}

// failingTag looks at an error tag that is kept: what sets it makes it the status. That
// takes an attribute that says the same as the value did.
func (p *startFile) failingTag(s *site, e ast.Expr, kv keyValue) {
	o := p.statusOp(kv)
	if !o.decides {
		s.deny("tag-value", e.Pos(), "the tag is an error only for some values, which is known at run time")
		return
	}
	s.facts |= tagFails
	p.expr(e).facts |= o.facts
}

// tagType replaces the type.
func (p *startFile) tagType(u *use) {
	p.replaceType(u, func(r *renderer, known facts) string {
		if tagIsOption(known) {
			return r.trace("SpanStartOption")
		}
		return r.attribute("KeyValue")
	})
}

// tagField replaces tag.Key. The value of an attribute is of a type of its own.
func (p *startFile) tagField(u *use) {
	sel, ok := u.expr.(*ast.SelectorExpr)
	if !ok || u.sym.Name != "Tag.Key" {
		return
	}
	switch n := p.statement(sel).(type) {
	case *ast.AssignStmt:
		for _, l := range n.Lhs {
			if ast.Unparen(l) == sel {
				return
			}
		}
	case *ast.UnaryExpr, *ast.IncDecStmt:
		return
	}
	s := p.site(u, p.receiver(sel))
	s.facts |= tagSet
	p.edit(s, sel, func(r *renderer) string { return "string(" + r.operand(sel.X) + ".Key)" })
}

// keptTagOp sets a tag that is kept in a variable. It is the status where it may be an
// error tag: see contents.
func (p *spanFile) keptTagOp(tag ast.Expr) *op {
	n := p.expr(tag)
	o := &op{attr: &keyValue{}, tag: true, facts: tagSet | anyErrorTag, nodes: []*node{n}, tags: n}
	o.stmt = func(r *renderer, span string) string {
		if o.facts&setsStatus == 0 {
			return r.text(tag)
		}
		return r.helper("setAttribute") + "(" + span + ", " + r.text(tag) + ")"
	}
	o.keep = func(r *renderer, span string) string {
		return r.pkg(compatPath) + ".OpenTracingSpan(" + span + ").SetTag(string(" + r.operand(tag) + ".Key), " + r.operand(tag) + ".Value.AsInterface())"
	}
	if !p.repeatable(tag) {
		o.keep = nil
	}
	return o
}

// isAttribute tells whether an op is an attribute, which its stmt renders alone.
func (o *op) isAttribute() bool { return o.attr != nil && (o.tags == nil || o.facts&setsStatus == 0) }

// tagLoop sets all tags at once that a loop sets one by one, if none may be an error:
//
//	for _, t := range tags {
//		span.SetTag(t.Key, t.Value)
//	}
func (p *spanFile) tagLoop(s *site, stmt *ast.ExprStmt, base ast.Expr, ops []*op) {
	body, _ := p.parent[stmt].(*ast.BlockStmt)
	loop, ok := p.parent[body].(*ast.RangeStmt)
	if !ok || len(body.List) != 1 || len(ops) != 1 || ops[0].attr == nil || ops[0].tags == nil || loop.Key != nil && !isBlank(loop.Key) || loop.Value == nil {
		return
	}
	tag := p.variable(loop.Value)
	tags, isSlice := p.info.TypeOf(loop.X).Underlying().(*types.Slice)
	if !isSlice || openTracingType(tags.Elem()) != tagType || tag == nil || loop.Tok != token.DEFINE || !p.repeatable(base) || p.mentions(base, tag) > 0 || p.mentions(stmt, tag) == 0 {
		return
	}
	p.wrap(s, loop, func(r *renderer) string {
		if ops[0].isAttribute() && !ops[0].kept {
			return r.operand(base) + ".SetAttributes(" + r.text(loop.X) + "...)"
		}
		return r.text(loop)
	})
}

// copiedTagOp handles span.SetTag(tag.Key, tag.Value), or returns nil.
func (p *spanFile) copiedTagOp(call *ast.CallExpr) *op {
	key, value := p.useOf(call.Args[0]), p.useOf(call.Args[1])
	if key == nil || value == nil || key.sym.String() != "opentracing.Tag.Key" || value.sym.String() != "opentracing.Tag.Value" {
		return nil
	}
	from, isSelector := key.expr.(*ast.SelectorExpr)
	other, alike := value.expr.(*ast.SelectorExpr)
	if !isSelector || !alike || !p.repeatable(from.X) || !p.same(from.X, other.X) || p.expr(from.X) == nil {
		return nil
	}
	o := p.keptTagOp(from.X)
	o.uses = []*use{key, value}
	return o
}

// tagSetOps handles opentracing.Tag{Key: k, Value: v}.Set(span) and ext.SpanKindRPCClient.Set(span).
func (p *spanFile) tagSetOps(call *ast.CallExpr) (ast.Expr, []*op) {
	kv, uses, ok := p.tagLiteral(receiverOf(call))
	if recv := receiverOf(call); !ok && len(call.Args) == 1 && p.expr(recv) != nil && p.useOf(recv) == nil {
		return call.Args[0], []*op{p.keptTagOp(recv)}
	}
	if !ok || len(call.Args) != 1 {
		return nil, nil
	}
	o := p.tagOp(kv)
	o.uses = append(o.uses, uses...)
	return call.Args[0], []*op{o}
}

// tagLiteral takes apart an opentracing.Tag that is written out.
func (p *valueFile) tagLiteral(e ast.Expr) (kv keyValue, uses []*use, ok bool) {
	e = ast.Unparen(e)
	if u := p.useOf(e); u != nil {
		if kind := kindNamed(u.sym.String()); kind != "" {
			return keyValue{name: "span.kind", known: true, value: &ast.BasicLit{Value: quote(kind), ValuePos: e.Pos()}, typ: types.Typ[types.String]}, []*use{u}, true
		}
		return kv, nil, false
	}
	lit, isLit := e.(*ast.CompositeLit)
	if !isLit || openTracingType(p.info.TypeOf(lit)) != tagType || lit.Type != nil && p.symbolOf(lit.Type) != tagType {
		return kv, nil, false
	}
	values, uses := p.elements(lit, "Key", "Value")
	key, value := values[0], values[1]
	if key == nil || value == nil {
		return kv, nil, false
	}
	kv = p.tagKey(key)
	kv.value = value
	return kv, uses, true
}
