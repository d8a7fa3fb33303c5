// SPDX-License-Identifier: Apache-2.0

package spans

import (
	"go/ast"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// adjacent tells whether nothing happens between a statement and a place after it
// but calls of spans and changes of local variables: no field can be set.
func (p *File) adjacent(from ast.Stmt, to ast.Node) bool {
	stmt := p.EnclosingStmt(to)
	siblings, i := p.Siblings(from)
	i++
	if ifs, ok := p.Parent[from].(*ast.IfStmt); ok && ifs.Init == from && p.PureArguments(ifs.Cond) {
		if stmt == ast.Stmt(ifs) {
			return true
		}
		siblings, i = ifs.Body.List, 0
	}
	for ; i < len(siblings); i++ {
		if siblings[i] == stmt {
			return p.NoCallBefore(stmt, to)
		}
		if !p.concernsSpan(siblings[i]) && !p.Local(siblings[i]) {
			return false
		}
	}
	return false
}

// concernsSpan tells whether a statement only calls a span.
func (p *File) concernsSpan(s ast.Stmt) bool {
	var e ast.Expr
	switch s := s.(type) {
	case *ast.DeferStmt:
		e = s.Call
	case *ast.ExprStmt:
		e = s.X
	}
	base := p.CalledSpan(e)
	return base != nil && p.Variable(base) != nil && p.PureArguments(e)
}

// ConcernsOnly tells whether a statement only calls a span.
func (p *File) ConcernsOnly(s ast.Stmt, span *types.Var) bool {
	switch s := s.(type) {
	case *ast.DeferStmt:
		symbol, call := p.Calls(s.Call)
		return symbol == "opentracing.Span.Finish" && p.Variable(syntax.ReceiverOf(call)) == span
	case *ast.ExprStmt:
		base := p.CalledSpan(s.X)
		return base != nil && p.Variable(base) == span && p.PureArguments(s.X)
	}
	return false
}
