// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"go/types"
)

// panicRecorded is what a deferred End does besides.
const panicRecorded = "a panic that passes by here is recorded on the span as an exception"

// panics tells whether the function around a statement calls panic.
func (p *syntaxFile) panics(stmt ast.Stmt) bool {
	found := false
	ast.Inspect(p.enclosingFunc(stmt), func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && id.Name == "panic" && p.info.Types[id].IsBuiltin()
		return !found
	})
	return found
}

// deferred handles defer and go. Arguments are evaluated at the statement in both
// APIs, as long as there is one call.
func (p *spanFile) deferred(s *site, stmt ast.Stmt, call *ast.CallExpr, base ast.Expr, ops []*op) {
	// What is chained before the last call is done at the statement itself.
	var now, later []*op
	for _, o := range ops {
		if o.call == call {
			later = append(later, o)
		} else {
			now = append(now, o)
		}
	}
	if len(now) > 0 {
		if siblings, _ := p.siblings(stmt); siblings == nil || !p.repeatable(base) {
			s.deny("expression", stmt.Pos(), "the calls before the last one need statements of their own")
			return
		}
		p.prefix(s, stmt, func(r *renderer) string { return renderOps(r, r.operand(base), now) })
		ops = later
	}
	if len(ops) == 0 {
		p.edit(s, stmt, nil) // it has no say
		return
	}
	if _, ok := stmt.(*ast.DeferStmt); ok && ops[len(ops)-1].ends && p.panics(stmt) {
		s.change(panicRecorded)
	}
	n, simple := statements(ops)
	if n == 1 && simple {
		p.edit(s, call, func(r *renderer) string { return renderOps(r, r.operand(base), ops) })
		return
	}
	if !p.stable(call) {
		if n == 2 && len(ops) == 1 && ops[0].single != nil {
			o := ops[0]
			*o = *o.asSingle() // which may be an error tag that is known already
			p.edit(s, call, func(r *renderer) string { return o.text(r, r.operand(base)) })
			return
		}
		s.deny("deferred-arguments", stmt.Pos(), "its arguments are evaluated here and used later, in more than one statement")
		return
	}
	p.edit(s, call, func(r *renderer) string {
		return "func() {\n" + renderOps(r, r.operand(base), ops) + "\n}()"
	})
}

// stable tells whether the value of a call's operands is the same later: constants
// and variables that are assigned once.
func (p *syntaxFile) stable(call *ast.CallExpr) bool {
	ok := true
	fn := p.enclosingFunc(call)
	ast.Inspect(call, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if p.symbolOf(n.Fun) == "" {
				ok = false
			}
		case *ast.Ident:
			if v, is := p.info.Uses[n].(*types.Var); is && !v.IsField() && symbolText(v) == "" && p.assignments(fn, v) > 1 {
				ok = false
			}
		}
		return ok
	})
	return ok
}

// assignments counts the places in a function where a variable gets a value. A
// parameter has one already.
func (p *syntaxFile) assignments(fn ast.Node, v *types.Var) int {
	count := 0
	if fn == nil || v.Parent() == p.file.unit.pkg.Scope() {
		return 2
	}
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			for _, name := range n.Names {
				if p.info.Defs[name] == v {
					count++
				}
			}
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				if p.variable(l) == v {
					count++
				}
			}
		case *ast.ValueSpec:
			for _, name := range n.Names {
				if p.info.Defs[name] == v {
					count++
				}
			}
		case *ast.RangeStmt:
			for _, l := range []ast.Expr{n.Key, n.Value} {
				if l != nil && p.variable(l) == v {
					count++
				}
			}
		case *ast.IncDecStmt:
			if p.variable(n.X) == v {
				count++
			}
		case *ast.UnaryExpr:
			if n.Op == token.AND && p.variable(n.X) == v {
				count += 2
			}
		}
		return true
	})
	return count
}
