// SPDX-License-Identifier: Apache-2.0

package values

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// TagKey returns a constant key, with the uses that it names.
func (p *File) TagKey(e ast.Expr) KeyValue {
	kv := KeyValue{Key: e}
	if kv.Name, kv.Known = syntax.ConstantText(p.Info, e); kv.Known {
		ast.Inspect(e, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && p.Uses[id] != nil {
				kv.Extra = append(kv.Extra, p.Uses[id])
			}
			return true
		})
		return kv
	}
	inner := ast.Unparen(e)
	if call, ok := inner.(*ast.CallExpr); ok && len(call.Args) == 1 && p.Info.Types[call.Fun].IsType() {
		inner = call.Args[0]
	}
	if u := p.UseOf(inner); u != nil {
		if name := opentracing.ExtNames()[strings.TrimPrefix(u.Sym.String(), "ext.")]; name != "" {
			kv.Name, kv.Known = name, true
			kv.Extra = append(kv.Extra, u)
		}
	}
	return kv
}

// ConstantValue finds constants of package ext in a value, which is a text then.
func (p *File) ConstantValue(kv *KeyValue) {
	if u := p.UseOf(kv.Value); u != nil && opentracing.KindNamed(u.Sym.String()) != "" && strings.HasSuffix(u.Sym.Name, "Enum") {
		kv.Extra = append(kv.Extra, u)
		kv.Value = &ast.BasicLit{Value: edit.Quote(opentracing.KindNamed(u.Sym.String())), ValuePos: kv.Value.Pos()}
		kv.Typ = types.Typ[types.String]
		return
	}
	text, known := syntax.ConstantText(p.Info, kv.Value)
	if !known {
		return
	}
	var uses []*plan.Use
	ast.Inspect(kv.Value, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && p.Uses[id] != nil {
			uses = append(uses, p.Uses[id])
		}
		return true
	})
	if len(uses) > 0 || opentracing.OpenTracingType(p.Info.TypeOf(kv.Value)) != "" {
		kv.Extra = append(kv.Extra, uses...)
		kv.Value = &ast.BasicLit{Value: edit.Quote(text), ValuePos: kv.Value.Pos()}
		kv.Typ = types.Typ[types.String]
	}
}

// TagIsOption tells whether the tags of a group become options.
func TagIsOption(known flow.Facts) bool {
	return known&flow.TagOnlyOption != 0 && known&flow.TagOption != 0
}

// TagLiteral takes apart an opentracing.Tag that is written out.
func (p *File) TagLiteral(e ast.Expr) (kv KeyValue, uses []*plan.Use, ok bool) {
	e = ast.Unparen(e)
	if u := p.UseOf(e); u != nil {
		if kind := opentracing.KindNamed(u.Sym.String()); kind != "" {
			return KeyValue{Name: "span.kind", Known: true, Value: &ast.BasicLit{Value: edit.Quote(kind), ValuePos: e.Pos()}, Typ: types.Typ[types.String]}, []*plan.Use{u}, true
		}
		return kv, nil, false
	}
	lit, isLit := e.(*ast.CompositeLit)
	if !isLit || opentracing.OpenTracingType(p.Info.TypeOf(lit)) != opentracing.TagType || lit.Type != nil && p.SymbolOf(lit.Type) != opentracing.TagType {
		return kv, nil, false
	}
	values, uses := p.Elements(lit, "Key", "Value")
	key, value := values[0], values[1]
	if key == nil || value == nil {
		return kv, nil, false
	}
	kv = p.TagKey(key)
	kv.Value = value
	return kv, uses, true
}
