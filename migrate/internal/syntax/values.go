// SPDX-License-Identifier: Apache-2.0

package syntax

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
)

func IsBool(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsBoolean != 0 && !HasMethod(t, "String") && !HasMethod(t, "Error") && !HasMethod(t, "Format")
}

// ErrorText tells whether an expression is err.Error(), which is no "true", "false"
// or nothing at all.
func (p *File) ErrorText(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || len(call.Args) != 0 {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Error" && ImplementsError(p.Info.TypeOf(sel.X))
}

func IsText(t types.Type) bool { return types.Identical(t, types.Typ[types.String]) }

// Possible tells whether a key that is put together at run time may be a name: a
// constant beginning or end may rule it out.
func (p *File) Possible(key ast.Expr, name string) bool {
	return key == nil || strings.HasPrefix(name, p.beginning(key)) && strings.HasSuffix(name, p.ending(key))
}

// beginning returns what a text begins with for certain.
func (p *File) beginning(e ast.Expr) string {
	if text, known := ConstantText(p.Info, e); known {
		return text
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.BinaryExpr:
		return p.beginning(e.X)
	case *ast.CallExpr:
		if f := p.Callee(e); f != nil && f.FullName() == "fmt.Sprintf" {
			before, _, _ := strings.Cut(p.Constant(e.Args[0]), "%")
			return before
		}
	}
	return ""
}

// ending returns what a text ends with for certain.
func (p *File) ending(e ast.Expr) string {
	if text, known := ConstantText(p.Info, e); known {
		return text
	}
	if sum, ok := ast.Unparen(e).(*ast.BinaryExpr); ok {
		return p.ending(sum.Y)
	}
	return ""
}

// Constant returns the value of a constant text, or "".
func (p *File) Constant(e ast.Expr) string {
	if text, known := ConstantText(p.Info, e); known {
		return text
	}
	if lit, ok := e.(*ast.BasicLit); ok && len(lit.Value) > 1 {
		return lit.Value[1 : len(lit.Value)-1]
	}
	return ""
}

func IsNumber(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && b.Info()&(types.IsNumeric|types.IsBoolean) != 0
}

func IsAny(t types.Type) bool {
	if t == nil {
		return false
	}
	iface, ok := types.Unalias(t).(*types.Interface)
	return ok && iface.Empty()
}

// IsAnySlice tells whether a type is []any: the pairs of another variadic function.
func IsAnySlice(t types.Type) bool {
	s, ok := t.Underlying().(*types.Slice)
	if !ok {
		return false
	}
	i, ok := s.Elem().Underlying().(*types.Interface)
	return ok && i.NumMethods() == 0
}

// ResultType returns the type of the i-th result of the function around a return.
func (p *File) ResultType(n *ast.ReturnStmt, i int) types.Type {
	sig := p.EnclosingSignature(n)
	if sig == nil || i >= sig.Results().Len() {
		return nil
	}
	return sig.Results().At(i).Type()
}

// EnclosingSignature returns the signature of the innermost function around a node, or
// nil.
func (p *File) EnclosingSignature(n ast.Node) (sig *types.Signature) {
	switch fn := p.EnclosingFunc(n).(type) {
	case *ast.FuncDecl:
		if f, ok := p.Info.Defs[fn.Name].(*types.Func); ok {
			sig = f.Signature()
		}
	case *ast.FuncLit:
		sig, _ = p.Info.TypeOf(fn).(*types.Signature)
	}
	return sig
}

// Untyped tells whether an expression is a constant that takes the type it is used as.
func (p *File) Untyped(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit:
		return true
	case *ast.Ident:
		c, ok := p.Info.Uses[e].(*types.Const)
		return ok && isUntyped(c.Type())
	case *ast.SelectorExpr:
		c, ok := p.Info.Uses[e.Sel].(*types.Const)
		return ok && isUntyped(c.Type())
	case *ast.UnaryExpr:
		return p.Untyped(e.X)
	case *ast.BinaryExpr:
		return p.Untyped(e.X) && p.Untyped(e.Y)
	}
	return false
}

func isUntyped(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && b.Info()&types.IsUntyped != 0
}

// IsAnyMap tells whether a type is a map from texts to any.
func IsAnyMap(t types.Type) bool {
	m, ok := t.Underlying().(*types.Map)
	if !ok || !types.Identical(m.Key(), types.Typ[types.String]) {
		return false
	}
	i, ok := m.Elem().Underlying().(*types.Interface)
	return ok && i.NumMethods() == 0
}

func HasMethod(t types.Type, name string) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, false, nil, name)
	_, ok := obj.(*types.Func)
	return ok
}

func ImplementsError(t types.Type) bool {
	errorType := types.Universe.Lookup("error").Type().Underlying().(*types.Interface)
	return types.Implements(t, errorType)
}

