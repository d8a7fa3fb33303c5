// SPDX-License-Identifier: Apache-2.0

package values

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

func (p *File) tagNameRows() []plan.Rule {
	all := plan.RowsFor("tags", p.tagNameConversion, p.tagNameType, RefusedTypeWithoutCounterpart, opentracing.TagNameTypes()...)
	for name := range opentracing.ExtNames() {
		all = append(all, plan.Rule{Symbol: "ext." + name, Name: "tags", Value: p.extName, Category: RefusedTagNameValue})
	}
	return all
}

// extName replaces a name of package ext outside of the calls that know it:
// string(ext.Component) by the text, any other by a key.
func (p *File) extName(u *plan.Use) {
	name := opentracing.ExtNames()[strings.TrimPrefix(u.Sym.String(), "ext.")]
	if call := p.textConversion(u.Expr); call != nil {
		p.Edit(p.Site(u), call, func(*edit.Renderer) string { return edit.Quote(name) })
		return
	}
	if _, isSelector := p.Parent[u.Expr].(*ast.SelectorExpr); isSelector {
		return // a method as a value
	}
	s := p.Site(u, p.Expr(u.Expr))
	s.Facts |= flow.NameFacts(name)
	if lit, ok := p.Parent[u.Expr].(*ast.CompositeLit); ok && opentracing.OpenTracingType(p.Elem(p.Info.TypeOf(lit))) != "" {
		p.Edit(s, u.Expr, func(*edit.Renderer) string { return edit.Quote(name) })
		return
	}
	p.Edit(s, u.Expr, func(r *edit.Renderer) string { return r.Attribute("Key") + "(" + edit.Quote(name) + ")" })
}

// textConversion returns the conversion to string that an expression stands in, or nil.
func (p *File) textConversion(e ast.Expr) *ast.CallExpr {
	call, ok := p.Statement(e).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return nil
	}
	if tv := p.Info.Types[call.Fun]; !tv.IsType() || !syntax.IsText(tv.Type) {
		return nil
	}
	return call
}

// tagNameType replaces a type of package ext for names.
func (p *File) tagNameType(u *plan.Use) {
	p.ReplaceType(u, func(r *edit.Renderer, _ flow.Facts) string { return r.Attribute("Key") })
}

// tagNameConversion replaces ext.StringTagName(name).
func (p *File) tagNameConversion(u *plan.Use) {
	n := p.Expr(u.Call)
	if n == nil || len(u.Call.Args) != 1 {
		return
	}
	s := p.Site(u, n)
	if p.Possible(u.Call.Args[0], "error") {
		s.Facts |= flow.NameError
	}
	p.Edit(s, u.Expr, func(r *edit.Renderer) string { return r.Attribute("Key") })
}

// Converted renders a value in a conversion, which a constant without a type needs
// not, nor one whose own conversion doesn't change it.
func (p *File) Converted(r *edit.Renderer, value ast.Expr, to string) string {
	if call, ok := ast.Unparen(value).(*ast.CallExpr); ok && len(call.Args) == 1 && p.Untyped(call.Args[0]) && p.Info.Types[call.Fun].IsType() {
		was, is := p.Info.Types[call.Args[0]].Value, p.Info.Types[value].Value
		if was != nil && is != nil && was.Kind() == is.Kind() && constant.Compare(was, token.EQL, is) {
			value = call.Args[0]
		}
	}
	if to == "" || p.Untyped(value) {
		return r.Text(value)
	}
	return to + "(" + r.Text(value) + ")"
}

// FixedName returns the text of a name that is a constant, or a variable that gets
// a value only where it is declared.
func (p *File) FixedName(name ast.Expr) (string, bool) {
	if text, known := syntax.ConstantText(p.Info, name); known {
		return text, true
	}
	v := p.Variable(name)
	if sel, ok := ast.Unparen(name).(*ast.SelectorExpr); ok {
		v, _ = p.Info.Uses[sel.Sel].(*types.Var)
	}
	if v == nil || v.IsField() || p.Several[v.Pos()] {
		return "", false
	}
	for _, u := range p.Units {
		for _, f := range u.Files {
			if f.Syntax.FileStart <= v.Pos() && v.Pos() < f.Syntax.FileEnd {
				return declaredName(u, v)
			}
		}
	}
	return "", false
}

// declaredName returns the text that a variable of a unit gets where it is
// declared, if it is never set there again.
func declaredName(u *source.Unit, v *types.Var) (text string, known bool) {
	set := 0
	var info *types.Info
	for _, f := range u.AllFiles() {
		info = f.Unit.Info
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			var names []ast.Expr
			var values []ast.Expr
			switch n := n.(type) {
			case *ast.ValueSpec:
				for _, id := range n.Names {
					names = append(names, id)
				}
				values = n.Values
			case *ast.AssignStmt:
				names, values = n.Lhs, n.Rhs
			case *ast.RangeStmt:
				names = []ast.Expr{n.Key, n.Value}
			case *ast.UnaryExpr:
				if n.Op == token.AND {
					names = []ast.Expr{n.X}
				}
			}
			for i, e := range names {
				id, ok := e.(*ast.Ident)
				if obj := info.ObjectOf(id); !ok || obj == nil || obj.Pos() != v.Pos() {
					continue
				}
				set++
				if i >= len(values) {
					continue
				}
				if call, ok := ast.Unparen(values[i]).(*ast.CallExpr); ok && len(call.Args) == 1 && info.Types[call.Fun].IsType() {
					if value, is := syntax.ConstantText(info, call.Args[0]); is {
						text, known = value, true
					}
				}
			}
			return true
		})
	}
	return text, known && set == 1
}
