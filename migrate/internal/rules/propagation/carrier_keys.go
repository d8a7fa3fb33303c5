// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"go/ast"
	"go/types"
	"net/textproto"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// mapCarrier renders a carrier of OpenTracing's that is a map. OpenTracing's are searched
// for a key in any case, those of OpenTelemetry have to have it as the propagator writes
// it: so where a map is read whose keys are not known, a type of the package finds them.
func (p *File) mapCarrier(s *plan.Site, carrier ast.Expr, reads bool) func(r *edit.Renderer) string {
	s.Need(p.Expr(carrier))
	helper := "foldedCarrier"
	if opentracing.OpenTracingType(p.Info.TypeOf(carrier)) == "opentracing.HTTPHeadersCarrier" {
		helper = "foldedHeader"
	}
	if !reads || p.plainKeys(carrier) {
		return func(r *edit.Renderer) string { return r.Text(carrier) }
	}
	return func(r *edit.Renderer) string { return r.Helper(helper) + "{" + r.Text(carrier) + "}" }
}

// plainKeys tells whether a map is known to have its keys as propagators write them: it
// is made here with such keys, and filled by Inject or with such keys. An http.Header has
// them by its methods.
func (p *File) plainKeys(e ast.Expr) bool {
	e = ast.Unparen(e)
	switch x := e.(type) {
	case *ast.CompositeLit:
		return !slices.ContainsFunc(x.Elts, func(e ast.Expr) bool {
			kv, ok := e.(*ast.KeyValueExpr)
			return !ok || !p.plainKey(kv.Key, p.Info.TypeOf(x))
		})
	case *ast.CallExpr:
		if id, ok := ast.Unparen(x.Fun).(*ast.Ident); ok {
			if b, ok := p.Info.Uses[id].(*types.Builtin); ok {
				return b.Name() == "make"
			}
		}
		if p.Info.Types[x.Fun].IsType() && len(x.Args) == 1 {
			return p.plainKeys(x.Args[0])
		}
	case *ast.Ident:
		if v := p.Variable(x); v != nil && !v.IsField() && v.Parent() != p.Source.Unit.Pkg.Scope() {
			if plain, made := p.filledPlainly(v, x); made {
				return plain
			}
		}
	}
	return isHeader(p.Info.TypeOf(e))
}

func isHeader(t types.Type) bool { return types.TypeString(t, nil) == "net/http.Header" }

// plainKey tells whether a key of a map of some type is constant and written as
// propagators do.
func (p *File) plainKey(key ast.Expr, of types.Type) bool {
	text, known := syntax.ConstantText(p.Info, key)
	if m, ok := of.Underlying().(*types.Map); ok && !types.Identical(m.Elem(), types.Typ[types.String]) {
		return known && text == textproto.CanonicalMIMEHeaderKey(text)
	}
	return known && text == strings.ToLower(text)
}

// filledPlainly tells whether a local map gets plain keys only, and whether it is made in
// this function. One that goes elsewhere may get others there, unless it is an
// http.Header.
func (p *File) filledPlainly(v *types.Var, at ast.Node) (plain, made bool) {
	plain = true
	header := isHeader(v.Type())
	ast.Inspect(p.OutermostFunc(at), func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || p.Info.ObjectOf(id) != v {
			return plain
		}
		switch parent := p.Statement(id).(type) {
		case *ast.AssignStmt:
			if !slices.Contains(parent.Lhs, ast.Expr(id)) {
				plain = header // which has another name then
				break
			}
			made = true
			value := p.AssignedValue(parent, v)
			plain = value != nil && p.Mentions(value, v) == 0 && p.plainKeys(value)
		case *ast.ValueSpec:
			made = true
			plain = len(parent.Values) == len(parent.Names) && p.plainKeys(parent.Values[slices.Index(parent.Names, id)])
		case *ast.IndexExpr:
			as, ok := p.Statement(parent).(*ast.AssignStmt)
			plain = !ok || !slices.Contains(as.Lhs, ast.Expr(parent)) || p.plainKey(parent.Index, v.Type())
		case *ast.SelectorExpr:
			plain = header || strings.HasSuffix(p.SymbolOf(parent), ".ForeachKey")
		case *ast.RangeStmt, *ast.ReturnStmt, *ast.BinaryExpr:
		case *ast.CallExpr:
			plain = header || p.onlyCarries(parent)
		default:
			plain = header
		}
		return plain
	})
	return plain, made
}

// onlyCarries tells whether a call with a map as its argument is an Inject, an Extract, a
// conversion for one, or a builtin function.
func (p *File) onlyCarries(call *ast.CallExpr) bool {
	if tv := p.Info.Types[call.Fun]; tv.IsBuiltin() {
		return true
	} else if tv.IsType() {
		around, ok := p.Statement(call).(*ast.CallExpr)
		return ok && p.onlyCarries(around)
	}
	switch p.SymbolOf(call.Fun) {
	case "opentracing.Tracer.Inject", "opentracing.Tracer.Extract":
		return true
	}
	return false
}
