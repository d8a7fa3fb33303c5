// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"
)

// expr returns the node of an expression's value, or nil when its type contains no
// OpenTracing type. Several results of a call have nodes of their own: see result.
func (w *flowWalker) expr(e ast.Expr) *node {
	switch e := e.(type) {
	case *ast.Ident:
		obj := w.info.ObjectOf(e)
		if v, ok := obj.(*types.Var); ok && v.Pkg() != nil && IsOpenTracing(v.Pkg().Path()) {
			return w.apiVar(e, v)
		}
		if obj == nil {
			return nil
		}
		if f, ok := obj.(*types.Func); ok && f.Pkg() != nil && IsOpenTracing(f.Pkg().Path()) {
			if w.parts(f.Type()).any() {
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
		if _, ok := w.info.TypeOf(e.X).(*types.Signature); ok {
			return w.instance(e, e.X)
		}
		if w.parts(w.info.TypeOf(e)).any() {
			return w.expr(e.X)
		}
	case *ast.IndexListExpr:
		return w.instance(e, e.X)
	case *ast.SliceExpr:
		return w.expr(e.X)
	case *ast.TypeAssertExpr:
		return w.assertion(e)
	case *ast.FuncLit:
		return w.functionValue(w.info.TypeOf(e).(*types.Signature))
	case *ast.CompositeLit:
		return w.literal(e, w.info.TypeOf(e))
	case *ast.CallExpr:
		if _, ok := w.info.TypeOf(e).(*types.Tuple); !ok {
			return w.result(e, 0)
		}
	}
	return nil
}

// apiVar is a variable of the OpenTracing API, such as ext.SpanKindRPCClient.
func (w *flowWalker) apiVar(at ast.Node, v *types.Var) *node {
	if !w.parts(v.Type()).any() {
		return nil
	}
	return w.value(at)
}

func (w *flowWalker) selector(e *ast.SelectorExpr) *node {
	sel := w.info.Selections[e]
	if sel == nil {
		return w.expr(e.Sel)
	}
	switch sel.Kind() {
	case types.FieldVal:
		v := sel.Obj().(*types.Var)
		if v.Pkg() != nil && IsOpenTracing(v.Pkg().Path()) {
			if w.parts(v.Type()).any() {
				return w.receiver(e)
			}
			return nil
		}
		n := w.declare(v)
		if n == nil && w.parts(v.Type()).any() {
			return w.expr(e.X) // a field whose type is a type argument
		}
		return n
	case types.MethodVal:
		f := sel.Obj().(*types.Func)
		if f.Pkg() != nil && IsOpenTracing(f.Pkg().Path()) {
			return w.receiver(e)
		}
		return w.functionValue(f.Origin().Signature())
	case types.MethodExpr:
		f := sel.Obj().(*types.Func)
		if f.Pkg() != nil && IsOpenTracing(f.Pkg().Path()) {
			return w.value(e)
		}
		return w.functionValue(f.Origin().Signature())
	}
	return nil
}

// receiver returns the node of the OpenTracing value that a method or field is
// selected from, which may be an embedded one.
func (w *flowWalker) receiver(e *ast.SelectorExpr) *node {
	sel := w.info.Selections[e]
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
		}
		t = f.Type()
	}
	if n == nil {
		n = w.embedding(t)
	} else if softKind(w.info.TypeOf(e.X)) == "Tracer" && len(index) == 1 {
		n = w.tracerRead(e.X, n)
	}
	return n
}

// embedding returns the node of an interface type that embeds OpenTracing's.
func (w *flowWalker) embedding(t types.Type) *node {
	var n *node
	for _, tn := range w.parts(t).named {
		m := w.declare(tn)
		union(n, m)
		n = m
	}
	return n
}

// literal is the node of a value that is made of a type: a composite literal,
// make, new, a conversion.
func (w *flowWalker) literal(at ast.Node, t types.Type) *node {
	p := w.parts(t)
	if !p.any() {
		return nil
	}
	n := w.value(at)
	if isNoop(t) && !w.file.test {
		n.origin |= originNoop
	}
	for _, tn := range p.named {
		union(n, w.declare(tn))
	}
	return n
}

func (w *flowWalker) assertion(e *ast.TypeAssertExpr) *node {
	if e.Type == nil {
		return nil
	}
	t := w.info.TypeOf(e.Type)
	from := w.expr(e.X)
	name := openTracingType(t)
	if name == "" && !w.parts(t).any() {
		return nil // what becomes of x.(jaeger.SpanContext) is for its rule to say
	}
	n := w.literal(e, t)
	if name != "" && from == nil {
		hub := w.hub(name, w.file.unit.path)
		w.reads[hub] = true
		n.from = append(n.from, hub)
		union(n, hub)
	}
	union(n, from)
	n.origin |= originNil
	return n
}

// result returns the node of a call's i-th result.
func (w *flowWalker) result(call *ast.CallExpr, i int) *node {
	fun := ast.Unparen(call.Fun)
	if tv := w.info.Types[fun]; tv.IsType() {
		n := w.literal(call, tv.Type)
		return n
	}
	if id, ok := fun.(*ast.Ident); ok {
		if b, ok := w.info.Uses[id].(*types.Builtin); ok {
			return w.builtin(call, b.Name())
		}
	}
	t := w.info.TypeOf(call)
	if tup, ok := t.(*types.Tuple); ok {
		t = tup.At(i).Type()
	}
	if !w.parts(t).any() {
		return nil
	}
	f := w.callee(call)
	if f == nil {
		return w.expr(fun)
	}
	if c := w.claimOf(f); c.gives != 0 {
		return w.given(call, c)
	}
	if f.Pkg() != nil && IsOpenTracing(f.Pkg().Path()) {
		return w.apiResult(call, f)
	}
	if w.adapts(call) {
		return w.adapted(call)
	}
	declared := f.Origin().Signature().Results().At(i)
	if n := w.declare(declared); n != nil {
		return w.returned(call, f, i, n)
	}
	// A generic function or a method of a generic type, given an OpenTracing type.
	return w.generic(call, f)
}

