// SPDX-License-Identifier: Apache-2.0

package syntax

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// Ignored tells whether the result of a call is thrown away.
func (p *File) Ignored(call *ast.CallExpr) bool {
	_, ok := p.Statement(call).(*ast.ExprStmt)
	return ok
}

func (p *File) Parameter(fn ast.Node, e ast.Expr) bool {
	v := p.Variable(e)
	found := false
	ast.Inspect(fn, func(n ast.Node) bool {
		if f, ok := n.(*ast.Field); ok {
			for _, name := range f.Names {
				found = found || p.Info.Defs[name] == v
			}
		}
		return !found
	})
	return found
}

// IsBackground tells whether an expression is context.Background() or TODO().
func (p *File) IsBackground(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	f := p.Callee(call)
	return f != nil && (f.FullName() == "context.Background" || f.FullName() == "context.TODO")
}

// ContextName returns an expression for a context in scope, or "".
func (p *File) ContextName(at ast.Node) string {
	if v, ok := source.Lookup(p.Source, at.Pos(), "ctx").(*types.Var); ok && IsContext(v.Type()) && v.Parent() != p.Source.Unit.Pkg.Scope() {
		return "ctx"
	}
	for fn := p.EnclosingFunc(at); fn != nil; fn = p.EnclosingFunc(fn) {
		var params *ast.FieldList
		switch fn := fn.(type) {
		case *ast.FuncDecl:
			params = fn.Type.Params
		case *ast.FuncLit:
			params = fn.Type.Params
		}
		for _, f := range params.List {
			for _, name := range f.Names {
				v, ok := p.Info.Defs[name].(*types.Var)
				if !ok || name.Name == "_" || source.Lookup(p.Source, at.Pos(), name.Name) != v {
					continue
				}
				if IsContext(v.Type()) {
					return name.Name
				}
				if types.TypeString(v.Type(), nil) == "*net/http.Request" {
					return name.Name + ".Context()"
				}
			}
		}
	}
	return ""
}

func IsContext(t types.Type) bool {
	return types.TypeString(types.Unalias(t), nil) == "context.Context"
}

// Hoistable returns the statement in front of which an expression can be
// evaluated instead, or nil.
func (p *File) Hoistable(e ast.Expr) ast.Stmt {
	var inner ast.Node = e
	for n := p.Parent[e]; n != nil; inner, n = n, p.Parent[n] {
		switch n := n.(type) {
		case *ast.FuncLit:
			return nil
		case *ast.BinaryExpr:
			if (n.Op == token.LAND || n.Op == token.LOR) && n.Y == inner {
				return nil
			}
		case *ast.IfStmt:
			if inner != n.Init && (inner != n.Cond || n.Init != nil) {
				return nil
			}
			if list, _ := p.Siblings(n); list != nil {
				return n
			}
			return nil
		case *ast.ForStmt, *ast.SelectStmt, *ast.LabeledStmt:
			return nil
		case ast.Stmt:
			if list, _ := p.Siblings(n); list != nil {
				return n
			}
		}
	}
	return nil
}

// First tells whether nothing in a statement is evaluated before an expression in it.
func (p *File) First(e ast.Expr, at ast.Stmt) bool {
	var inner ast.Node = e
	for n := p.Parent[e]; inner != at; inner, n = n, p.Parent[n] {
		switch n := n.(type) {
		case *ast.ParenExpr, *ast.ExprStmt:
		case *ast.SelectorExpr:
		case *ast.CallExpr:
			if n.Fun == inner {
				continue
			}
			id, ok := ast.Unparen(n.Fun).(*ast.Ident)
			if !ok || n.Args[0] != inner || p.Callee(n) == nil && p.Info.Types[id].IsValue() {
				return false
			}
		case *ast.ReturnStmt:
			if n.Results[0] != inner {
				return false
			}
		case *ast.AssignStmt:
			if n.Rhs[0] != inner || slices.ContainsFunc(n.Lhs, func(l ast.Expr) bool { return p.Variable(l) == nil && !IsBlank(l) }) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// Scoped puts text that declares variables where a statement declared none into a
// block of its own, if a goto jumps over the statement: it may not jump over a
// declaration in its label's block.
func (p *File) Scoped(at ast.Stmt, text string) string {
	if !p.jumpedOver(at) {
		return text
	}
	return "{\n" + text + "\n}"
}

func (p *File) jumpedOver(at ast.Stmt) bool {
	siblings, i := p.Siblings(at)
	if siblings == nil {
		return false
	}
	labels := make(map[string]bool)
	for _, stmt := range siblings[i+1:] {
		for l, ok := stmt.(*ast.LabeledStmt); ok; l, ok = l.Stmt.(*ast.LabeledStmt) {
			labels[l.Label.Name] = true
		}
	}
	over := false
	for _, stmt := range siblings[:i] {
		ast.Inspect(stmt, func(n ast.Node) bool {
			jump, ok := n.(*ast.BranchStmt)
			over = over || ok && jump.Tok == token.GOTO && labels[jump.Label.Name]
			return !over && !isFuncLit(n)
		})
	}
	return over
}

func isFuncLit(n ast.Node) bool {
	_, ok := n.(*ast.FuncLit)
	return ok
}

// Leaf tells whether nothing can be started below the span that a call starts, or ask
// which one it is: its context is dropped, and the span stays in a variable whose
// methods alone are called.
func (p *File) Leaf(call *ast.CallExpr) bool {
	stmt, ok := p.Statement(call).(*ast.AssignStmt)
	if !ok {
		return false
	}
	span := p.Variable(stmt.Lhs[0])
	if len(stmt.Lhs) > 1 && !IsBlank(stmt.Lhs[1]) || span == nil && !IsBlank(stmt.Lhs[0]) {
		return false
	}
	leaf := true
	ast.Inspect(p.EnclosingFunc(call), func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || id == stmt.Lhs[0] || p.Info.ObjectOf(id) != span {
			return leaf
		}
		sel, ok := p.Parent[id].(*ast.SelectorExpr)
		symbol := ""
		if ok {
			symbol = p.SymbolOf(sel)
		}
		leaf = ok && symbol != "opentracing.Span.Context" && symbol != "opentracing.Span.Tracer"
		return leaf
	})
	return leaf
}
