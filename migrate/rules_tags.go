// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/constant"
	"go/types"
	"strings"
)

func tagRules() []rule {
	all := rowsFor("tags", (*planner).spanCall, nil, "method-value",
		"opentracing.Span.SetTag", "opentracing.Tag.Set",
		"ext.spanKindTagName.Set", "ext.StringTagName.Set", "ext.BoolTagName.Set", "ext.Uint16TagName.Set", "ext.Uint32TagName.Set",
		"ext.IPv4TagName.Set", "ext.IPv4TagName.SetString")
	all = append(all, rowsFor("names", (*planner).spanCall, nil, "method-value", "opentracing.Span.SetOperationName")...)
	all = append(all, rowsFor("tags", nil, (*planner).optionValue, "tag-value", "opentracing.Tag", "opentracing.Tag.Key", "opentracing.Tag.Value")...)
	for name := range extNames() {
		all = append(all, rule{symbol: "ext." + name, name: "tags", value: (*planner).extName, category: "tag-name-value"})
	}
	all = append(all, rowsFor("kinds", nil, (*planner).optionValue, "tag-value", "ext.SpanKindRPCClient", "ext.SpanKindRPCServer", "ext.SpanKindProducer", "ext.SpanKindConsumer")...)
	all = append(all, rowsFor("kinds", nil, (*planner).kindName, "tag-name-value",
		"ext.SpanKindRPCClientEnum", "ext.SpanKindRPCServerEnum", "ext.SpanKindProducerEnum", "ext.SpanKindConsumerEnum")...)
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

// extName replaces string(ext.Component) and its like outside of the calls that know it.
func (p *planner) extName(u *use) {
	call, ok := p.statement(u.expr).(*ast.CallExpr)
	name := extNames()[strings.TrimPrefix(u.sym.String(), "ext.")]
	if !ok || len(call.Args) != 1 || name == "" {
		return
	}
	tv := p.info.Types[call.Fun]
	if !tv.IsType() || !types.Identical(tv.Type, types.Typ[types.String]) {
		return
	}
	s := p.site(u)
	p.edit(s, call, func(*renderer) string { return quote(name) })
}

// kindName replaces string(ext.SpanKindRPCClientEnum).
func (p *planner) kindName(u *use) {
	call, ok := p.statement(u.expr).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return
	}
	tv := p.info.Types[call.Fun]
	if !tv.IsType() || !types.Identical(tv.Type, types.Typ[types.String]) {
		return
	}
	s := p.site(u)
	p.edit(s, call, func(*renderer) string { return quote(kindNamed(u.sym.String())) })
}

// tagKey returns a constant key, with the uses that it names.
func (p *planner) tagKey(e ast.Expr) keyValue {
	kv := keyValue{key: e}
	if c := p.info.Types[e].Value; c != nil && c.Kind() == constant.String {
		kv.name, kv.known = constant.StringVal(c), true
		ast.Inspect(e, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && p.uses[id] != nil {
				kv.extra = append(kv.extra, p.uses[id])
			}
			return true
		})
		return kv
	}
	inner := ast.Unparen(e)
	if call, ok := inner.(*ast.CallExpr); ok && len(call.Args) == 1 && p.info.Types[call.Fun].IsType() {
		inner = call.Args[0]
	}
	if u := p.useOf(inner); u != nil {
		if name := extNames()[strings.TrimPrefix(u.sym.String(), "ext.")]; name != "" {
			kv.name, kv.known = name, true
			kv.extra = append(kv.extra, u)
		}
	}
	return kv
}

func (p *planner) setTagOps(call *ast.CallExpr) (ast.Expr, []*op) {
	if len(call.Args) != 2 {
		return receiverOf(call), []*op{{refusal: &pin{"spread-arguments", call.Pos(), "its arguments come from one call"}}}
	}
	kv := p.tagKey(call.Args[0])
	kv.value = call.Args[1]
	return receiverOf(call), []*op{p.tagOp(kv)}
}

// tagOp is what one tag becomes on a running span.
func (p *planner) tagOp(kv keyValue) *op {
	p.constantValue(&kv)
	if kv.known && kv.name == "error" {
		o := p.errorTagOp(kv)
		o.uses = append(o.uses, kv.extra...)
		return o
	}
	if p.mayBe(kv, "error") {
		return &op{tag: true, note: "the key may be error at run time: false is Ok then, which is final in OpenTelemetry", stmt: func(r *renderer, span string) string {
			return r.helper("setTag") + "(" + span + ", " + p.keyText(r, kv) + ", " + r.text(kv.value) + ")"
		}}
	}
	return p.attrOp(kv)
}

// constantValue finds constants of package ext in a value, which is a text then.
func (p *planner) constantValue(kv *keyValue) {
	if u := p.useOf(kv.value); u != nil && kindNamed(u.sym.String()) != "" && strings.HasSuffix(u.sym.Name, "Enum") {
		kv.extra = append(kv.extra, u)
		kv.value = &ast.BasicLit{Value: quote(kindNamed(u.sym.String())), ValuePos: kv.value.Pos()}
		kv.typ = types.Typ[types.String]
		return
	}
	c := p.info.Types[kv.value].Value
	if c == nil || c.Kind() != constant.String {
		return
	}
	var uses []*use
	ast.Inspect(kv.value, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && p.uses[id] != nil {
			uses = append(uses, p.uses[id])
		}
		return true
	})
	if len(uses) > 0 || openTracingType(p.info.TypeOf(kv.value)) != "" {
		kv.extra = append(kv.extra, uses...)
		kv.value = &ast.BasicLit{Value: quote(constant.StringVal(c)), ValuePos: kv.value.Pos()}
		kv.typ = types.Typ[types.String]
	}
}

