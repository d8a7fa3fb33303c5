// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// knowsOpenTelemetry tells whether the tracers and spans of a package are
// OpenTelemetry's, so that an adapter finds the span by both APIs.
func knowsOpenTelemetry(path string) bool {
	return path == compatPath || strings.HasPrefix(path, otelPath+"/")
}

// A foreignTracer is a tracer of another library, or a span of one, that comes to a node.
type foreignTracer struct {
	pin
	path string // of the library
	name string // of the function, type or variable that it comes from
}

// bring notes that a tracer of another library, or a span of one, comes to a node.
func (g *graph) bring(n *node, pos token.Pos, path, name string) {
	if n != nil && g.brought[n] == nil && !knowsOpenTelemetry(path) {
		why := pin{"foreign-tracer", pos, "its tracer may be one of " + path + ", whose spans an adapter does not show to OpenTelemetry"}
		g.brought[n] = &foreignTracer{why, path, name}
	}
}

// broughtTo returns the first of the foreign tracers that may come to a node, or nil.
func (g *graph) broughtTo(n *node) (first *foreignTracer) {
	for from := range g.sources(n, false) {
		if t := g.brought[from]; t != nil && t.path != "" && (first == nil || t.pos < first.pos) {
			first = t
		}
	}
	return first
}

// qualified names an object by its package's name, too.
func qualified(obj types.Object) string { return obj.Pkg().Name() + "." + obj.Name() }

// bringResult is bring for what a call returns, whose node is n.
func (w *flowWalker) bringResult(call *ast.CallExpr, f *types.Func, n *node, t types.Type) {
	if f.Pkg() == nil || w.own[f.Pkg().Path()] {
		return
	}
	switch interfaceKind(t) {
	case "Tracer":
		w.bring(n, call.Pos(), f.Pkg().Path(), functionName(f))
	case "Span":
		if recv := f.Signature().Recv(); recv != nil && isTracer(recv.Type()) {
			w.bring(n, call.Pos(), f.Pkg().Path(), functionName(f))
		}
		for _, arg := range call.Args { // one of which may start it
			if t := w.info.TypeOf(arg); t == nil || !isTracer(t) {
				continue
			} else if from := w.expr(arg); from != nil {
				w.made = append(w.made, madeFlow{from: from, to: n})
			} else if named := namedOf(t); named != nil && named.Obj().Pkg() != nil && !w.own[named.Obj().Pkg().Path()] {
				w.bring(n, arg.Pos(), named.Obj().Pkg().Path(), qualified(named.Obj()))
			}
		}
	}
}

// dispatch joins the parameters and results of a method with those of an interface
// that it implements. Values go one way.
func (g *graph) dispatch(from, to *node) {
	union(from, to)
	if from != nil && to != nil {
		g.oneWay[[2]*node{to, from}] = true
	}
}

// findForeign finds where tracers that are not known to be OpenTelemetry's come, and
// spans of them. A tracer that the code gets from nowhere that is seen is one of them.
// One that is made the global tracer is the program's, as which OpenTelemetry's comes.
func (g *graph) findForeign() {
	g.foreign, g.unknown = make(map[*node]*pin), make(map[*node]*pin)
	next := g.flowsOn()
	brought := slices.SortedFunc(maps.Keys(g.brought), func(a, b *node) int { return int(g.brought[a].pos - g.brought[b].pos) })
	for _, n := range brought {
		carry(next, n, &g.brought[n].pin, g.foreign)
	}
	known := make(map[*node]bool)
	for _, n := range g.nodes {
		if n.origin&(originSome|originNoop|originMade|originContext|originOwnTracer|originMock) != 0 {
			reachNodes(next, n, known)
		}
	}
	for _, m := range g.made {
		if m.start && !known[m.from] {
			carry(next, m.to, &pin{"foreign-tracer", m.to.pos, "nothing in the module says which tracer starts it here, and an adapter shows OpenTelemetry only spans of its own"}, g.unknown)
		}
	}
	g.wrapForeign(next)
}

// wrapForeign notes the spans of own tracers that wrap such tracers, or own ones of these.
func (g *graph) wrapForeign(next map[*node][]*node) {
	starts := make(map[*node][]*node)
	for _, m := range g.made {
		if m.start {
			starts[m.from] = append(starts[m.from], m.to)
		}
	}
	for _, noted := range []map[*node]*pin{g.foreign, g.unknown} {
		left := slices.Sorted(maps.Keys(g.ownPlaces))
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
				reached := make(map[*node]bool)
				for _, place := range g.ownPlaces[at] {
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
func startsElsewhere(tracer *types.Named) *pin {
	name, how := tracer.Obj().Name(), "which starts spans by the tracer that it embeds"
	if tracer.TypeParams().Len() > 0 {
		how = "a generic type, whose StartSpan is not looked at"
	}
	return &pin{"foreign-tracer", tracer.Obj().Pos(), "its tracer may be one of " + name + ", " + how}
}

// carry notes why the spans or tracers of a node, and those of the nodes that its values
// may go to, may not be OpenTelemetry's.
func carry(next map[*node][]*node, n *node, why *pin, noted map[*node]*pin) {
	for list := []*node{n}; len(list) > 0; {
		last := list[len(list)-1]
		list = list[:len(list)-1]
		if pin := last.pinned(); noted[last] != nil || pin != nil && pin.category == "set-up" {
			continue
		}
		noted[last] = why
		list = append(list, next[last]...)
	}
}

// reachNodes adds a node to those that are reached, and all that its values may go to.
func reachNodes(next map[*node][]*node, n *node, reached map[*node]bool) {
	for list := []*node{n}; len(list) > 0; {
		last := list[len(list)-1]
		list = list[:len(list)-1]
		if !reached[last] {
			reached[last] = true
			list = append(list, next[last]...)
		}
	}
}

// flowsOn has the nodes to which the values of each node may go at once. What an own
// tracer starts is found by its type.
func (g *graph) flowsOn() map[*node][]*node {
	own := make(map[*node]bool)
	for _, n := range g.ownStarts {
		own[n] = true
	}
	next := make(map[*node][]*node)
	started := make(map[*node]bool)
	for _, m := range g.made {
		next[m.from] = append(next[m.from], m.to)
		started[m.to] = started[m.to] || m.start
	}
	for _, n := range g.nodes {
		for _, from := range n.from {
			if !own[from] || !started[n] {
				next[from] = append(next[from], n)
			}
		}
		for _, m := range n.alike {
			if !g.oneWay[[2]*node{n, m}] {
				next[n] = append(next[n], m)
			}
		}
	}
	return next
}
