// SPDX-License-Identifier: Apache-2.0

package syntax

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// Callee returns the function or method that a call names, or nil.
func (w *File) Callee(call *ast.CallExpr) *types.Func {
	f, _ := StandIn(typeutil.Callee(w.Info, call)).(*types.Func)
	return f
}

// Parameter returns the type of the i-th argument's parameter and its declaration.
func Parameter(sig, declared *types.Signature, i int, spread bool) (types.Type, *types.Var) {
	n := sig.Params().Len()
	last := min(i, n-1)
	if last < 0 {
		return nil, nil
	}
	t := sig.Params().At(last).Type()
	if sig.Variadic() && i >= n-1 && !spread {
		if s, ok := t.Underlying().(*types.Slice); ok {
			t = s.Elem()
		}
	}
	if declared == nil {
		return t, nil
	}
	if last -= n - declared.Params().Len(); last < 0 {
		return t, declared.Recv() // a method expression takes it first
	}
	return t, declared.Params().At(last)
}

func IsBlank(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "_"
}

func (w *File) Elem(t types.Type) types.Type {
	switch u := t.Underlying().(type) {
	case *types.Chan:
		return u.Elem()
	case *types.Slice:
		return u.Elem()
	case *types.Array:
		return u.Elem()
	case *types.Map:
		return u.Elem()
	case *types.Pointer:
		return w.Elem(u.Elem())
	}
	return types.Typ[types.Invalid]
}

// SymbolOf returns the symbol that an expression names, or "".
func (p *File) SymbolOf(e ast.Expr) string {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return opentracing.SymbolText(StandIn(p.Info.Uses[e]))
	case *ast.SelectorExpr:
		return opentracing.SymbolText(StandIn(p.Info.Uses[e.Sel]))
	}
	return ""
}

// Calls returns the symbol that an expression calls, and the call.
func (p *File) Calls(e ast.Expr) (string, *ast.CallExpr) {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return "", nil
	}
	if p.IsMethodExpr(ast.Unparen(call.Fun)) {
		return "", call // its first argument is the receiver
	}
	return p.SymbolOf(call.Fun), call
}

// method returns the receiver expression of a method call.
func ReceiverOf(call *ast.CallExpr) ast.Expr {
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		return sel.X
	}
	return nil
}

// Statement returns the statement whose expression, or one of whose right sides,
// e is, through parentheses.
func (p *File) Statement(e ast.Expr) ast.Node {
	n := p.Parent[e]
	for {
		par, ok := n.(*ast.ParenExpr)
		if !ok {
			return n
		}
		n = p.Parent[par]
	}
}

// Siblings returns the list of statements that s is in, and its index, or nil when
// there is room for one simple statement only.
func (p *File) Siblings(s ast.Stmt) ([]ast.Stmt, int) { return ListOf(p.Parent[s], s) }

// EnclosingStmt returns the innermost statement around a node.
func (p *File) EnclosingStmt(n ast.Node) ast.Stmt {
	for n != nil {
		if s, ok := n.(ast.Stmt); ok {
			return s
		}
		n = p.Parent[n]
	}
	return nil
}

// EnclosingFunc returns the innermost function around a node: a *ast.FuncDecl or
// *ast.FuncLit, or nil.
func (p *File) EnclosingFunc(n ast.Node) ast.Node {
	for n = p.Parent[n]; n != nil; n = p.Parent[n] {
		switch n.(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			return n
		}
	}
	return nil
}

// objectOf returns the variable that an expression names, or nil.
func (p *File) Variable(e ast.Expr) *types.Var {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok {
		v, _ := p.Info.ObjectOf(id).(*types.Var)
		return v
	}
	return nil
}

// CommentIn tells whether a comment stands between two places.
func (p *File) CommentIn(from, to token.Pos) bool {
	return slices.ContainsFunc(p.Source.Syntax.Comments, func(c *ast.CommentGroup) bool { return from < c.Pos() && c.Pos() < to })
}

// IsMethodExpr tells whether an expression is a method as a function of its receiver.
func (w *File) IsMethodExpr(e ast.Expr) bool {
	sel, ok := e.(*ast.SelectorExpr)
	return ok && w.Info.Selections[sel] != nil && w.Info.Selections[sel].Kind() == types.MethodExpr
}

// CommentBetween tells whether a comment or an empty line stands between two statements.
func (p *File) CommentBetween(a, b ast.Node) bool {
	line := func(pos token.Pos) int { return p.code.Fset.PositionFor(pos, false).Line }
	if line(b.Pos()) > line(a.End())+1 {
		return true
	}
	for _, c := range p.Source.Syntax.Comments {
		if c.Pos() >= a.End() && c.Pos() < b.Pos() {
			return true
		}
		if c.Pos() >= b.End() && line(c.Pos()) == line(b.End()) {
			return true
		}
	}
	return false
}

// Asked tells whether a type is that of a type assertion, a type switch or a literal
// that something is compared with.
func (p *File) Asked(e ast.Expr) bool {
	n := p.Parent[e]
	for star, ok := n.(*ast.StarExpr); ok; star, ok = n.(*ast.StarExpr) {
		n = p.Parent[star]
	}
	switch n := n.(type) {
	case *ast.TypeAssertExpr, *ast.CaseClause:
		return true
	case *ast.CompositeLit:
		_, compared := p.Statement(n).(*ast.BinaryExpr)
		return compared
	}
	return false
}

func (p *File) IsNil(e ast.Expr) bool { return p.Info.Types[e].IsNil() }

// A File answers questions about the syntax of one file.
type File struct {
	code   *source.Code
	Source *source.File
	Info   *types.Info
	Parent map[ast.Node]ast.Node // filled by parents
	gotos  map[ast.Node]bool     // whether functions have any: see jumps
}

func NewFile(code *source.Code, f *source.File) *File {
	return &File{code: code, Source: f, Info: f.Unit.Info, gotos: make(map[ast.Node]bool)}
}

// Parents notes the parent of each node, from outside inwards, and then has it visited.
func (p *File) Parents(visit func(ast.Node)) {
	p.Parent = make(map[ast.Node]ast.Node)
	var stack []ast.Node
	ast.Inspect(p.Source.Syntax, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		if len(stack) > 0 {
			p.Parent[n] = stack[len(stack)-1]
		}
		stack = append(stack, n)
		visit(n)
		return true
	})
}

// FieldKey returns the key of an element of a composite literal if it names a field.
func FieldKey(info *types.Info, elt ast.Expr) *ast.Ident {
	kv, ok := elt.(*ast.KeyValueExpr)
	if !ok {
		return nil
	}
	id, ok := kv.Key.(*ast.Ident)
	if !ok {
		return nil
	}
	if field, ok := info.Uses[id].(*types.Var); !ok || !field.IsField() {
		return nil // a variable that is a map's key
	}
	return id
}
