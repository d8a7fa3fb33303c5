// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"
)

// tagNameTypes are the types of package ext for names of tags. All of them become
// attribute.Key.
func tagNameTypes() []string {
	return []string{"ext.StringTagName", "ext.BoolTagName", "ext.Uint16TagName", "ext.Uint32TagName", "ext.IPv4TagName"}
}

func (p *valueFile) tagNameRows() []rule {
	all := rowsFor("tags", p.tagNameConversion, p.tagNameType, "type-without-counterpart", tagNameTypes()...)
	for name := range extNames() {
		all = append(all, rule{symbol: "ext." + name, name: "tags", value: p.extName, category: "tag-name-value"})
	}
	return all
}

// extNames are the tag names of package ext.
func extNames() map[string]string {
	return map[string]string{
		"SpanKind": "span.kind", "Component": "component", "SamplingPriority": "sampling.priority",
		"PeerService": "peer.service", "PeerAddress": "peer.address", "PeerHostname": "peer.hostname",
		"PeerHostIPv4": "peer.ipv4", "PeerHostIPv6": "peer.ipv6", "PeerPort": "peer.port",
		"HTTPUrl": "http.url", "HTTPMethod": "http.method", "HTTPStatusCode": "http.status_code",
		"DBInstance": "db.instance", "DBStatement": "db.statement", "DBType": "db.type", "DBUser": "db.user",
		"MessageBusDestination": "message_bus.destination", "Error": "error",
	}
}

// extName replaces a name of package ext outside of the calls that know it:
// string(ext.Component) by the text, any other by a key.
func (p *valueFile) extName(u *use) {
	name := extNames()[strings.TrimPrefix(u.sym.String(), "ext.")]
	if call := p.textConversion(u.expr); call != nil {
		p.edit(p.site(u), call, func(*renderer) string { return quote(name) })
		return
	}
	if _, isSelector := p.parent[u.expr].(*ast.SelectorExpr); isSelector {
		return // a method as a value
	}
	s := p.site(u, p.expr(u.expr))
	s.facts |= nameFacts(name)
	if lit, ok := p.parent[u.expr].(*ast.CompositeLit); ok && openTracingType(p.elem(p.info.TypeOf(lit))) != "" {
		p.edit(s, u.expr, func(*renderer) string { return quote(name) })
		return
	}
	p.edit(s, u.expr, func(r *renderer) string { return r.attribute("Key") + "(" + quote(name) + ")" })
}

// textConversion returns the conversion to string that an expression stands in, or nil.
func (p *valueFile) textConversion(e ast.Expr) *ast.CallExpr {
	call, ok := p.statement(e).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return nil
	}
	if tv := p.info.Types[call.Fun]; !tv.IsType() || !isText(tv.Type) {
		return nil
	}
	return call
}

func nameFacts(name string) facts {
	if name == "error" {
		return nameError
	}
	return 0
}

// tagNameType replaces a type of package ext for names.
func (p *valueFile) tagNameType(u *use) {
	p.replaceType(u, func(r *renderer, _ facts) string { return r.attribute("Key") })
}

// replaceType replaces the name of a type by one that what is known of its group
// decides.
func (p *planner) replaceType(u *use, name func(r *renderer, known facts) string) {
	n := p.mentioned(u.expr)
	if n == nil {
		return
	}
	s := p.site(u, n)
	p.edit(s, u.expr, func(r *renderer) string { return name(r, p.run.factsOf(s)) })
}

// tagNameConversion replaces ext.StringTagName(name).
func (p *valueFile) tagNameConversion(u *use) {
	n := p.expr(u.call)
	if n == nil || len(u.call.Args) != 1 {
		return
	}
	s := p.site(u, n)
	if p.possible(u.call.Args[0], "error") {
		s.facts |= nameError
	}
	p.edit(s, u.expr, func(r *renderer) string { return r.attribute("Key") })
}

