// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
)

// exposesOpenTracing reports whether the exported API of pkg mentions a type of
// the OpenTracing API: in a signature, an exported field, an embedding, a method, a
// variable or an alias. Code that uses such a package hands spans or tracers to it;
// one that only starts spans inside is an ordinary dependency.
func exposesOpenTracing(pkg *types.Package) bool {
	e := &exposure{pkg: pkg, seen: make(map[types.Type]bool)}
	scope := pkg.Scope()
	for _, name := range scope.Names() {
		obj := scope.Lookup(name)
		if !obj.Exported() {
			continue
		}
		if tn, ok := obj.(*types.TypeName); ok && !tn.IsAlias() {
			if e.declaration(tn.Type()) {
				return true
			}
			continue
		}
		if e.mentions(obj.Type()) {
			return true
		}
	}
	return false
}

// exposure looks for types of the OpenTracing API in those of one package.
type exposure struct {
	pkg  *types.Package
	seen map[types.Type]bool
}

// declaration looks into a type that pkg declares.
func (e *exposure) declaration(t types.Type) bool {
	if e.seen[t] {
		return false
	}
	e.seen[t] = true
	if named, ok := t.(*types.Named); ok {
		for m := range named.Methods() {
			if m.Exported() && e.mentions(m.Type()) {
				return true
			}
		}
	}
	return e.mentions(t.Underlying())
}

func (e *exposure) mentions(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		if pkg := t.Obj().Pkg(); pkg != nil && opentracing.IsOpenTracing(pkg.Path()) {
			return true
		}
		for arg := range t.TypeArgs().Types() {
			if e.mentions(arg) {
				return true
			}
		}
		// Exported types are looked at by name, those of other packages are theirs.
		return t.Obj().Pkg() == e.pkg && !t.Obj().Exported() && e.declaration(t)
	case *types.Pointer:
		return e.mentions(t.Elem())
	case *types.Slice:
		return e.mentions(t.Elem())
	case *types.Array:
		return e.mentions(t.Elem())
	case *types.Chan:
		return e.mentions(t.Elem())
	case *types.Map:
		return e.mentions(t.Key()) || e.mentions(t.Elem())
	case *types.Signature:
		return e.tuple(t.Params()) || e.tuple(t.Results())
	case *types.Struct:
		for f := range t.Fields() {
			if f.Exported() && e.mentions(f.Type()) {
				return true
			}
		}
	case *types.Interface:
		for m := range t.ExplicitMethods() {
			if m.Exported() && e.mentions(m.Type()) {
				return true
			}
		}
		for embedded := range t.EmbeddedTypes() {
			if e.mentions(embedded) {
				return true
			}
		}
	}
	return false
}

func (e *exposure) tuple(t *types.Tuple) bool {
	for v := range t.Variables() {
		if e.mentions(v.Type()) {
			return true
		}
	}
	return false
}
