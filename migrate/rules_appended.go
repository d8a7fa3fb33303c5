// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"go/types"
)

// An appended is a statement that appends references to the options of a start:
//
//	opts = append(opts, opentracing.ChildOf(parent))
//	span := tracer.StartSpan("name", opts...)
//
// They become the start's own, where the options go nowhere else afterwards.
type appended struct {
	stmt *ast.AssignStmt
	keep []ast.Expr // the other options that are appended
}

// appendedReferences moves the references that the statements right before a start
// append to its options into the start.
func (p *startFile) appendedReferences(st *start) {
	v := p.variable(st.spread)
	at := p.enclosingStmt(st.call)
	list, i := p.siblings(at)
	if v == nil || list == nil || p.reachesFurther(v, at) {
		return
	}
	for i--; i >= 0; i-- {
		as, call := p.appendTo(list[i], v)
		if call == nil {
			if _, jumped := list[i].(*ast.LabeledStmt); jumped || p.mentions(list[i], v) > 0 {
				return
			}
			continue
		}
		a := &appended{stmt: as}
		for _, arg := range call.Args[1:] {
			switch symbol, _ := p.calls(arg); symbol {
			case "opentracing.ChildOf", "opentracing.FollowsFrom", "ext.RPCServerOption":
				p.option(st, arg)
			default:
				a.keep = append(a.keep, arg)
			}
		}
		if len(a.keep) < len(call.Args)-1 {
			st.appended = append(st.appended, a)
			if len(st.appended) > 1 {
				st.deny("reference-value", as, "references are appended in several statements")
			}
		}
	}
}

// appendTo returns the parts of the statement v = append(v, …), or nil.
func (p *syntaxFile) appendTo(stmt ast.Stmt, v *types.Var) (*ast.AssignStmt, *ast.CallExpr) {
	as, ok := stmt.(*ast.AssignStmt)
	if !ok || as.Tok != token.ASSIGN || len(as.Lhs) != 1 || len(as.Rhs) != 1 || p.variable(as.Lhs[0]) != v {
		return nil, nil
	}
	call, ok := as.Rhs[0].(*ast.CallExpr)
	if !ok || call.Ellipsis.IsValid() || len(call.Args) < 2 || p.variable(call.Args[0]) != v {
		return nil, nil
	}
	id, ok := call.Fun.(*ast.Ident)
	if !ok {
		return nil, nil
	}
	if b, ok := p.info.Uses[id].(*types.Builtin); !ok || b.Name() != "append" {
		return nil, nil
	}
	return as, call
}

// reachesFurther tells whether a variable is used after a statement, or in another
// round of a loop, or by a function that may be called then.
func (p *syntaxFile) reachesFurther(v *types.Var, at ast.Stmt) bool {
	if v.IsField() || v.Parent() == p.file.unit.pkg.Scope() {
		return true
	}
	var inner ast.Node = at
	for n := p.parent[inner]; n != nil; inner, n = n, p.parent[n] {
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
		if list, i := p.siblings(stmt); list != nil {
			for _, later := range list[i+1:] {
				if p.mentions(later, v) > 0 {
					return true
				}
			}
		}
	}
	return false
}

// appendedTo lets the start that an appended reference is for take it, and tells
// whether one did.
func (p *startFile) appendedTo(u *use) bool {
	outer, ok := p.statement(u.call).(*ast.CallExpr)
	if !ok || len(outer.Args) < 2 {
		return false
	}
	v := p.variable(outer.Args[0])
	stmt, ok := p.parent[outer].(*ast.AssignStmt)
	if !ok || v == nil {
		return false
	}
	if _, call := p.appendTo(stmt, v); call != outer {
		return false
	}
	list, i := p.siblings(stmt)
	for _, next := range list[min(i+1, len(list)):] {
		if p.mentions(next, v) == 0 {
			continue
		}
		ast.Inspect(next, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if ok && call.Ellipsis.IsValid() && p.variable(call.Args[len(call.Args)-1]) == v && p.enclosingStmt(call) == next {
				if start := p.useOf(call.Fun); start != nil && p.owner[start.id] == nil && p.rules[start.sym.String()].name == "start" {
					start.call = call
					p.apply(start)
				}
			}
			return true
		})
		if _, call := p.appendTo(next, v); call == nil {
			break
		}
	}
	return p.owner[u.id] != nil
}

// dropAppended rewrites the statements that appended references.
func (p *startFile) dropAppended(s *site, st *start) {
	for _, a := range st.appended {
		if len(a.keep) == 0 {
			p.edit(s, a.stmt, nil)
			continue
		}
		call := a.stmt.Rhs[0].(*ast.CallExpr)
		p.edit(s, call, func(r *renderer) string {
			return list("append(", append(r.each(call.Args[:1]), r.spreadLast(r.each(a.keep))...), ")")
		})
	}
}