func (w *flowWalker) builtin(call *ast.CallExpr, name string) *node {
	switch name {
	case "append":
		n := w.expr(call.Args[0])
		if n == nil && w.parts(w.info.TypeOf(call)).any() {
			n = w.value(call)
		}
		return n
	case "make", "new":
		n := w.literal(call, w.info.TypeOf(call))
		if n != nil {
			n.origin |= originNil
		}
		return n
	case "min", "max":
		return nil
	}
	return nil
}

// callee returns the function or method that a call names, or nil.
func (w *syntaxFile) callee(call *ast.CallExpr) *types.Func {
	f, _ := standIn(typeutil.Callee(w.info, call)).(*types.Func)
	return f
}

// call notes the flows of arguments into parameters.
func (w *flowWalker) call(call *ast.CallExpr) {
	if w.expanded[call] {
		return
	}
	fun := ast.Unparen(call.Fun)
	if tv := w.info.Types[fun]; tv.IsType() {
		w.conversion(call, tv.Type)
		return
	}
	if id, ok := fun.(*ast.Ident); ok {
		if _, ok := w.info.Uses[id].(*types.Builtin); ok {
			w.builtinFlows(call, id.Name)
			return
		}
	}
	sig, ok := w.info.TypeOf(fun).Underlying().(*types.Signature)
	if !ok {
		return
	}
	f := w.callee(call)
	if w.adaptsBack(call) && w.expr(call.Args[0]) != nil {
		return // see adapterBack
	}
	if f != nil && f.Pkg() != nil {
		if IsOpenTracing(f.Pkg().Path()) {
			w.apiCall(call, f)
			return
		}
		if prints(f.Pkg().Path()) || w.claimOf(f).shows && w.anyNode(call.Args) {
			for _, arg := range call.Args {
				w.printed(arg)
			}
			return
		}
	}
	var declared *types.Signature
	var dynamic *node
	if f != nil {
		declared = f.Origin().Signature()
	} else {
		dynamic = w.expr(fun)
	}
	if len(call.Args) == 1 {
		if results, ok := w.info.TypeOf(call.Args[0]).(*types.Tuple); ok {
			w.spread(call, results, sig, declared, dynamic)
			return
		}
	}
	for i, arg := range call.Args {
		t, v := parameter(sig, declared, i, call.Ellipsis.IsValid())
		if t == nil {
			return
		}
		var to *node
		if v != nil {
			to = w.declare(v)
		} else if w.parts(t).any() {
			to = dynamic
		}
		if to == nil && f != nil && w.parts(t).any() {
			to = w.generic(call, f)
		}
		w.flow(arg, t, to)
	}
}

// spread handles f(g()) where g has several results.
func (w *flowWalker) spread(call *ast.CallExpr, results *types.Tuple, sig, declared *types.Signature, dynamic *node) {
	inner, ok := ast.Unparen(call.Args[0]).(*ast.CallExpr)
	if !ok {
		return
	}
	for i := range results.Len() {
		t, v := parameter(sig, declared, i, false)
		if t == nil {
			return
		}
		to := dynamic
		if v != nil {
			to = w.declare(v)
		}
		w.flowFrom(inner, results.At(i).Type(), w.result(inner, i), t, to, true)
	}
}

// parameter returns the type of the i-th argument's parameter and its declaration.
func parameter(sig, declared *types.Signature, i int, spread bool) (types.Type, *types.Var) {
	n := sig.Params().Len()
	last := min(i, n-1)
	if last < 0 {
		return nil, nil
	}
	t := sig.Params().At(last).Type()
	if sig.Variadic() && i >= n-1 && !spread {
		if s, ok := t.Underlying().(*types.Slice); ok {
			t = s.Elem()
		}
	}
	if declared == nil {
		return t, nil
	}
	if last -= n - declared.Params().Len(); last < 0 {
		return t, declared.Recv() // a method expression takes it first
	}
	return t, declared.Params().At(last)
}

func (w *flowWalker) conversion(call *ast.CallExpr, t types.Type) {
	if len(call.Args) != 1 {
		return
	}
	to := w.expr(call)
	from := w.expr(call.Args[0])
	if from == nil && w.info.Types[call.Args[0]].Value != nil {
		return // what becomes of a constant is for the rule of the type to say
	}
	if from != nil || to != nil {
		w.flow(call.Args[0], t, to)
	}
}

func (w *flowWalker) builtinFlows(call *ast.CallExpr, name string) {
	switch name {
	case "append":
		to := w.expr(call)
		for _, arg := range call.Args[1:] {
			if call.Ellipsis.IsValid() {
				w.flow(arg, w.info.TypeOf(call), to)
			} else {
				w.flow(arg, w.elem(w.info.TypeOf(call)), to)
			}
		}
	case "copy":
		union(w.expr(call.Args[0]), w.expr(call.Args[1]))
	}
}
