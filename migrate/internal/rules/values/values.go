// SPDX-License-Identifier: Apache-2.0

package values

import (
	"go/ast"
	"go/constant"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// A KeyValue is a tag or a log field on its way to an attribute.
type KeyValue struct {
	Key   ast.Expr // nil when name is set
	Name  string   // the key where it is constant
	Known bool     // name is the key
	Value ast.Expr
	Typ   types.Type  // the type that the API sees, when it is not the value's own
	Extra []*plan.Use // uses in the key
}

// AttributeFor renders the attribute of a key and a value as compat makes it from
// the value's dynamic type.
func (p *File) AttributeFor(kv KeyValue) func(r *edit.Renderer) string {
	form, _ := p.valueForm(kv)
	return func(r *edit.Renderer) string {
		return form(r, p.KeyText(r, kv))
	}
}

// A Making says what an attribute is made of.
type Making int

const (
	// Plain is a number, a bool or a text that is there already.
	Plain Making = iota
	// Text is what a method of the value says, or fmt.Sprint.
	Text
	// Any takes a look at the value at run time.
	Any
)

// MakingOf tells how the attribute of a key and a value is made.
func (p *File) MakingOf(kv KeyValue) Making {
	_, making := p.valueForm(kv)
	if p.hasText(kv.Value) {
		return Plain
	}
	return making
}

// hasText tells whether a value is an error that is made of its text.
func (p *File) hasText(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	f := p.Callee(call)
	return f != nil && (f.FullName() == "errors.New" || f.FullName() == "fmt.Errorf")
}

func (p *File) KeyText(r *edit.Renderer, kv KeyValue) string {
	if kv.Key == nil || kv.Known && len(kv.Extra) > 0 {
		return edit.Quote(kv.Name)
	}
	key := r.Text(kv.Key)
	if b, ok := p.Info.TypeOf(kv.Key).(*types.Basic); !ok || b.Info()&types.IsString == 0 {
		return "string(" + key + ")"
	}
	return key
}

type valueForm func(r *edit.Renderer, key string) string

// simple makes a valueForm of a constructor and a pattern for the value.
func simple(constructor, before string, value ast.Expr, after string) valueForm {
	return func(r *edit.Renderer, key string) string {
		v := r.Text(value)
		if after != "" && before == "" {
			v = r.Operand(value)
		}
		return r.Attribute(constructor) + "(" + key + ", " + before + v + after + ")"
	}
}

func (p *File) valueForm(kv KeyValue) (valueForm, Making) {
	v := kv.Value
	tv := p.Info.Types[v]
	t := tv.Type
	if kv.Typ != nil {
		t = kv.Typ
	}
	if opentracing.OpenTracingType(t) == opentracing.SpanKindEnum && tv.Value == nil {
		return p.kindForm(v), Plain
	}
	if tv.IsNil() {
		return func(r *edit.Renderer, key string) string { return r.Attribute("String") + "(" + key + `, "<nil>")` }, Plain
	}
	helper := func(r *edit.Renderer, key string) string {
		return r.Helper("attributeOf") + "(" + key + ", " + r.Text(v) + ")"
	}
	if _, ok := t.(*types.TypeParam); ok {
		return helper, Any
	}
	sprint := func(r *edit.Renderer, key string) string {
		return r.Attribute("String") + "(" + key + ", " + r.Pkg("fmt") + ".Sprint(" + r.Text(v) + "))"
	}
	_, isPointer := t.Underlying().(*types.Pointer)
	isInterface := types.IsInterface(t)
	switch {
	case syntax.HasMethod(t, "Format"):
		if syntax.HasMethod(t, "Error") || syntax.HasMethod(t, "String") {
			return sprint, Text
		}
		return helper, Any
	case syntax.ImplementsError(t):
		if p.NonNil(v) && !isPointer || !isInterface && !isPointer {
			return simple("String", "", v, ".Error()"), Text
		}
		return sprint, Text
	case syntax.IsStringer(t):
		if isInterface || isPointer {
			return sprint, Text
		}
		return simple("Stringer", "", v, ""), Text
	case isInterface:
		return helper, Any
	}
	if basic, ok := t.Underlying().(*types.Basic); ok {
		if f := p.basicForm(v, tv.Value, t, basic); f != nil {
			return f, Plain
		}
		return helper, Any
	}
	switch u := t.Underlying().(type) {
	case *types.Slice:
		if types.Identical(u.Elem(), types.Typ[types.Byte]) {
			return func(r *edit.Renderer, key string) string {
				return r.Helper("attributeOfBytes") + "(" + key + ", " + r.Text(v) + ")"
			}, Any
		}
		if b, ok := u.Elem().Underlying().(*types.Basic); ok && b.Kind() == types.Byte {
			return helper, Any
		}
	case *types.Pointer:
		switch u.Elem().Underlying().(type) {
		case *types.Struct, *types.Map, *types.Slice, *types.Array, *types.Interface, *types.Pointer:
		default:
			return helper, Any
		}
		// fmt looks inside for methods, and prints &{…}, as compat does.
	}
	return func(r *edit.Renderer, key string) string {
		return r.Attribute("String") + "(" + key + ", " + r.Pkg("fmt") + `.Sprintf("%+v", ` + r.Text(v) + "))"
	}, Any
}

func (p *File) basicForm(v ast.Expr, value constant.Value, t types.Type, basic *types.Basic) valueForm {
	exact := types.Identical(t, basic) || basic.Info()&types.IsUntyped != 0
	convert := func(constructor, to string) valueForm {
		if exact {
			return simple(constructor, "", v, "")
		}
		return p.converting(constructor, to, v)
	}
	switch basic.Kind() {
	case types.String, types.UntypedString:
		return convert("String", "string")
	case types.Bool, types.UntypedBool:
		return convert("Bool", "bool")
	case types.Int, types.UntypedInt:
		return convert("Int", "int")
	case types.UntypedRune:
		return p.converting("Int", "int", v)
	case types.Int64:
		return convert("Int64", "int64")
	case types.Int8, types.Int16, types.Int32, types.Uint8, types.Uint16:
		return p.converting("Int", "int", v)
	case types.Uint32:
		return p.converting("Int64", "int64", v)
	case types.Uint, types.Uint64, types.Uintptr:
		if value != nil {
			if _, exact := constant.Int64Val(constant.ToInt(value)); exact {
				return p.converting("Int64", "int64", v)
			}
		}
		return func(r *edit.Renderer, key string) string {
			number := r.Text(v)
			if !types.Identical(t, types.Typ[types.Uint64]) {
				number = p.Converted(r, v, "uint64")
			}
			return r.Helper("attributeOfUint") + "(" + key + ", " + number + ")"
		}
	case types.Float64, types.UntypedFloat:
		return convert("Float64", "float64")
	case types.Float32:
		if value != nil && types.Identical(t, types.Typ[types.Float32]) && p.Untyped(v) {
			return simple("Float64", "float64(float32(", v, "))") // a constant is rounded first
		}
		return simple("Float64", "float64(", v, ")")
	}
	return nil
}

// converting makes a valueForm of a constructor with a value of another type.
func (p *File) converting(constructor, to string, value ast.Expr) valueForm {
	return func(r *edit.Renderer, key string) string {
		return r.Attribute(constructor) + "(" + key + ", " + p.Converted(r, value, to) + ")"
	}
}
