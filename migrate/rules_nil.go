// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// nilTest handles span == nil and its like.
//
// A value that comes from SpanFromContext or Extract was nil when there was no
// span, and is an invalid one now. A variable that was never set stays nil.
func (p *typeFile) nilTest(e *ast.BinaryExpr, x ast.Expr, n *node, name string) {
	s := &site{file: p.file, pos: e.Pos(), symbol: name, rule: "nil-tests"}
	s.need(n)
	switch name {
	case "opentracing.Tracer":
		p.dropTest(e)
	case "opentracing.Span":
		o := n.origin
		if o&originContext == 0 {
			return // as before
		}
		p.sites = append(p.sites, s)
		s.asksNil = true
		if p.askedAgain(s, e) {
			return
		}
		both := o&(originNil|originUnknown) != 0
		outcome, leavesNil := p.outcomeOf(e)
		switch outcome {
		case outcomeKept:
			s.exact, s.leavesNil = true, leavesNil
			p.edit(s, e, func(r *renderer) string { return isSpan(r, e.Op, x) })
			return
		case outcomeShown:
			s.changes = untracedBranch
		}
		p.edit(s, e, func(r *renderer) string { return validity(r, e.Op, x, both) })
	case "opentracing.SpanContext":
		p.sites = append(p.sites, s)
		if p.askedAgain(s, e) {
			return
		}
		if n.origin&originContext != 0 {
			s.facts |= asksRemote
		}
		if n.origin&^(originNil|originContext) != 0 {
			outcome, leavesNil := p.outcomeOf(e)
			if leavesNil {
				s.deny("reference-value", e.Pos(), "a span is started or not as the context of another one is there, which it is not where no tracer is installed")
			} else if outcome != outcomeSpans {
				s.changes = untracedContext
			}
		}
		p.edit(s, e, func(r *renderer) string {
			if p.run.knownOf(n)&asksRemote != 0 {
				return zeroTest(r, e.Op, x)
			}
			if e.Op == token.EQL {
				return "!" + r.operand(x) + ".IsValid()"
			}
			return r.operand(x) + ".IsValid()"
		})
	}
}

// zeroTest is the test that a span context is not the zero one (op is !=) or is (==).
func zeroTest(r *renderer, op token.Token, x ast.Expr) string {
	not := "!"
	if op == token.EQL {
		not = ""
	}
	return not + r.operand(x) + ".Equal(" + r.trace("SpanContext") + "{})"
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

// isSpan is the test that a span is one (op is !=) or isn't (==), which holds where no
// tracer is installed, too.
func isSpan(r *renderer, op token.Token, x ast.Expr) string {
	test := r.helper("isSpan") + "(" + r.text(x) + ")"
	if op == token.EQL {
		return "!" + test
	}
	return test
}

// nilGuard flattens an if that only keeps calls off a nil span, since an
// OpenTelemetry span that isn't there ignores them:
//
//	if span := opentracing.SpanFromContext(ctx); span != nil {
//		span.SetTag("k", v)
//	}
//
// becomes trace.SpanFromContext(ctx).SetAttributes(…), and keeps the variable where
// there is more than one call.
func (p *spanFile) nilGuard(n *ast.IfStmt) {
	span := p.guarded(n)
	if span == nil {
		return
	}
	call := p.guardInit(n, span)
	switch {
	case n.Init != nil && call == nil:
	case call != nil && len(n.Body.List) == 1 && p.mentions(n.Body, span) == 1 && p.flattenCall(n, call):
	case n.Init == nil || p.nameIsFree(n, span.Name()):
		p.flatten(n)
	}
}

// guarded returns the variable of an if whose condition is only that a span is not
// nil, and whose body is only calls on that span, without other effects.
func (p *spanFile) guarded(n *ast.IfStmt) *types.Var {
	cond, ok := ast.Unparen(n.Cond).(*ast.BinaryExpr)
	if !ok || n.Else != nil || len(n.Body.List) == 0 || cond.Op != token.NEQ || !p.isNil(cond.Y) {
		return nil
	}
	span := p.variable(cond.X)
	node := p.expr(cond.X)
	if span == nil || node == nil || node.origin&(originContext|originNil|originUnknown) != originContext {
		return nil
	}
	if list, _ := p.siblings(n); list == nil {
		return nil
	}
	for _, s := range n.Body.List {
		stmt, ok := s.(*ast.ExprStmt)
		if !ok || !p.pureArguments(stmt.X) {
			return nil
		}
		base, ops := p.spanOps(stmt.X)
		if base == nil || p.variable(base) != span {
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

// guardInit returns the call in an if's span := opentracing.SpanFromContext(ctx), or nil.
func (p *spanFile) guardInit(n *ast.IfStmt, span *types.Var) *ast.CallExpr {
	init, ok := n.Init.(*ast.AssignStmt)
	if !ok || init.Tok != token.DEFINE || len(init.Lhs) != 1 || len(init.Rhs) != 1 || p.variable(init.Lhs[0]) != span {
		return nil
	}
	if symbol, call := p.calls(init.Rhs[0]); symbol == "opentracing.SpanFromContext" {
		return call
	}
	return nil
}

// flattenCall rewrites a guard around one call, which needs no variable.
func (p *spanFile) flattenCall(n *ast.IfStmt, call *ast.CallExpr) bool {
	base, ops := p.spanOps(n.Body.List[0].(*ast.ExprStmt).X)
	if len(ops) != 1 {
		return false
	}
	u := p.useOf(call.Fun)
	s := p.site(u, p.expr(call))
	for _, o := range ops {
		p.takeOp(s, o)
	}
	s.rule = "nil-tests"
	ops = p.settled(s, p.expr(call), base, ops)
	if len(ops) == 0 {
		p.edit(s, n, nil)
		return true
	}
	p.edit(s, n, func(r *renderer) string {
		span := r.trace("SpanFromContext") + "(" + r.text(call.Args[0]) + ")"
		return renderOps(r, span, ops)
	})
	return true
}

// flatten takes the statements of a guard out of it.
func (p *spanFile) flatten(n *ast.IfStmt) {
	s := &site{file: p.file, pos: n.Pos(), symbol: "opentracing.Span", rule: "nil-tests"}
	s.need(p.expr(ast.Unparen(n.Cond).(*ast.BinaryExpr).X))
	p.sites = append(p.sites, s)
	p.edit(s, n, func(r *renderer) string {
		text := ""
		if n.Init != nil {
			text = r.text(n.Init) + "\n"
		}
		return text + strings.TrimSpace(r.splice(r.offset(n.Body.Lbrace)+1, r.offset(n.Body.Rbrace), n.Body))
	})
}

// nameIsFree tells whether a variable of an if can be one of the block around it:
// nothing else of that name is seen there, before or after, and no goto jumps over it.
func (p *syntaxFile) nameIsFree(n *ast.IfStmt, name string) bool {
	if lookup(p.file, n.Pos(), name) != nil {
		return false
	}
	siblings, i := p.siblings(n)
	free := true
	for _, s := range siblings[i+1:] {
		ast.Inspect(s, func(m ast.Node) bool {
			id, ok := m.(*ast.Ident)
			free = free && (!ok || id.Name != name)
			return free
		})
	}
	return free && !p.jumpedOver(n)
}

// mentions counts the mentions of a variable in a syntax tree.
func (p *syntaxFile) mentions(root ast.Node, v *types.Var) int {
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
func (p *syntaxFile) pureArguments(e ast.Expr) bool {
	pure := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if tv := p.info.Types[n.Fun]; tv.IsType() {
				return true
			}
			if p.symbolOf(n.Fun) != "" {
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
