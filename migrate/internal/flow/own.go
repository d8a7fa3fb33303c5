// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// BringsTracer tells whether a tracer of another module, or a span of one, comes to the
// rewritten code at a border: not one that code of the rewritten modules chose, and not one
// of both APIs.
func (g *Graph) BringsTracer(b *Border) bool {
	pin := b.Src.Pinned()
	return pin != nil && pin.Category == RefusedExternalAPI && !opentracing.IsNoop(b.File.Unit.Info.TypeOf(b.Expr)) && !g.onTwin(pin)
}

// onTwin tells whether what is held comes from the twin of mocktracer.
func (g *Graph) onTwin(pin *Pin) bool { return g.Outside[pin] == opentelemetry.MockTwinPath }

// Mocked tells whether a mock of the twin may come to a node that is a tracer.
func (g *Graph) Mocked(n *Node) bool {
	if n == nil || len(g.mocked) == 0 {
		return false
	}
	for from := range g.Sources(n, false) {
		if g.mocked[from] {
			return true
		}
	}
	return false
}

// OnTwin tells whether the value at a border in a test comes from the twin of mocktracer, or
// goes there.
func (g *Graph) OnTwin(b *Border) bool {
	return b.File.Test && (g.onTwin(b.Src.Pinned()) || g.onTwin(b.Dst.Pinned()))
}

// implementsOpenTracing pins the methods of types that implement an interface of
// the OpenTracing API themselves.
func (g *Graph) implementsOpenTracing(u *source.Unit, named *types.Named) {
	if imp := importOf(opentracing.OpenTracingPath, u.Pkg); imp != nil {
		for _, name := range []string{"Span", "SpanContext", "Tracer", "StartSpanOption", "TracerContextWithSpanExtension"} {
			tn, ok := imp.Scope().Lookup(name).(*types.TypeName)
			if !ok {
				continue
			}
			iface := tn.Type().Underlying().(*types.Interface)
			if !types.Implements(types.NewPointer(named), iface) {
				continue
			}
			for m := range iface.Methods() {
				obj, _, _ := types.LookupFieldOrMethod(types.NewPointer(named), false, m.Pkg(), m.Name())
				impl, ok := obj.(*types.Func)
				if !ok {
					continue
				}
				if name == "Tracer" && g.Own[impl.Pkg().Path()] && g.OwnTracers[u.Path] == nil {
					g.OwnTracers[u.Path] = named.Obj()
				}
				if name == "Tracer" && g.Own[impl.Pkg().Path()] {
					g.holdTracerIn(named)
				}
				if name == "Tracer" && m.Name() == "StartSpan" && g.Own[impl.Pkg().Path()] {
					g.ownStarts[named.Obj().Pos()] = g.declare(impl.Signature().Results().At(0))
				}
				if n := g.function(impl); n != nil {
					n.hold(OwnCategory(name), named.Obj().Pos(), named.Obj().Name()+" implements opentracing."+name+" itself")
				}
			}
		}
	}
}

// holdTracerIn holds the tracer that an own tracer embeds, and has methods beside: it is a
// tracer of OpenTracing by it.
func (g *Graph) holdTracerIn(tracer *types.Named) {
	st, ok := tracer.Underlying().(*types.Struct)
	if !ok {
		return
	}
	for f := range st.Fields() {
		if n := g.declare(f); n != nil && f.Embedded() && (opentracing.IsNoop(f.Type()) || opentracing.SoftKind(f.Type()) == "Tracer") {
			n.hold(RefusedOwnTracer, tracer.Obj().Pos(), tracer.Obj().Name()+" implements opentracing.Tracer itself")
		}
	}
}

