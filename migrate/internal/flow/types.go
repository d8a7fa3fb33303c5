// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// typeParts says how a type contains OpenTracing types.
type typeParts struct {
	self  bool              // it is spelled out in the type
	named []*types.TypeName // through these declared types, which may be another module's
}

func (p typeParts) Any() bool { return p.self || len(p.named) > 0 }

// Parts returns how t contains OpenTracing types. A struct or an interface of the
// rewritten code doesn't: its fields and methods are looked at on their own.
func (g *Graph) Parts(t types.Type) typeParts {
	if p, ok := g.mixed[t]; ok {
		return p
	}
	var p typeParts
	g.collectParts(t, &p, make(map[types.Type]bool))
	g.mixed[t] = p
	return p
}

func (g *Graph) collectParts(t types.Type, p *typeParts, seen map[types.Type]bool) {
	if seen[t] {
		return
	}
	seen[t] = true
	switch t := t.(type) {
	case *types.Alias:
		switch pkg := t.Obj().Pkg(); {
		case pkg != nil && !opentracing.IsOpenTracing(pkg.Path()) && g.Parts(types.Unalias(t)).Any():
			p.named = append(p.named, t.Obj())
		default:
			g.collectParts(types.Unalias(t), p, seen)
		}
	case *types.Named:
		pkg := t.Obj().Pkg()
		switch {
		case pkg != nil && opentracing.IsOpenTracing(pkg.Path()):
			p.self = true
			return
		case pkg != nil:
			switch u := t.Underlying().(type) {
			case *types.Struct:
			case *types.Interface:
				if opentracing.EmbedsOpenTracing(u) {
					p.named = append(p.named, t.Origin().Obj())
				}
			default:
				var inner typeParts
				g.collectParts(u, &inner, seen)
				if inner.Any() {
					p.named = append(p.named, t.Origin().Obj())
				}
			}
		}
		for arg := range t.TypeArgs().Types() {
			g.collectParts(arg, p, seen)
		}
		for param := range t.Origin().TypeParams().TypeParams() {
			g.collectParts(param, p, seen)
		}
	case *types.TypeParam:
		if g.constrains(t.Constraint(), seen) {
			p.named = append(p.named, t.Obj())
		}
	case *types.Pointer:
		g.collectParts(t.Elem(), p, seen)
	case *types.Slice:
		g.collectParts(t.Elem(), p, seen)
	case *types.Array:
		g.collectParts(t.Elem(), p, seen)
	case *types.Chan:
		g.collectParts(t.Elem(), p, seen)
	case *types.Map:
		g.collectParts(t.Key(), p, seen)
		g.collectParts(t.Elem(), p, seen)
	case *types.Signature:
		g.collectParts(t.Params(), p, seen)
		g.collectParts(t.Results(), p, seen)
	case *types.Tuple:
		for v := range t.Variables() {
			g.collectParts(v.Type(), p, seen)
		}
	case *types.Interface:
		if opentracing.EmbedsOpenTracing(t) {
			p.self = true
		}
	}
}

// implementations joins the methods of the unit's types with those of the
// interfaces that they satisfy.
func (g *Graph) implementations(u *source.Unit) {
	scope := u.Pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() || types.IsInterface(tn.Type()) {
			continue
		}
		named, ok := tn.Type().(*types.Named)
		if !ok || named.TypeParams().Len() > 0 {
			continue
		}
		g.implementsOpenTracing(u, named)
		if g.hasOpenTracingMethod(named) {
			for _, v := range g.Units {
				g.implementsIn(v, named)
			}
		}
	}
}

func (g *Graph) hasOpenTracingMethod(named *types.Named) bool {
	ms := types.NewMethodSet(types.NewPointer(named))
	for sel := range ms.Methods() {
		if g.function(sel.Obj().(*types.Func)) != nil {
			return true
		}
	}
	return false
}

func (g *Graph) implementsIn(u *source.Unit, named *types.Named) {
	scope := u.Pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() {
			continue
		}
		if iface, ok := tn.Type().Underlying().(*types.Interface); ok {
			g.joinMethods(named, iface)
		}
	}
}

// joinMethods joins the methods of a type with those of an interface when the type
// (or a pointer to it) satisfies the interface.
func (g *Graph) joinMethods(t types.Type, iface *types.Interface) {
	if iface.NumMethods() == 0 {
		return
	}
	if !types.Implements(t, iface) {
		p := types.NewPointer(t)
		if types.IsInterface(t) || !types.Implements(p, iface) {
			return
		}
		t = p
	}
	for m := range iface.Methods() {
		obj, _, _ := types.LookupFieldOrMethod(t, false, m.Pkg(), m.Name())
		impl, ok := obj.(*types.Func)
		if !ok || impl == m {
			continue
		}
		a, b := impl.Origin().Signature(), m.Origin().Signature()
		for i := range a.Params().Len() {
			g.dispatch(g.declare(b.Params().At(i)), g.declare(a.Params().At(i)))
		}
		for i := range a.Results().Len() {
			g.dispatch(g.declare(a.Results().At(i)), g.declare(b.Results().At(i)))
		}
	}
}
