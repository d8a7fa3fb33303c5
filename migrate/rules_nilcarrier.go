// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/types"
	"slices"
)

// nilMapPanics says what becomes of a map that is nil, which no propagator expects.
const nilMapPanics = "where the map is nil, this panics, where Inject of compat returns an error"

// nilCarrier looks at a map that is injected into.
func (p *propagationFile) nilCarrier(s *site, carrier ast.Expr) {
	if _, ok := p.info.TypeOf(carrier).Underlying().(*types.Map); !ok {
		return
	}
	switch p.nilMap(carrier) {
	case alwaysNil:
		s.deny("carrier", carrier.Pos(), "the carrier is a nil map, for which Inject returns an error")
	case maybeNil:
		s.change(nilMapPanics)
	}
}

// A nilness says what is known of a value.
type nilness int

const (
	maybeNil nilness = iota
	neverNil
	alwaysNil
)

// nilMap tells whether a map is nil. Those of net/http never are.
func (p *propagationFile) nilMap(e ast.Expr) nilness {
	e = ast.Unparen(e)
	switch x := e.(type) {
	case *ast.CompositeLit:
		return neverNil
	case *ast.CallExpr:
		switch tv := p.info.Types[x.Fun]; {
		case tv.IsBuiltin():
			return neverNil // make
		case tv.IsType():
			return p.nilMap(x.Args[0])
		}
		if f := p.callee(x); f != nil && f.Pkg() != nil && f.Pkg().Path() == "net/http" {
			return neverNil
		}
	case *ast.SelectorExpr:
		if v, ok := p.info.Uses[x.Sel].(*types.Var); ok && v.Pkg() != nil && v.Pkg().Path() == "net/http" {
			return neverNil
		}
	case *ast.Ident:
		if p.isNil(x) {
			return alwaysNil
		}
		v := p.variable(x)
		switch last, known := p.lastAssignment(v, x); last := last.(type) {
		case *ast.AssignStmt:
			if value := p.assignedValue(last, v); known && value != nil && len(last.Lhs) == len(last.Rhs) {
				return p.nilMap(value)
			}
		case *ast.DeclStmt:
			spec, ok := last.Decl.(*ast.GenDecl).Specs[0].(*ast.ValueSpec)
			if known && ok && len(spec.Values) == 0 && !p.assignedElsewhere(p.outermostFunc(x), v) && p.assignments(p.outermostFunc(x), v) <= 1 {
				return alwaysNil
			}
		}
	}
	if p.nonNil(e) {
		return neverNil
	}
	return maybeNil
}

// malformedNotFound says what becomes of an error that only code that looks closer sees.
const malformedNotFound = "a malformed header counts as none: the error is the one for no span context, not ErrSpanContextCorrupted"

// looksAtError tells whether code does more with the error of an Extract than to compare it
// with nil.
func (p *propagationFile) looksAtError(call *ast.CallExpr) bool {
	as, ok := p.statement(call).(*ast.AssignStmt)
	if !ok || len(as.Lhs) != 2 {
		_, dropped := p.statement(call).(*ast.ExprStmt)
		return !dropped
	}
	if isBlank(as.Lhs[1]) {
		return false
	}
	err := p.variable(as.Lhs[1])
	if err == nil || err.IsField() {
		return true
	}
	looks := false
	ast.Inspect(p.outermostFunc(as), func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if looks || !ok || p.info.ObjectOf(id) != err {
			return !looks
		}
		switch parent := p.statement(id).(type) {
		case *ast.BinaryExpr:
			if p.isNil(parent.X) || p.isNil(parent.Y) {
				return true
			}
		case *ast.AssignStmt:
			if slices.Contains(parent.Lhs, ast.Expr(id)) {
				return true
			}
		case *ast.ValueSpec:
			return true
		}
		last, known := p.lastAssignment(err, id)
		looks = !known || last == ast.Node(as)
		return true
	})
	return looks
}

// needsNil tells whether a variable that got the error of an Inject, which is always nil
// then, has to be set to nil: it may have another value before, and be looked at later.
func (p *propagationFile) needsNil(stmt *ast.AssignStmt, before, after []ast.Stmt) bool {
	v, fn := p.variable(stmt.Lhs[0]), p.outermostFunc(stmt)
	if v == nil || v.IsField() || fn == nil || p.enclosingFunc(stmt) != fn || v.Pos() < fn.Pos() || v.Pos() >= fn.End() || p.inLiteral(fn, v) {
		return true
	}
	for i := len(before) - 1; i >= 0; i-- {
		if p.mentions(before[i], v) == 0 {
			continue
		}
		if ifs, ok := before[i].(*ast.IfStmt); ok && ifs.Else == nil && p.endsInReturn(ifs.Body) {
			if cond, ok := ast.Unparen(ifs.Cond).(*ast.BinaryExpr); ok && cond.Op.String() == "!=" && p.variable(cond.X) == v && p.isNil(cond.Y) {
				return false // it is nil already
			}
		}
		break
	}
	for _, next := range after {
		if p.mentions(next, v) == 0 {
			if p.mayReturn(next) {
				return true
			}
			continue
		}
		as, ok := next.(*ast.AssignStmt)
		return !ok || !p.assignedBy(as, v) || p.mentions(as, v) != 1
	}
	return true
}

// mayReturn tells whether the function may end in a statement, which may have the variable
// as a result with a name.
func (p *propagationFile) mayReturn(s ast.Stmt) bool {
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
func (p *propagationFile) inLiteral(fn ast.Node, v *types.Var) bool {
	found := false
	ast.Inspect(fn, func(n ast.Node) bool {
		if lit, ok := n.(*ast.FuncLit); ok && !found {
			found = p.mentions(lit, v) > 0
		}
		return !found
	})
	return found
}
