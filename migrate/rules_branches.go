// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/types"
)

// startsOf returns the starts one of which a span variable holds the span of at a
// place, with the variable's declaration where there are several; nil where other
// spans are possible.
func (p *contextFile) startsOf(v *types.Var, at ast.Node) ([]*ast.AssignStmt, *ast.DeclStmt) {
	if last, known := p.lastAssignment(v, at); known {
		if as := p.startAssignment(last, v); as != nil {
			if list, _ := p.siblings(as); list != nil {
				return []*ast.AssignStmt{as}, nil
			}
		}
		return nil, nil
	}
	return p.branchStarts(v, at)
}

// startAssignment returns a statement as an assignment of a start to v, or nil.
func (p *contextFile) startAssignment(n ast.Node, v *types.Var) *ast.AssignStmt {
	as, ok := n.(*ast.AssignStmt)
	if !ok || len(as.Rhs) != 1 || p.variable(as.Lhs[0]) != v {
		return nil
	}
	switch symbol, _ := p.calls(p.chainBase(as.Rhs[0])); symbol {
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
func (p *contextFile) branchStarts(v *types.Var, at ast.Node) ([]*ast.AssignStmt, *ast.DeclStmt) {
	var inner ast.Node = at
	for n := p.parent[at]; n != nil; inner, n = n, p.parent[n] {
		switch n.(type) {
		case *ast.FuncDecl, *ast.FuncLit, *ast.ForStmt, *ast.RangeStmt:
			return nil, nil
		}
		list, end := listOf(n, inner)
		for i := range end {
			decl, ok := list[i].(*ast.DeclStmt)
			if !ok || p.declares(decl) != v {
				continue
			}
			b := branches{contextFile: p, span: v}
			if !b.walk(list[i+1:end]) || b.other || p.assignments(p.enclosingFunc(at), v) != 1+len(b.starts) {
				return nil, nil
			}
			return b.starts, decl
		}
	}
	return nil, nil
}

// declares returns the variable that a statement declares without a value, or nil.
func (p *syntaxFile) declares(decl *ast.DeclStmt) *types.Var {
	gen, ok := decl.Decl.(*ast.GenDecl)
	if !ok || len(gen.Specs) != 1 {
		return nil
	}
	spec, ok := gen.Specs[0].(*ast.ValueSpec)
	if !ok || len(spec.Names) != 1 || len(spec.Values) != 0 {
		return nil
	}
	v, _ := p.info.Defs[spec.Names[0]].(*types.Var)
	return v
}

// branches collects the starts of a span on all paths through statements.
type branches struct {
	*contextFile
	span   *types.Var
	starts []*ast.AssignStmt
	other  bool // something else may be assigned
}

// walk tells whether the span is started on every path that goes on.
func (b *branches) walk(list []ast.Stmt) (always bool) {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.AssignStmt:
			if as := b.startAssignment(s, b.span); as != nil && (len(as.Lhs) == 1 || isBlank(as.Lhs[1])) {
				b.starts = append(b.starts, as)
				always = true
			} else if b.assigns(s, b.span) {
				b.other = true
			}
		case *ast.IfStmt:
			if s.Init != nil && b.assigns(s.Init, b.span) {
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
			if b.assigns(s, b.span) {
				b.other = true
			}
		}
	}
	return always
}

// leaves tells whether a statement is an if that assigns v only where it returns, so
// that what follows sees nothing of it.
func (p *syntaxFile) leaves(s ast.Stmt, v *types.Var) bool {
	ifs, ok := s.(*ast.IfStmt)
	if !ok || ifs.Init != nil && p.assigns(ifs.Init, v) || p.assigns(ifs.Cond, v) {
		return false
	}
	for _, branch := range []ast.Stmt{ifs.Body, ifs.Else} {
		block, isBlock := branch.(*ast.BlockStmt)
		switch {
		case branch == nil || !p.assigns(branch, v):
		case isBlock && p.endsInReturn(block):
		case !isBlock && p.leaves(branch, v):
		default:
			return false
		}
	}
	return true
}

// endsInReturn tells whether a block can only be left by a return.
func (p *syntaxFile) endsInReturn(block *ast.BlockStmt) bool {
	if len(block.List) == 0 {
		return false
	}
	_, returns := block.List[len(block.List)-1].(*ast.ReturnStmt)
	ast.Inspect(block, func(n ast.Node) bool {
		_, jumps := n.(*ast.BranchStmt)
		returns = returns && !jumps
		return returns
	})
	return returns
}
