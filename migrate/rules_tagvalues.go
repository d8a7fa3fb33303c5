// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/types"
)

// A tag that is kept in a variable becomes an attribute. Where it may be a kind, or
// goes where other options go, it becomes an option: then it can't be set later.

// tagIsOption tells whether the tags of a group become options.
func tagIsOption(known facts) bool { return known&tagOnlyOption != 0 && known&tagOption != 0 }

// tagValue handles an opentracing.Tag, or a kind of package ext that is one, outside
// of the calls that know it.
func (p *startFile) tagValue(u *use, e ast.Expr) {
	lit, isLit := e.(*ast.CompositeLit)
	if u.sym.Name == "Tag" && !isLit {
		p.tagType(u)
		return
	}
	kv, uses, ok := p.tagLiteral(e)
	if !ok || p.mayBe(kv, "error") || !kv.known && p.mayBe(kv, "span.kind") {
		return
	}
	p.constantValue(&kv)
	s := p.site(u, p.expr(e))
	if isLit && lit.Type != nil {
		p.take(s, p.useOf(lit.Type))
	}
	for _, x := range append(uses, kv.extra...) {
		p.take(s, x)
	}
	st := &start{attrsAt: -1}
	p.startTag(st, kv)
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

// keptTagOp sets a tag that is kept in a variable.
func (p *spanFile) keptTagOp(tag ast.Expr) *op {
	return &op{
		attr: &keyValue{}, tag: true, facts: tagSet, nodes: []*node{p.expr(tag)},
		stmt: func(r *renderer, _ string) string { return r.text(tag) },
	}
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
	if !isLit || p.symbolOf(lit.Type) != "opentracing.Tag" {
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
