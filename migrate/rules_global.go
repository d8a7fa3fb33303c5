// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"cmp"
	"go/ast"
	"go/token"
	"strings"
)

func (p *contextFile) globalRows() []rule {
	return append(
		rowsFor("tracers", p.globalTracer, p.globalTracerFunc, "method-value", "opentracing.GlobalTracer"),
		rowsFor("tracers", p.setGlobalTracer, nil, "set-up", "opentracing.SetGlobalTracer", "opentracing.InitGlobalTracer", "opentracing.IsGlobalTracerRegistered")...)
}

// setGlobalTracer leaves what sets the program's tracer. Where that is NoopTracer, it
// turns the spans off of code that stays only.
func (p *contextFile) setGlobalTracer(u *use) {
	s := p.refuse(u, "set-up", "the program's tracer is set up here")
	for _, arg := range u.call.Args {
		n := cmp.Or(p.expr(arg), p.anon[arg])
		if isNoop(p.info.TypeOf(arg)) || n != nil && n.origin&originNoop != 0 {
			s.staysChange = "this turns the spans off of code that stays OpenTracing only: what is rewritten asks the program's OpenTelemetry provider"
		}
	}
}

// globalTracer handles the global tracer as a value.
func (p *contextFile) globalTracer(u *use) {
	s := p.site(u, p.expr(u.call))
	if p.runsFirst(u.call) {
		s.change("the program's start finds a tracer here that does nothing, as none is set up yet; OpenTelemetry's makes spans when a provider comes later")
	}
	p.edit(s, u.call, func(r *renderer) string { return p.tracerValue(r, u.call) })
}

// runsFirst tells whether an expression is the value of a package's variable, or one that
// its init gives it, before main sets a tracer up.
func (p *syntaxFile) runsFirst(e ast.Expr) bool {
	switch fn := p.enclosingFunc(e).(type) {
	case nil:
		return true
	case *ast.FuncDecl:
		as, ok := p.statement(e).(*ast.AssignStmt)
		return ok && as.Tok == token.ASSIGN && fn.Recv == nil && fn.Name.Name == "init"
	}
	return false
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

// dropGuard drops an if whose only condition is whether the global tracer is nil, which it
// never is, and the branch for that with it:
//
//	if tracer := opentracing.GlobalTracer(); tracer != nil {
//		tracer.StartSpan("work").Finish()
//	}
//
// What the other branch declares goes into the block around, or stays in one of its own
// where a name is taken. It tells whether it is such an if.
func (p *startFile) dropGuard(n *ast.IfStmt, cond *ast.BinaryExpr) bool {
	init, ok := n.Init.(*ast.AssignStmt)
	v := p.variable(cond.X)
	if !ok || v == nil || !p.isNil(cond.Y) || init.Tok != token.DEFINE || len(init.Lhs) != 1 || len(init.Rhs) != 1 || p.variable(init.Lhs[0]) != v {
		return false
	}
	if symbol, _ := p.calls(init.Rhs[0]); symbol != "opentracing.GlobalTracer" {
		return false
	}
	var taken ast.Stmt = n.Body
	if cond.Op == token.EQL {
		taken = n.Else
	}
	used := taken != nil && p.mentions(taken, v) > 0
	list, i := p.siblings(n)
	body, _ := taken.(*ast.BlockStmt)
	var dead ast.Stmt // after the if
	if body != nil && len(body.List) > 0 && p.endsList(body.List[len(body.List)-1]) && i < len(list)-1 {
		if _, ok := list[i+1].(*ast.ReturnStmt); !ok || i+2 < len(list) {
			return false
		}
		dead = list[i+1]
	}
	if used && list == nil {
		return false
	}
	s := &site{file: p.file, pos: n.Pos(), symbol: "opentracing.Tracer", rule: "nil-tests"}
	s.need(p.expr(cond.X))
	p.sites = append(p.sites, s)
	free := body == nil || p.fits(n, body)
	switch {
	case list == nil || !used && !free:
		s.deny("unsupported", n.Pos(), "the global tracer is compared with nil here, which it never is, and the block has variables of its own")
	case taken == nil:
		p.edit(s, n, nil)
	default:
		if dead != nil {
			p.edit(s, dead, nil)
		}
		flat := free && (!used || p.nameIsFree(n, v.Name()))
		p.edit(s, n, func(r *renderer) string {
			text := ""
			if used {
				text = r.text(init) + "\n"
			}
			if body == nil {
				text += r.text(taken)
			} else {
				text += strings.TrimSpace(r.splice(r.offset(body.Lbrace)+1, r.offset(body.Rbrace), body))
			}
			if !flat {
				return "{\n" + text + "\n}"
			}
			return text
		})
	}
	return true
}

// fits tells whether the statements of a block can be in the one around the if.
func (p *startFile) fits(n *ast.IfStmt, body *ast.BlockStmt) bool {
	for _, s := range body.List {
		if !declares(s) {
			continue
		}
		as, ok := s.(*ast.AssignStmt)
		if !ok {
			return false
		}
		for _, l := range as.Lhs {
			if !isBlank(l) && !p.nameIsFree(n, l.(*ast.Ident).Name) {
				return false
			}
		}
	}
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
