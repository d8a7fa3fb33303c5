// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/types"
	"strings"
)

func (p *spanFile) tagRows() []rule {
	all := rowsFor("tags", p.spanCall, nil, "method-value",
		"opentracing.Span.SetTag", "opentracing.Tag.Set",
		"ext.spanKindTagName.Set", "ext.StringTagName.Set", "ext.BoolTagName.Set", "ext.Uint16TagName.Set", "ext.Uint32TagName.Set",
		"ext.IPv4TagName.Set", "ext.IPv4TagName.SetString")
	return append(all, rowsFor("names", p.spanCall, nil, "method-value", "opentracing.Span.SetOperationName")...)
}

// tagKey returns a constant key, with the uses that it names.
func (p *valueFile) tagKey(e ast.Expr) keyValue {
	kv := keyValue{key: e}
	if kv.name, kv.known = constantText(p.info, e); kv.known {
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

func (p *spanFile) setTagOps(call *ast.CallExpr) (ast.Expr, []*op) {
	if len(call.Args) != 2 {
		return receiverOf(call), []*op{{refusal: &pin{"spread-arguments", call.Pos(), "its arguments come from one call"}}}
	}
	if o := p.copiedTagOp(call); o != nil {
		return receiverOf(call), []*op{o}
	}
	kv := p.tagKey(call.Args[0])
	kv.value = call.Args[1]
	return receiverOf(call), []*op{p.tagOp(kv)}
}

// tagOp is what one tag becomes on a running span.
func (p *spanFile) tagOp(kv keyValue) *op {
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
func (p *valueFile) constantValue(kv *keyValue) {
	if u := p.useOf(kv.value); u != nil && kindNamed(u.sym.String()) != "" && strings.HasSuffix(u.sym.Name, "Enum") {
		kv.extra = append(kv.extra, u)
		kv.value = &ast.BasicLit{Value: quote(kindNamed(u.sym.String())), ValuePos: kv.value.Pos()}
		kv.typ = types.Typ[types.String]
		return
	}
	text, known := constantText(p.info, kv.value)
	if !known {
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
		kv.value = &ast.BasicLit{Value: quote(text), ValuePos: kv.value.Pos()}
		kv.typ = types.Typ[types.String]
	}
}

func (p *spanFile) setNameOps(call *ast.CallExpr) (ast.Expr, []*op) {
	return receiverOf(call), []*op{{stmt: func(r *renderer, span string) string {
		return span + ".SetName(" + r.text(call.Args[0]) + ")"
	}}}
}
