// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/inventory"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// expr returns the node of an expression's value, or nil when its type contains no
// OpenTracing type. Several results of a call have nodes of their own: see result.
func (w *walker) expr(e ast.Expr) *Node {
	switch e := e.(type) {
	case *ast.Ident:
		obj := w.Info.ObjectOf(e)
		if v, ok := obj.(*types.Var); ok && v.Pkg() != nil && opentracing.IsOpenTracing(v.Pkg().Path()) {
			return w.apiVar(e, v)
		}
		if obj == nil {
			return nil
		}
		if f, ok := obj.(*types.Func); ok && f.Pkg() != nil && opentracing.IsOpenTracing(f.Pkg().Path()) {
			if w.Parts(f.Type()).Any() {
				return w.value(e) // a function of the API as a value
			}
			return nil
		}
		if f, ok := obj.(*types.Func); ok {
			return w.functionValue(f.Origin().Signature())
		}
		return w.declare(obj)
	case *ast.SelectorExpr:
		return w.selector(e)
	case *ast.ParenExpr:
		return w.expr(e.X)
	case *ast.StarExpr:
		return w.expr(e.X)
	case *ast.UnaryExpr:
		if e.Op == token.AND || e.Op == token.ARROW {
			return w.expr(e.X)
		}
	case *ast.IndexExpr:
		if _, ok := w.Info.TypeOf(e.X).(*types.Signature); ok {
			return w.instance(e, e.X)
		}
		if w.Parts(w.Info.TypeOf(e)).Any() {
			return w.expr(e.X)
		}
	case *ast.IndexListExpr:
		return w.instance(e, e.X)
	case *ast.SliceExpr:
		return w.expr(e.X)
	case *ast.TypeAssertExpr:
		return w.assertion(e)
	case *ast.FuncLit:
		return w.functionValue(w.Info.TypeOf(e).(*types.Signature))
	case *ast.CompositeLit:
		return w.literal(e, w.Info.TypeOf(e))
	case *ast.CallExpr:
		if _, ok := w.Info.TypeOf(e).(*types.Tuple); !ok {
			return w.Result(e, 0)
		}
	}
	return nil
}

// apiVar is a variable of the OpenTracing API, such as ext.SpanKindRPCClient.
func (w *walker) apiVar(at ast.Node, v *types.Var) *Node {
	if !w.Parts(v.Type()).Any() {
		return nil
	}
	return w.value(at)
}

func (w *walker) selector(e *ast.SelectorExpr) *Node {
	sel := w.Info.Selections[e]
	if sel == nil {
		return w.expr(e.Sel)
	}
	switch sel.Kind() {
	case types.FieldVal:
		v := sel.Obj().(*types.Var)
		if v.Pkg() != nil && opentracing.IsOpenTracing(v.Pkg().Path()) {
			if w.Parts(v.Type()).Any() {
				return w.Receiver(e)
			}
			return nil
		}
		n := w.declare(v)
		if n == nil && w.Parts(v.Type()).Any() {
			return w.expr(e.X) // a field whose type is a type argument
		}
		return n
	case types.MethodVal:
		f := sel.Obj().(*types.Func)
		if f.Pkg() != nil && opentracing.IsOpenTracing(f.Pkg().Path()) {
			return w.Receiver(e)
		}
		return w.functionValue(f.Origin().Signature())
	case types.MethodExpr:
		f := sel.Obj().(*types.Func)
		if f.Pkg() != nil && opentracing.IsOpenTracing(f.Pkg().Path()) {
			return w.value(e)
		}
		return w.functionValue(f.Origin().Signature())
	}
	return nil
}

