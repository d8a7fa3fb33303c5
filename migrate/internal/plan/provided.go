// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/inventory"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// Provided are the tracers that a module makes OpenTelemetry's provider of, so that they
// record the spans of rewritten code:
//
//	otel.SetTracerProvider(compat.ProviderOf(tracer))
//	compat.SetGlobalTracer(tracer)
type Provided struct {
	rw *Run
	// global has the calls that take opentracing.GlobalTracer().
	global []token.Pos
	vars   map[*types.Var]bool     // variables that have such a tracer
	made   map[token.Position]bool // where other libraries make one
	legacy bool                    // one of them is not known to be of compat or a twin
}

// Provided returns those of the module's own files, without tests.
func (rw *Run) Provided() *Provided {
	if rw.provided != nil {
		return rw.provided
	}
	rw.provided = &Provided{rw: rw, vars: make(map[*types.Var]bool), made: make(map[token.Position]bool)}
	var globals []*ast.CallExpr
	for _, u := range rw.Units {
		for _, f := range u.Files {
			if f.Test {
				continue
			}
			ast.Inspect(f.Syntax, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				if inventory.SetsGlobal(u.Info, call) != nil {
					globals = append(globals, call)
				} else if tracer := providedTracer(f, call); tracer != nil {
					rw.provided.add(u.Info, tracer)
					rw.provided.legacy = rw.provided.legacy || !madeByCompat(f, tracer)
				}
				return true
			})
		}
	}
	for _, call := range globals {
		if rw.provided.becomesGlobal(call.Pos()) {
			rw.provided.addMade(call.Args[0])
		}
	}
	return rw.provided
}

// providedTracer returns the tracer of whose provider a call makes OpenTelemetry's.
func providedTracer(f *source.File, call *ast.CallExpr) ast.Expr {
	info := f.Unit.Info
	fn, _ := typeutil.Callee(info, call).(*types.Func)
	switch {
	case fn == nil || len(call.Args) != 1:
		return nil
	case opentelemetry.SetsBoth(fn):
		return ast.Unparen(call.Args[0])
	case !opentelemetry.SetsProvider(fn):
		return nil
	}
	switch provider := ast.Unparen(call.Args[0]).(type) {
	case *ast.CallExpr:
		return argumentOfProvider(info, provider)
	case *ast.Ident:
		return argumentOfProvider(info, assignedOnce(f.Syntax, info, info.Uses[provider]))
	}
	return nil
}

// madeByCompat tells whether a tracer is what a function of compat or of a twin has made.
func madeByCompat(f *source.File, tracer ast.Expr) bool {
	call, _ := tracer.(*ast.CallExpr)
	if id, ok := tracer.(*ast.Ident); ok {
		call = assignedOnce(f.Syntax, f.Unit.Info, f.Unit.Info.Uses[id])
	}
	if call == nil {
		return false
	}
	fn, _ := typeutil.Callee(f.Unit.Info, call).(*types.Func)
	return fn != nil && fn.Pkg() != nil && opentelemetry.IsCompat(fn.Pkg().Path())
}

// argumentOfProvider returns what compat.ProviderOf is given, nil if that isn't called.
func argumentOfProvider(info *types.Info, call *ast.CallExpr) ast.Expr {
	if call == nil || len(call.Args) != 1 {
		return nil
	}
	if fn, _ := typeutil.Callee(info, call).(*types.Func); fn == nil || !opentelemetry.ProvidesTracer(fn) {
		return nil
	}
	return ast.Unparen(call.Args[0])
}

// assignedOnce returns the call whose result, or one of whose results, a variable has, if it
// is the only thing that is assigned to it.
func assignedOnce(file *ast.File, info *types.Info, v types.Object) (made *ast.CallExpr) {
	times := 0
	is := func(name ast.Expr) bool {
		id, ok := name.(*ast.Ident)
		return ok && v != nil && info.ObjectOf(id) == v
	}
	syntax.EachValue(file, is, func(value ast.Expr, _ bool) {
		times++
		if value != nil {
			made, _ = ast.Unparen(value).(*ast.CallExpr)
		}
	})
	if times != 1 {
		return nil
	}
	return made
}

func (v *Provided) add(info *types.Info, tracer ast.Expr) {
	if call, ok := tracer.(*ast.CallExpr); ok {
		if fn, _ := typeutil.Callee(info, call).(*types.Func); fn != nil && opentracing.SymbolText(fn) == "opentracing.GlobalTracer" {
			v.global = append(v.global, tracer.Pos())
			return
		}
	}
	if id, ok := tracer.(*ast.Ident); ok {
		if named, ok := info.Uses[id].(*types.Var); ok {
			v.vars[named] = true
		}
	}
	v.addMade(tracer)
}

// addMade adds the places where other libraries make what an expression is.
func (v *Provided) addMade(tracer ast.Expr) {
	for _, from := range v.brought(tracer) {
		v.made[from] = true
	}
}

func (v *Provided) brought(tracer ast.Expr) (places []token.Position) {
	f := v.rw.Files[v.rw.Fset.File(tracer.Pos())]
	if f == nil {
		return nil
	}
	return v.broughtTo(flow.NewFile(v.rw.Graph, f).Expr(tracer))
}

func (v *Provided) broughtTo(n *flow.Node) (places []token.Position) {
	if n == nil {
		return nil
	}
	for _, from := range v.rw.AllBroughtTo(n) {
		places = append(places, v.rw.Position(from.Pos))
	}
	return places
}

// Legacy tells whether there are any whose spans are not OpenTelemetry's.
func (v *Provided) Legacy() bool { return v.legacy }

// becomesGlobal tells whether the tracer that the code at a place makes the global one is
// one of them. What was the global one before is not.
func (v *Provided) becomesGlobal(set token.Pos) bool {
	f := v.rw.Files[v.rw.Fset.File(set)]
	return slices.ContainsFunc(v.global, func(taken token.Pos) bool {
		return taken > set || f == nil || v.rw.Files[v.rw.Fset.File(taken)] != f || declarationAt(f, taken) != declarationAt(f, set)
	})
}

// declarationAt returns the declaration of a file around a place.
func declarationAt(f *source.File, at token.Pos) ast.Decl {
	i := slices.IndexFunc(f.Syntax.Decls, func(d ast.Decl) bool { return d.Pos() <= at && at < d.End() })
	if i < 0 {
		return nil
	}
	return f.Syntax.Decls[i]
}

// Sets tells whether a call makes one of them the global tracer.
func (v *Provided) Sets(info *types.Info, call *ast.CallExpr) bool {
	if v.becomesGlobal(call.Pos()) {
		return true
	}
	if id, ok := ast.Unparen(call.Args[0]).(*ast.Ident); ok {
		if named, ok := info.Uses[id].(*types.Var); ok && v.vars[named] {
			return true
		}
	}
	return v.all(v.brought(call.Args[0]))
}

// Makes tells whether what another library makes by the call at a place is one of them.
func (v *Provided) Makes(fn *types.Func, call token.Pos, place token.Position) bool {
	if v.made[place] {
		return true
	}
	returned := slices.ContainsFunc(slices.Collect(fn.Signature().Results().Variables()), func(r *types.Var) bool { return opentracing.IsTracer(r.Type()) })
	return !returned && v.becomesGlobal(call)
}

// Comes tells whether all foreign tracers that come to a node are among them, and there
// are some.
func (v *Provided) Comes(n *flow.Node) bool { return v.all(v.broughtTo(n)) }

func (v *Provided) all(places []token.Position) bool {
	return len(places) > 0 && !slices.ContainsFunc(places, func(p token.Position) bool { return !v.made[p] })
}
