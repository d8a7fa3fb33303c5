// SPDX-License-Identifier: Apache-2.0

package syntax

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// LastAssignment returns the statement that gave a local variable the value it has
// at a place; nil for a parameter. It is not known where several are possible.
func (p *File) LastAssignment(v *types.Var, at ast.Node) (last ast.Node, known bool) {
	outer := p.OutermostFunc(at)
	if outer == nil || v == nil || v.IsField() || v.Parent() == p.Source.Unit.Pkg.Scope() || p.Jumps(outer) {
		return nil, false
	}
	inner := at
	for n := p.Parent[at]; n != nil; inner, n = n, p.Parent[n] {
		list, end := ListOf(n, inner)
		for i := end - 1; i >= 0; i-- {
			if p.AssignedBy(list[i], v) {
				return list[i], !p.AssignedElsewhere(outer, v)
			}
			if p.Assigns(list[i], v) && !p.leaves(list[i], v) {
				return nil, false
			}
		}
		var init ast.Stmt
		switch n := n.(type) {
		case *ast.IfStmt:
			init = n.Init
		case *ast.SwitchStmt:
			init = n.Init
		case *ast.TypeSwitchStmt:
			init = n.Init
		case *ast.CommClause:
			if n.Comm != nil && p.Assigns(n.Comm, v) {
				return nil, false
			}
		case *ast.ForStmt, *ast.RangeStmt:
			if p.Assigns(n, v) {
				return nil, false
			}
		case *ast.FuncDecl:
			return nil, v.Pos() >= n.Pos() && v.Pos() < n.Body.Pos() && !p.AssignedElsewhere(outer, v)
		case *ast.FuncLit:
			if v.Pos() >= n.Pos() && v.Pos() < n.Body.Pos() {
				return nil, !p.AssignedElsewhere(outer, v)
			}
			if p.Assignments(outer, v) != 1 {
				return nil, false // the literal may be called at any time
			}
		}
		if init != nil && init != inner {
			if p.AssignedBy(init, v) {
				return init, !p.AssignedElsewhere(outer, v)
			}
			if p.Assigns(init, v) {
				return nil, false
			}
		}
	}
	return nil, false
}

// OutermostFunc returns the declaration, or the literal of a package variable,
// around a node, or nil.
func (p *File) OutermostFunc(at ast.Node) (fn ast.Node) {
	for n := at; n != nil; n = p.Parent[n] {
		switch n.(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			fn = n
		}
	}
	return fn
}

// ListOf returns the statements of a block, a case or a communication clause, and
// the index of the one that is inner.
func ListOf(n, inner ast.Node) ([]ast.Stmt, int) {
	var list []ast.Stmt
	switch n := n.(type) {
	case *ast.BlockStmt:
		list = n.List
	case *ast.CaseClause:
		list = n.Body
	case *ast.CommClause:
		list = n.Body
	}
	for i, s := range list {
		if s == inner {
			return list, i
		}
	}
	return nil, 0
}

// AssignedBy tells whether a statement itself assigns v, whatever else it holds.
func (p *File) AssignedBy(s ast.Stmt, v *types.Var) bool {
	switch s := s.(type) {
	case *ast.AssignStmt:
		for _, l := range s.Lhs {
			if p.Variable(l) == v {
				return true
			}
		}
	case *ast.DeclStmt:
		gen, ok := s.Decl.(*ast.GenDecl)
		if !ok {
			return false
		}
		for _, spec := range gen.Specs {
			if vs, ok := spec.(*ast.ValueSpec); ok {
				for _, name := range vs.Names {
					if p.Info.Defs[name] == v {
						return true
					}
				}
			}
		}
	}
	return false
}

// AssignedValue returns what an assignment gives a variable, or a call of several results
// of which it gets one.
func (p *File) AssignedValue(as *ast.AssignStmt, v *types.Var) ast.Expr {
	if len(as.Rhs) == 1 {
		return as.Rhs[0]
	}
	i := slices.IndexFunc(as.Lhs, func(l ast.Expr) bool { return p.Variable(l) == v })
	if i < 0 {
		return nil
	}
	return as.Rhs[i]
}

// EachValue calls visit with each value that a syntax tree gives to the names for which is
// holds, nil for a declaration without one. Where a name gets one of several results, value
// is the call, and several is true.
func EachValue(root ast.Node, is func(name ast.Expr) bool, visit func(value ast.Expr, several bool)) {
	given := func(name ast.Expr, i, names int, values []ast.Expr) {
		switch {
		case !is(name):
		case len(values) == names:
			visit(values[i], false)
		case len(values) == 1:
			visit(values[0], true)
		default:
			visit(nil, false)
		}
	}
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, name := range n.Lhs {
				given(name, i, len(n.Lhs), n.Rhs)
			}
		case *ast.ValueSpec:
			for i, name := range n.Names {
				given(name, i, len(n.Names), n.Values)
			}
		}
		return true
	})
}

