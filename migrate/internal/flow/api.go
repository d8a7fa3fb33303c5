// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"go/ast"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// apiResult returns the node of what a call of the OpenTracing API returns. What
// a span or a tracer hands out changes with it; what the API makes is free.
func (w *walker) apiResult(call *ast.CallExpr, f *types.Func) *Node {
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && f.Signature().Recv() != nil {
		if r := w.Receiver(sel); r != nil {
			switch f.Name() {
			case "Extract", "Context", "StartSpan":
				// A result of its own: it is never nil when the receiver may be.
				n := w.value(call)
				if f.Name() == "Extract" {
					n.Origin |= OriginContext | OriginNil
				} else {
					n.Origin |= OriginMade
				}
				Join(n, r)
				if f.Name() != "Extract" {
					w.made = append(w.made, madeFlow{from: r, to: n, start: f.Name() == "StartSpan"})
				}
				return n
			case "Tracer":
				n := w.value(call)
				n.Origin |= OriginMade // which is the program's, as its span is
				n.From = append(n.From, r)
				Join(n, r)
				return n
			}
			return r
		}
	}
	n := w.value(call)
	switch f.Name() {
	case "StartSpanFromContextWithTracer":
		n.Origin |= OriginMade
		if len(call.Args) > 1 {
			tracer := w.expr(call.Args[1])
			if tracer == nil {
				tracer = w.value(call.Args[1]) // of a type that implements OpenTracing's
			}
			w.made = append(w.made, madeFlow{from: tracer, to: n, start: true})
		}
	case "SpanFromContext":
		n.Origin |= OriginContext
	default:
		n.Origin |= OriginMade | OriginSome
	}
	return n
}

// apiCall notes the flows of a call of the OpenTracing API.
func (w *walker) apiCall(call *ast.CallExpr, f *types.Func) {
	base := apiBase(w, call, f)
	sig := f.Signature()
	switch f.Name() {
	case "StartSpanFromContext", "StartSpanFromContextWithTracer":
		if n := w.Result(call, 0); !w.Dropped[call] {
			n.Active = true
		}
	case "ContextWithSpan":
		if n := w.expr(call.Args[len(call.Args)-1]); n != nil {
			n.Active = true
		}
	}
	if f.Name() == "Inject" && len(call.Args) == 3 || f.Name() == "Extract" && len(call.Args) == 2 {
		w.unknownCarrier(call.Args[len(call.Args)-1])
	}
	for i, arg := range call.Args {
		if o := w.InPlace(arg); o != nil && opentracing.Starts(f) {
			w.Expanded[o.Expr] = call
			for _, ref := range o.Refs {
				Join(base, w.expr(ref.Context))
			}
			continue
		}
		n := w.expr(arg)
		t, _ := syntax.Parameter(sig, nil, i, call.Ellipsis.IsValid())
		switch {
		case n == nil || opentracing.SoftKind(w.Info.TypeOf(arg)) != "Tracer":
		case f.Name() == "SetGlobalTracer" || f.Name() == "InitGlobalTracer":
			n.hold(RefusedSetUp, call.Pos(), "it is made the global tracer")
		default:
			n = w.tracerRead(arg, n)
		}
		if n == nil {
			if !w.Parts(t).Any() || w.Info.Types[arg].IsNil() {
				continue
			}
			n = w.value(arg) // of a type that implements OpenTracing's
			w.foreign(arg, w.Info.TypeOf(arg), t, n, false)
		}
		if opentracing.Separate(f) && opentracing.SoftKind(w.Info.TypeOf(arg)) != "Span" && (base != nil || i > 0) && !w.IsMethodExpr(ast.Unparen(call.Fun)) {
			continue // see needApart
		}
		if place := w.referencePlace(f, arg, n); place != nil {
			n = place
		}
		if base != nil {
			// Spans that are handed to a call that makes none stand alone.
			Join(base, n)
		} else {
			base = n
		}
	}
}

