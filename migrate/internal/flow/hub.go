// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"go/ast"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// hub joins the values of one OpenTracing type that a package passes through an
// empty interface, where they can't be followed: context values, sync.Map, any.
func (g *Graph) hub(name, path string) *Node {
	if g.Hubs[name] == nil {
		g.Hubs[name] = make(map[string]*Node)
	}
	n := g.Hubs[name][path]
	if n == nil {
		n = g.NewNode(0, nil)
		g.Hubs[name][path] = n
	}
	return n
}

// findBaggage finds the packages that look at the baggage of spans or contexts, or send
// it on, or can hand contexts to one that does.
func (g *Graph) findBaggage(reach map[string]map[string]bool) {
	g.Baggage, g.Looked = make(map[string]bool), make(map[string]bool)
	table := opentracing.Instrumentations()
	for _, u := range g.Units {
		looks, sends := false, false
		for _, obj := range u.Info.Uses {
			s, ok := opentracing.SymbolOf(obj)
			looks = looks || ok && s.Area == opentracing.AreaBaggage || obj.Pkg() != nil && obj.Pkg().Path() == opentelemetry.BaggagePath
			sends = sends || ok && s.String() == "opentracing.Tracer.Inject" || isNativeInject(obj) || isClient(table, obj)
		}
		if !looks && !sends {
			continue
		}
		for _, v := range g.Units {
			if source.Overlap(reach[u.Path], reach[v.Path]) {
				g.Baggage[v.Path] = true
				g.Looked[v.Path] = g.Looked[v.Path] || looks
			}
		}
	}
}

// isNativeInject tells whether an object is the method by which OpenTelemetry's
// propagators send baggage.
func isNativeInject(obj types.Object) bool {
	f, ok := obj.(*types.Func)
	return ok && f.Name() == "Inject" && f.FullName() == "("+opentelemetry.PropagationPath+".TextMapPropagator).Inject"
}

// isClient tells whether an object is that of a library which sends baggage with requests: the
// transport, interceptor or handler of its client.
func isClient(table []opentracing.Instrumentation, obj types.Object) bool {
	if obj.Pkg() == nil || !obj.Exported() {
		return false
	}
	name := obj.Name()
	if !strings.Contains(name, "Client") && !strings.Contains(name, "Transport") && name != "TraceRequest" && name != "Inject" {
		return false
	}
	switch path := obj.Pkg().Path(); path {
	case opentelemetry.CompatPath, opentelemetry.OTelHTTPPath, opentelemetry.OTelGRPCPath:
		return true
	default:
		known, _ := opentracing.LookupInstrumentation(table, path)
		return slices.Contains([]string{"http", "grpc", "messaging", "framework", "library"}, known.Role)
	}
}

// joinHubs joins the hubs of packages that can hand such values to each other: one
// imports the other, or both import a package of the rewritten code.
func (g *Graph) joinHubs(reach map[string]map[string]bool) {
	for _, byPath := range g.Hubs {
		for a, x := range byPath {
			for b, y := range byPath {
				if a < b && (g.Reads[x] || g.Reads[y]) && source.Overlap(reach[a], reach[b]) {
					x.From, y.From = append(x.From, y), append(y.From, x)
					Join(x, y)
				}
			}
		}
	}
}

// asked returns the hub of values that are asserted out of an empty interface into which a
// package may have put them, or nil.
func (g *Graph) asked(name, path string, reach map[string]map[string]bool) *Node {
	for _, other := range slices.Sorted(maps.Keys(g.Hubs[name])) {
		if hub := g.Hubs[name][other]; g.Reads[hub] && source.Overlap(reach[path], reach[other]) {
			return hub
		}
	}
	return nil
}

// A hiddenTags is a tag, or a set of tags, that goes into an empty interface.
type hiddenTags struct {
	name, path string
	value      ast.Expr
	from       *Node
}

// joinHidden finds the tags that are asked for the interface of options after an empty
// interface hid their type: it is an option that has to be put there.
func (g *Graph) joinHidden(reach map[string]map[string]bool) {
	for _, h := range g.hidden {
		option := g.asked("opentracing.StartSpanOption", h.path, reach)
		if option == nil {
			continue
		}
		Join(option, h.from)
		if g.asked(h.name, h.path, reach) != nil {
			h.from.hold(RefusedOptionValue, h.value.Pos(), "it goes into an empty interface that is asserted to be an option and to be tags")
			continue
		}
		if h.name == opentracing.TagType {
			h.from.Facts |= TagOption | TagOnlyOption
		}
		g.OptionPlaces[h.value] = true
	}
}