// foreign handles a value of a type that isn't OpenTracing's in a place that is:
// an own or a third party's implementation of an interface.
func (w *walker) foreign(value ast.Expr, src, dst types.Type, to *Node, tuple bool) {
	n := opentracing.NamedOf(src)
	if n == nil || n.Obj().Pkg() == nil {
		if _, ok := src.Underlying().(*types.Interface); ok && types.Implements(src, dst.Underlying().(*types.Interface)) {
			to.hold(RefusedStructuralInterface, value.Pos(), "an interface that is not OpenTracing's is used as one that is")
		}
		return
	}
	kind := opentracing.SoftKind(dst)
	path := n.Obj().Pkg().Path()
	if kind == "" {
		if kind = opentracing.InterfaceKind(dst); kind == "" || opentracing.IsCarrierInterface(dst) {
			return
		}
		if !w.Own[path] {
			to.hold(RefusedExternalAPI, value.Pos(), "the "+kind+" comes from "+path)
			return
		}
	}
	if w.Own[path] {
		if field, overrides := w.embedded(src, n, dst); field != nil && !overrides {
			w.holdHidden(src, field.Obj, field)
			union(field, to)
		} else {
			w.ownValue(value, src, n, field, kind, dst, to, tuple)
		}
		return
	}
	src0 := w.NewNode(token.NoPos, nil)
	src0.Origin = OriginMade
	src0.hold(RefusedExternalAPI, value.Pos(), "the "+kind+" comes from "+path)
	w.Outside[src0.Pin] = path
	switch {
	case KnowsOpenTelemetry(path):
		to.Origin |= OriginMade
		w.mocked[to] = w.mocked[to] || kind == "Tracer" && path == opentelemetry.MockTwinPath
	case kind != "SpanContext":
		w.bring(src0, value.Pos(), path, qualified(n.Obj()))
		w.bring(to, value.Pos(), path, qualified(n.Obj()))
	}
	w.soft = append(w.soft, &softEdge{File: w.Source, Expr: value, Src: src0, Dst: to, Kind: kind, Tuple: tuple})
}

// ownValue handles a value of the module's own type, which implements an interface of the
// API or overrides methods of one that it embeds in a field. Such a tracer stays where it
// is, and code beyond the place gets its provider's.
func (w *walker) ownValue(value ast.Expr, src types.Type, n *types.Named, field *Node, kind string, dst types.Type, to *Node, tuple bool) {
	w.usedAsOwn(n, kind, to)
	why := n.Obj().Name() + " implements opentracing." + kind + " itself and is used here as one"
	held := to
	if kind == "Tracer" && opentracing.SoftKind(dst) == kind && !isBlank(to.Obj) {
		held = w.NewNode(token.NoPos, nil)
		held.Origin = OriginOwnTracer
		w.soft = append(w.soft, &softEdge{File: w.Source, Expr: value, Src: held, Dst: to, Kind: kind, Tuple: tuple})
	}
	if field != nil {
		why = n.Obj().Name() + " overrides methods of the opentracing." + kind + " that it embeds"
		union(field, held)
	}
	held.hold(OwnCategory(kind), value.Pos(), why)
	if iface, ok := dst.Underlying().(*types.Interface); ok && field == nil {
		for m := range iface.Methods() { // some of which may be those of a type that it embeds deep inside
			if deep := w.promotedFrom(src, m); deep != nil {
				deep.hold(OwnCategory(kind), value.Pos(), why)
			}
		}
	}
}

// isBlank tells whether what is declared has no name, as where a type is checked.
func isBlank(obj types.Object) bool { return obj != nil && obj.Name() == "_" }

// embedded returns the node of the embedded field by which a struct satisfies an
// interface of the OpenTracing API, and whether the struct has methods of its own
// in the field's stead.
func (w *walker) embedded(src types.Type, n *types.Named, dst types.Type) (field *Node, overrides bool) {
	st, ok := n.Underlying().(*types.Struct)
	iface, isInterface := dst.Underlying().(*types.Interface)
	if !ok || !isInterface {
		return nil, false
	}
	for f := range st.Fields() {
		if f.Embedded() && givesMethods(f.Type(), iface) {
			field = w.declare(f)
		}
	}
	for m := range iface.Methods() {
		obj, _, _ := types.LookupFieldOrMethod(src, false, m.Pkg(), m.Name())
		if obj != nil && obj.Pkg() != nil && !opentracing.IsOpenTracing(obj.Pkg().Path()) && opentracing.IsOpenTracing(m.Pkg().Path()) {
			overrides = true
		}
	}
	return field, overrides
}

