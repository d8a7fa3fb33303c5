// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"go/ast"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
)

// A hiddenImplementer is a value that goes into an empty interface and whose type, which is
// not OpenTracing's, implements an interface of the API.
type hiddenImplementer struct {
	value ast.Expr
	kind  string // "Span", "Tracer" or "SpanContext"
	named *types.Named
	path  string // where it goes into the interface
	field *Node  // what gives it all of the methods, or nil
}

// hides notes such a value.
func (w *walker) hides(value ast.Expr, src, dst types.Type) {
	if src == nil || dst == nil {
		return
	}
	iface, ok := dst.Underlying().(*types.Interface)
	n := opentracing.NamedOf(src)
	if !ok || iface.NumMethods() > 0 || n == nil || n.Obj().Pkg() == nil || types.IsInterface(n) || opentracing.IsOpenTracing(n.Obj().Pkg().Path()) {
		return
	}
	api := importOf(opentracing.OpenTracingPath, n.Obj().Pkg(), w.Source.Unit.Pkg)
	if api == nil {
		return
	}
	for _, kind := range []string{"Span", "Tracer", "SpanContext"} {
		tn, ok := api.Scope().Lookup(kind).(*types.TypeName)
		if !ok || !types.Implements(src, tn.Type().Underlying().(*types.Interface)) {
			continue
		}
		h := hiddenImplementer{value: value, kind: kind, named: n, path: w.Source.Unit.Path}
		if field, overrides := w.embedded(src, n, tn.Type()); !overrides {
			h.field = field
		}
		w.implementers = append(w.implementers, h)
	}
}

// importOf returns the package of a path that one of some packages imports, or nil.
func importOf(path string, from ...*types.Package) *types.Package {
	for _, pkg := range from {
		for _, imp := range pkg.Imports() {
			if imp.Path() == path {
				return imp
			}
		}
	}
	return nil
}

// holdImplementers holds the values that are asserted out of empty interfaces where such a
// value may be found: it stays one of OpenTracing, unless its type has the methods from a
// field that changes with them.
func (g *Graph) holdImplementers(reach map[string]map[string]bool) {
	for _, h := range g.implementers {
		hub := g.asked("opentracing."+h.kind, h.path, reach)
		switch {
		case hub == nil:
		case !g.Own[h.named.Obj().Pkg().Path()]:
			hub.hold(RefusedExternalAPI, h.value.Pos(), "the "+h.kind+" comes from "+h.named.Obj().Pkg().Path())
		case h.field != nil:
			union(hub, h.field)
		default:
			hub.Origin |= g.ownOrigin(h.kind, h.named)
			hub.hold(OwnCategory(h.kind), h.value.Pos(), h.named.Obj().Name()+" implements opentracing."+h.kind+" itself, and goes into an empty interface that is asserted to be one")
		}
	}
}
