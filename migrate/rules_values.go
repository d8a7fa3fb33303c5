// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"
)

// A keyValue is a tag or a log field on its way to an attribute.
type keyValue struct {
	key   ast.Expr // nil when name is set
	name  string   // the key where it is constant
	known bool     // name is the key
	value ast.Expr
	typ   types.Type // the type that the API sees, when it is not the value's own
	extra []*use     // uses in the key
}

// attributeFor renders the attribute of a key and a value as compat makes it from
// the value's dynamic type.
func (p *valueFile) attributeFor(kv keyValue) func(r *renderer) string {
	form := p.valueForm(kv)
	return func(r *renderer) string {
		return form(r, p.keyText(r, kv))
	}
}

func (p *valueFile) keyText(r *renderer, kv keyValue) string {
	if kv.key == nil || kv.known && len(kv.extra) > 0 {
		return quote(kv.name)
	}
	key := r.text(kv.key)
	if b, ok := p.info.TypeOf(kv.key).(*types.Basic); !ok || b.Info()&types.IsString == 0 {
		return "string(" + key + ")"
	}
	return key
}

type valueForm func(r *renderer, key string) string

// simple makes a valueForm of a constructor and a pattern for the value.
func simple(constructor, before string, value ast.Expr, after string) valueForm {
	return func(r *renderer, key string) string {
		v := r.text(value)
		if after != "" && before == "" {
			v = r.operand(value)
		}
		return r.attribute(constructor) + "(" + key + ", " + before + v + after + ")"
	}
}

func (p *valueFile) valueForm(kv keyValue) valueForm {
	v := kv.value
	tv := p.info.Types[v]
	t := tv.Type
	if kv.typ != nil {
		t = kv.typ
	}
	if openTracingType(t) == kindType && tv.Value == nil {
		return p.kindForm(v)
	}
	if tv.IsNil() {
		return func(r *renderer, key string) string { return r.attribute("String") + "(" + key + `, "<nil>")` }
	}
	helper := func(r *renderer, key string) string {
		return r.helper("attributeOf") + "(" + key + ", " + r.text(v) + ")"
	}
	if _, ok := t.(*types.TypeParam); ok {
		return helper
	}
	sprint := func(r *renderer, key string) string {
		return r.attribute("String") + "(" + key + ", " + r.pkg("fmt") + ".Sprint(" + r.text(v) + "))"
	}
	_, isPointer := t.Underlying().(*types.Pointer)
	isInterface := types.IsInterface(t)
	switch {
	case hasMethod(t, "Format"):
		if hasMethod(t, "Error") || hasMethod(t, "String") {
			return sprint
		}
		return helper
	case implementsError(t):
		if p.nonNil(v) && !isPointer || !isInterface && !isPointer {
			return simple("String", "", v, ".Error()")
		}
		return sprint
	case isStringer(t):
		if isInterface || isPointer {
			return sprint
		}
		return simple("Stringer", "", v, "")
	case isInterface:
		return helper
	}
	if basic, ok := t.Underlying().(*types.Basic); ok {
		if f := p.basicForm(v, tv.Value, t, basic); f != nil {
			return f
		}
		return helper
	}
	switch u := t.Underlying().(type) {
	case *types.Slice:
		if types.Identical(u.Elem(), types.Typ[types.Byte]) {
			return func(r *renderer, key string) string {
				return r.helper("attributeOfBytes") + "(" + key + ", " + r.text(v) + ")"
			}
		}
		if b, ok := u.Elem().Underlying().(*types.Basic); ok && b.Kind() == types.Byte {
			return helper
		}
	case *types.Pointer:
		switch u.Elem().Underlying().(type) {
		case *types.Struct, *types.Map, *types.Slice, *types.Array, *types.Interface, *types.Pointer:
		default:
			return helper
		}
		// fmt looks inside for methods, and prints &{…}, as compat does.
	}
	return func(r *renderer, key string) string {
		return r.attribute("String") + "(" + key + ", " + r.pkg("fmt") + `.Sprintf("%+v", ` + r.text(v) + "))"
	}
}

func (p *valueFile) basicForm(v ast.Expr, value constant.Value, t types.Type, basic *types.Basic) valueForm {
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
		return func(r *renderer, key string) string {
			number := r.text(v)
			if !types.Identical(t, types.Typ[types.Uint64]) {
				number = p.converted(r, v, "uint64")
			}
			return r.helper("attributeOfUint") + "(" + key + ", " + number + ")"
		}
	case types.Float64, types.UntypedFloat:
		return convert("Float64", "float64")
	case types.Float32:
		if value != nil && types.Identical(t, types.Typ[types.Float32]) && p.untyped(v) {
			return simple("Float64", "float64(float32(", v, "))") // a constant is rounded first
		}
		return simple("Float64", "float64(", v, ")")
	}
	return nil
}

// converting makes a valueForm of a constructor with a value of another type.
func (p *valueFile) converting(constructor, to string, value ast.Expr) valueForm {
	return func(r *renderer, key string) string {
		return r.attribute(constructor) + "(" + key + ", " + p.converted(r, value, to) + ")"
	}
}

