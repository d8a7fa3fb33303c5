// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/types"
	"strings"
)

// hub joins the values of one OpenTracing type that a package passes through an
// empty interface, where they can't be followed: context values, sync.Map, any.
func (g *graph) hub(name, path string) *node {
	if g.hubs[name] == nil {
		g.hubs[name] = make(map[string]*node)
	}
	n := g.hubs[name][path]
	if n == nil {
		n = g.newNode(0, nil)
		g.hubs[name][path] = n
	}
	return n
}

// reachAll returns the packages of the rewritten code that each package imports,
// itself and what it tests among them.
func (g *sourceCode) reachAll() map[string]map[string]bool {
	reach := make(map[string]map[string]bool)
	for _, u := range g.units {
		reach[u.path] = make(map[string]bool)
		g.reachable(u.pkg, reach[u.path])
		reach[u.path][u.path] = true
		reach[u.path][strings.TrimSuffix(u.path, "_test")] = true
	}
	return reach
}

// findBaggage finds the packages that look at the baggage of spans or contexts, or send
// it on, or can hand contexts to one that does.
func (g *graph) findBaggage(reach map[string]map[string]bool) {
	g.baggage, g.looked = make(map[string]bool), make(map[string]bool)
	for _, u := range g.units {
		looks, sends := false, false
		for _, obj := range u.info.Uses {
			s, ok := SymbolOf(obj)
			looks = looks || ok && s.Area == AreaBaggage || obj.Pkg() != nil && obj.Pkg().Path() == baggagePath
			sends = sends || ok && s.String() == "opentracing.Tracer.Inject" || isNativeInject(obj)
		}
		if !looks && !sends {
			continue
		}
		for _, v := range g.units {
			if overlap(reach[u.path], reach[v.path]) {
				g.baggage[v.path] = true
				g.looked[v.path] = g.looked[v.path] || looks
			}
		}
	}
}

// isNativeInject tells whether an object is the method by which OpenTelemetry's
// propagators send baggage.
func isNativeInject(obj types.Object) bool {
	f, ok := obj.(*types.Func)
	return ok && f.FullName() == "("+propagationPath+".TextMapPropagator).Inject"
}

// joinHubs joins the hubs of packages that can hand such values to each other: one
// imports the other, or both import a package of the rewritten code.
func (g *graph) joinHubs(reach map[string]map[string]bool) {
	for _, byPath := range g.hubs {
		for a, x := range byPath {
			for b, y := range byPath {
				if a < b && (g.reads[x] || g.reads[y]) && overlap(reach[a], reach[b]) {
					x.from, y.from = append(x.from, y), append(y.from, x)
					join(x, y)
				}
			}
		}
	}
}

// A hiddenTags is a tag, or a set of tags, that goes into an empty interface.
type hiddenTags struct {
	name, path string
	value      ast.Expr
	from       *node
}

// joinHidden finds the tags that are asked for the interface of options after an empty
// interface hid their type: it is an option that has to be put there.
func (g *graph) joinHidden(reach map[string]map[string]bool) {
	asked := func(name, path string) *node {
		for other, hub := range g.hubs[name] {
			if g.reads[hub] && overlap(reach[path], reach[other]) {
				return hub
			}
		}
		return nil
	}
	for _, h := range g.hidden {
		option := asked("opentracing.StartSpanOption", h.path)
		if option == nil {
			continue
		}
		join(option, h.from)
		if asked(h.name, h.path) != nil {
			h.from.hold("option-value", h.value.Pos(), "it goes into an empty interface, which is asked for an option and for tags")
			continue
		}
		if h.name == tagType {
			h.from.facts |= tagOption | tagOnlyOption
		}
		g.optionPlaces[h.value] = true
	}
}

func (g *sourceCode) reachable(pkg *types.Package, seen map[string]bool) {
	for _, imp := range pkg.Imports() {
		if g.own[imp.Path()] && !seen[imp.Path()] {
			seen[imp.Path()] = true
			g.reachable(imp, seen)
		}
	}
}

func overlap(a, b map[string]bool) bool {
	for path := range a {
		if b[path] {
			return true
		}
	}
	return false
}
