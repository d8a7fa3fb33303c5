// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"go/types"
)

// implementsOpenTracing pins the methods of types that implement an interface of
// the OpenTracing API themselves.
func (g *graph) implementsOpenTracing(u *unit, named *types.Named) {
	for _, imp := range u.pkg.Imports() {
		if imp.Path() != OpenTracingPath {
			continue
		}
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
				if name == "Tracer" && g.own[impl.Pkg().Path()] && g.ownTracers[u.path] == nil {
					g.ownTracers[u.path] = named.Obj()
				}
				if name == "Tracer" && g.own[impl.Pkg().Path()] {
					g.holdNoopIn(named)
				}
				if name == "Tracer" && m.Name() == "StartSpan" && g.own[impl.Pkg().Path()] {
					g.ownStarts[named.Obj().Pos()] = g.declare(impl.Signature().Results().At(0))
				}
				if n := g.function(impl); n != nil {
					n.hold(ownCategory(name), named.Obj().Pos(), named.Obj().Name()+" implements opentracing."+name+" itself")
				}
			}
		}
	}
}

// holdNoopIn holds the NoopTracer that an own tracer embeds, and has methods beside: it is a
// tracer of OpenTracing by it.
func (g *graph) holdNoopIn(tracer *types.Named) {
	st, ok := tracer.Underlying().(*types.Struct)
	if !ok {
		return
	}
	for f := range st.Fields() {
		if n := g.declare(f); n != nil && f.Embedded() && isNoop(f.Type()) {
			n.hold("own-tracer", tracer.Obj().Pos(), tracer.Obj().Name()+" implements opentracing.Tracer itself")
		}
	}
}

// foreign handles a value of a type that isn't OpenTracing's in a place that is:
// an own or a third party's implementation of an interface.
func (w *flowWalker) foreign(value ast.Expr, src, dst types.Type, to *node, tuple bool) {
	n := namedOf(src)
	if n == nil || n.Obj().Pkg() == nil {
		if _, ok := src.Underlying().(*types.Interface); ok && types.Implements(src, dst.Underlying().(*types.Interface)) {
			to.hold("structural-interface", value.Pos(), "an interface that is not OpenTracing's is used as one that is")
		}
		return
	}
	kind := softKind(dst)
	path := n.Obj().Pkg().Path()
	if kind == "" {
		if kind = interfaceKind(dst); kind == "" || isCarrierInterface(dst) {
			return
		}
		if !w.own[path] {
			to.hold("external-api", value.Pos(), "the "+kind+" comes from "+path)
			return
		}
	}
	if w.own[path] {
		if field, overrides := w.embedded(src, n, dst); field != nil {
			union(field, to)
			if overrides {
				w.usedAsOwn(n, kind, to)
				to.hold(ownCategory(kind), value.Pos(), n.Obj().Name()+" overrides methods of the opentracing."+kind+" that it embeds")
			}
			return
		}
		w.usedAsOwn(n, kind, to)
		why := n.Obj().Name() + " implements opentracing." + kind + " itself and is used here as one"
		to.hold(ownCategory(kind), value.Pos(), why)
		if iface, ok := dst.Underlying().(*types.Interface); ok {
			for m := range iface.Methods() { // some of which may be those of a type that it embeds deep inside
				if field := w.promotedFrom(src, m); field != nil {
					field.hold(ownCategory(kind), value.Pos(), why)
				}
			}
		}
		return
	}
	src0 := w.newNode(token.NoPos, nil)
	src0.origin = originMade
	src0.hold("external-api", value.Pos(), "the "+kind+" comes from "+path)
	switch {
	case knowsOpenTelemetry(path):
		to.origin |= originMade
	case kind != "SpanContext":
		w.bring(src0, value.Pos(), path, qualified(n.Obj()))
		w.bring(to, value.Pos(), path, qualified(n.Obj()))
	}
	w.soft = append(w.soft, &softEdge{file: w.file, expr: value, src: src0, dst: to, kind: kind, tuple: tuple})
}

// embedded returns the node of the embedded field by which a struct satisfies an
// interface of the OpenTracing API, and whether the struct has methods of its own
// in the field's stead.
func (w *flowWalker) embedded(src types.Type, n *types.Named, dst types.Type) (field *node, overrides bool) {
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
		if obj != nil && obj.Pkg() != nil && !IsOpenTracing(obj.Pkg().Path()) && IsOpenTracing(m.Pkg().Path()) {
			overrides = true
		}
	}
	return field, overrides
}

// givesMethods tells whether a type has the methods of an interface that OpenTracing
// declares. The interface may add others, such as Close.
func givesMethods(t types.Type, iface *types.Interface) bool {
	for m := range iface.Methods() {
		if m.Pkg() == nil || !IsOpenTracing(m.Pkg().Path()) {
			continue
		}
		if obj, _, _ := types.LookupFieldOrMethod(t, false, m.Pkg(), m.Name()); obj == nil {
			return false
		}
	}
	return embedsOpenTracing(iface)
}

// interfaceKind returns which of OpenTracing's interfaces an interface is or
// embeds, as in "Span", or "".
func interfaceKind(t types.Type) string {
	iface, ok := t.Underlying().(*types.Interface)
	if !ok {
		return ""
	}
	kind := ""
	for m := range iface.Methods() {
		if m.Pkg() == nil || m.Pkg().Path() != OpenTracingPath || m.Name() == "Set" || m.Name() == "ForeachKey" {
			continue // the latter are a carrier's
		}
		for _, name := range []string{"Span", "Tracer", "SpanContext", "StartSpanOption"} {
			tn, ok := m.Pkg().Scope().Lookup(name).(*types.TypeName)
			if ok && types.Implements(iface, tn.Type().Underlying().(*types.Interface)) {
				return name
			}
		}
		kind = "Tracer" // an extension of it
	}
	return kind
}

// isNoop tells whether a type is opentracing.NoopTracer, or a pointer to it.
func isNoop(t types.Type) bool {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	return openTracingType(t) == "opentracing.NoopTracer"
}

// usedAsOwn notes that a value of the module's own type comes to a place.
func (g *graph) usedAsOwn(n *types.Named, kind string, to *node) {
	to.origin |= ownOrigin(kind)
	if at := n.Obj().Pos(); kind == "Tracer" {
		g.ownPlaces[at], g.ownTypes[at] = append(g.ownPlaces[at], to), n.Origin()
	}
}

// ownOrigin is the origin of a value of the module's own type.
func ownOrigin(kind string) origin {
	switch kind {
	case "Span":
		return originOwnSpan
	case "Tracer":
		return originOwnTracer
	}
	return 0
}

func ownCategory(name string) string {
	switch name {
	case "Span":
		return "own-span"
	case "SpanContext":
		return "own-span-context"
	case "StartSpanOption":
		return "own-option"
	}
	return "own-tracer"
}
