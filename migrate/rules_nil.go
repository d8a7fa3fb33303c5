// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"go/types"
)

// nilTest handles span == nil and its like.
//
// A value that comes from SpanFromContext or Extract was nil when there was no
// span, and is an invalid one now. A variable that was never set stays nil.
func (p *planner) nilTest(e *ast.BinaryExpr, x ast.Expr, n *node, name string) {
	s := &site{file: p.file, pos: e.Pos(), symbol: name, rule: "nil-tests"}
	s.need(n)
	switch name {
	case "opentracing.Span":
		o := n.origin
		if o&originContext == 0 {
			return // as before
		}
		p.sites = append(p.sites, s)
		s.asksNil = true
		both := o&(originNil|originUnknown) != 0
		p.edit(s, e, func(r *renderer) string { return validity(r, e.Op, x, both) })
	case "opentracing.SpanContext":
		p.sites = append(p.sites, s)
		p.edit(s, e, func(r *renderer) string {
			if e.Op == token.EQL {
				return "!" + r.operand(x) + ".IsValid()"
			}
			return r.operand(x) + ".IsValid()"
		})
	}
}

// validity is the test that a span is one (op is !=) or isn't (==).
func validity(r *renderer, op token.Token, x ast.Expr, mayBeNil bool) string {
	span := r.operand(x)
	valid := span + ".SpanContext().IsValid()"
	switch {
	case op == token.NEQ && mayBeNil:
		return span + " != nil && " + valid
	case op == token.NEQ:
		return valid
	case mayBeNil:
		return "(" + span + " == nil || !" + valid + ")"
	}
	return "!" + valid
}

// nilGuard flattens an if that only keeps calls off a nil span:
//
//	if span := opentracing.SpanFromContext(ctx); span != nil {
//		span.SetTag("k", v)
//	}
//
// becomes trace.SpanFromContext(ctx).SetAttributes(…), since an OpenTelemetry span
// that isn't there ignores calls.
func (p *planner) nilGuard(n *ast.IfStmt) {
	if n.Else != nil || n.Init == nil {
		return
	}
	init, ok := n.Init.(*ast.AssignStmt)
	if !ok || init.Tok != token.DEFINE || len(init.Lhs) != 1 || len(init.Rhs) != 1 {
		return
	}
	span := p.variable(init.Lhs[0])
	symbol, call := p.calls(init.Rhs[0])
	if span == nil || symbol != "opentracing.SpanFromContext" || len(n.Body.List) != 1 {
		return
	}
	cond, ok := ast.Unparen(n.Cond).(*ast.BinaryExpr)
	if !ok || cond.Op != token.NEQ || p.variable(cond.X) != span || !p.isNil(cond.Y) {
		return
	}
	if list, _ := p.siblings(n); list == nil {
		return
	}
	stmt, ok := n.Body.List[0].(*ast.ExprStmt)
	if !ok || p.mentions(stmt, span) != 1 || !p.pureArguments(stmt.X) {
		return
	}
	base, ops := p.spanOps(stmt.X)
	if base == nil || p.variable(base) != span || len(ops) != 1 {
		return
	}
	u := p.useOf(call.Fun)
	s := p.site(u, p.expr(call))
	for _, o := range ops {
		p.takeOp(s, o)
	}
	s.rule = "nil-tests"
	ops = p.settled(s, base, ops)
	p.edit(s, n, func(r *renderer) string {
		span := r.trace("SpanFromContext") + "(" + r.text(call.Args[0]) + ")"
		return renderOps(r, span, ops)
	})
}

// mentions counts the mentions of a variable in a syntax tree.
func (p *planner) mentions(root ast.Node, v *types.Var) int {
	count := 0
	ast.Inspect(root, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && p.info.ObjectOf(id) == v {
			count++
		}
		return true
	})
	return count
}

// pureArguments tells whether nothing in an expression but OpenTracing's own calls
// can have an effect or panic.
func (p *planner) pureArguments(e ast.Expr) bool {
	pure := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if tv := p.info.Types[n.Fun]; tv.IsType() {
				return true
			}
			if u := p.useOf(n.Fun); u != nil {
				return true
			}
			if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "len" {
				return true
			}
			pure = false
		case *ast.StarExpr, *ast.IndexExpr, *ast.SliceExpr, *ast.TypeAssertExpr, *ast.FuncLit:
			pure = false
		case *ast.UnaryExpr:
			pure = pure && n.Op != token.ARROW
		case *ast.BinaryExpr:
			pure = pure && n.Op != token.QUO && n.Op != token.REM
		case *ast.SelectorExpr:
			if sel := p.info.Selections[n]; sel != nil && sel.Kind() == types.FieldVal && sel.Indirect() {
				pure = false
			}
		}
		return pure
	})
	return pure
}
