// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/inventory"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
)

// KnowsOpenTelemetry tells whether the tracers and spans of a package are
// OpenTelemetry's, so that an adapter finds the span by both APIs.
func KnowsOpenTelemetry(path string) bool {
	return opentelemetry.IsCompat(path) || strings.HasPrefix(path, opentelemetry.OTelPath+"/")
}

// A foreignTracer is a tracer of another library, or a span of one, that comes to a node.
type foreignTracer struct {
	Pin
	Path string // of the library
	Name string // of the function, type or variable that it comes from
}

// bring notes that a tracer of another library, or a span of one, comes to a node.
func (g *Graph) bring(n *Node, pos token.Pos, path, name string) {
	if n != nil && g.brought[n] == nil && !KnowsOpenTelemetry(path) {
		why := Pin{RefusedForeignTracer, pos, "its tracer may be one of " + path + ", whose spans OpenTelemetry does not see"}
		g.brought[n] = &foreignTracer{why, path, name}
	}
}

// BroughtTo returns the first of the foreign tracers that may come to a node, or nil.
func (g *Graph) BroughtTo(n *Node) *foreignTracer {
	if all := g.AllBroughtTo(n); len(all) > 0 {
		return all[0]
	}
	return nil
}

// AllBroughtTo returns the foreign tracers that may come to a node, by their places.
func (g *Graph) AllBroughtTo(n *Node) (all []*foreignTracer) {
	for from := range g.Sources(n, false) {
		if t := g.brought[from]; t != nil && t.Path != "" {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, b *foreignTracer) int { return cmp.Compare(a.Pos, b.Pos) })
	return all
}

// qualified names an object by its package's name, too.
func qualified(obj types.Object) string { return obj.Pkg().Name() + "." + obj.Name() }

// bringResult is bring for what a call returns, whose node is n.
func (w *walker) bringResult(call *ast.CallExpr, f *types.Func, n *Node, t types.Type) {
	if f.Pkg() == nil || w.Own[f.Pkg().Path()] {
		return
	}
	switch opentracing.InterfaceKind(t) {
	case "Tracer":
		w.bring(n, call.Pos(), f.Pkg().Path(), inventory.FunctionName(f))
	case "Span":
		if recv := f.Signature().Recv(); recv != nil && opentracing.IsTracer(recv.Type()) {
			w.bring(n, call.Pos(), f.Pkg().Path(), inventory.FunctionName(f))
		}
		for _, arg := range call.Args { // one of which may start it
			if t := w.Info.TypeOf(arg); t == nil || !opentracing.IsTracer(t) {
				continue
			} else if from := w.expr(arg); from != nil {
				w.made = append(w.made, madeFlow{from: from, to: n})
			} else if named := opentracing.NamedOf(t); named != nil && named.Obj().Pkg() != nil && !w.Own[named.Obj().Pkg().Path()] {
				w.bring(n, arg.Pos(), named.Obj().Pkg().Path(), qualified(named.Obj()))
			}
		}
	}
}

// dispatch joins the parameters and results of a method with those of an interface
// that it implements. Values go one way.
func (g *Graph) dispatch(from, to *Node) {
	union(from, to)
	if from != nil && to != nil {
		g.oneWay[[2]*Node{to, from}] = true
	}
}

// findForeign finds where tracers that are not known to be OpenTelemetry's come, and
// spans of them. A tracer that the code gets from nowhere that is seen is one of them.
// One that is made the global tracer is the program's, as which OpenTelemetry's comes.
func (g *Graph) findForeign() {
	g.Foreign, g.Unknown = make(map[*Node]*Pin), make(map[*Node]*Pin)
	next := g.flowsOn()
	brought := slices.SortedFunc(maps.Keys(g.brought), func(a, b *Node) int { return int(g.brought[a].Pos - g.brought[b].Pos) })
	for _, n := range brought {
		carry(next, n, &g.brought[n].Pin, g.Foreign)
	}
	known := make(map[*Node]bool)
	for _, n := range g.Nodes {
		if n.Origin&(OriginSome|OriginNoop|OriginMade|OriginContext|OriginOwnTracer|OriginMock) != 0 {
			reachNodes(next, n, known)
		}
	}
	for _, m := range g.made {
		if m.start && !known[m.from] {
			carry(next, m.to, &Pin{RefusedForeignTracer, m.to.pos, "nothing in the module says which tracer starts it here"}, g.Unknown)
		}
	}
	g.wrapForeign(next)
}

