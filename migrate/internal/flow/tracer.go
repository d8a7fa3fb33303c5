// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"go/ast"
)

// tracerRead is the node of a tracer where a span is started with it, or a carrier
// read or written. The variable that it is read from may have to stay OpenTracing,
// because it is set up or handed to a library there. What it is asked for need not:
// the package's own tracer takes its place, or its provider's.
func (w *walker) tracerRead(e ast.Expr, from *Node) *Node {
	if n := w.Anon[e]; n != nil {
		return n
	}
	if !from.pos.IsValid() || !w.IsPath(e) {
		return from
	}
	n := w.value(e)
	n.From = append(n.From, from)
	w.soft = append(w.soft, &softEdge{File: w.Source, Expr: e, Src: from, Dst: n, Kind: "Tracer", read: true})
	return n
}

// holdHandedOn holds the tracers that are handed to code which stays OpenTracing, such as the
// one that an own tracer wraps: OpenTelemetry's have no view for it. The global tracer can be
// named there. It tells whether there are any.
func (g *Graph) holdHandedOn() (held bool) {
	for _, e := range g.soft {
		why := e.Dst.Pinned()
		if e.Kind != "Tracer" || e.read || why == nil || why.Category == RefusedSetUp || e.Src.Pinned() != nil {
			continue
		}
		other, known := g.handedOn[e.Src]
		if !known {
			other = g.mayBeOther(e.Src)
			g.handedOn[e.Src] = other
		}
		if other {
			e.Src.holdBy(why)
			held = true
		}
	}
	return held
}

// mayBeOther tells whether a tracer may be another one than the global.
func (g *Graph) mayBeOther(n *Node) bool {
	const other = OriginNoop | OriginOwnTracer | OriginMock | OriginUnknown
	for from := range g.Sources(n, false) {
		if from.Origin&other != 0 || g.brought[from] != nil {
			return true
		}
	}
	return false
}
