// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"go/ast"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// A softEdge is a flow of a plain span or tracer, where an adapter can stand
// between two types.
type softEdge struct {
	File  *source.File
	Expr  ast.Expr // the value
	Src   *Node
	Dst   *Node
	Kind  string // "Span", "Tracer", "SpanContext"
	Tuple bool   // one of several results of a call: no room for an adapter
	read  bool   // a tracer is asked for something: see tracerRead
	// Reference says that the value is a span context that a reference or Inject names;
	// extracted, that it is one of the results of Extract.
	Reference, Extracted bool
}

// A Border is a softEdge whose two sides have different types after rewriting.
type Border struct {
	*softEdge
	Free *Node // the side that may change
	In   bool  // an OpenTracing value flows into converted code
}

// Adapts tells whether a call shows a span of OpenTelemetry as one of OpenTracing. An
// earlier run put it in, or a person, where code of the two APIs met.
func (w *File) Adapts(call *ast.CallExpr) bool {
	f := w.Callee(call)
	return opentelemetry.IsCompatFunc(f, "OpenTracingSpan") && len(call.Args) == 1
}

// adapted is the node of what an adapter returns: nil where its argument is.
func (w *walker) adapted(call *ast.CallExpr) *Node {
	n := w.value(call)
	n.Origin |= OriginMade | OriginNil
	return n
}

// AdaptsBack tells whether a call shows a span of OpenTracing as one of OpenTelemetry.
func (w *File) AdaptsBack(call *ast.CallExpr) bool {
	f := w.Callee(call)
	return opentelemetry.IsCompatFunc(f, "OTelSpan") && len(call.Args) == 1 && opentracing.SoftKind(w.Info.TypeOf(call.Args[0])) == "Span"
}

// referencePlace returns the node of the place where a reference or Inject names a span
// context, nil where it does not: an adapter can stand there.
func (w *walker) referencePlace(f *types.Func, arg ast.Expr, from *Node) *Node {
	if !opentracing.Refers(f) || opentracing.SoftKind(w.Info.TypeOf(arg)) != "SpanContext" || w.ContextCall(arg) != nil {
		return nil
	}
	place := w.NewNode(arg.Pos(), nil)
	place.From = append(place.From, from)
	w.Places[ast.Unparen(arg)] = place
	w.soft = append(w.soft, &softEdge{File: w.Source, Expr: arg, Src: from, Dst: place, Kind: "SpanContext", Reference: true})
	return place
}

// ContextCall returns the span whose Context() an expression is, or nil.
func (w *File) ContextCall(e ast.Expr) ast.Expr {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return nil
	}
	span := syntax.ReceiverOf(call)
	if f := w.Callee(call); span == nil || f == nil || f.FullName() != "("+opentracing.OpenTracingPath+".Span).Context" || opentracing.SoftKind(w.Info.TypeOf(span)) != "Span" {
		return nil
	}
	return span
}

// holdSpanContexts holds the span contexts that go to, or come from, one that can't
// change, where no adapter can stand between the two.
func (g *Graph) holdSpanContexts() {
	for held := true; held; {
		held = false
		for _, e := range g.soft {
			src, dst := e.Src.Pinned(), e.Dst.Pinned()
			w := NewFile(g, e.File)
			switch {
			case e.Kind != "SpanContext" || (src == nil) == (dst == nil):
			case src != nil && !e.Reference:
				e.Dst.holdBy(src)
				held = true
			case dst != nil && !e.Extracted && (e.Tuple || w.ContextCall(e.Expr) == nil):
				e.Src.holdBy(dst)
				held = true
			}
		}
	}
}

// extracts tells whether a value is what Extract returns.
func (w *walker) extracts(value ast.Expr) bool {
	call, ok := ast.Unparen(value).(*ast.CallExpr)
	if !ok {
		return false
	}
	f := w.Callee(call)
	return f != nil && f.Name() == "Extract" && f.FullName() == "("+opentracing.OpenTracingPath+".Tracer).Extract"
}

// softKind is [opentracing.SoftKind] for a value that may go to a place of that type. One of
// an interface that has more than a tracer's methods is a tracer there.
func softKind(t types.Type) string {
	if kind := opentracing.SoftKind(t); kind != "" {
		return kind
	}
	if opentracing.InterfaceKind(t) == "Tracer" && opentracing.IsTracer(t) {
		return "Tracer"
	}
	return ""
}