// textFacts says what a text may be that becomes a name or a kind of package ext
// without a conversion.
func (w *flowWalker) textFacts(value ast.Expr, dst types.Type) facts {
	text, known := constantText(w.info, value)
	if !known {
		return 0
	}
	switch name := openTracingType(dst); {
	case name == "ext.SpanKindEnum":
		return kindText
	case strings.HasSuffix(name, "TagName"):
		return nameFacts(text)
	}
	return 0
}

// extSetOps handles ext.Component.Set(span, value) and its like, also with names of
// the module's own, and with one that is made on the spot:
// ext.StringTagName("k").Set(span, v).
func (p *spanFile) extSetOps(call *ast.CallExpr) (ast.Expr, []*op) {
	if len(call.Args) != 2 || p.isMethodExpr(call.Fun) {
		return nil, nil
	}
	name := receiverOf(call)
	kv := keyValue{key: name, value: call.Args[1]}
	if u := p.useOf(name); u != nil {
		kv.name, kv.known = extNames()[strings.TrimPrefix(u.sym.String(), "ext.")], true
		kv.extra = append(kv.extra, u)
	} else if conv, ok := ast.Unparen(name).(*ast.CallExpr); ok && p.useOf(conv.Fun) != nil && len(conv.Args) == 1 {
		u := p.useOf(conv.Fun)
		kv = p.tagKey(conv.Args[0])
		kv.value = call.Args[1]
		kv.extra = append(kv.extra, u)
	} else if n := p.expr(name); n != nil {
		return call.Args[0], []*op{p.ownNameOp(call, n)}
	}
	if kv.known && kv.name == "" || openTracingType(p.info.TypeOf(name)) == "" {
		embedded := p.receiver(ast.Unparen(call.Fun).(*ast.SelectorExpr))
		return call.Args[0], []*op{{
			nodes:   []*node{embedded},
			refusal: &pin{"tag-name-value", call.Pos(), "the tag's name is embedded in another type"},
		}}
	}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && !p.info.Types[kv.value].IsNil() {
		if f, ok := p.info.Uses[sel.Sel].(*types.Func); ok {
			kv.typ = f.Signature().Params().At(1).Type()
		}
	}
	if kv.name == "http.status_code" {
		p.plainStatus(&kv)
	}
	return call.Args[0], []*op{p.tagOp(kv)}
}

// plainStatus takes the uint16 off a status code that was an int before: no HTTP
// status overflows it.
func (p *spanFile) plainStatus(kv *keyValue) {
	conv, ok := ast.Unparen(kv.value).(*ast.CallExpr)
	if !ok || len(conv.Args) != 1 || !p.info.Types[conv.Fun].IsType() {
		return
	}
	if types.Identical(p.info.TypeOf(conv.Args[0]), types.Typ[types.Int]) {
		kv.value, kv.typ = conv.Args[0], types.Typ[types.Int]
	}
}

// ownNameOp sets a tag by a name that the module declares: tenant.Set(span, "acme")
// becomes an attribute made by the key, tenant.String("acme").
func (p *spanFile) ownNameOp(call *ast.CallExpr, n *node) *op {
	name, value := receiverOf(call), call.Args[1]
	constructor, conversion := "String", ""
	switch b, _ := p.callee(call).Signature().Params().At(1).Type().Underlying().(*types.Basic); b.Kind() {
	case types.Bool:
		constructor = "Bool"
	case types.Uint16:
		constructor, conversion = "Int", "int"
	case types.Uint32:
		constructor, conversion = "Int64", "int64"
	}
	keyed := func(r *renderer) string {
		return r.operand(name) + "." + constructor + "(" + p.converted(r, value, conversion) + ")"
	}
	if text, known := p.fixedName(name); known {
		if text == "error" {
			o := p.errorTagOp(keyValue{value: value, typ: p.callee(call).Signature().Params().At(1).Type()})
			o.nodes = append(o.nodes, n)
			return o
		}
		return &op{attr: &keyValue{}, tag: true, nodes: []*node{n}, stmt: func(r *renderer, _ string) string { return keyed(r) }}
	}
	o := &op{nodes: []*node{n}, note: "the name may be error at run time: false is Ok then, which is final in OpenTelemetry"}
	o.stmt = func(r *renderer, span string) string {
		if p.run.factsOf(o.site)&nameError != 0 {
			return r.helper("setTag") + "(" + span + ", string(" + r.text(name) + "), " + r.text(value) + ")"
		}
		return span + ".SetAttributes(" + keyed(r) + ")"
	}
	return o
}