// Receiver returns the node of the OpenTracing value that a method or field is
// selected from, which may be an embedded one.
func (w *walker) Receiver(e *ast.SelectorExpr) *Node {
	sel := w.Info.Selections[e]
	if sel == nil {
		return nil
	}
	t := sel.Recv()
	index := sel.Index()
	n := w.expr(e.X)
	for _, i := range index[:len(index)-1] {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		st, ok := t.Underlying().(*types.Struct)
		if !ok {
			break
		}
		f := st.Field(i)
		if m := w.declare(f); m != nil {
			n = m
			w.holdHidden(sel.Recv(), f, m)
		}
		t = f.Type()
	}
	if n == nil {
		n = w.embedding(t)
	} else if opentracing.SoftKind(w.Info.TypeOf(e.X)) == "Tracer" && len(index) == 1 {
		n = w.tracerRead(e.X, n)
	}
	return n
}

// embedding returns the node of an interface type that embeds OpenTracing's.
func (w *walker) embedding(t types.Type) *Node {
	var n *Node
	for _, tn := range w.Parts(t).named {
		m := w.declare(tn)
		union(n, m)
		n = m
	}
	return n
}

// literal is the node of a value that is made of a type: a composite literal,
// make, new, a conversion.
func (w *walker) literal(at ast.Node, t types.Type) *Node {
	p := w.Parts(t)
	if !p.Any() {
		return nil
	}
	n := w.value(at)
	if opentracing.IsNoop(t) && !w.Source.Test {
		n.Origin |= OriginNoop
	}
	for _, tn := range p.named {
		union(n, w.declare(tn))
	}
	return n
}

func (w *walker) assertion(e *ast.TypeAssertExpr) *Node {
	if e.Type == nil {
		return nil
	}
	t := w.Info.TypeOf(e.Type)
	from := w.expr(e.X)
	name := opentracing.OpenTracingType(t)
	if name == "" && !w.Parts(t).Any() {
		w.asserts(e, t, from)
		return nil // what becomes of x.(jaeger.SpanContext) is for its rule to say
	}
	n := w.literal(e, t)
	if name != "" && from == nil {
		hub := w.hub(name, w.Source.Unit.Path)
		w.Reads[hub] = true
		n.From = append(n.From, hub)
		union(n, hub)
	}
	union(n, from)
	n.Origin |= OriginNil
	w.holdPlugin(e, n)
	return n
}

// Result returns the node of a call's i-th result.
func (w *walker) Result(call *ast.CallExpr, i int) *Node {
	fun := ast.Unparen(call.Fun)
	if tv := w.Info.Types[fun]; tv.IsType() {
		n := w.literal(call, tv.Type)
		return n
	}
	if id, ok := fun.(*ast.Ident); ok {
		if b, ok := w.Info.Uses[id].(*types.Builtin); ok {
			return w.builtin(call, b.Name())
		}
	}
	t := w.Info.TypeOf(call)
	if tup, ok := t.(*types.Tuple); ok {
		t = tup.At(i).Type()
	}
	if !w.Parts(t).Any() {
		return nil
	}
	f := w.Callee(call)
	if f == nil {
		return w.expr(fun)
	}
	if c := w.claimOf(f); c.Gives != 0 {
		return w.given(call, c)
	}
	if f.Pkg() != nil && opentracing.IsOpenTracing(f.Pkg().Path()) {
		return w.apiResult(call, f)
	}
	if w.Adapts(call) {
		return w.adapted(call)
	}
	declared := f.Origin().Signature().Results().At(i)
	if n := w.declare(declared); n != nil {
		return w.returned(call, f, i, n)
	}
	// A generic function or a method of a generic type, given an OpenTracing type.
	return w.generic(call, f)
}

func (w *walker) builtin(call *ast.CallExpr, name string) *Node {
	switch name {
	case "append":
		n := w.expr(call.Args[0])
		if n == nil && w.Parts(w.Info.TypeOf(call)).Any() {
			n = w.value(call)
		}
		return n
	case "make", "new":
		n := w.literal(call, w.Info.TypeOf(call))
		if n != nil {
			n.Origin |= OriginNil
		}
		return n
	case "min", "max":
		return nil
	}
	return nil
}

