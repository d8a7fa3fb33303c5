// SPDX-License-Identifier: Apache-2.0

package contexts

import (
	"go/ast"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// startsOf returns the starts one of which a span variable holds the span of at a
// place, with the variable's declaration where there are several; nil where other
// spans are possible.
func (p *File) startsOf(v *types.Var, at ast.Node) ([]*ast.AssignStmt, *ast.DeclStmt) {
	if last, known := p.LastAssignment(v, at); known {
		if as := p.StartAssignment(last, v); as != nil {
			if list, _ := p.Siblings(as); list != nil {
				return []*ast.AssignStmt{as}, nil
			}
		}
		return nil, nil
	}
	return p.branchStarts(v, at)
}

// StartAssignment returns a statement as an assignment of a start to v, or nil.
func (p *File) StartAssignment(n ast.Node, v *types.Var) *ast.AssignStmt {
	as, ok := n.(*ast.AssignStmt)
	if !ok || len(as.Rhs) != 1 || p.Variable(as.Lhs[0]) != v {
		return nil
	}
	switch symbol, _ := p.Calls(p.ChainBase(as.Rhs[0])); symbol {
	case "opentracing.StartSpan", "opentracing.Tracer.StartSpan":
		if len(as.Lhs) == 1 {
			return as
		}
	case "opentracing.StartSpanFromContext", "opentracing.StartSpanFromContextWithTracer":
		if len(as.Lhs) == 2 {
			return as
		}
	}
	return nil
}

// branchStarts handles a span that is declared first and started in every branch.
func (p *File) branchStarts(v *types.Var, at ast.Node) ([]*ast.AssignStmt, *ast.DeclStmt) {
	var inner ast.Node = at
	for n := p.Parent[at]; n != nil; inner, n = n, p.Parent[n] {
		switch n.(type) {
		case *ast.FuncDecl, *ast.FuncLit, *ast.ForStmt, *ast.RangeStmt:
			return nil, nil
		}
		list, end := syntax.ListOf(n, inner)
		for i := range end {
			decl, ok := list[i].(*ast.DeclStmt)
			if !ok || p.Declares(decl) != v {
				continue
			}
			b := branches{File: p, span: v}
			if !b.walk(list[i+1:end]) || b.other || p.Assignments(p.EnclosingFunc(at), v) != 1+len(b.starts) {
				return nil, nil
			}
			return b.starts, decl
		}
	}
	return nil, nil
}

// branches collects the starts of a span on all paths through statements.
type branches struct {
	*File
	span   *types.Var
	starts []*ast.AssignStmt
	other  bool // something else may be assigned
}

// walk tells whether the span is started on every path that goes on.
func (b *branches) walk(list []ast.Stmt) (always bool) {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.AssignStmt:
			if as := b.StartAssignment(s, b.span); as != nil && (len(as.Lhs) == 1 || syntax.IsBlank(as.Lhs[1])) {
				b.starts = append(b.starts, as)
				always = true
			} else if b.Assigns(s, b.span) {
				b.other = true
			}
		case *ast.IfStmt:
			if s.Init != nil && b.Assigns(s.Init, b.span) {
				b.other = true
			}
			then, not := b.walk(s.Body.List), false
			switch e := s.Else.(type) {
			case *ast.BlockStmt:
				not = b.walk(e.List)
			case *ast.IfStmt:
				not = b.walk([]ast.Stmt{e})
			}
			always = always || then && not
		case *ast.BlockStmt:
			always = b.walk(s.List) || always
		case *ast.ReturnStmt:
			return true
		default:
			if b.Assigns(s, b.span) {
				b.other = true
			}
		}
	}
	return always
}
