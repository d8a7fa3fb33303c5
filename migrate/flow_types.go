// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/types"
)

// typeParts says how a type contains OpenTracing types.
type typeParts struct {
	self  bool              // it is spelled out in the type
	named []*types.TypeName // through these declared types, which may be another module's
}

func (p typeParts) any() bool { return p.self || len(p.named) > 0 }

// openTracingType returns the name of the OpenTracing type that t is, as
// "opentracing.Span", or "".
func openTracingType(t types.Type) string {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || !IsOpenTracing(n.Obj().Pkg().Path()) {
		return ""
	}
	return packageName(n.Obj().Pkg().Path()) + "." + n.Obj().Name()
}

// softKind returns "Span", "Tracer" or "SpanContext" for just these types.
func softKind(t types.Type) string {
	switch openTracingType(t) {
	case "opentracing.Span":
		return "Span"
	case "opentracing.Tracer":
		return "Tracer"
	case "opentracing.SpanContext":
		return "SpanContext"
	}
	return ""
}

// isCarrierInterface tells whether a type is one of the interfaces that OpenTracing
// knows carriers by. What satisfies it goes on to do so.
func isCarrierInterface(t types.Type) bool {
	switch openTracingType(t) {
	case "opentracing.TextMapReader", "opentracing.TextMapWriter":
		return true
	}
	return false
}

// parts returns how t contains OpenTracing types. A struct or an interface of the
// rewritten code doesn't: its fields and methods are looked at on their own.
func (g *graph) parts(t types.Type) typeParts {
	if p, ok := g.mixed[t]; ok {
		return p
	}
	var p typeParts
	g.collectParts(t, &p, make(map[types.Type]bool))
	g.mixed[t] = p
	return p
}

func (g *graph) collectParts(t types.Type, p *typeParts, seen map[types.Type]bool) {
	if seen[t] {
		return
	}
	seen[t] = true
	switch t := t.(type) {
	case *types.Alias:
		switch pkg := t.Obj().Pkg(); {
		case pkg != nil && !IsOpenTracing(pkg.Path()) && g.parts(types.Unalias(t)).any():
			p.named = append(p.named, t.Obj())
		default:
			g.collectParts(types.Unalias(t), p, seen)
		}
	case *types.Named:
		pkg := t.Obj().Pkg()
		switch {
		case pkg != nil && IsOpenTracing(pkg.Path()):
			p.self = true
			return
		case pkg != nil:
			switch u := t.Underlying().(type) {
			case *types.Struct:
			case *types.Interface:
				if embedsOpenTracing(u) {
					p.named = append(p.named, t.Origin().Obj())
				}
			default:
				var inner typeParts
				g.collectParts(u, &inner, seen)
				if inner.any() {
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
		if embedsOpenTracing(t) {
			p.self = true
		}
	}
}

// embedsOpenTracing tells whether an interface has methods that OpenTracing declares.
func embedsOpenTracing(t *types.Interface) bool {
	for m := range t.Methods() {
		if m.Pkg() != nil && IsOpenTracing(m.Pkg().Path()) {
			return true
		}
	}
	return false
}

// implementations joins the methods of the unit's types with those of the
// interfaces that they satisfy.
func (g *graph) implementations(u *unit) {
	scope := u.pkg.Scope()
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
			for _, v := range g.units {
				g.implementsIn(v, named)
			}
		}
	}
}

func (g *graph) hasOpenTracingMethod(named *types.Named) bool {
	ms := types.NewMethodSet(types.NewPointer(named))
	for sel := range ms.Methods() {
		if g.function(sel.Obj().(*types.Func)) != nil {
			return true
		}
	}
	return false
}

func (g *graph) implementsIn(u *unit, named *types.Named) {
	scope := u.pkg.Scope()
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
func (g *graph) joinMethods(t types.Type, iface *types.Interface) {
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

func isBlank(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "_"
}
