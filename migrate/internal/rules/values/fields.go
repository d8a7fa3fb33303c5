// SPDX-License-Identifier: Apache-2.0

package values

import (
	"go/ast"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// ValueType is the type of a tag's or field's value as the API sees it.
func (p *File) ValueType(kv KeyValue) types.Type {
	t := kv.Typ
	if t == nil {
		t = p.Info.TypeOf(kv.Value)
	}
	if t == nil {
		return types.Typ[types.String] // a literal that a rule has made
	}
	return types.Default(t)
}

// MayBe tells whether the key of a field may be one of the names.
func (p *File) MayBe(kv KeyValue, names ...string) bool {
	for _, name := range names {
		if kv.Known && kv.Name == name || !kv.Known && p.Possible(kv.Key, name) {
			return true
		}
	}
	return false
}

// NamesEvent tells whether a field may name the event or hold its error.
func (p *File) NamesEvent(kv KeyValue) bool {
	t := p.ValueType(kv)
	return p.MayBe(kv, "event") && (syntax.IsText(t) || types.IsInterface(t)) ||
		p.MayBe(kv, "error.object") && (syntax.ImplementsError(t) || types.IsInterface(t))
}

// Field takes apart log.String(k, v) and its like.
func (p *File) Field(arg ast.Expr) (kv KeyValue, uses []*plan.Use, ok bool) {
	symbol, call := p.Calls(arg)
	if call == nil {
		return kv, nil, false
	}
	uses = []*plan.Use{p.UseOf(call.Fun)}
	fixed := func(key string) (KeyValue, []*plan.Use, bool) {
		if len(call.Args) != 1 {
			return kv, nil, false
		}
		return KeyValue{Name: key, Known: true, Value: call.Args[0]}, uses, true
	}
	switch symbol {
	case "log.Event":
		return fixed("event")
	case "log.Message":
		return fixed("message")
	case "log.Error":
		return fixed("error.object")
	case "log.String", "log.Bool", "log.Int", "log.Int32", "log.Int64", "log.Uint32", "log.Uint64",
		"log.Float32", "log.Float64", "log.Object":
	default:
		return kv, nil, false
	}
	if len(call.Args) != 2 {
		return kv, nil, false
	}
	kv = p.TagKey(call.Args[0])
	kv.Value = call.Args[1]
	if f := p.Callee(call); f != nil && symbol != "log.Object" {
		kv.Typ = f.Signature().Params().At(1).Type()
	}
	return kv, uses, true
}
