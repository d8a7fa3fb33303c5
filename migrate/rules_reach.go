// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// lastAssignment returns the statement that gave a local variable the value it has
// at a place; nil for a parameter. It is not known where several are possible.
func (p *syntaxFile) lastAssignment(v *types.Var, at ast.Node) (last ast.Node, known bool) {
	outer := p.outermostFunc(at)
	if outer == nil || v == nil || v.IsField() || v.Parent() == p.file.unit.pkg.Scope() || p.jumps(outer) {
		return nil, false
	}
	inner := at
	for n := p.parent[at]; n != nil; inner, n = n, p.parent[n] {
		list, end := listOf(n, inner)
		for i := end - 1; i >= 0; i-- {
			if p.assignedBy(list[i], v) {
				return list[i], !p.assignedElsewhere(outer, v)
			}
			if p.assigns(list[i], v) && !p.leaves(list[i], v) {
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
			if n.Comm != nil && p.assigns(n.Comm, v) {
				return nil, false
			}
		case *ast.ForStmt, *ast.RangeStmt:
			if p.assigns(n, v) {
				return nil, false
			}
		case *ast.FuncDecl:
			return nil, v.Pos() >= n.Pos() && v.Pos() < n.Body.Pos() && !p.assignedElsewhere(outer, v)
		case *ast.FuncLit:
			if v.Pos() >= n.Pos() && v.Pos() < n.Body.Pos() {
				return nil, !p.assignedElsewhere(outer, v)
			}
			if p.assignments(outer, v) != 1 {
				return nil, false // the literal may be called at any time
			}
		}
		if init != nil && init != inner {
			if p.assignedBy(init, v) {
				return init, !p.assignedElsewhere(outer, v)
			}
			if p.assigns(init, v) {
				return nil, false
			}
		}
	}
	return nil, false
}

// outermostFunc returns the declaration, or the literal of a package variable,
// around a node, or nil.
func (p *syntaxFile) outermostFunc(at ast.Node) (fn ast.Node) {
	for n := at; n != nil; n = p.parent[n] {
		switch n.(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			fn = n
		}
	}
	return fn
}

// listOf returns the statements of a block, a case or a communication clause, and
// the index of the one that is inner.
func listOf(n, inner ast.Node) ([]ast.Stmt, int) {
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

// assignedBy tells whether a statement itself assigns v, whatever else it holds.
func (p *syntaxFile) assignedBy(s ast.Stmt, v *types.Var) bool {
	switch s := s.(type) {
	case *ast.AssignStmt:
		for _, l := range s.Lhs {
			if p.variable(l) == v {
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
					if p.info.Defs[name] == v {
						return true
					}
				}
			}
		}
	}
	return false
}

// assignedValue returns what an assignment gives a variable, or a call of several results
// of which it gets one.
func (p *syntaxFile) assignedValue(as *ast.AssignStmt, v *types.Var) ast.Expr {
	if len(as.Rhs) == 1 {
		return as.Rhs[0]
	}
	i := slices.IndexFunc(as.Lhs, func(l ast.Expr) bool { return p.variable(l) == v })
	if i < 0 {
		return nil
	}
	return as.Rhs[i]
}

// assigns tells whether anything in a syntax tree assigns v, takes its address or
// changes what it points to.
func (p *syntaxFile) assigns(root ast.Node, v *types.Var) bool {
	found := false
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				if star, ok := ast.Unparen(l).(*ast.StarExpr); ok {
					l = star.X
				}
				found = found || p.variable(l) == v
			}
		case *ast.ValueSpec:
			for _, name := range n.Names {
				found = found || p.info.Defs[name] == v
			}
		case *ast.RangeStmt:
			found = found || n.Key != nil && p.variable(n.Key) == v || n.Value != nil && p.variable(n.Value) == v
		case *ast.UnaryExpr:
			found = found || n.Op == token.AND && p.variable(n.X) == v
		}
		return !found
	})
	return found
}

// assignedElsewhere tells whether a closure in a function may assign v, or its
// address is taken.
func (p *syntaxFile) assignedElsewhere(fn ast.Node, v *types.Var) bool {
	found := false
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			// A literal that declares v itself is no closure over it.
			if n != fn && (v.Pos() < n.Pos() || v.Pos() >= n.End()) && p.assigns(n, v) {
				found = true
			}
		case *ast.UnaryExpr:
			found = found || n.Op == token.AND && p.variable(n.X) == v
		}
		return !found
	})
	return found
}

