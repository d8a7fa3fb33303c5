// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// An exportedNode is an OpenTracing type in an exported declaration.
type exportedNode struct {
	Name string
	Obj  types.Object
	Node *Node
	Old  string
}

// ExportedNodes returns the exported declarations of a unit that nodeOf knows.
func (g *Graph) ExportedNodes(u *source.Unit, nodeOf func(types.Object) *Node) []exportedNode {
	var out []exportedNode
	add := func(name string, holder types.Object, v types.Object) {
		if n := nodeOf(v); n != nil {
			old := opentracing.OpenTracingType(v.Type())
			if old == "" {
				old = firstOpenTracing(v.Type())
			}
			if kind := opentracing.InterfaceKind(v.Type()); old == "" && v == holder && kind != "" {
				old = "opentracing." + kind
			}
			out = append(out, exportedNode{u.Path + "." + name, holder, n, old})
		}
	}
	signature := func(name string, f *types.Func) {
		sig := f.Signature()
		for _, tuple := range []*types.Tuple{sig.Params(), sig.Results()} {
			for v := range tuple.Variables() {
				add(name, f, v)
			}
		}
	}
	seen := make(map[string]bool)
	var members func(name string, named *types.Named)
	promoted := func(name string, t types.Type) {
		if named := opentracing.NamedOf(t); named != nil && g.unnamed(named) {
			members(name, named)
		}
	}
	members = func(name string, named *types.Named) {
		at := name + " " + named.String()
		if seen[at] {
			return // it embeds itself
		}
		seen[at] = true
		for m := range named.Methods() {
			if m.Exported() {
				signature("("+name+")."+m.Name(), m)
			}
		}
		switch t := named.Underlying().(type) {
		case *types.Struct:
			for f := range t.Fields() {
				if f.Exported() {
					add(name+"."+f.Name(), f, f)
				}
				if f.Embedded() {
					promoted(name, f.Type())
				}
			}
		case *types.Interface:
			for m := range t.ExplicitMethods() {
				signature("("+name+")."+m.Name(), m)
			}
			for embedded := range t.EmbeddedTypes() {
				promoted(name, embedded)
			}
		}
	}
	scope := u.Pkg.Scope()
	for _, name := range scope.Names() {
		obj := scope.Lookup(name)
		if f := g.Files[g.Fset.File(obj.Pos())]; !obj.Exported() || f == nil || f.Test {
			continue
		}
		switch obj := obj.(type) {
		case *types.Func:
			signature(name, obj)
		case *types.Var:
			add(name, obj, obj)
		case *types.TypeName:
			add(name, obj, obj)
			if named, ok := types.Unalias(obj.Type()).(*types.Named); ok && (!obj.IsAlias() || g.unnamed(named)) {
				members(name, named)
			}
		}
	}
	return out
}

// unnamed tells whether a type of the module's own has no name that importers of the
// module can use: what it has is exported by the aliases of it, and by the types that
// embed it.
func (g *Graph) unnamed(named *types.Named) bool {
	pkg := named.Obj().Pkg()
	return pkg != nil && g.Own[pkg.Path()] && (!named.Obj().Exported() || pkg.Name() == "main" || slices.Contains(strings.Split(pkg.Path(), "/"), "internal"))
}

// keepExported holds the exported declarations of a unit that have to keep their types.
func (g *Graph) keepExported(u *source.Unit) {
	for _, n := range g.ExportedNodes(u, g.declare) {
		why := n.Name + " keeps its type"
		if !u.KeepAPI {
			owner, _, isField := strings.Cut(strings.TrimPrefix(n.Name, u.Path+"."), ".")
			if !u.Kept[n.Obj.Name()] && !(isField && u.Kept[owner]) {
				continue
			}
			why = n.Name + " keeps its type, for code that does not compile uses it"
		}
		n.Node.Origin |= OriginUnknown
		if opentracing.InterfaceKind(n.Node.Obj.Type()) == "Tracer" && g.brought[n.Node] == nil {
			why := Pin{RefusedForeignTracer, n.Obj.Pos(), "code outside of the module may hand in its tracer by " + n.Name}
			g.brought[n.Node] = &foreignTracer{Pin: why}
		}
		n.Node.hold(RefusedKeptAPI, n.Obj.Pos(), why)
	}
}

// firstOpenTracing names an OpenTracing type inside a type, or in what constrains it.
func firstOpenTracing(t types.Type) string {
	switch t := t.(type) {
	case *types.TypeParam:
		return firstOpenTracing(t.Constraint())
	case interface{ Elem() types.Type }:
		return firstOpenTracing(t.Elem())
	}
	s := types.TypeString(t, func(p *types.Package) string { return p.Name() })
	for _, name := range slices.Sorted(maps.Keys(opentelemetry.NewTypes())) {
		if strings.Contains(s, name) {
			return name
		}
	}
	return ""
}
