// SPDX-License-Identifier: Apache-2.0

package twin

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/move"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// asserted is what a member asks values for types of Jaeger's client.
type asserted struct {
	strict bool            // of values that other code makes, in a way that only the type itself passes
	asks   []*asking       // the places that can ask for contexts of Jaeger's client as well as the twin's
	paths  map[string]bool // what the files that import it import
}

// see notes what a file asks.
func (a *asserted) see(in *installs) {
	f := in.Source
	for _, spec := range f.Syntax.Imports {
		a.paths[source.SpecOf(spec).Path] = true
	}
	of := func(e ast.Expr) bool { return e != nil && kindOfType(f.Unit.Info.TypeOf(e)) == jaeger }
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.TypeAssertExpr:
			switch {
			case !of(n.Type) || f.Test && in.startsOn(n.X):
			case !f.Test && in.hasOK(n) && in.asksContext(n):
				a.asks = append(a.asks, &asking{edits: in.edits, node: n})
			default:
				a.strict = true
			}
		case *ast.TypeSwitchStmt:
			for _, clause := range n.Body.List {
				for _, e := range clause.(*ast.CaseClause).List {
					a.strict = a.strict || of(e)
				}
			}
		}
		return true
	})
}

// hasOK tells whether an assertion has a second result: v, ok := x.(T).
func (in *installs) hasOK(e *ast.TypeAssertExpr) bool {
	var at ast.Node = e
	for {
		paren, ok := in.Parent[at].(*ast.ParenExpr)
		if !ok {
			break
		}
		at = paren
	}
	switch parent := in.Parent[at].(type) {
	case *ast.AssignStmt:
		return len(parent.Lhs) == 2 && len(parent.Rhs) == 1
	case *ast.ValueSpec:
		return len(parent.Names) == 2 && len(parent.Values) == 1
	}
	return false
}

// startsOn tells whether an expression is a span, or its context, that a test starts by a
// tracer which it makes of Jaeger's client itself: no code that moves has to do with its type.
func (in *installs) startsOn(e ast.Expr) bool {
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok && isMethod(in.Callee(call), "Span", "Context") {
		e = syntax.ReceiverOf(call)
	}
	v := in.Variable(e)
	fn := in.OutermostFunc(e)
	if v == nil || fn == nil || v.IsField() || v.Pos() < fn.Pos() || v.Pos() >= fn.End() {
		return false
	}
	only, set := true, false
	syntax.EachValue(fn, func(name ast.Expr) bool { return in.Variable(name) == v }, func(value ast.Expr, _ bool) {
		if value != nil {
			only, set = only && in.startsOnOwn(value), true
		}
	})
	ast.Inspect(fn, func(n ast.Node) bool { // by what is called with its address, it gets others
		u, ok := n.(*ast.UnaryExpr)
		only = only && !(ok && u.Op == token.AND && in.Variable(u.X) == v)
		return only
	})
	return only && set
}

// startsOnOwn tells whether an expression is a call that starts a span by such a tracer.
func (in *installs) startsOnOwn(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	f := in.Callee(call)
	switch {
	case f == nil:
		return false
	case f.FullName() == opentracing.OpenTracingPath+".StartSpanFromContextWithTracer" && len(call.Args) > 1:
		return in.ownTracer(call.Args[1])
	case isMethod(f, "Tracer", "StartSpan"):
		return in.ownTracer(syntax.ReceiverOf(call))
	}
	return false
}

// ownTracer tells whether an expression is a variable that only Jaeger's client gives a tracer.
func (in *installs) ownTracer(e ast.Expr) bool {
	v := in.Variable(e)
	if v == nil {
		return false
	}
	only, set := true, false
	syntax.EachValue(in.Source.Syntax, func(name ast.Expr) bool { return in.Variable(name) == v }, func(value ast.Expr, _ bool) {
		if value == nil {
			return
		}
		set = true
		call, ok := ast.Unparen(value).(*ast.CallExpr)
		f := (*types.Func)(nil)
		if ok {
			f = in.Callee(call)
		}
		only = only && f != nil && f.Pkg() != nil && isJaeger(f.Pkg().Path())
	})
	return only && set
}

// isMethod tells whether a function is a method of an interface of OpenTracing.
func isMethod(f *types.Func, owner, name string) bool {
	return f != nil && f.FullName() == "("+opentracing.OpenTracingPath+"."+owner+")."+name
}

// asksContext tells whether an assertion asks a context of OpenTracing to be Jaeger's.
func (in *installs) asksContext(e *ast.TypeAssertExpr) bool {
	from := opentracing.NamedOf(in.Info.TypeOf(e.X))
	if from == nil || from.Obj().Pkg() == nil || from.Obj().Pkg().Path() != opentracing.OpenTracingPath || from.Obj().Name() != "SpanContext" {
		return false
	}
	name, _ := e.Type.(*ast.Ident)
	if sel, ok := e.Type.(*ast.SelectorExpr); ok {
		name = sel.Sel
	}
	if name == nil {
		return false
	}
	tn, ok := in.Info.Uses[name].(*types.TypeName)
	return ok && tn.Pkg() != nil && tn.Pkg().Path() == opentracing.JaegerPath && tn.Name() == "SpanContext"
}

// An asking is an assertion
//
//	sc, ok := span.Context().(jaeger.SpanContext)
//
// in code that moves. Where tests that run it stay on Jaeger's client, it has to hold for
// their spans, too:
//
//	sc, ok := jaeger.SpanContextOf(span.Context())
type asking struct {
	edits *edit.File
	node  *ast.TypeAssertExpr
	part  *move.Part
	tests []*move.Part
}

// Edits implements edit.Owner.
func (a *asking) Edits() bool {
	return a.part.Edits() && slices.ContainsFunc(a.tests, func(p *move.Part) bool { return !p.Edits() })
}

// Adapting implements edit.Owner. There are no adapters here.
func (a *asking) Adapting() {}

// serve has the assertion hold for the spans of tests that may stay.
func (a *asking) serve(part, tests *move.Part) {
	a.tests = append(a.tests, tests)
	if a.part != nil {
		return
	}
	a.part = part
	a.edits.Add(a, a.node, func(r *edit.Renderer) string {
		of := "SpanContextOf(" + r.Text(a.node.X) + ")"
		if sel, ok := a.node.Type.(*ast.SelectorExpr); ok {
			return r.Text(sel.X) + "." + of
		}
		return of
	})
}

// apart tells whether tests on Jaeger's client may stay on it where what they run moves. They
// may not where an assertion there is what they are about.
func (a *asserted) apart(ran *asserted, path, of string) bool {
	return !a.strict && !ran.strict && (len(ran.asks) == 0 || path != of && !a.paths[path])
}

// assertedBy notes what a file asks, if it imports Jaeger's client.
func (rw *Run) assertedBy(e *edit.File, all map[member]*asserted) {
	f := e.Source
	if !slices.ContainsFunc(f.Syntax.Imports, func(spec *ast.ImportSpec) bool { return isJaeger(source.SpecOf(spec).Path) }) {
		return
	}
	of := member{jaeger, f.Unit.Path, f.Test}
	if all[of] == nil {
		all[of] = &asserted{paths: make(map[string]bool)}
	}
	in := &installs{File: syntax.NewFile(rw.Code, f), run: rw, edits: e}
	in.Parents(func(ast.Node) {})
	all[of].see(in)
}