// converted renders a value in a conversion, which a constant without a type needs
// not, nor one whose own conversion doesn't change it.
func (p *valueFile) converted(r *renderer, value ast.Expr, to string) string {
	if call, ok := ast.Unparen(value).(*ast.CallExpr); ok && len(call.Args) == 1 && p.untyped(call.Args[0]) && p.info.Types[call.Fun].IsType() {
		was, is := p.info.Types[call.Args[0]].Value, p.info.Types[value].Value
		if was != nil && is != nil && was.Kind() == is.Kind() && constant.Compare(was, token.EQL, is) {
			value = call.Args[0]
		}
	}
	if to == "" || p.untyped(value) {
		return r.text(value)
	}
	return to + "(" + r.text(value) + ")"
}

// untyped tells whether an expression is a constant that takes the type it is used as.
func (p *syntaxFile) untyped(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit:
		return true
	case *ast.Ident:
		c, ok := p.info.Uses[e].(*types.Const)
		return ok && isUntyped(c.Type())
	case *ast.SelectorExpr:
		c, ok := p.info.Uses[e.Sel].(*types.Const)
		return ok && isUntyped(c.Type())
	case *ast.UnaryExpr:
		return p.untyped(e.X)
	case *ast.BinaryExpr:
		return p.untyped(e.X) && p.untyped(e.Y)
	}
	return false
}

func isUntyped(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && b.Info()&types.IsUntyped != 0
}

// fixedName returns the text of a name that is a constant, or a variable that gets
// a value only where it is declared.
func (p *valueFile) fixedName(name ast.Expr) (string, bool) {
	if text, known := constantText(p.info, name); known {
		return text, true
	}
	v := p.variable(name)
	if sel, ok := ast.Unparen(name).(*ast.SelectorExpr); ok {
		v, _ = p.info.Uses[sel.Sel].(*types.Var)
	}
	if v == nil || v.IsField() || p.several[v.Pos()] {
		return "", false
	}
	for _, u := range p.units {
		for _, f := range u.files {
			if f.syntax.FileStart <= v.Pos() && v.Pos() < f.syntax.FileEnd {
				return declaredName(u, v)
			}
		}
	}
	return "", false
}

// declaredName returns the text that a variable of a unit gets where it is
// declared, if it is never set there again.
func declaredName(u *unit, v *types.Var) (text string, known bool) {
	set := 0
	var info *types.Info
	for _, f := range u.allFiles() {
		info = f.unit.info
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			var names []ast.Expr
			var values []ast.Expr
			switch n := n.(type) {
			case *ast.ValueSpec:
				for _, id := range n.Names {
					names = append(names, id)
				}
				values = n.Values
			case *ast.AssignStmt:
				names, values = n.Lhs, n.Rhs
			case *ast.RangeStmt:
				names = []ast.Expr{n.Key, n.Value}
			case *ast.UnaryExpr:
				if n.Op == token.AND {
					names = []ast.Expr{n.X}
				}
			}
			for i, e := range names {
				id, ok := e.(*ast.Ident)
				if obj := info.ObjectOf(id); !ok || obj == nil || obj.Pos() != v.Pos() {
					continue
				}
				set++
				if i >= len(values) {
					continue
				}
				if call, ok := ast.Unparen(values[i]).(*ast.CallExpr); ok && len(call.Args) == 1 && info.Types[call.Fun].IsType() {
					if value, is := constantText(info, call.Args[0]); is {
						text, known = value, true
					}
				}
			}
			return true
		})
	}
	return text, known && set == 1
}
