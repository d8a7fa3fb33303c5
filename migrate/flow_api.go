// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/types"
)

// apiResult returns the node of what a call of the OpenTracing API returns. What
// a span or a tracer hands out changes with it; what the API makes is free.
func (w *flowWalker) apiResult(call *ast.CallExpr, f *types.Func) *node {
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && f.Signature().Recv() != nil {
		if r := w.receiver(sel); r != nil {
			switch f.Name() {
			case "Extract", "Context", "StartSpan":
				// A result of its own: it is never nil when the receiver may be.
				n := w.value(call)
				if f.Name() == "Extract" {
					n.origin |= originContext | originNil
				} else {
					n.origin |= originMade
				}
				join(n, r)
				if f.Name() != "Extract" {
					w.made = append(w.made, madeFlow{from: r, to: n, start: f.Name() == "StartSpan"})
				}
				return n
			case "Tracer":
				n := w.value(call)
				n.origin |= originMade // which is the program's, as its span is
				n.from = append(n.from, r)
				join(n, r)
				return n
			}
			return r
		}
	}
	n := w.value(call)
	switch f.Name() {
	case "StartSpanFromContextWithTracer":
		n.origin |= originMade
		if len(call.Args) > 1 {
			tracer := w.expr(call.Args[1])
			if tracer == nil {
				tracer = w.value(call.Args[1]) // of a type that implements OpenTracing's
			}
			w.made = append(w.made, madeFlow{from: tracer, to: n, start: true})
		}
	case "SpanFromContext":
		n.origin |= originContext
	default:
		n.origin |= originMade | originSome
	}
	return n
}

// apiCall notes the flows of a call of the OpenTracing API.
func (w *flowWalker) apiCall(call *ast.CallExpr, f *types.Func) {
	base := apiBase(w, call, f)
	sig := f.Signature()
	switch f.Name() {
	case "StartSpanFromContext", "StartSpanFromContextWithTracer":
		if n := w.result(call, 0); !w.dropped[call] {
			n.active = true
		}
	case "ContextWithSpan":
		if n := w.expr(call.Args[len(call.Args)-1]); n != nil {
			n.active = true
		}
	}
	if f.Name() == "Inject" && len(call.Args) == 3 || f.Name() == "Extract" && len(call.Args) == 2 {
		w.unknownCarrier(call.Args[len(call.Args)-1])
	}
	for i, arg := range call.Args {
		if o, inner := w.inPlace(arg); o != nil && starts(f) {
			w.expanded[inner] = true
			for _, ref := range o.refs {
				join(base, w.expr(inner.Args[ref.arg]))
			}
			continue
		}
		n := w.expr(arg)
		t, _ := parameter(sig, nil, i, call.Ellipsis.IsValid())
		switch {
		case n == nil || softKind(w.info.TypeOf(arg)) != "Tracer":
		case f.Name() == "SetGlobalTracer" || f.Name() == "InitGlobalTracer":
			n.hold("set-up", call.Pos(), "it is made the global tracer")
		default:
			n = w.tracerRead(arg, n)
		}
		if n == nil {
			if !w.parts(t).any() || w.info.Types[arg].IsNil() {
				continue
			}
			n = w.value(arg) // of a type that implements OpenTracing's
			w.foreign(arg, w.info.TypeOf(arg), t, n, false)
		}
		if separate(f) && softKind(w.info.TypeOf(arg)) != "Span" && (base != nil || i > 0) && !w.isMethodExpr(ast.Unparen(call.Fun)) {
			continue // see needApart
		}
		if place := w.referencePlace(f, arg, n); place != nil {
			n = place
		}
		if base != nil {
			// Spans that are handed to a call that makes none stand alone.
			join(base, n)
		} else {
			base = n
		}
	}
}

// unknownCarrier holds back the carriers that may be in an empty interface: the
// call that takes them stays.
func (w *flowWalker) unknownCarrier(carrier ast.Expr) {
	t, ok := w.info.TypeOf(carrier).Underlying().(*types.Interface)
	if !ok || t.NumMethods() > 0 {
		return
	}
	for _, name := range []string{"opentracing.TextMapCarrier", "opentracing.HTTPHeadersCarrier"} {
		hub := w.hub(name, w.file.unit.path)
		w.reads[hub] = true
		hub.hold("carrier", carrier.Pos(), "the type of the carrier is known at run time only")
	}
}

// asReader holds back a carrier of the API that is used as an interface with ForeachKey:
// it will lack the method.
func (w *flowWalker) asReader(value ast.Expr, src types.Type, from *node, dst types.Type) {
	if !types.IsInterface(src) && types.IsInterface(dst) && hasMethod(dst, "ForeachKey") {
		from.hold("carrier", value.Pos(), "the carrier is used as "+types.TypeString(dst, (*types.Package).Name)+", whose method ForeachKey OpenTelemetry's carriers lack")
	}
}

// values finds the values of expressions, or builds them.
type values interface {
	parts(t types.Type) typeParts
	receiver(e *ast.SelectorExpr) *node
	result(call *ast.CallExpr, i int) *node
}

// apiBase returns the node of the receiver or else of the result of a call.
func apiBase(v values, call *ast.CallExpr, f *types.Func) *node {
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && f.Signature().Recv() != nil {
		if n := v.receiver(sel); n != nil {
			return n
		}
	}
	results := f.Signature().Results()
	for i := range results.Len() {
		if v.parts(results.At(i).Type()).any() {
			return v.result(call, i)
		}
	}
	return nil
}

// holdResults holds the local variables that get one of several results of a call
// which can't change: there is no room for an adapter there, but there is where they
// are used. So it does with what the global tracer comes from.
func (g *graph) holdResults() {
	for held := true; held; {
		held = false
		for _, e := range g.soft {
			if why := e.dst.pinned(); e.kind == "Tracer" && why != nil && why.category == "set-up" && e.src.pinned() == nil {
				e.src.hold(why.category, why.pos, why.reason)
				held = true
			}
			v, ok := e.dst.obj.(*types.Var)
			if why := e.src.pinned(); ok && e.tuple && why != nil && e.dst.pinned() == nil && !v.IsField() && v.Parent() != nil && v.Parent() != v.Pkg().Scope() {
				e.dst.hold(why.category, why.pos, why.reason)
				held = true
			}
		}
	}
}