// unknownCarrier holds back the carriers that may be in an empty interface: the
// call that takes them stays.
func (w *walker) unknownCarrier(carrier ast.Expr) {
	t, ok := w.Info.TypeOf(carrier).Underlying().(*types.Interface)
	if !ok || t.NumMethods() > 0 {
		return
	}
	for _, name := range []string{"opentracing.TextMapCarrier", "opentracing.HTTPHeadersCarrier"} {
		hub := w.hub(name, w.Source.Unit.Path)
		w.Reads[hub] = true
		hub.hold(RefusedCarrier, carrier.Pos(), "the type of the carrier is known at run time only")
	}
}

// holdCarriers holds back the carriers that a mock of the twin is handed, which takes those
// of OpenTracing.
func (w *walker) holdCarriers(call *ast.CallExpr) {
	for _, arg := range call.Args {
		switch opentracing.OpenTracingType(w.Info.TypeOf(arg)) {
		case "opentracing.TextMapCarrier", "opentracing.HTTPHeadersCarrier":
			if n := w.expr(arg); n != nil {
				n.hold(RefusedCarrier, arg.Pos(), "it is passed to a mock, whose methods take OpenTracing's carriers")
			}
		}
	}
}

// asReader holds back a carrier of the API that is used as an interface with ForeachKey:
// it will lack the method.
func (w *walker) asReader(value ast.Expr, src types.Type, from *Node, dst types.Type) {
	if !types.IsInterface(src) && types.IsInterface(dst) && syntax.HasMethod(dst, "ForeachKey") {
		from.hold(RefusedCarrier, value.Pos(), "the carrier is used as "+types.TypeString(dst, (*types.Package).Name)+", whose method ForeachKey OpenTelemetry's carriers lack")
	}
}

// values finds the values of expressions, or builds them.
type values interface {
	Parts(t types.Type) typeParts
	Receiver(e *ast.SelectorExpr) *Node
	Result(call *ast.CallExpr, i int) *Node
}

// apiBase returns the node of the receiver or else of the result of a call.
func apiBase(v values, call *ast.CallExpr, f *types.Func) *Node {
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && f.Signature().Recv() != nil {
		if n := v.Receiver(sel); n != nil {
			return n
		}
	}
	results := f.Signature().Results()
	for i := range results.Len() {
		if v.Parts(results.At(i).Type()).Any() {
			return v.Result(call, i)
		}
	}
	return nil
}

// holdResults holds the local variables that get one of several results of a call
// which can't change: there is no room for an adapter there, but there is where they
// are used. So it does with tracers that are returned like this, and with what the global
// tracer comes from.
func (g *Graph) holdResults() {
	for held := true; held; {
		held = false
		for _, e := range g.soft {
			if why := e.Dst.Pinned(); e.Kind == "Tracer" && why != nil && why.Category == RefusedSetUp && e.Src.Pinned() == nil {
				e.Src.holdBy(why)
				held = true
			}
			v, ok := e.Dst.Obj.(*types.Var)
			if why := e.Src.Pinned(); ok && e.Kind == "Tracer" && v.Embedded() && why != nil && why.Category != RefusedSetUp && e.Dst.Pinned() == nil && !KnowsOpenTelemetry(g.Outside[why]) {
				e.Dst.holdBy(why) // its provider's propagator would not be promoted
				held = true
			}
			if why := e.Src.Pinned(); ok && e.Tuple && why != nil && e.Dst.Pinned() == nil && (isLocal(v) || e.Kind == "Tracer" && v.Kind() == types.ResultVar) {
				e.Dst.holdBy(why)
				held = true
			}
		}
	}
}

// isLocal tells whether a variable is declared in a function.
func isLocal(v *types.Var) bool {
	return !v.IsField() && v.Parent() != nil && v.Parent() != v.Pkg().Scope()
}
