// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"go/ast"
)

// tracerRead is the node of a tracer where a span is started with it, or a carrier
// read or written. The variable that it is read from may have to stay OpenTracing,
// because it is set up or handed to a library there. What it is asked for need not:
// the package's own tracer takes its place. A field of another module's has a tracer
// of which nothing is known.
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

// readable tells whether a tracer that stays OpenTracing for that reason is the
// program's, and not one of the code's own.
func (p *Pin) readable() bool { return p.Category == RefusedSetUp || p.Category == RefusedExternalAPI }