// holdHidden holds an embedded field whose methods a type promotes, if the type has something
// of its own by the name of one that OpenTelemetry's type would promote: End, beside Finish.
func (g *Graph) holdHidden(t types.Type, field types.Object, n *Node) {
	f, ok := field.(*types.Var)
	if !ok || !f.Embedded() {
		return
	}
	kind := opentracing.InterfaceKind(f.Type())
	for _, name := range opentelemetry.Methods(kind) {
		if own, _, _ := types.LookupFieldOrMethod(t, true, f.Pkg(), name); own != nil && own.Pkg() != nil && g.Own[own.Pkg().Path()] {
			n.hold(OwnCategory(kind), own.Pos(), "a type that embeds an opentracing."+kind+" has its own "+name+", which would hide that of a trace."+kind)
			return
		}
	}
}

// givesMethods tells whether a type has the methods of an interface that OpenTracing
// declares. The interface may add others, such as Close.
func givesMethods(t types.Type, iface *types.Interface) bool {
	for m := range iface.Methods() {
		if m.Pkg() == nil || !opentracing.IsOpenTracing(m.Pkg().Path()) {
			continue
		}
		if obj, _, _ := types.LookupFieldOrMethod(t, false, m.Pkg(), m.Name()); obj == nil {
			return false
		}
	}
	return opentracing.EmbedsOpenTracing(iface)
}

// usedAsOwn notes that a value of the module's own type comes to a place.
func (g *Graph) usedAsOwn(n *types.Named, kind string, to *Node) {
	to.Origin |= g.ownOrigin(kind, n)
	if at := n.Obj().Pos(); kind == "Tracer" {
		g.OwnPlaces[at], g.ownTypes[at] = append(g.OwnPlaces[at], to), n.Origin()
	}
}

// ownOrigin is the origin of a value of the module's own type.
func (g *Graph) ownOrigin(kind string, n *types.Named) origin {
	switch {
	case kind == "Tracer":
		return OriginOwnTracer
	case kind != "Span":
		return 0
	case g.tellsOwnTracer(n):
		return OriginOwnSpan
	}
	return OriginOwnSpan | OriginPassedBy
}

// PassedBy is the origin of the values of the module's own types whose methods an adapter
// would pass by.
func PassedBy(kind string) origin {
	switch kind {
	case "Span":
		return OriginPassedBy
	case "Tracer":
		return OriginOwnTracer
	}
	return 0
}

// tellsOwnTracer tells whether the spans of a type say that a tracer of the module's own
// has started them. compat.OTelSpan shows those as they are; others, as what they decorate.
func (g *Graph) tellsOwnTracer(span *types.Named) bool {
	obj, index, _ := types.LookupFieldOrMethod(types.NewPointer(span), false, nil, "Tracer")
	f, ok := obj.(*types.Func)
	if !ok || len(index) != 1 {
		return false
	}
	fn := g.Declaration(f.Pos())
	if fn == nil || fn.Body == nil || len(fn.Body.List) != 1 {
		return false
	}
	ret, ok := fn.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return false
	}
	t := g.Files[g.Fset.File(f.Pos())].Unit.Info.TypeOf(ret.Results[0])
	tracer := opentracing.NamedOf(t)
	if tracer == nil || tracer.Obj().Pkg() == nil || !g.Own[tracer.Obj().Pkg().Path()] || types.IsInterface(tracer) || !opentracing.IsTracer(t) {
		return false
	}
	methods := types.NewMethodSet(t)
	return methods.Lookup(nil, "Unwrap") == nil && methods.Lookup(nil, "TracerProvider") == nil
}

func OwnCategory(name string) *refusal.Category {
	switch name {
	case "Span":
		return RefusedOwnSpan
	case "SpanContext":
		return RefusedOwnSpanContext
	case "StartSpanOption":
		return RefusedOwnOption
	}
	return RefusedOwnTracer
}
