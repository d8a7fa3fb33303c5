// SPDX-License-Identifier: Apache-2.0

package syntax

import (
	"go/ast"
	"go/types"
)

// A Nilness says what is known of a value.
type Nilness int

const (
	MaybeNil Nilness = iota
	NeverNil
	AlwaysNil
)

// NilMap tells whether a map is nil. Those of net/http never are. What a function is
// given for a parameter, parameter says.
func (p *File) NilMap(e ast.Expr, parameter func(v *types.Var, fn *ast.FuncDecl) Nilness) Nilness {
	e = ast.Unparen(e)
	switch x := e.(type) {
	case *ast.CompositeLit:
		return NeverNil
	case *ast.CallExpr:
		switch tv := p.Info.Types[x.Fun]; {
		case tv.IsBuiltin():
			return NeverNil // make
		case tv.IsType():
			return p.NilMap(x.Args[0], parameter)
		}
		if f := p.Callee(x); f != nil && f.Pkg() != nil && f.Pkg().Path() == "net/http" {
			return NeverNil
		}
	case *ast.SelectorExpr:
		if v, ok := p.Info.Uses[x.Sel].(*types.Var); ok && v.Pkg() != nil && v.Pkg().Path() == "net/http" {
			return NeverNil
		}
	case *ast.Ident:
		if p.IsNil(x) {
			return AlwaysNil
		}
		if p.NonNil(x) {
			return NeverNil
		}
		return p.nilVariable(p.Variable(x), x, parameter)
	}
	return MaybeNil
}

// nilVariable does the same for a variable at a place.
func (p *File) nilVariable(v *types.Var, at ast.Expr, parameter func(v *types.Var, fn *ast.FuncDecl) Nilness) Nilness {
	fn := p.OutermostFunc(at)
	switch last, known := p.LastAssignment(v, at); last := last.(type) {
	case nil:
		if fd, ok := fn.(*ast.FuncDecl); ok && known && v.Pos() < fd.Body.Pos() {
			return parameter(v, fd)
		}
	case *ast.AssignStmt:
		if value := p.AssignedValue(last, v); known && value != nil && len(last.Lhs) == len(last.Rhs) {
			return p.NilMap(value, parameter)
		}
	case *ast.DeclStmt:
		spec, ok := last.Decl.(*ast.GenDecl).Specs[0].(*ast.ValueSpec)
		if known && ok && len(spec.Values) == 0 && !p.AssignedElsewhere(fn, v) && p.Assignments(fn, v) <= 1 {
			return AlwaysNil
		}
	}
	return MaybeNil
}
