// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/types"
	"strings"
)

// option adds one StartSpanOption to a start.
func (p *startFile) option(st *start, e ast.Expr) {
	e = ast.Unparen(e)
	if kv, uses, ok := p.tagLiteral(e); ok {
		st.uses = append(st.uses, uses...)
		p.startTag(st, kv)
		return
	}
	symbol, call := p.calls(e)
	switch symbol {
	case "opentracing.ChildOf", "opentracing.FollowsFrom", "ext.RPCServerOption":
		st.uses = append(st.uses, p.useOf(call.Fun))
		if symbol == "ext.RPCServerOption" {
			st.setKind(kindOption("server"))
		}
		p.reference(st, call.Args[0], symbol == "opentracing.FollowsFrom")
		return
	case "opentracing.StartTime":
		st.uses = append(st.uses, p.useOf(call.Fun))
		st.options = append(st.options, func(r *renderer) string {
			return r.trace("WithTimestamp") + "(" + r.text(call.Args[0]) + ")"
		})
		return
	}
	if lit, ok := e.(*ast.CompositeLit); ok {
		switch p.symbolOf(lit.Type) {
		case tagsType:
			st.uses = append(st.uses, p.useOf(lit.Type))
			for _, elt := range lit.Elts {
				pair := elt.(*ast.KeyValueExpr)
				kv := p.tagKey(pair.Key)
				kv.value = pair.Value
				p.startTag(st, kv)
			}
			return
		case "opentracing.SpanReference":
			p.referenceLiteral(st, lit)
			return
		}
	}
	if o, inner := p.inPlace(e); o != nil && p.expanded[inner] {
		if o.kind != "" {
			st.setKind(kindOption(o.kind))
		}
		for _, ref := range o.refs {
			p.reference(st, inner.Args[ref.arg], ref.follows)
		}
		return
	}
	n := p.expr(e)
	switch {
	case openTracingType(p.info.TypeOf(e)) == "opentracing.StartSpanOption" && n != nil:
		st.nodes = append(st.nodes, n)
		st.options = append(st.options, func(r *renderer) string { return r.text(e) })
	case openTracingType(p.info.TypeOf(e)) == "opentracing.Tag" && n != nil && p.useOf(e) == nil:
		n.facts |= tagOption
		st.nodes = append(st.nodes, n)
		st.attribute(startAttribute{text: func(r *renderer) string { return r.text(e) }, tag: n})
	case openTracingType(p.info.TypeOf(e)) == tagsType && n != nil:
		p.tagsOption(st, e)
	default:
		st.deny("option-value", e, "the option is a value that is made elsewhere")
	}
}

// startTag adds an initial tag to a start.
func (p *startFile) startTag(st *start, kv keyValue) {
	p.constantValue(&kv)
	st.uses = append(st.uses, kv.extra...)
	if kv.known && kv.name == "error" {
		o := p.errorTagOp(kv)
		st.post = append(st.post, o)
		return
	}
	if kv.known && kv.name == "span.kind" {
		if p.startKind(st, kv.value) {
			return
		}
	}
	if !kv.known && p.mayBe(kv, "error", "span.kind") {
		st.deny("tag-value", kv.key, "the tag may be the status or the kind, which is known at run time only")
		return
	}
	st.attribute(startAttribute{text: p.attributeFor(kv)})
}

// optionValue turns an option that is not an argument of a start into one of
// OpenTelemetry: opentracing.Tag{…} in a slice of options.
func (p *startFile) optionValue(u *use) {
	var e ast.Expr = u.expr
	if lit, ok := p.parent[u.expr].(*ast.CompositeLit); ok && lit.Type == u.expr {
		e = lit
	}
	if sel, ok := p.parent[u.expr].(*ast.SelectorExpr); ok && sel.X == u.expr {
		return
	}
	p.optionExpr(u, e)
	if p.owner[u.id] == nil {
		p.tagValue(u, e)
	}
}

// optionCall is optionValue for opentracing.StartTime(t).
func (p *startFile) optionCall(u *use) {
	if p.sliceAround(u.call) != nil || !p.appendedTo(u) {
		p.optionExpr(u, u.call)
	}
}