// jumps tells whether a function has a goto.
func (p *syntaxFile) jumps(fn ast.Node) bool {
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

// sameValue tells whether a variable has one value at two places.
func (p *syntaxFile) sameValue(v *types.Var, a, b ast.Node) bool {
	x, known := p.lastAssignment(v, a)
	y, also := p.lastAssignment(v, b)
	return known && also && x == y
}

// requestOf returns the variable r of r.Context(), the context of a request, or nil.
func (p *syntaxFile) requestOf(e ast.Expr) *types.Var {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || len(call.Args) != 0 {
		return nil
	}
	if f := p.callee(call); f == nil || f.FullName() != "(*net/http.Request).Context" {
		return nil
	}
	return p.variable(receiverOf(call))
}

// sameContext tells whether two expressions name one context, where they stand at
// one place.
func (p *syntaxFile) sameContext(a, b ast.Expr) bool {
	switch {
	case p.isBackground(a) || p.isBackground(b):
		return p.isBackground(a) && p.isBackground(b)
	case p.requestOf(a) != nil:
		return p.requestOf(a) == p.requestOf(b)
	}
	return p.isPath(a) && p.same(a, b)
}

// repeatable tells whether an expression may be evaluated twice: a variable or a
// path of fields.
func (p *syntaxFile) repeatable(e ast.Expr) bool { return p.path(e, false) }

// isPath tells whether an expression is a variable, or what fields and getters lead
// to from one: asking twice does nothing.
func (w *syntaxFile) isPath(e ast.Expr) bool { return w.path(e, true) }

func (w *syntaxFile) path(e ast.Expr, getters bool) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return true
	case *ast.SelectorExpr:
		sel := w.info.Selections[e]
		return (sel == nil || sel.Kind() == types.FieldVal) && w.path(e.X, getters)
	case *ast.CallExpr:
		f := w.callee(e)
		if !getters || f == nil || len(e.Args) != 0 || receiverOf(e) == nil {
			return false
		}
		return (f.FullName() == "(*net/http.Request).Context" || w.code.isGetter(f)) && w.path(receiverOf(e), getters)
	}
	return false
}

// same tells whether two paths lead to one place.
func (p *syntaxFile) same(a, b ast.Expr) bool {
	a, b = ast.Unparen(a), ast.Unparen(b)
	switch x := a.(type) {
	case *ast.Ident:
		y, ok := b.(*ast.Ident)
		return ok && p.info.ObjectOf(x) == p.info.ObjectOf(y)
	case *ast.SelectorExpr:
		y, ok := b.(*ast.SelectorExpr)
		return ok && p.info.ObjectOf(x.Sel) == p.info.ObjectOf(y.Sel) && p.same(x.X, y.X)
	case *ast.CallExpr:
		y, ok := b.(*ast.CallExpr)
		return ok && receiverOf(x) != nil && receiverOf(y) != nil && p.callee(x) == p.callee(y) && p.same(receiverOf(x), receiverOf(y))
	}
	return false
}

// isGetter tells whether a method of the rewritten code does nothing but return a
// field of its receiver.
func (g *sourceCode) isGetter(f *types.Func) bool {
	fd := g.methodDeclaration(f)
	if fd == nil || g.several[f.Pos()] || fd.Body == nil || len(fd.Body.List) != 1 || fd.Recv == nil || len(fd.Recv.List[0].Names) != 1 {
		return false
	}
	ret, ok := fd.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return false
	}
	e := ast.Unparen(ret.Results[0])
	for {
		sel, ok := e.(*ast.SelectorExpr)
		if !ok {
			break
		}
		e = ast.Unparen(sel.X)
	}
	id, ok := e.(*ast.Ident)
	return ok && e != ret.Results[0] && id.Name == fd.Recv.List[0].Names[0].Name
}

// methodDeclaration returns the syntax of a method of the rewritten code, or nil.
func (g *sourceCode) methodDeclaration(f *types.Func) *ast.FuncDecl {
	if file := g.files[g.fset.File(f.Pos())]; file != nil {
		for _, decl := range file.syntax.Decls {
			if fd, ok := decl.(*ast.FuncDecl); ok && fd.Name.Pos() == f.Pos() && fd.Body != nil {
				return fd
			}
		}
	}
	if g.program != nil && f.Pkg() != nil && g.own[f.Pkg().Path()] {
		return g.program.types.method(f)
	}
	return nil
}

// stableContext tells whether a context expression means the same context at a
// statement and at a place after it.
func (p *spanFile) stableContext(e ast.Expr, from ast.Stmt, to ast.Node) bool {
	if p.isBackground(e) {
		return true
	}
	v := p.requestOf(e)
	if v == nil {
		v = p.variable(e)
	}
	if v != nil && !v.IsField() {
		id, _ := ast.Unparen(e).(*ast.Ident)
		if id == nil {
			id = ast.Unparen(receiverOf(ast.Unparen(e).(*ast.CallExpr))).(*ast.Ident)
		}
		return lookup(p.file, from.Pos(), id.Name) == v && lookup(p.file, to.Pos(), id.Name) == v && p.sameValue(v, from, to)
	}
	return p.isPath(e) && p.adjacent(from, to)
}
