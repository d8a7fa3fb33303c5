// SPDX-License-Identifier: Apache-2.0

package migrate

import "go/ast"

// tracerRead is the node of a tracer where a span is started with it, or a carrier
// read or written. The variable that it is read from may have to stay OpenTracing,
// because it is set up or handed to a library there. What it is asked for need not:
// the package's own tracer takes its place. A field of another module's has a tracer
// of which nothing is known.
func (w *flowWalker) tracerRead(e ast.Expr, from *node) *node {
	if n := w.anon[e]; n != nil {
		return n
	}
	if !from.pos.IsValid() || !w.isPath(e) {
		return from
	}
	n := w.value(e)
	n.from = append(n.from, from)
	w.soft = append(w.soft, &softEdge{file: w.file, expr: e, src: from, dst: n, kind: "Tracer", read: true})
	return n
}

// readable tells whether a tracer that stays OpenTracing for that reason is the
// program's, and not one of the code's own.
func (p *pin) readable() bool { return p.category == "set-up" || p.category == "external-api" }