// call notes the flows of arguments into parameters.
func (w *walker) call(call *ast.CallExpr) {
	if w.Expanded[call] != nil || w.hooked[call] {
		return
	}
	fun := ast.Unparen(call.Fun)
	if tv := w.Info.Types[fun]; tv.IsType() {
		w.conversion(call, tv.Type)
		return
	}
	if id, ok := fun.(*ast.Ident); ok {
		if _, ok := w.Info.Uses[id].(*types.Builtin); ok {
			w.builtinFlows(call, id.Name)
			return
		}
	}
	sig, ok := w.Info.TypeOf(fun).Underlying().(*types.Signature)
	if !ok {
		return
	}
	f := w.Callee(call)
	if w.AdaptsBack(call) && w.expr(call.Args[0]) != nil {
		return // see adapterBack
	}
	if f != nil && f.Pkg() != nil {
		if opentracing.IsOpenTracing(f.Pkg().Path()) {
			w.apiCall(call, f)
			return
		}
		if opentelemetry.TakesTracer(f) && len(call.Args) == 1 && opentracing.DeclaresTracer(w.Info.TypeOf(call.Args[0])) {
			if n := w.expr(call.Args[0]); n != nil {
				n.hold(RefusedSetUp, call.Pos(), "it records the spans of OpenTelemetry code by "+inventory.FunctionName(f))
			}
		}
		if f.Pkg().Path() == opentelemetry.MockTwinPath {
			w.holdCarriers(call)
		}
		if syntax.Prints(f.Pkg().Path()) || w.claimOf(f).Shows && w.anyNode(call.Args) {
			for _, arg := range call.Args {
				w.printed(arg)
			}
			return
		}
	}
	var declared *types.Signature
	var dynamic *Node
	if f != nil {
		declared = f.Origin().Signature()
	} else {
		dynamic = w.expr(fun)
	}
	if len(call.Args) == 1 {
		if results, ok := w.Info.TypeOf(call.Args[0]).(*types.Tuple); ok {
			w.spread(call, results, sig, declared, dynamic)
			return
		}
	}
	for i, arg := range call.Args {
		t, v := syntax.Parameter(sig, declared, i, call.Ellipsis.IsValid())
		if t == nil {
			return
		}
		var to *Node
		if v != nil {
			to = w.declare(v)
		} else if w.Parts(t).Any() {
			to = dynamic
		}
		if to == nil && f != nil && w.Parts(t).Any() {
			to = w.generic(call, f)
		}
		w.flow(arg, t, to)
	}
}

// spread handles f(g()) where g has several results.
func (w *walker) spread(call *ast.CallExpr, results *types.Tuple, sig, declared *types.Signature, dynamic *Node) {
	inner, ok := ast.Unparen(call.Args[0]).(*ast.CallExpr)
	if !ok {
		return
	}
	for i := range results.Len() {
		t, v := syntax.Parameter(sig, declared, i, false)
		if t == nil {
			return
		}
		to := dynamic
		if v != nil {
			to = w.declare(v)
		}
		w.flowFrom(inner, results.At(i).Type(), w.Result(inner, i), t, to, true)
	}
}

func (w *walker) conversion(call *ast.CallExpr, t types.Type) {
	if len(call.Args) != 1 {
		return
	}
	to := w.expr(call)
	from := w.expr(call.Args[0])
	if from == nil && w.Info.Types[call.Args[0]].Value != nil {
		return // what becomes of a constant is for the rule of the type to say
	}
	if from != nil || to != nil {
		w.flow(call.Args[0], t, to)
	}
}

func (w *walker) builtinFlows(call *ast.CallExpr, name string) {
	switch name {
	case "append":
		to := w.expr(call)
		for _, arg := range call.Args[1:] {
			if call.Ellipsis.IsValid() {
				w.flow(arg, w.Info.TypeOf(call), to)
			} else {
				w.flow(arg, w.Elem(w.Info.TypeOf(call)), to)
			}
		}
	case "copy":
		union(w.expr(call.Args[0]), w.expr(call.Args[1]))
	}
}