func IsStringer(t types.Type) bool {
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

// NonNil tells whether an expression is known not to be nil: it is tested around
// this place, or it was just made.
func (p *File) NonNil(e ast.Expr) bool {
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok {
		if f := p.Callee(call); f != nil {
			switch f.FullName() {
			case "errors.New", "fmt.Errorf":
				return true
			}
		}
		return false
	}
	if sel, ok := ast.Unparen(e).(*ast.SelectorExpr); ok && p.Info.Selections[sel] == nil {
		// An error of the standard library, such as io.EOF.
		v, ok := p.Info.Uses[sel.Sel].(*types.Var)
		return ok && ImplementsError(v.Type()) && !p.code.Own[v.Pkg().Path()] && !strings.Contains(firstElement(v.Pkg().Path()), ".")
	}
	v := p.Variable(e)
	if v == nil {
		return false
	}
	var inner ast.Node = e
	for n := p.Parent[e]; n != nil; inner, n = n, p.Parent[n] {
		switch n := n.(type) {
		case *ast.IfStmt:
			if n.Body == inner && p.Implies(n.Cond, v, token.NEQ) && !p.assigned(n.Body, v, e.Pos()) {
				return true
			}
			if n.Else == inner && p.Implies(n.Cond, v, token.EQL) && !p.assigned(n.Else, v, e.Pos()) {
				return true
			}
		case *ast.CaseClause:
			for _, c := range n.List {
				if len(n.List) == 1 && p.Implies(c, v, token.NEQ) && !p.assigned(n, v, e.Pos()) {
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

// ConstantText returns the value of an expression that is a constant text.
func ConstantText(info *types.Info, e ast.Expr) (text string, known bool) {
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
func (p *File) returnsOnNil(list []ast.Stmt, until ast.Node, v *types.Var, pos token.Pos) bool {
	known := false
	for _, s := range list {
		if s == until {
			break
		}
		if ifs, ok := s.(*ast.IfStmt); ok && ifs.Else == nil && p.Implies(ifs.Cond, v, token.EQL) && len(ifs.Body.List) > 0 {
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

// Implies tells whether a true condition means that v is not nil (op is !=), or a
// false one does (op is ==).
func (p *File) Implies(cond ast.Expr, v *types.Var, op token.Token) bool {
	if op == token.NEQ {
		return p.asksNil(cond, v, op, token.LAND)
	}
	return p.asksNil(cond, v, op, token.LOR)
}

// asksNil tells whether a condition, or an operand of the chain of && or || that it is,
// compares v with nil by op.
func (p *File) asksNil(cond ast.Expr, v *types.Var, op, chain token.Token) bool {
	b, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	switch {
	case !ok:
		return false
	case b.Op == op:
		return p.Variable(b.X) == v && p.IsNil(b.Y) || p.Variable(b.Y) == v && p.IsNil(b.X)
	case b.Op == chain:
		return p.asksNil(b.X, v, op, chain) || p.asksNil(b.Y, v, op, chain)
	}
	return false
}

// assigned tells whether v is assigned in a syntax tree before a place, or has its
// address taken.
func (p *File) assigned(root ast.Node, v *types.Var, before token.Pos) bool {
	found := false
	ast.Inspect(root, func(n ast.Node) bool {
		if n == nil || n.Pos() >= before {
			return false
		}
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				found = found || p.Variable(l) == v
			}
		case *ast.UnaryExpr:
			found = found || n.Op == token.AND && p.Variable(n.X) == v
		}
		return !found
	})
	return found
}

// Asks returns the variable of a span that an expression compares with nil, or whose
// tracer or context it does: a span has both. The variable is nil for anything else.
func (p *File) Asks(e ast.Expr) (*types.Var, token.Token) {
	b, ok := ast.Unparen(e).(*ast.BinaryExpr)
	if !ok || b.Op != token.EQL && b.Op != token.NEQ || !p.IsNil(b.Y) {
		return nil, token.ILLEGAL
	}
	x := b.X
	switch symbol, call := p.Calls(x); symbol {
	case "opentracing.Span.Tracer", "opentracing.Span.Context":
		x = ReceiverOf(call)
	}
	if opentracing.SoftKind(p.Info.TypeOf(x)) != "Span" {
		return nil, token.ILLEGAL
	}
	return p.Variable(x), b.Op
}

// Variadic returns the place of a call's first variadic argument, or -1.
func (p *File) Variadic(call *ast.CallExpr) int {
	if p.Info.Types[call.Fun].IsBuiltin() {
		return 1
	}
	sig, ok := p.Info.TypeOf(call.Fun).Underlying().(*types.Signature)
	if !ok || !sig.Variadic() {
		return -1
	}
	return sig.Params().Len() - 1
}

// RefersTo tells whether a call makes a reference to a span context, or injects it.
func (p *File) RefersTo(call *ast.CallExpr, v *types.Var) bool {
	switch p.SymbolOf(call.Fun) {
	case "opentracing.ChildOf", "opentracing.FollowsFrom", "ext.RPCServerOption":
		return len(call.Args) == 1 && p.Variable(call.Args[0]) == v
	case "opentracing.Tracer.Inject":
		return len(call.Args) == 3 && p.Variable(call.Args[0]) == v
	}
	return false
}
