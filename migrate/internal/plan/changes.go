// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// Needless returns the other side of tracer != nil && …, where the tracer is the
// global one, which is never nil, or nil.
func (p *File) Needless(e *ast.BinaryExpr) ast.Expr {
	both := token.LAND
	if e.Op == token.EQL {
		both = token.LOR
	}
	around, ok := p.Statement(e).(*ast.BinaryExpr)
	v := p.Variable(e.X)
	if !ok || around.Op != both || !p.IsNil(e.Y) || v == nil || opentracing.OpenTracingType(v.Type()) != "opentracing.Tracer" {
		return nil
	}
	last, known := p.LastAssignment(v, e)
	as, ok := last.(*ast.AssignStmt)
	if !ok || !known {
		return nil
	}
	if symbol, _ := p.Calls(p.AssignedValue(as, v)); symbol != "opentracing.GlobalTracer" {
		return nil
	}
	if ast.Unparen(around.X) == e {
		return around.Y
	}
	return around.X
}

// Rename replaces every mention of a variable but its declaration.
func (p *File) Rename(s *Site, fn ast.Node, declared ast.Expr, v *types.Var, render func(r *edit.Renderer) string) {
	ast.Inspect(fn, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id != declared && p.Info.Uses[id] == v {
			p.Edit(s, id, render)
		}
		return true
	})
}

// Elements returns the values of a struct literal by the names of its fields, nil
// where one is missing, and the uses in its type and keys.
func (p *File) Elements(lit *ast.CompositeLit, names ...string) (values []ast.Expr, uses []*Use) {
	values = make([]ast.Expr, len(names))
	if lit.Type != nil {
		uses = append(uses, p.UseOf(lit.Type))
	}
	for i, elt := range lit.Elts {
		pair, ok := elt.(*ast.KeyValueExpr)
		if !ok {
			values[i] = elt
			continue
		}
		id := pair.Key.(*ast.Ident)
		uses = append(uses, p.Uses[id])
		for j, name := range names {
			if name == id.Name {
				values[j] = pair.Value
			}
		}
	}
	return values, uses
}

// DropVariable deletes a tracer variable from its declaration if its mentions all go.
func (p *File) DropVariable(s *Site, v *types.Var, fn ast.Node) {
	var decl *ast.AssignStmt
	others := 0
	ast.Inspect(fn, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || p.Info.ObjectOf(id) != v {
			return true
		}
		switch par := p.Parent[id].(type) {
		case *ast.AssignStmt:
			if par.Tok == token.DEFINE && slices.Contains(par.Lhs, ast.Expr(id)) && len(par.Lhs) == len(par.Rhs) {
				decl = par
				return true
			}
		case *ast.BinaryExpr:
			if p.Needless(par) != nil {
				return true
			}
		case *ast.SelectorExpr:
			switch p.SymbolOf(par) {
			case "opentracing.Tracer.Inject", "opentracing.Tracer.Extract":
				return true
			}
		}
		others++
		return true
	})
	if decl == nil || others > 0 || len(p.Edits.ByNode[decl]) > 0 {
		return
	}
	i := slices.IndexFunc(decl.Lhs, func(l ast.Expr) bool { return p.Variable(l) == v })
	list, _ := p.Siblings(decl)
	if !p.PureArguments(decl.Rhs[i]) {
		return
	}
	if around, ok := p.Parent[decl].(*ast.IfStmt); ok && around.Init == decl && len(decl.Lhs) == 1 {
		p.Edit(s, decl, func(*edit.Renderer) string { return "" })
	}
	if list == nil {
		return
	}
	if len(decl.Lhs) == 1 {
		p.Edit(s, decl, nil)
		return
	}
	lhs, rhs := slices.Delete(slices.Clone(decl.Lhs), i, i+1), slices.Delete(slices.Clone(decl.Rhs), i, i+1)
	if !slices.ContainsFunc(lhs, func(l ast.Expr) bool { return p.Info.Defs[l.(*ast.Ident)] != nil && !syntax.IsBlank(l) }) {
		return
	}
	p.Edit(s, decl, func(r *edit.Renderer) string {
		return r.Texts(lhs) + " := " + r.Texts(rhs)
	})
}

// ReplaceType replaces the name of a type by one that what is known of its group
// decides.
func (p *File) ReplaceType(u *Use, name func(r *edit.Renderer, known flow.Facts) string) {
	n := p.Mentioned(u.Expr)
	if n == nil {
		return
	}
	s := p.Site(u, n)
	p.Edit(s, u.Expr, func(r *edit.Renderer) string { return name(r, p.Run.FactsOf(s)) })
}
