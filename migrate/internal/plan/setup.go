// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/inventory"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// ForeignTracers returns the places, outside of tests, where packages of p make or
// install foreign tracers. A global tracer of which nothing is known is not one of them
// where the module makes a tracer of compat or of the bridge, and neither is a library's
// that is only handed on, nor one that OpenTelemetry's provider is made of.
func (rw *Run) ForeignTracers() []inventory.ForeignTracer {
	p, provided := rw.Program, rw.Provided()
	table, made := opentracing.Instrumentations(), p.MakesTracer()
	var places []inventory.ForeignTracer
	for _, pkg := range p.Packages {
		if !p.InModule(pkg) {
			continue
		}
		for _, file := range pkg.Syntax {
			if source.IsTestFile(p.Fset.File(file.FileStart).Name()) {
				continue
			}
			importsTesting := source.Imports(file, "testing")
			called := make(map[*ast.Ident]bool)
			ast.Inspect(file, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					if f, ok := pkg.TypesInfo.Uses[id].(*types.Func); ok && inventory.IsGlobalSetter(f) && !called[id] && !made && !importsTesting && !provided.becomesGlobal(id.Pos()) {
						places = append(places, inventory.ForeignTracer{Pos: p.Position(pkg, id.Pos()), Function: inventory.FunctionName(f)}) // a value, so its tracer isn't seen
					}
					return true
				}
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				switch fun := ast.Unparen(call.Fun).(type) {
				case *ast.Ident:
					called[fun] = true
				case *ast.SelectorExpr:
					called[fun.Sel] = true
				}
				place := inventory.ForeignTracer{Pos: p.Position(pkg, call.Pos())}
				if f := inventory.ForeignSetUp(table, pkg.TypesInfo, call); f != nil {
					if provided.Makes(f, call.Pos(), place.Pos) {
						return true
					}
					place.Function, place.Tracer = inventory.FunctionName(f), f.Pkg().Path()
				} else if f := inventory.SetsGlobal(pkg.TypesInfo, call); f == nil || importsTesting || provided.Sets(pkg.TypesInfo, call) {
					return true // which is for tests, or its tracer is OpenTelemetry's too
				} else if tracer, foreign := rw.globalTracer(call.Args[0]); !foreign && (made || tracer != "") {
					return true
				} else {
					place.Function = inventory.FunctionName(f)
					if foreign {
						place.Tracer = tracer
					}
				}
				places = append(places, place)
				return true
			})
		}
	}
	for _, b := range rw.Borders {
		if by := rw.Replaced[b]; made || by == nil || b.File.Test || !rw.On(by) || provided.Comes(b.Src) {
			continue
		}
		if from := rw.BroughtTo(b.Src); from != nil {
			places = append(places, inventory.ForeignTracer{Pos: rw.Position(cmp.Or(from.Pos, b.Expr.Pos())), Function: from.Name, Tracer: from.Path})
		}
	}
	slices.SortStableFunc(places, func(a, b inventory.ForeignTracer) int {
		return cmp.Or(cmp.Compare(a.Pos.Filename, b.Pos.Filename), a.Pos.Offset-b.Pos.Offset)
	})
	return slices.CompactFunc(places, func(a, b inventory.ForeignTracer) bool { return a.Pos == b.Pos })
}

// globalTracer says whose tracer an expression is, as far as that is seen: the first that
// is not OpenTelemetry's, or else anything else. It is empty if nothing is seen.
func (rw *Run) globalTracer(e ast.Expr) (tracer string, foreign bool) {
	f := rw.Files[rw.Fset.File(e.Pos())]
	if f == nil {
		return "", false
	}
	w := flow.NewFile(rw.Graph, f)
	if t := w.Info.TypeOf(e); !types.IsInterface(t) {
		switch named := opentracing.NamedOf(t); {
		case named == nil || named.Obj().Pkg() == nil:
			return "", false
		case opentracing.IsMockTracer(t):
			return opentracing.MocktracerPath, true
		case opentracing.IsNoop(t) || flow.KnowsOpenTelemetry(named.Obj().Pkg().Path()):
			return named.Obj().Name(), false
		case w.Own[named.Obj().Pkg().Path()]:
			return named.Obj().Pkg().Path() + "." + named.Obj().Name(), true
		default:
			return named.Obj().Pkg().Path(), true
		}
	}
	n := w.Expr(e)
	if n == nil {
		return "", false
	}
	if from := rw.BroughtTo(n); from != nil {
		return from.Path, true
	}
	sources := rw.Sources(n, false)
	for _, at := range slices.Sorted(maps.Keys(rw.OwnPlaces)) {
		if slices.ContainsFunc(rw.OwnPlaces[at], func(place *flow.Node) bool { return sources[place] }) {
			return rw.ownName(at), true
		}
	}
	for from := range sources {
		switch {
		case from.Origin&flow.OriginMock != 0:
			return opentracing.MocktracerPath, true
		case from.Origin&(flow.OriginSome|flow.OriginMade|flow.OriginNoop|flow.OriginContext) != 0:
			tracer = "OpenTelemetry's"
		}
	}
	return tracer, false
}

// ownName names the type that is declared at a place.
func (rw *Run) ownName(at token.Pos) string {
	u := rw.Files[rw.Fset.File(at)].Unit
	for _, name := range u.Pkg.Scope().Names() {
		if u.Pkg.Scope().Lookup(name).Pos() == at {
			return u.Path + "." + name
		}
	}
	return u.Path
}