// wrapForeign notes the spans of own tracers that wrap such tracers, or own ones of these.
func (g *Graph) wrapForeign(next map[*Node][]*Node) {
	starts := make(map[*Node][]*Node)
	for _, m := range g.made {
		if m.start {
			starts[m.from] = append(starts[m.from], m.to)
		}
	}
	for _, noted := range []map[*Node]*Pin{g.Foreign, g.Unknown} {
		left := slices.Sorted(maps.Keys(g.OwnPlaces))
		for n := -1; n != len(left); {
			n = len(left)
			left = slices.DeleteFunc(left, func(at token.Pos) bool {
				why := noted[g.ownStarts[at]]
				if g.ownStarts[at] == nil {
					why = startsElsewhere(g.ownTypes[at])
				}
				if why == nil {
					return false
				}
				reached := make(map[*Node]bool)
				for _, place := range g.OwnPlaces[at] {
					reachNodes(next, place, reached)
				}
				for m := range reached {
					for _, span := range starts[m] {
						carry(next, span, why, noted)
					}
				}
				return true
			})
		}
	}
}

// startsElsewhere says why nothing is known of the spans of an own tracer whose type has no
// StartSpan of its own, or none that was looked at.
func startsElsewhere(tracer *types.Named) *Pin {
	name, how := tracer.Obj().Name(), "which starts spans by the tracer that it embeds"
	if tracer.TypeParams().Len() > 0 {
		how = "a generic type, whose StartSpan is not looked at"
	}
	return &Pin{RefusedForeignTracer, tracer.Obj().Pos(), "its tracer may be one of " + name + ", " + how}
}

// carry notes why the spans or tracers of a node, and those of the nodes that its values
// may go to, may not be OpenTelemetry's.
func carry(next map[*Node][]*Node, n *Node, why *Pin, noted map[*Node]*Pin) {
	for list := []*Node{n}; len(list) > 0; {
		last := list[len(list)-1]
		list = list[:len(list)-1]
		if pin := last.Pinned(); noted[last] != nil || pin != nil && pin.Category == RefusedSetUp {
			continue
		}
		noted[last] = why
		list = append(list, next[last]...)
	}
}

// reachNodes adds a node to those that are reached, and all that its values may go to.
func reachNodes(next map[*Node][]*Node, n *Node, reached map[*Node]bool) {
	for list := []*Node{n}; len(list) > 0; {
		last := list[len(list)-1]
		list = list[:len(list)-1]
		if !reached[last] {
			reached[last] = true
			list = append(list, next[last]...)
		}
	}
}

// ReachedFrom returns the nodes that the values of some may go to, spans and contexts of
// spans among them.
func (g *Graph) ReachedFrom(from []*Node) map[*Node]bool {
	reached := make(map[*Node]bool)
	if len(from) > 0 {
		next := g.flowsOn()
		for _, n := range from {
			reachNodes(next, n, reached)
		}
	}
	return reached
}

// flowsOn has the nodes to which the values of each node may go at once. What an own
// tracer starts is found by its type.
func (g *Graph) flowsOn() map[*Node][]*Node {
	own := make(map[*Node]bool)
	for _, n := range g.ownStarts {
		own[n] = true
	}
	next := make(map[*Node][]*Node)
	started := make(map[*Node]bool)
	for _, m := range g.made {
		next[m.from] = append(next[m.from], m.to)
		started[m.to] = started[m.to] || m.start
	}
	for _, n := range g.Nodes {
		for _, from := range n.From {
			if !own[from] || !started[n] {
				next[from] = append(next[from], n)
			}
		}
		for _, m := range n.Alike {
			if !g.oneWay[[2]*Node{n, m}] {
				next[n] = append(next[n], m)
			}
		}
	}
	return next
}