func hasMethod(t types.Type, name string) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, false, nil, name)
	_, ok := obj.(*types.Func)
	return ok
}

func implementsError(t types.Type) bool {
	errorType := types.Universe.Lookup("error").Type().Underlying().(*types.Interface)
	return types.Implements(t, errorType)
}

func isStringer(t types.Type) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, false, nil, "String")
	f, ok := obj.(*types.Func)
	if !ok {
		return false
	}
	sig := f.Signature()
	if sig.Params().Len() != 0 || sig.Results().Len() != 1 {
		return false
	}
	return types.Identical(sig.Results().At(0).Type(), types.Typ[types.String])
}

// nonNil tells whether an expression is known not to be nil: it is tested around
// this place, or it was just made.
func (p *syntaxFile) nonNil(e ast.Expr) bool {
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok {
		if f := p.callee(call); f != nil {
			switch f.FullName() {
			case "errors.New", "fmt.Errorf":
				return true
			}
		}
		return false
	}
	if sel, ok := ast.Unparen(e).(*ast.SelectorExpr); ok && p.info.Selections[sel] == nil {
		// An error of the standard library, such as io.EOF.
		v, ok := p.info.Uses[sel.Sel].(*types.Var)
		return ok && implementsError(v.Type()) && !p.code.own[v.Pkg().Path()] && !strings.Contains(firstElement(v.Pkg().Path()), ".")
	}
	v := p.variable(e)
	if v == nil {
		return false
	}
	var inner ast.Node = e
	for n := p.parent[e]; n != nil; inner, n = n, p.parent[n] {
		switch n := n.(type) {
		case *ast.IfStmt:
			if n.Body == inner && p.implies(n.Cond, v, token.NEQ) && !p.assigned(n.Body, v, e.Pos()) {
				return true
			}
			if n.Else == inner && p.implies(n.Cond, v, token.EQL) && !p.assigned(n.Else, v, e.Pos()) {
				return true
			}
		case *ast.CaseClause:
			for _, c := range n.List {
				if len(n.List) == 1 && p.implies(c, v, token.NEQ) && !p.assigned(n, v, e.Pos()) {
					return true
				}
			}
		case *ast.BlockStmt:
			if p.returnsOnNil(n.List, inner, v, e.Pos()) {
				return true
			}
		case *ast.FuncLit, *ast.FuncDecl:
			return false
		}
	}
	return false
}

// constantText returns the value of an expression that is a constant text.
func constantText(info *types.Info, e ast.Expr) (text string, known bool) {
	if c := info.Types[e].Value; c != nil && c.Kind() == constant.String {
		return constant.StringVal(c), true
	}
	return "", false
}

func firstElement(path string) string {
	first, _, _ := strings.Cut(path, "/")
	return first
}

// returnsOnNil tells whether an earlier statement of the list leaves when v is nil.
func (p *syntaxFile) returnsOnNil(list []ast.Stmt, until ast.Node, v *types.Var, pos token.Pos) bool {
	known := false
	for _, s := range list {
		if s == until {
			break
		}
		if ifs, ok := s.(*ast.IfStmt); ok && ifs.Else == nil && p.implies(ifs.Cond, v, token.EQL) && len(ifs.Body.List) > 0 {
			switch ifs.Body.List[len(ifs.Body.List)-1].(type) {
			case *ast.ReturnStmt, *ast.BranchStmt:
				known = true
				continue
			}
		}
		if p.assigned(s, v, pos) {
			known = false
		}
	}
	return known && !p.assigned(until, v, pos)
}

// implies tells whether a true condition means that v is not nil (op is !=), or a
// false one does (op is ==).
func (p *syntaxFile) implies(cond ast.Expr, v *types.Var, op token.Token) bool {
	if op == token.NEQ {
		return p.asksNil(cond, v, op, token.LAND)
	}
	return p.asksNil(cond, v, op, token.LOR)
}

// asksNil tells whether a condition, or an operand of the chain of && or || that it is,
// compares v with nil by op.
func (p *syntaxFile) asksNil(cond ast.Expr, v *types.Var, op, chain token.Token) bool {
	b, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	switch {
	case !ok:
		return false
	case b.Op == op:
		return p.variable(b.X) == v && p.isNil(b.Y) || p.variable(b.Y) == v && p.isNil(b.X)
	case b.Op == chain:
		return p.asksNil(b.X, v, op, chain) || p.asksNil(b.Y, v, op, chain)
	}
	return false
}

// assigned tells whether v is assigned in a syntax tree before a place, or has its
// address taken.
func (p *syntaxFile) assigned(root ast.Node, v *types.Var, before token.Pos) bool {
	found := false
	ast.Inspect(root, func(n ast.Node) bool {
		if n == nil || n.Pos() >= before {
			return false
		}
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				found = found || p.variable(l) == v
			}
		case *ast.UnaryExpr:
			found = found || n.Op == token.AND && p.variable(n.X) == v
		}
		return !found
	})
	return found
}
