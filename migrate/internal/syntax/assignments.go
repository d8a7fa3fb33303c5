// SPDX-License-Identifier: Apache-2.0

package syntax

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
)

// AppendTo returns the parts of the statement v = append(v, …), or nil.
func (p *File) AppendTo(stmt ast.Stmt, v *types.Var) (*ast.AssignStmt, *ast.CallExpr) {
	as, ok := stmt.(*ast.AssignStmt)
	if !ok || as.Tok != token.ASSIGN || len(as.Lhs) != 1 || len(as.Rhs) != 1 || p.Variable(as.Lhs[0]) != v {
		return nil, nil
	}
	call, ok := as.Rhs[0].(*ast.CallExpr)
	if !ok || call.Ellipsis.IsValid() || len(call.Args) < 2 || p.Variable(call.Args[0]) != v {
		return nil, nil
	}
	id, ok := call.Fun.(*ast.Ident)
	if !ok {
		return nil, nil
	}
	if b, ok := p.Info.Uses[id].(*types.Builtin); !ok || b.Name() != "append" {
		return nil, nil
	}
	return as, call
}

// ReachesFurther tells whether a variable is used after a statement, or in another
// round of a loop, or by a function that may be called then.
func (p *File) ReachesFurther(v *types.Var, at ast.Stmt) bool {
	if v.IsField() || v.Parent() == p.Source.Unit.Pkg.Scope() {
		return true
	}
	var inner ast.Node = at
	for n := p.Parent[inner]; n != nil; inner, n = n, p.Parent[n] {
		switch n := n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			if v.Pos() < n.Pos() {
				return true
			}
		case *ast.FuncLit:
			return v.Pos() < n.Pos()
		case *ast.FuncDecl:
			return false
		}
		stmt, ok := inner.(ast.Stmt)
		if !ok {
			continue
		}
		if list, i := p.Siblings(stmt); list != nil {
			for _, later := range list[i+1:] {
				if p.Mentions(later, v) > 0 {
					return true
				}
			}
		}
	}
	return false
}

// Declares returns the variable that a statement declares without a value, or nil.
func (p *File) Declares(decl *ast.DeclStmt) *types.Var {
	gen, ok := decl.Decl.(*ast.GenDecl)
	if !ok || len(gen.Specs) != 1 {
		return nil
	}
	spec, ok := gen.Specs[0].(*ast.ValueSpec)
	if !ok || len(spec.Names) != 1 || len(spec.Values) != 0 {
		return nil
	}
	v, _ := p.Info.Defs[spec.Names[0]].(*types.Var)
	return v
}

// leaves tells whether a statement is an if that assigns v only where it returns, so
// that what follows sees nothing of it.
func (p *File) leaves(s ast.Stmt, v *types.Var) bool {
	ifs, ok := s.(*ast.IfStmt)
	if !ok || ifs.Init != nil && p.Assigns(ifs.Init, v) || p.Assigns(ifs.Cond, v) {
		return false
	}
	for _, branch := range []ast.Stmt{ifs.Body, ifs.Else} {
		block, isBlock := branch.(*ast.BlockStmt)
		switch {
		case branch == nil || !p.Assigns(branch, v):
		case isBlock && p.EndsInReturn(block):
		case !isBlock && p.leaves(branch, v):
		default:
			return false
		}
	}
	return true
}

// EndsInReturn tells whether a block can only be left by a return.
func (p *File) EndsInReturn(block *ast.BlockStmt) bool {
	if len(block.List) == 0 {
		return false
	}
	_, returns := block.List[len(block.List)-1].(*ast.ReturnStmt)
	ast.Inspect(block, func(n ast.Node) bool {
		_, jumps := n.(*ast.BranchStmt)
		returns = returns && !jumps
		return returns
	})
	return returns
}

// Panics tells whether the function around a statement calls panic.
func (p *File) Panics(stmt ast.Stmt) bool {
	found := false
	ast.Inspect(p.EnclosingFunc(stmt), func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && id.Name == "panic" && p.Info.Types[id].IsBuiltin()
		return !found
	})
	return found
}

// Stable tells whether the value of a call's operands is the same later: constants
// and variables that are assigned once.
func (p *File) Stable(call *ast.CallExpr) bool {
	ok := true
	fn := p.EnclosingFunc(call)
	ast.Inspect(call, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if p.SymbolOf(n.Fun) == "" {
				ok = false
			}
		case *ast.Ident:
			if v, is := p.Info.Uses[n].(*types.Var); is && !v.IsField() && opentracing.SymbolText(v) == "" && p.Assignments(fn, v) > 1 {
				ok = false
			}
		}
		return ok
	})
	return ok
}

