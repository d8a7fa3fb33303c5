// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
)

// settled drops the error tags that have no say, so that what is left can be done
// in order. On compat false waits for the end of the span, and a bare true leaves
// the description that is there; in OpenTelemetry Ok is final, and the last error wins.
func (p *planner) settled(s *site, base ast.Expr, ops []*op) []*op {
	var out []*op
	for _, o := range ops {
		if o.facts&setsStatus == 0 {
			out = append(out, o)
			continue
		}
		if o.facts == setsErrorTrue && p.keepsDescription(s, base, o, out) {
			if o.unstated == nil {
				continue
			}
			bare := *o
			bare.stmt, bare.single, bare.several, bare.facts = o.unstated, o.unstated, false, o.facts&^setsStatus
			out = append(out, &bare)
			continue
		}
		if o.decides {
			out = p.withoutOverruled(out, o)
		}
		out = append(out, o)
	}
	for _, o := range out {
		s.facts |= o.facts & setsStatus
		if o.facts&setsStatus != 0 {
			s.statuses++
		}
	}
	return out
}

// withoutOverruled drops the error tags before o, in one row with it, that o leaves
// no trace of.
func (p *planner) withoutOverruled(before []*op, o *op) []*op {
	var out []*op
	for _, earlier := range before {
		overruled := earlier.tag && earlier.facts&setsStatus != 0 && p.pureArguments(earlier.call)
		if o.facts&(setsErrorTrue|setsErrorMaybe) != 0 && earlier.facts&setsErrorText != 0 {
			overruled = false // its description stays
		}
		if !overruled {
			out = append(out, earlier)
		}
	}
	return out
}

// keepsDescription tells whether a bare true follows a described error, in its own
// row or in the statements before it. Where that isn't certain the site is refused.
func (p *planner) keepsDescription(s *site, base ast.Expr, o *op, row []*op) bool {
	for _, earlier := range row {
		if earlier.facts == setsErrorText && earlier.decides {
			return true
		}
	}
	fn := p.enclosingFunc(o.call)
	if base == nil || fn == nil || !p.repeatable(base) {
		return false
	}
	always, maybe := false, false
	ast.Inspect(fn, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || call.Pos() >= o.call.Pos() || always {
			return !always
		}
		described, certain := p.describes(call, base)
		if !described || !p.reaches(call, o.call) {
			return true
		}
		if certain && p.before(call, o.call) {
			always = true
			return false
		}
		maybe = true
		return true
	})
	if maybe && !always {
		s.deny("error-false", o.call.Pos(), "a description may have been set before, which a bare true leaves on the span and OpenTelemetry's SetStatus overwrites")
	}
	return always
}

// describes tells whether a call sets the error tag of a span to a description,
// and whether it does so for certain.
func (p *planner) describes(call *ast.CallExpr, span ast.Expr) (described, certain bool) {
	if p.symbolOf(call.Fun) != "opentracing.Span.SetTag" || len(call.Args) != 2 || !p.same(receiverOf(call), span) {
		return false, false
	}
	if key, known := constantText(p.info, call.Args[0]); !known || key != "error" {
		return false, false
	}
	o := p.errorTagOp(keyValue{value: call.Args[1]})
	return o.facts&setsErrorText != 0, o.facts == setsErrorText && o.decides
}

// before tells whether a statement is done whenever a later one is: it stands
// alone in a list that the other is in, too, however deep.
func (p *planner) before(call, later *ast.CallExpr) bool {
	stmt, ok := p.statement(call).(*ast.ExprStmt)
	if !ok {
		return false
	}
	siblings, _ := p.siblings(stmt)
	for _, s := range siblings {
		if s.Pos() <= later.Pos() && later.End() <= s.End() {
			return true
		}
	}
	return false
}

// reaches tells whether control can pass from one call to a later one of the same
// function: they are not in different branches, and no return stands between.
func (p *planner) reaches(call, later *ast.CallExpr) bool {
	var inner ast.Node = call
	for n := p.parent[call]; n != nil; inner, n = n, p.parent[n] {
		list, _ := listOf(n, inner)
		around := n.Pos() <= later.Pos() && later.End() <= n.End()
		if len(list) > 0 && !around && leaves(list[len(list)-1]) {
			return false
		}
		if !around {
			continue
		}
		switch n := n.(type) {
		case *ast.IfStmt:
			return inner != n.Body
		case *ast.BlockStmt:
			switch p.parent[n].(type) {
			case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
				return false
			}
		}
		return true
	}
	return true
}

// leaves tells whether a statement ends a list for good.
func leaves(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.ReturnStmt, *ast.BranchStmt:
		return true
	case *ast.ExprStmt:
		call, ok := s.X.(*ast.CallExpr)
		if !ok {
			return false
		}
		id, ok := call.Fun.(*ast.Ident)
		return ok && id.Name == "panic"
	}
	return false
}
