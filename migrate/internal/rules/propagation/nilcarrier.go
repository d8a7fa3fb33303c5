// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// nilMapPanics says what becomes of a map that is nil, which no propagator expects.
const nilMapPanics = "if the map is nil, this panics; Inject of compat returns an error"

// nilCarrier looks at a map that is injected into. That a variable may be nil is said
// once in a function.
func (p *File) nilCarrier(s *plan.Site, carrier ast.Expr) {
	if _, ok := p.Info.TypeOf(carrier).Underlying().(*types.Map); !ok {
		return
	}
	switch p.NilMap(carrier, p.run.arguments.parametersOf(p.Source.Unit)) {
	case syntax.AlwaysNil:
		s.Deny(flow.RefusedCarrier, carrier.Pos(), "the carrier is a nil map, and Inject returns an error for it")
	case syntax.MaybeNil:
		said := nilCarrier{p.OutermostFunc(carrier), types.ExprString(carrier)}
		if !p.said[said] {
			s.Change(nilMapPanics)
		}
		p.said[said] = true
	}
}

// A nilCarrier is a map that may be nil, by how a function names it.
type nilCarrier struct {
	fn   ast.Node
	name string
}

// malformedNotFound says what becomes of an error that only code that looks closer sees.
const malformedNotFound = "a malformed header counts as a missing one: the error is ErrSpanContextNotFound's counterpart, not ErrSpanContextCorrupted"

// looksAtError tells whether code does more with the error of an Extract than to compare it
// with nil.
func (p *File) looksAtError(call *ast.CallExpr) bool {
	as, ok := p.Statement(call).(*ast.AssignStmt)
	if !ok || len(as.Lhs) != 2 {
		_, dropped := p.Statement(call).(*ast.ExprStmt)
		return !dropped
	}
	if syntax.IsBlank(as.Lhs[1]) {
		return false
	}
	err := p.Variable(as.Lhs[1])
	if err == nil || err.IsField() {
		return true
	}
	looks := false
	ast.Inspect(p.OutermostFunc(as), func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if looks || !ok || p.Info.ObjectOf(id) != err {
			return !looks
		}
		switch parent := p.Statement(id).(type) {
		case *ast.BinaryExpr:
			if p.IsNil(parent.X) || p.IsNil(parent.Y) {
				return true
			}
		case *ast.AssignStmt:
			if slices.Contains(parent.Lhs, ast.Expr(id)) {
				return true
			}
		case *ast.ValueSpec:
			return true
		}
		last, known := p.LastAssignment(err, id)
		looks = !known || last == ast.Node(as)
		return true
	})
	return looks
}

// needsNil tells whether a variable that got the error of an Inject, which is always nil
// then, has to be set to nil: it may have another value before, and be looked at later.
func (p *File) needsNil(stmt *ast.AssignStmt, before, after []ast.Stmt) bool {
	v, fn := p.Variable(stmt.Lhs[0]), p.OutermostFunc(stmt)
	if v == nil || v.IsField() || fn == nil || p.EnclosingFunc(stmt) != fn || v.Pos() < fn.Pos() || v.Pos() >= fn.End() || p.inLiteral(fn, v) {
		return true
	}
	for i := len(before) - 1; i >= 0; i-- {
		if p.Mentions(before[i], v) == 0 {
			continue
		}
		if ifs, ok := before[i].(*ast.IfStmt); ok && ifs.Else == nil && p.EndsInReturn(ifs.Body) {
			if cond, ok := ast.Unparen(ifs.Cond).(*ast.BinaryExpr); ok && cond.Op.String() == "!=" && p.Variable(cond.X) == v && p.IsNil(cond.Y) {
				return false // it is nil already
			}
		}
		break
	}
	for _, next := range after {
		if p.Mentions(next, v) == 0 {
			if p.mayReturn(next) {
				return true
			}
			continue
		}
		as, ok := next.(*ast.AssignStmt)
		return !ok || !p.AssignedBy(as, v) || p.Mentions(as, v) != 1
	}
	return true
}

// mayReturn tells whether the function may end in a statement, which may have the variable
// as a result with a name.
func (p *File) mayReturn(s ast.Stmt) bool {
	found := false
	ast.Inspect(s, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.ReturnStmt, *ast.BranchStmt:
			found = true
		}
		return !found
	})
	return found
}

// inLiteral tells whether a function literal, which may run at any time, mentions a variable.
func (p *File) inLiteral(fn ast.Node, v *types.Var) bool {
	found := false
	ast.Inspect(fn, func(n ast.Node) bool {
		if lit, ok := n.(*ast.FuncLit); ok && !found {
			found = p.Mentions(lit, v) > 0
		}
		return !found
	})
	return found
}