func (p *startFile) optionExpr(u *use, e ast.Expr) {
	if !p.isOption(e) {
		return
	}
	st := &start{}
	p.option(st, e)
	s := p.site(u, p.expr(e))
	p.takeStart(s, st)
	if o := p.sliceAround(e); o != nil && len(o.refs) > 0 && len(st.references) > 0 {
		p.sliceReferences(s, o)
		return
	}
	if len(st.references) > 0 {
		if f := p.forwards(e); f != nil {
			s.deny("reference-value", f.Pos(), f.Name()+" takes parents among its options, and OpenTelemetry's Start takes them from a context")
		}
		s.deny("reference-value", e.Pos(), "a parent is given by the context in OpenTelemetry, not by an option")
	}
	if len(st.post) > 0 {
		s.deny("option-value", e.Pos(), "an error tag is no option in OpenTelemetry")
	}
	if s.refusal != nil {
		return
	}
	if st.kind != nil && len(st.attrs) > 0 {
		if !p.amongOptions(e) {
			s.deny("option-value", e.Pos(), "a kind and other tags are two options in OpenTelemetry, and there is room for one")
			return
		}
		p.several[e] = st
		defer p.spreadOptions(s, p.statement(e).(ast.Expr))
	}
	p.edit(s, e, func(r *renderer) string {
		if options := p.arguments(r, st); len(options) > 0 {
			return strings.Join(options, ", ")
		}
		return r.trace("WithAttributes") + "()"
	})
}

// forwards returns the function of the rewritten code that an option is an argument of,
// or nil.
func (p *startFile) forwards(e ast.Expr) *types.Func {
	call, ok := p.statement(e).(*ast.CallExpr)
	if !ok {
		return nil
	}
	f := p.callee(call)
	if f == nil || f.Pkg() == nil || !p.own[f.Pkg().Path()] {
		return nil
	}
	return f
}

// isOption tells whether an expression is used as a StartSpanOption.
func (p *startFile) isOption(e ast.Expr) bool {
	if p.optionPlaces[e] {
		return true
	}
	is := func(t types.Type) bool { return t != nil && openTracingType(t) == "opentracing.StartSpanOption" }
	switch n := p.statement(e).(type) {
	case *ast.CallExpr:
		if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok {
			if _, ok := p.info.Uses[id].(*types.Builtin); ok {
				return is(p.elem(p.info.TypeOf(n)))
			}
		}
		sig, ok := p.info.TypeOf(n.Fun).Underlying().(*types.Signature)
		if !ok {
			return is(p.info.TypeOf(n.Fun))
		}
		for i, arg := range n.Args {
			if ast.Unparen(arg) == e {
				t, _ := parameter(sig, nil, i, n.Ellipsis.IsValid())
				return is(t)
			}
		}
	case *ast.CompositeLit:
		return is(p.elem(p.info.TypeOf(n)))
	case *ast.KeyValueExpr:
		if id, ok := n.Key.(*ast.Ident); ok {
			if f, ok := p.info.Uses[id].(*types.Var); ok && f.IsField() {
				return is(f.Type())
			}
		}
		if lit, ok := p.parent[n].(*ast.CompositeLit); ok {
			return is(p.elem(p.info.TypeOf(lit)))
		}
	case *ast.ReturnStmt:
		for i, res := range n.Results {
			if ast.Unparen(res) == e {
				return is(p.resultType(n, i))
			}
		}
	case *ast.AssignStmt:
		for i, rhs := range n.Rhs {
			if ast.Unparen(rhs) == e && len(n.Lhs) == len(n.Rhs) {
				return is(p.info.TypeOf(n.Lhs[i]))
			}
		}
	case *ast.ValueSpec:
		return n.Type != nil && is(p.info.TypeOf(n.Type))
	case *ast.SendStmt:
		return ast.Unparen(n.Value) == e && is(p.elem(p.info.TypeOf(n.Chan)))
	}
	return false
}

// resultType returns the type of the i-th result of the function around a return.
func (p *syntaxFile) resultType(n *ast.ReturnStmt, i int) types.Type {
	sig := p.enclosingSignature(n)
	if sig == nil || i >= sig.Results().Len() {
		return nil
	}
	return sig.Results().At(i).Type()
}

// enclosingSignature returns the signature of the innermost function around a node, or
// nil.
func (p *syntaxFile) enclosingSignature(n ast.Node) (sig *types.Signature) {
	switch fn := p.enclosingFunc(n).(type) {
	case *ast.FuncDecl:
		if f, ok := p.info.Defs[fn.Name].(*types.Func); ok {
			sig = f.Signature()
		}
	case *ast.FuncLit:
		sig, _ = p.info.TypeOf(fn).(*types.Signature)
	}
	return sig
}