// Assigns tells whether anything in a syntax tree assigns v, takes its address or
// changes what it points to.
func (p *File) Assigns(root ast.Node, v *types.Var) bool {
	found := false
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				if star, ok := ast.Unparen(l).(*ast.StarExpr); ok {
					l = star.X
				}
				found = found || p.Variable(l) == v
			}
		case *ast.ValueSpec:
			for _, name := range n.Names {
				found = found || p.Info.Defs[name] == v
			}
		case *ast.RangeStmt:
			found = found || n.Key != nil && p.Variable(n.Key) == v || n.Value != nil && p.Variable(n.Value) == v
		case *ast.UnaryExpr:
			found = found || n.Op == token.AND && p.Variable(n.X) == v
		}
		return !found
	})
	return found
}

// AssignedElsewhere tells whether a closure in a function may assign v, or its
// address is taken.
func (p *File) AssignedElsewhere(fn ast.Node, v *types.Var) bool {
	found := false
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			// A literal that declares v itself is no closure over it.
			if n != fn && (v.Pos() < n.Pos() || v.Pos() >= n.End()) && p.Assigns(n, v) {
				found = true
			}
		case *ast.UnaryExpr:
			found = found || n.Op == token.AND && p.Variable(n.X) == v
		}
		return !found
	})
	return found
}

// Jumps tells whether a function has a goto.
func (p *File) Jumps(fn ast.Node) bool {
	found, known := p.gotos[fn]
	if known {
		return found
	}
	defer func() { p.gotos[fn] = found }()
	ast.Inspect(fn, func(n ast.Node) bool {
		if b, ok := n.(*ast.BranchStmt); ok && b.Tok == token.GOTO {
			found = true
		}
		return !found
	})
	return found
}

// SameValue tells whether a variable has one value at two places.
func (p *File) SameValue(v *types.Var, a, b ast.Node) bool {
	x, known := p.LastAssignment(v, a)
	y, also := p.LastAssignment(v, b)
	return known && also && x == y
}

// RequestOf returns the variable r of r.Context(), the context of a request, or nil.
func (p *File) RequestOf(e ast.Expr) *types.Var {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || len(call.Args) != 0 {
		return nil
	}
	if f := p.Callee(call); f == nil || f.FullName() != "(*net/http.Request).Context" {
		return nil
	}
	return p.Variable(ReceiverOf(call))
}

// SameContext tells whether two expressions name one context, where they stand at
// one place.
func (p *File) SameContext(a, b ast.Expr) bool {
	switch {
	case p.IsBackground(a) || p.IsBackground(b):
		return p.IsBackground(a) && p.IsBackground(b)
	case p.RequestOf(a) != nil:
		return p.RequestOf(a) == p.RequestOf(b)
	}
	return p.IsPath(a) && p.Same(a, b)
}

// Repeatable tells whether an expression may be evaluated twice: a variable or a
// path of fields.
func (p *File) Repeatable(e ast.Expr) bool { return p.path(e, false) }

// IsPath tells whether an expression is a variable, or what fields and getters lead
// to from one: asking twice does nothing.
func (w *File) IsPath(e ast.Expr) bool { return w.path(e, true) }

func (w *File) path(e ast.Expr, getters bool) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return true
	case *ast.SelectorExpr:
		sel := w.Info.Selections[e]
		return (sel == nil || sel.Kind() == types.FieldVal) && w.path(e.X, getters)
	case *ast.CallExpr:
		f := w.Callee(e)
		if !getters || f == nil || len(e.Args) != 0 || ReceiverOf(e) == nil {
			return false
		}
		return (f.FullName() == "(*net/http.Request).Context" || w.code.IsGetter(f)) && w.path(ReceiverOf(e), getters)
	}
	return false
}

// Same tells whether two paths lead to one place.
func (p *File) Same(a, b ast.Expr) bool {
	a, b = ast.Unparen(a), ast.Unparen(b)
	switch x := a.(type) {
	case *ast.Ident:
		y, ok := b.(*ast.Ident)
		return ok && p.Info.ObjectOf(x) == p.Info.ObjectOf(y)
	case *ast.SelectorExpr:
		y, ok := b.(*ast.SelectorExpr)
		return ok && p.Info.ObjectOf(x.Sel) == p.Info.ObjectOf(y.Sel) && p.Same(x.X, y.X)
	case *ast.CallExpr:
		y, ok := b.(*ast.CallExpr)
		return ok && ReceiverOf(x) != nil && ReceiverOf(y) != nil && p.Callee(x) == p.Callee(y) && p.Same(ReceiverOf(x), ReceiverOf(y))
	}
	return false
}
