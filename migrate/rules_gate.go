// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
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
func (p *startFile) gateOf(o *optionSlice) *parentGate {
	if len(o.refs) != 1 || p.symbolOf(o.refs[0].Fun) != "opentracing.ChildOf" || len(o.refs[0].Args) != 1 {
		return nil
	}
	appending, ok := p.statement(o.refs[0]).(*ast.CallExpr)
	if !ok || len(appending.Args) != 2 {
		return nil
	}
	block, ok := p.parent[p.enclosingStmt(appending)].(*ast.BlockStmt)
	if !ok || len(block.List) != 1 {
		return nil
	}
	g := &parentGate{}
	g.stmt, ok = p.parent[block].(*ast.IfStmt)
	if !ok || g.stmt.Else != nil || p.parent[g.stmt] != p.parent[p.enclosingStmt(o.start)] || p.commentIn(g.stmt.Pos(), g.stmt.End()) {
		return nil
	}
	cond, ok := ast.Unparen(g.stmt.Cond).(*ast.BinaryExpr)
	symbol, context := p.calls(o.refs[0].Args[0])
	if !ok || cond.Op != token.NEQ || !p.isNil(cond.Y) || symbol != "opentracing.Span.Context" {
		return nil
	}
	g.span = p.variable(cond.X)
	if g.span == nil || p.variable(receiverOf(context)) != g.span {
		return nil
	}
	last, known := p.lastAssignment(g.span, cond)
	if g.decl, ok = last.(*ast.AssignStmt); !ok || !known || len(g.decl.Rhs) != 1 || g.stmt.Init != nil && g.stmt.Init != g.decl {
		return nil
	}
	symbol, g.from = p.calls(g.decl.Rhs[0])
	if symbol != "opentracing.SpanFromContext" || !p.stableContext(g.from.Args[0], g.decl, o.start) {
		return nil
	}
	g.ctx = g.from.Args[0]
	if o.keep != nil && (p.baggage[p.file.unit.path] || !p.sameContext(g.ctx, o.keep)) {
		return nil
	}
	return g
}

// isGate tells whether an if is a gate that goes.
func (p *startFile) isGate(n *ast.IfStmt) bool {
	if n == nil || len(n.Body.List) != 1 {
		return false
	}
	as, ok := n.Body.List[0].(*ast.AssignStmt)
	if !ok || len(as.Lhs) != 1 {
		return false
	}
	o := p.optionSliceOf(p.variable(as.Lhs[0]))
	return o != nil && o.gate != nil && o.gate.stmt == n
}

// openGate removes a gate, and the variable that only the gate used.
func (p *startFile) openGate(s *site, g *parentGate) {
	cond := ast.Unparen(g.stmt.Cond).(*ast.BinaryExpr)
	s.need(p.expr(cond.X), p.expr(g.from))
	p.edit(s, g.stmt, nil)
	if g.decl == g.stmt.Init {
		p.take(s, p.useOf(g.from.Fun))
		return
	}
	list, _ := p.siblings(g.decl)
	if list != nil && g.decl.Tok == token.DEFINE && len(g.decl.Lhs) == 1 && p.mentions(p.enclosingFunc(g.decl), g.span) == 3 {
		p.take(s, p.useOf(g.from.Fun))
		p.edit(s, g.decl, nil)
	}
}

// commentIn tells whether a comment stands between two places.
func (p *syntaxFile) commentIn(from, to token.Pos) bool {
	return slices.ContainsFunc(p.file.syntax.Comments, func(c *ast.CommentGroup) bool { return from < c.Pos() && c.Pos() < to })
}