// Assignments counts the places in a function where a variable gets a value. A
// parameter has one already.
func (p *File) Assignments(fn ast.Node, v *types.Var) int {
	count := 0
	if fn == nil || v.Parent() == p.Source.Unit.Pkg.Scope() {
		return 2
	}
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			for _, name := range n.Names {
				if p.Info.Defs[name] == v {
					count++
				}
			}
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				if p.Variable(l) == v {
					count++
				}
			}
		case *ast.ValueSpec:
			for _, name := range n.Names {
				if p.Info.Defs[name] == v {
					count++
				}
			}
		case *ast.RangeStmt:
			for _, l := range []ast.Expr{n.Key, n.Value} {
				if l != nil && p.Variable(l) == v {
					count++
				}
			}
		case *ast.IncDecStmt:
			if p.Variable(n.X) == v {
				count++
			}
		case *ast.UnaryExpr:
			if n.Op == token.AND && p.Variable(n.X) == v {
				count += 2
			}
		}
		return true
	})
	return count
}

// mention is one mention of a span context that was extracted: what its node in
// the tree is a part of.
func (p *File) EachMention(v *types.Var, as *ast.AssignStmt, visit func(id *ast.Ident, parent ast.Node)) {
	ast.Inspect(p.EnclosingFunc(as), func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && v != nil && p.Info.ObjectOf(id) == v && id != as.Lhs[0] {
			visit(id, p.Parent[id])
		}
		return true
	})
}

// FirstOf returns the first statement of a function that has a variable as its
// parameter, or nil.
func (p *File) FirstOf(fn ast.Node, v *types.Var) ast.Stmt {
	fd, ok := fn.(*ast.FuncDecl)
	if !ok || fd.Body == nil || len(fd.Body.List) == 0 || v.Pos() >= fd.Body.Pos() {
		return nil
	}
	return fd.Body.List[0]
}

// IdentAt returns the identifier that declares a variable, or nil.
func (p *File) IdentAt(v *types.Var) (at ast.Node) {
	ast.Inspect(p.Source.Syntax, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && p.Info.Defs[id] == v {
			at = id
		}
		return at == nil
	})
	return at
}

// Appends tells whether a call is append(v, …).
func (p *File) Appends(call *ast.CallExpr, v *types.Var) bool {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok || id.Name != "append" || len(call.Args) < 2 || p.Variable(call.Args[0]) != v {
		return false
	}
	_, ok = p.Info.Uses[id].(*types.Builtin)
	return ok
}

// Exclusive tells whether two places are in different branches of one statement.
func (p *File) Exclusive(a, b ast.Node) bool {
	var inner ast.Node = a
	for n := p.Parent[a]; n != nil; inner, n = n, p.Parent[n] {
		if b.Pos() < n.Pos() || b.End() > n.End() {
			continue
		}
		switch n := n.(type) {
		case *ast.IfStmt:
			return inner == n.Body && n.Else != nil && n.Else.Pos() <= b.Pos() ||
				inner == n.Else && n.Body.Pos() <= b.Pos() && b.End() <= n.Body.End()
		}
		return false
	}
	return false
}

// SetToNil returns the statements that set the span context to nil where there was
// an error: nothing was extracted then anyway.
func (p *File) SetToNil(v *types.Var, as *ast.AssignStmt) (sets []ast.Stmt) {
	err := p.Variable(as.Lhs[1])
	p.EachMention(v, as, func(_ *ast.Ident, parent ast.Node) {
		set, ok := parent.(*ast.AssignStmt)
		if !ok || len(set.Lhs) != 1 || p.Variable(set.Lhs[0]) != v || !p.IsNil(set.Rhs[0]) || err == nil {
			return
		}
		block, _ := p.Parent[set].(*ast.BlockStmt)
		ifs, ok := p.Parent[block].(*ast.IfStmt)
		if !ok || block == nil || ifs.Body != block || !p.Implies(ifs.Cond, err, token.NEQ) {
			return
		}
		if last, known := p.LastAssignment(err, ifs.Cond); !known || last != ast.Node(as) {
			return
		}
		if list, _ := p.Siblings(ifs); list != nil && len(block.List) == 1 && ifs.Else == nil && ifs.Init == nil {
			sets = append(sets, ifs)
		} else {
			sets = append(sets, set)
		}
	})
	return sets
}
