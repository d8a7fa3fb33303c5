// SPDX-License-Identifier: Apache-2.0

package spans

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
)

// nilGuard flattens an if that only keeps calls off a nil span, since an
// OpenTelemetry span that isn't there ignores them:
//
//	if span := opentracing.SpanFromContext(ctx); span != nil {
//		span.SetTag("k", v)
//	}
//
// becomes trace.SpanFromContext(ctx).SetAttributes(…), and keeps the variable where
// there is more than one call.
func (p *File) nilGuard(n *ast.IfStmt) {
	span := p.guarded(n)
	if span == nil {
		return
	}
	call := p.GuardInit(n, span)
	switch {
	case n.Init != nil && call == nil:
	case call != nil && len(n.Body.List) == 1 && p.Mentions(n.Body, span) == 1 && p.flattenCall(n, call):
	case n.Init == nil || p.NameIsFree(n, span.Name()):
		p.flatten(n)
	}
}

// guarded returns the variable of an if whose condition is only that a span is not
// nil, and whose body is only calls on that span, without other effects.
func (p *File) guarded(n *ast.IfStmt) *types.Var {
	cond, ok := ast.Unparen(n.Cond).(*ast.BinaryExpr)
	if !ok || n.Else != nil || len(n.Body.List) == 0 || cond.Op != token.NEQ || !p.IsNil(cond.Y) {
		return nil
	}
	span := p.Variable(cond.X)
	node := p.Expr(cond.X)
	if span == nil || node == nil || node.Origin&(flow.OriginContext|flow.OriginNil|flow.OriginUnknown) != flow.OriginContext {
		return nil
	}
	if list, _ := p.Siblings(n); list == nil {
		return nil
	}
	for _, s := range n.Body.List {
		stmt, ok := s.(*ast.ExprStmt)
		if !ok || !p.PureArguments(stmt.X) {
			return nil
		}
		base, ops := p.SpanOps(stmt.X)
		if base == nil || p.Variable(base) != span {
			return nil
		}
		for _, o := range ops {
			if o.refusal != nil {
				return nil
			}
		}
	}
	return span
}

// GuardInit returns the call in an if's span := opentracing.SpanFromContext(ctx), or nil.
func (p *File) GuardInit(n *ast.IfStmt, span *types.Var) *ast.CallExpr {
	init, ok := n.Init.(*ast.AssignStmt)
	if !ok || init.Tok != token.DEFINE || len(init.Lhs) != 1 || len(init.Rhs) != 1 || p.Variable(init.Lhs[0]) != span {
		return nil
	}
	if symbol, call := p.Calls(init.Rhs[0]); symbol == "opentracing.SpanFromContext" {
		return call
	}
	return nil
}

// flattenCall rewrites a guard around one call, which needs no variable.
func (p *File) flattenCall(n *ast.IfStmt, call *ast.CallExpr) bool {
	base, ops := p.SpanOps(n.Body.List[0].(*ast.ExprStmt).X)
	if len(ops) != 1 {
		return false
	}
	u := p.UseOf(call.Fun)
	s := p.Site(u, p.Expr(call))
	for _, o := range ops {
		p.TakeOp(s, o)
	}
	s.Rule = "nil-tests"
	ops = p.Settled(s, p.Expr(call), base, ops)
	if len(ops) == 0 {
		p.Edit(s, n, nil)
		return true
	}
	p.Edit(s, n, func(r *edit.Renderer) string {
		span := r.Trace("SpanFromContext") + "(" + r.Text(call.Args[0]) + ")"
		if ops[0].isLazy() && ops[0].skips {
			name := r.Text(n.Init.(*ast.AssignStmt).Lhs[0])
			return "if " + name + " := " + span + "; " + name + ".IsRecording() {\n" + renderAll(r, name, ops) + "\n}"
		}
		return RenderCall(r, span, ops)
	})
	return true
}

// flatten takes the statements of a guard out of it.
func (p *File) flatten(n *ast.IfStmt) {
	s := &plan.Site{File: p.Source, Pos: n.Pos(), Symbol: "opentracing.Span", Rule: "nil-tests"}
	s.Need(p.Expr(ast.Unparen(n.Cond).(*ast.BinaryExpr).X))
	p.Sites = append(p.Sites, s)
	p.Edit(s, n, func(r *edit.Renderer) string {
		text := ""
		if n.Init != nil {
			text = r.Text(n.Init) + "\n"
		}
		return text + strings.TrimSpace(r.Splice(r.Offset(n.Body.Lbrace)+1, r.Offset(n.Body.Rbrace), n.Body))
	})
}
