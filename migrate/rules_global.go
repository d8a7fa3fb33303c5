// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

func (p *contextFile) globalRows() []rule {
	return append(
		rowsFor("tracers", p.globalTracer, p.globalTracerFunc, "method-value", "opentracing.GlobalTracer"),
		rowsFor("tracers", nil, nil, "set-up", "opentracing.SetGlobalTracer", "opentracing.InitGlobalTracer", "opentracing.IsGlobalTracerRegistered")...)
}

// globalTracer handles the global tracer as a value.
func (p *contextFile) globalTracer(u *use) {
	s := p.site(u, p.expr(u.call))
	p.edit(s, u.call, func(r *renderer) string { return p.tracerValue(r, u.call) })
}

// globalTracerFunc handles the function as a value: tracer = opentracing.GlobalTracer.
func (p *contextFile) globalTracerFunc(u *use) {
	if p.expr(u.expr) == nil || p.isMethodExpr(u.expr) {
		return
	}
	s := p.site(u, p.expr(u.expr))
	p.edit(s, u.expr, func(r *renderer) string {
		return "func() " + r.trace("Tracer") + " { return " + p.tracerValue(r, u.expr) + " }"
	})
}

// tracerValue renders the package's tracer as a value. A variable that is declared
// for it may have its very name.
func (p *contextFile) tracerValue(r *renderer, at ast.Expr) string {
	named := false
	switch stmt := p.statement(at).(type) {
	case *ast.AssignStmt:
		named = stmt.Tok == token.DEFINE
	case *ast.ValueSpec:
		named = true
	}
	if named {
		return r.pkg(otelPath) + ".Tracer(" + quote(p.file.unit.path) + ")"
	}
	return r.tracer()
}

// needless returns the other side of tracer != nil && …, where the tracer is the
// global one, which is never nil, or nil.
func (p *planner) needless(e *ast.BinaryExpr) ast.Expr {
	both := token.LAND
	if e.Op == token.EQL {
		both = token.LOR
	}
	around, ok := p.statement(e).(*ast.BinaryExpr)
	v := p.variable(e.X)
	if !ok || around.Op != both || !p.isNil(e.Y) || v == nil || openTracingType(v.Type()) != "opentracing.Tracer" {
		return nil
	}
	last, known := p.lastAssignment(v, e)
	as, ok := last.(*ast.AssignStmt)
	if !ok || !known {
		return nil
	}
	if symbol, _ := p.calls(p.assignedValue(as, v)); symbol != "opentracing.GlobalTracer" {
		return nil
	}
	if ast.Unparen(around.X) == e {
		return around.Y
	}
	return around.X
}

// dropTest drops the test that the global tracer is not nil.
func (p *startFile) dropTest(e *ast.BinaryExpr) {
	if guard, ok := p.statement(e).(*ast.IfStmt); ok && p.dropGuard(guard, e) {
		return
	}
	other := p.needless(e)
	if other == nil {
		return
	}
	s := &site{file: p.file, pos: e.Pos(), symbol: "opentracing.Tracer", rule: "nil-tests"}
	s.need(p.expr(e.X))
	p.sites = append(p.sites, s)
	p.edit(s, p.statement(e), func(r *renderer) string { return r.text(other) })
	p.dropVariable(s, p.variable(e.X), p.enclosingFunc(e))
}

// dropGuard drops an if whose only condition is that the global tracer is not nil, where
// the variable has no other use. It stays where its body needs a block, and tells whether
// it is such an if.
func (p *startFile) dropGuard(n *ast.IfStmt, cond *ast.BinaryExpr) bool {
	init, ok := n.Init.(*ast.AssignStmt)
	v := p.variable(cond.X)
	if !ok || v == nil || n.Else != nil || cond.Op != token.NEQ || !p.isNil(cond.Y) || init.Tok != token.DEFINE || len(init.Rhs) != 1 || p.mentions(n, v) != 2 {
		return false
	}
	if symbol, _ := p.calls(init.Rhs[0]); symbol != "opentracing.GlobalTracer" {
		return false
	}
	s := &site{file: p.file, pos: n.Pos(), symbol: "opentracing.Tracer", rule: "nil-tests"}
	s.need(p.expr(cond.X))
	p.sites = append(p.sites, s)
	list, _ := p.siblings(n)
	if list == nil || slices.ContainsFunc(n.Body.List, declares) {
		s.deny("unsupported", n.Pos(), "the global tracer is compared with nil here, which it never is, and the block has variables of its own")
		return true
	}
	p.edit(s, n, func(r *renderer) string {
		return strings.TrimSpace(r.splice(r.offset(n.Body.Lbrace)+1, r.offset(n.Body.Rbrace), n.Body))
	})
	return true
}

// declares tells whether a statement declares something, or is a label.
func declares(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.AssignStmt:
		return s.Tok == token.DEFINE
	case *ast.DeclStmt, *ast.LabeledStmt:
		return true
	}
	return false
}
