// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/types"
)

// A softEdge is a flow of a plain span or tracer, where an adapter can stand
// between two types.
type softEdge struct {
	file  *sourceFile
	expr  ast.Expr // the value
	src   *node
	dst   *node
	kind  string // "Span", "Tracer", "SpanContext"
	tuple bool   // one of several results of a call: no room for an adapter
	read  bool   // a tracer is asked for something: see tracerRead
	// reference says that the value is a span context that a reference or Inject names.
	reference bool
}

// A border is a softEdge whose two sides have different types after rewriting.
type border struct {
	*softEdge
	free *node // the side that may change
	in   bool  // an OpenTracing value flows into converted code
	// replaces is the site where the package's own tracer takes the place of the value.
	replaces *site
}

// adapts tells whether a call shows a span of OpenTelemetry as one of OpenTracing. An
// earlier run put it in, or a person, where code of the two APIs met.
func (w *flowFile) adapts(call *ast.CallExpr) bool {
	f := w.callee(call)
	return f != nil && f.FullName() == compatPath+".OpenTracingSpan" && len(call.Args) == 1
}

// adapted is the node of what an adapter returns: nil where its argument is.
func (w *flowWalker) adapted(call *ast.CallExpr) *node {
	n := w.value(call)
	n.origin |= originMade | originNil
	return n
}

// adaptsBack tells whether a call shows a span of OpenTracing as one of OpenTelemetry.
func (w *flowFile) adaptsBack(call *ast.CallExpr) bool {
	f := w.callee(call)
	return f != nil && f.FullName() == compatPath+".OTelSpan" && len(call.Args) == 1 && softKind(w.info.TypeOf(call.Args[0])) == "Span"
}

// referencePlace returns the node of the place where a reference or Inject names a span
// context, nil where it does not: an adapter can stand there.
func (w *flowWalker) referencePlace(f *types.Func, arg ast.Expr, from *node) *node {
	if !refers(f) || softKind(w.info.TypeOf(arg)) != "SpanContext" || w.contextCall(arg) != nil {
		return nil
	}
	place := w.newNode(arg.Pos(), nil)
	place.from = append(place.from, from)
	w.places[ast.Unparen(arg)] = place
	w.soft = append(w.soft, &softEdge{file: w.file, expr: arg, src: from, dst: place, kind: "SpanContext", reference: true})
	return place
}

// refers tells whether a function of the API makes a reference to a span context, or
// injects it.
func refers(f *types.Func) bool {
	switch f.FullName() {
	case OpenTracingPath + ".ChildOf", "(" + OpenTracingPath + ".Tracer).Inject", OpenTracingPath + ".FollowsFrom", ExtPath + ".RPCServerOption":
		return true
	}
	return false
}

// contextCall returns the span whose Context() an expression is, or nil.
func (w *flowFile) contextCall(e ast.Expr) ast.Expr {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return nil
	}
	span := receiverOf(call)
	if f := w.callee(call); span == nil || f == nil || f.FullName() != "("+OpenTracingPath+".Span).Context" || softKind(w.info.TypeOf(span)) != "Span" {
		return nil
	}
	return span
}

// holdSpanContexts holds the span contexts that go to, or come from, one that can't
// change, where no adapter can stand between the two.
func (g *graph) holdSpanContexts() {
	for held := true; held; {
		held = false
		for _, e := range g.soft {
			src, dst := e.src.pinned(), e.dst.pinned()
			w := newFlowFile(g, e.file)
			switch {
			case e.kind != "SpanContext" || (src == nil) == (dst == nil):
			case src != nil && !e.reference:
				e.dst.hold(src.category, src.pos, src.reason)
				held = true
			case dst != nil && (e.tuple || w.contextCall(e.expr) == nil):
				e.src.hold(dst.category, dst.pos, dst.reason)
				held = true
			}
		}
	}
}
