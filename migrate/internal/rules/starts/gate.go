// SPDX-License-Identifier: Apache-2.0

package starts

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// A parentGate is an if that names the parent of a span among its options where a
// context has one:
//
//	if parent := opentracing.SpanFromContext(ctx); parent != nil {
//		opts = append(opts, opentracing.ChildOf(parent.Context()))
//	}
//	span := tracer.StartSpan("name", opts...)
//
// A span that is started in the context has the same parent, and is a root where the
// context has no span, so nothing takes the place of the gate.
type parentGate struct {
	stmt *ast.IfStmt
	span *types.Var
	decl *ast.AssignStmt // of the span
	from *ast.CallExpr   // SpanFromContext
	ctx  ast.Expr
}

// gateOf returns the gate that a slice of options has its only reference from, or nil.
func (p *File) gateOf(o *optionSlice) *parentGate {
	if len(o.refs) != 1 {
		return nil
	}
	symbol, parent := p.referenceOf(o.refs[0])
	if symbol != "opentracing.ChildOf" {
		return nil
	}
	appending, ok := p.Statement(o.refs[0]).(*ast.CallExpr)
	if !ok || len(appending.Args) != 2 {
		return nil
	}
	block, ok := p.Parent[p.EnclosingStmt(appending)].(*ast.BlockStmt)
	if !ok || len(block.List) != 1 {
		return nil
	}
	g := &parentGate{}
	g.stmt, ok = p.Parent[block].(*ast.IfStmt)
	if !ok || g.stmt.Else != nil || p.Parent[g.stmt] != p.Parent[p.EnclosingStmt(o.start)] || p.CommentIn(g.stmt.Pos(), g.stmt.End()) {
		return nil
	}
	cond, ok := ast.Unparen(g.stmt.Cond).(*ast.BinaryExpr)
	symbol, context := p.Calls(parent)
	if !ok || cond.Op != token.NEQ || !p.IsNil(cond.Y) || symbol != "opentracing.Span.Context" {
		return nil
	}
	g.span = p.Variable(cond.X)
	if g.span == nil || p.Variable(syntax.ReceiverOf(context)) != g.span {
		return nil
	}
	last, known := p.LastAssignment(g.span, cond)
	if g.decl, ok = last.(*ast.AssignStmt); !ok || !known || len(g.decl.Rhs) != 1 || g.stmt.Init != nil && g.stmt.Init != g.decl {
		return nil
	}
	symbol, g.from = p.Calls(g.decl.Rhs[0])
	if symbol != "opentracing.SpanFromContext" || !p.StableContext(g.from.Args[0], g.decl, o.start) {
		return nil
	}
	g.ctx = g.from.Args[0]
	if o.keep != nil && (p.Baggage[p.Source.Unit.Path] || !p.SameContext(g.ctx, o.keep)) {
		return nil
	}
	return g
}

// IsGate tells whether an if is a gate that goes.
func (p *File) IsGate(n *ast.IfStmt) bool {
	if n == nil || len(n.Body.List) != 1 {
		return false
	}
	as, ok := n.Body.List[0].(*ast.AssignStmt)
	if !ok || len(as.Lhs) != 1 {
		return false
	}
	o := p.optionSliceOf(p.Variable(as.Lhs[0]))
	return o != nil && o.gate != nil && o.gate.stmt == n
}

// openGate removes a gate, and the variable that only the gate used.
func (p *File) openGate(s *plan.Site, g *parentGate) {
	cond := ast.Unparen(g.stmt.Cond).(*ast.BinaryExpr)
	s.Need(p.Expr(cond.X), p.Expr(g.from))
	p.Edit(s, g.stmt, nil)
	if g.decl == g.stmt.Init {
		p.Take(s, p.UseOf(g.from.Fun))
		return
	}
	list, _ := p.Siblings(g.decl)
	if list != nil && g.decl.Tok == token.DEFINE && len(g.decl.Lhs) == 1 && p.Mentions(p.EnclosingFunc(g.decl), g.span) == 3 {
		p.Take(s, p.UseOf(g.from.Fun))
		p.Edit(s, g.decl, nil)
	}
}
