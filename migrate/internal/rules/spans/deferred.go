// SPDX-License-Identifier: Apache-2.0

package spans

import (
	"go/ast"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
)

// panicRecorded is what a deferred End does besides.
const panicRecorded = "the span records a panic that passes through here as an exception"

// deferred handles defer and go. Arguments are evaluated at the statement in both
// APIs, as long as there is one call.
func (p *File) deferred(s *plan.Site, stmt ast.Stmt, call *ast.CallExpr, base ast.Expr, ops []*Op) {
	// What is chained before the last call is done at the statement itself.
	var now, later []*Op
	for _, o := range ops {
		if o.Call == call {
			later = append(later, o)
		} else {
			now = append(now, o)
		}
	}
	if len(now) > 0 {
		if siblings, _ := p.Siblings(stmt); siblings == nil || !p.Repeatable(base) {
			s.Deny(RefusedExpression, stmt.Pos(), "the calls before the last one need separate statements")
			return
		}
		p.Prefix(s, stmt, func(r *edit.Renderer) string { return RenderOps(r, r.Operand(base), now) })
		ops = later
	}
	if len(ops) == 0 {
		p.Edit(s, stmt, nil) // it has no say
		return
	}
	if _, ok := stmt.(*ast.DeferStmt); ok && ops[len(ops)-1].Ends && p.Panics(stmt) {
		s.Change(panicRecorded)
	}
	n, simple := statements(ops)
	if n == 1 && simple {
		p.Edit(s, call, func(r *edit.Renderer) string { return RenderCall(r, r.Operand(base), ops) })
		return
	}
	if !p.Stable(call) {
		if n == 2 && len(ops) == 1 && ops[0].single != nil {
			o := ops[0]
			*o = *o.asSingle() // which may be an error tag that is known already
			p.Edit(s, call, func(r *edit.Renderer) string { return o.text(r, r.Operand(base)) })
			return
		}
		s.Deny(RefusedDeferredArguments, stmt.Pos(), "its arguments are evaluated here and used later, in more than one statement")
		return
	}
	p.Edit(s, call, func(r *edit.Renderer) string {
		return "func() {\n" + RenderOps(r, r.Operand(base), ops) + "\n}()"
	})
}
