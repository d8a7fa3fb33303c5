// SPDX-License-Identifier: Apache-2.0

package contexts

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// WithBaggage renders a context with the baggage of another one.
func WithBaggage(r *edit.Renderer, ctx, from string) string {
	return r.Pkg(opentelemetry.BaggagePath) + ".ContextWithBaggage(" + ctx + ", " + r.Pkg(opentelemetry.BaggagePath) + ".FromContext(" + from + "))"
}

// An Activation is the ContextWithSpan that follows a start.
type Activation struct {
	Start *ast.AssignStmt
	Ctx   ast.Expr // what it is assigned to
	From  ast.Expr // the context that it is made from
}

// Activates tells whether a statement is ctx = ContextWithSpan(ctx, span) and can
// become part of the start before it.
func (p *File) Activates(stmt *ast.AssignStmt, span *types.Var, after *Activation, between []ast.Stmt) bool {
	if len(stmt.Lhs) != 1 || len(stmt.Rhs) != 1 {
		return false
	}
	symbol, call := p.Calls(stmt.Rhs[0])
	if symbol != "opentracing.ContextWithSpan" || p.Variable(call.Args[1]) != span || p.Mentions(call.Args[0], span) > 0 {
		return false
	}
	v := p.Variable(stmt.Lhs[0])
	if v == nil || p.CommentBetween(stmt, stmt) {
		return false
	}
	for _, b := range between {
		mentioned := false
		ast.Inspect(b, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && id.Name == v.Name() {
				mentioned = true
			}
			return true
		})
		if mentioned {
			return false
		}
	}
	switch {
	case stmt.Tok == token.DEFINE:
		return after.Start.Tok == token.DEFINE
	case after.Start.Tok == token.DEFINE:
		scope := p.Info.Scopes[p.Source.Syntax].Innermost(after.Start.Pos())
		return v.Parent() == scope
	}
	return true
}

// Fits tells whether the statements of a block can be in the one around the if.
func (p *File) Fits(n *ast.IfStmt, body *ast.BlockStmt) bool {
	for _, s := range body.List {
		if !Declares(s) {
			continue
		}
		as, ok := s.(*ast.AssignStmt)
		if !ok {
			return false
		}
		for _, l := range as.Lhs {
			if !syntax.IsBlank(l) && !p.NameIsFree(n, l.(*ast.Ident).Name) {
				return false
			}
		}
	}
	return true
}
