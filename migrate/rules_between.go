// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"go/types"
)

// adjacent tells whether nothing happens between a statement and a place after it
// but calls of spans and changes of local variables: no field can be set.
func (p *spanFile) adjacent(from ast.Stmt, to ast.Node) bool {
	stmt := p.enclosingStmt(to)
	siblings, i := p.siblings(from)
	i++
	if ifs, ok := p.parent[from].(*ast.IfStmt); ok && ifs.Init == from && p.pureArguments(ifs.Cond) {
		if stmt == ast.Stmt(ifs) {
			return true
		}
		siblings, i = ifs.Body.List, 0
	}
	for ; i < len(siblings); i++ {
		if siblings[i] == stmt {
			return p.noCallBefore(stmt, to)
		}
		if !p.concernsSpan(siblings[i]) && !p.local(siblings[i]) {
			return false
		}
	}
	return false
}

// local tells whether a statement only changes local variables, and calls nothing
// but OpenTracing's functions.
func (p *syntaxFile) local(s ast.Stmt) bool {
	local := true
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				v := p.variable(l)
				local = local && (isBlank(l) || v != nil && !v.IsField() && v.Parent() != p.file.unit.pkg.Scope())
			}
		case *ast.CallExpr:
			tv := p.info.Types[n.Fun]
			local = local && (tv.IsType() || p.symbolOf(n.Fun) != "" || len(n.Args) > 0 && p.appends(n, p.variable(n.Args[0])))
		case *ast.IncDecStmt, *ast.SendStmt, *ast.GoStmt, *ast.DeferStmt, *ast.RangeStmt, *ast.SelectStmt, *ast.FuncLit:
			local = false
		case *ast.UnaryExpr:
			local = local && n.Op != token.ARROW && n.Op != token.AND
		}
		return local
	})
	return local
}

// noCallBefore tells whether no call in a statement comes before a place in it.
func (p *syntaxFile) noCallBefore(stmt ast.Stmt, to ast.Node) bool {
	first := true
	ast.Inspect(stmt, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && call.End() <= to.Pos() && p.symbolOf(call.Fun) == "" {
			first = false
		}
		return first
	})
	return first
}

// concernsSpan tells whether a statement only calls a span.
func (p *spanFile) concernsSpan(s ast.Stmt) bool {
	var e ast.Expr
	switch s := s.(type) {
	case *ast.DeferStmt:
		e = s.Call
	case *ast.ExprStmt:
		e = s.X
	}
	base := p.calledSpan(e)
	return base != nil && p.variable(base) != nil && p.pureArguments(e)
}

// concernsOnly tells whether a statement only calls a span.
func (p *spanFile) concernsOnly(s ast.Stmt, span *types.Var) bool {
	switch s := s.(type) {
	case *ast.DeferStmt:
		symbol, call := p.calls(s.Call)
		return symbol == "opentracing.Span.Finish" && p.variable(receiverOf(call)) == span
	case *ast.ExprStmt:
		base := p.calledSpan(s.X)
		return base != nil && p.variable(base) == span && p.pureArguments(s.X)
	}
	return false
}

// callsNothing tells whether a statement calls nothing but OpenTracing.
func (p *syntaxFile) callsNothing(stmt ast.Stmt) bool {
	nothing := true
	ast.Inspect(stmt, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && p.symbolOf(call.Fun) == "" && !p.info.Types[call.Fun].IsType() {
			nothing = false
		}
		return nothing
	})
	return nothing
}