func (p *planner) setNameOps(call *ast.CallExpr) (ast.Expr, []*op) {
	return receiverOf(call), []*op{{stmt: func(r *renderer, span string) string {
		return span + ".SetName(" + r.text(call.Args[0]) + ")"
	}}}
}

// extSetOps handles ext.Component.Set(span, value) and its like, also with a name
// that is made on the spot: ext.StringTagName("k").Set(span, v).
func (p *planner) extSetOps(call *ast.CallExpr) (ast.Expr, []*op) {
	if len(call.Args) != 2 {
		return nil, nil
	}
	kv := keyValue{key: receiverOf(call), value: call.Args[1]}
	if u := p.useOf(kv.key); u != nil {
		kv.name, kv.known = extNames()[strings.TrimPrefix(u.sym.String(), "ext.")], true
		kv.extra = append(kv.extra, u)
	} else if conv, ok := ast.Unparen(kv.key).(*ast.CallExpr); ok && p.useOf(conv.Fun) != nil && len(conv.Args) == 1 {
		u := p.useOf(conv.Fun)
		kv = p.tagKey(conv.Args[0])
		kv.value = call.Args[1]
		kv.extra = append(kv.extra, u)
	}
	if kv.known && kv.name == "" {
		return call.Args[0], []*op{{refusal: &pin{"tag-name-value", call.Pos(), "the tag's name is not known"}}}
	}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && !p.info.Types[kv.value].IsNil() {
		if f, ok := p.info.Uses[sel.Sel].(*types.Func); ok {
			kv.typ = f.Signature().Params().At(1).Type()
		}
	}
	if kv.typ != nil && openTracingType(kv.typ) != "" { // ext.SpanKindEnum
		if p.info.Types[kv.value].Value == nil && (p.useOf(kv.value) == nil || kindNamed(p.useOf(kv.value).sym.String()) == "") {
			return call.Args[0], []*op{{refusal: &pin{"tag-value", call.Pos(), "the span kind is not a constant"}}}
		}
		kv.typ = types.Typ[types.String]
	}
	if kv.name == "http.status_code" {
		p.plainStatus(&kv)
	}
	return call.Args[0], []*op{p.tagOp(kv)}
}

// plainStatus takes the uint16 off a status code that was an int before: no HTTP
// status overflows it.
func (p *planner) plainStatus(kv *keyValue) {
	conv, ok := ast.Unparen(kv.value).(*ast.CallExpr)
	if !ok || len(conv.Args) != 1 || !p.info.Types[conv.Fun].IsType() {
		return
	}
	if types.Identical(p.info.TypeOf(conv.Args[0]), types.Typ[types.Int]) {
		kv.value, kv.typ = conv.Args[0], types.Typ[types.Int]
	}
}

// tagSetOps handles opentracing.Tag{Key: k, Value: v}.Set(span) and ext.SpanKindRPCClient.Set(span).
func (p *planner) tagSetOps(call *ast.CallExpr) (ast.Expr, []*op) {
	kv, uses, ok := p.tagLiteral(receiverOf(call))
	if recv := receiverOf(call); !ok && len(call.Args) == 1 && p.expr(recv) != nil && p.useOf(recv) == nil {
		return call.Args[0], []*op{{
			attr: &keyValue{}, tag: true, nodes: []*node{p.expr(recv)},
			stmt: func(r *renderer, _ string) string { return r.text(recv) },
		}}
	}
	if !ok || len(call.Args) != 1 {
		return nil, nil
	}
	o := p.tagOp(kv)
	o.uses = append(o.uses, uses...)
	return call.Args[0], []*op{o}
}

// tagLiteral takes apart an opentracing.Tag that is written out.
func (p *planner) tagLiteral(e ast.Expr) (kv keyValue, uses []*use, ok bool) {
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
	uses = append(uses, p.useOf(lit.Type))
	var key, value ast.Expr
	for i, elt := range lit.Elts {
		if pair, isPair := elt.(*ast.KeyValueExpr); isPair {
			id := pair.Key.(*ast.Ident)
			uses = append(uses, p.uses[id])
			if id.Name == "Key" {
				key = pair.Value
			} else {
				value = pair.Value
			}
		} else if i == 0 {
			key = elt
		} else {
			value = elt
		}
	}
	if key == nil || value == nil {
		return kv, nil, false
	}
	kv = p.tagKey(key)
	kv.value = value
	return kv, uses, true
}

// kindNamed returns the span.kind behind a variable or constant of package ext.
func kindNamed(symbol string) string {
	switch strings.TrimSuffix(symbol, "Enum") {
	case "ext.SpanKindRPCClient":
		return "client"
	case "ext.SpanKindRPCServer":
		return "server"
	case "ext.SpanKindProducer":
		return "producer"
	case "ext.SpanKindConsumer":
		return "consumer"
	}
	return ""
}
