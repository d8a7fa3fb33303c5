// SPDX-License-Identifier: Apache-2.0

package migrate

import "go/ast"

// adapts tells whether a call shows a span of OpenTelemetry as one of OpenTracing. An
// earlier run put it in, or a person, where code of the two APIs met.
func (w *flowWalker) adapts(call *ast.CallExpr) bool {
	f := w.callee(call)
	return f != nil && f.FullName() == compatPath+".OpenTracingSpan" && len(call.Args) == 1
}

// adapted is the node of what an adapter returns: nil where its argument is.
func (w *flowWalker) adapted(call *ast.CallExpr) *node {
	n := w.value(call)
	n.origin |= originMade | originNil
	return n
}

// adapter makes a site of an adapter: it goes when what it was for is rewritten.
func (p *planner) adapter(call *ast.CallExpr) {
	s := &site{file: p.file, pos: call.Pos(), symbol: "compat.OpenTracingSpan", rule: "adapters"}
	s.need(p.expr(call))
	p.sites = append(p.sites, s)
	p.edit(s, call, func(r *renderer) string { return r.operand(call.Args[0]) })
}
