// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/types"
)

// A flowWalker adds the flows of one file to the graph.
type flowWalker struct {
	*flowFile
	results []*types.Tuple // of the functions around
}

func newFlowWalker(g *graph, f *sourceFile) *flowWalker {
	return &flowWalker{flowFile: newFlowFile(g, f)}
}

func (w *flowWalker) walkFile() {
	for _, decl := range w.file.syntax.Decls {
		if fd, ok := decl.(*ast.FuncDecl); ok {
			fn, ok := w.info.Defs[fd.Name].(*types.Func)
			if !ok || fd.Body == nil {
				continue
			}
			w.function(fn)
			w.receiverParams(fn)
			w.walkBody(fn.Signature(), fd.Body)
			continue
		}
		w.walk(decl)
	}
}

func (w *flowWalker) walkBody(sig *types.Signature, body *ast.BlockStmt) {
	w.results = append(w.results, sig.Results())
	w.walk(body)
	w.results = w.results[:len(w.results)-1]
}

func (w *flowWalker) walk(root ast.Node) {
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			w.expr(n)
			w.walkBody(w.info.TypeOf(n).(*types.Signature), n.Body)
			return false
		case *ast.AssignStmt:
			w.assign(n)
		case *ast.ValueSpec:
			w.valueSpec(n)
		case *ast.ReturnStmt:
			w.returns(n)
		case *ast.SendStmt:
			w.flow(n.Value, w.elem(w.info.TypeOf(n.Chan)), w.expr(n.Chan))
		case *ast.RangeStmt:
			w.ranges(n)
		case *ast.CompositeLit:
			w.composite(n)
		case *ast.CallExpr:
			w.call(n)
		case *ast.TypeAssertExpr:
			if n.Type != nil {
				w.expr(n)
			}
		case *ast.TypeSwitchStmt:
			w.typeSwitch(n)
		}
		return true
	})
}

func (w *syntaxFile) elem(t types.Type) types.Type {
	switch u := t.Underlying().(type) {
	case *types.Chan:
		return u.Elem()
	case *types.Slice:
		return u.Elem()
	case *types.Array:
		return u.Elem()
	case *types.Map:
		return u.Elem()
	case *types.Pointer:
		return w.elem(u.Elem())
	}
	return types.Typ[types.Invalid]
}

// flow notes that a value goes to a place of type dst, whose node may be nil.
func (w *flowWalker) flow(value ast.Expr, dst types.Type, to *node) {
	if dst == nil {
		return
	}
	w.flowFrom(value, w.info.TypeOf(value), w.expr(value), dst, to, false)
}

func (w *flowWalker) flowFrom(value ast.Expr, src types.Type, from *node, dst types.Type, to *node, tuple bool) {
	switch {
	case from == nil && to == nil:
		w.satisfies(value, src, dst)
		return
	case from == nil:
		to.facts |= w.textFacts(value, dst)
		if openTracingType(dst) == tagsType && !w.info.Types[value].IsNil() {
			to.facts |= anyTags
		}
		if b, ok := src.(*types.Basic); ok && b.Kind() == types.UntypedNil {
			to.origin |= originNil
			if softKind(dst) == "SpanContext" {
				w.nils = append(w.nils, nilContext{w.file, value, to})
			}
			return
		}
		w.foreign(value, src, dst, to, tuple)
		return
	case to == nil:
		w.escape(value, src, from, dst, tuple)
		return
	}
	if !isTags(src) || isTags(dst) { // what is in an option can't change
		to.from = append(to.from, from)
	}
	w.asReader(value, src, from, dst)
	if openTracingType(src) == "opentracing.Tag" && openTracingType(dst) == "opentracing.StartSpanOption" {
		to.facts |= tagOption | tagOnlyOption
	}
	kind := softKind(src)
	if w.breakTests && w.file.test && isMockTracer(src) {
		kind = "Tracer" // which another one may take the place of
	}
	if kind == "" || kind != softKind(dst) {
		join(from, to)
		return
	}
	w.soft = append(w.soft, &softEdge{file: w.file, expr: value, src: from, dst: to, kind: kind, tuple: tuple})
}

// satisfies joins the methods of a concrete type with those of an interface that
// it is assigned to.
func (w *flowWalker) satisfies(value ast.Expr, src, dst types.Type) {
	if src == nil || dst == nil {
		return
	}
	iface, ok := dst.Underlying().(*types.Interface)
	if !ok || iface.NumMethods() == 0 {
		return
	}
	if n := namedOf(src); n == nil || n.Obj().Pkg() == nil || !w.own[n.Obj().Pkg().Path()] {
		return
	}
	w.joinMethods(src, iface)
	for m := range iface.Methods() {
		if field := w.promotedFrom(src, m); field != nil {
			field.hold("structural-interface", value.Pos(), "the method "+m.Name()+" that "+types.TypeString(dst, (*types.Package).Name)+" wants is that of an embedded OpenTracing type")
		}
	}
}

// promotedFrom returns the node of the embedded field whose OpenTracing type gives a type
// its method of the name, or nil.
func (w *flowWalker) promotedFrom(t types.Type, m *types.Func) *node {
	obj, index, _ := types.LookupFieldOrMethod(t, true, m.Pkg(), m.Name())
	if obj == nil || obj.Pkg() == nil || !IsOpenTracing(obj.Pkg().Path()) || len(index) < 2 {
		return nil
	}
	var field *types.Var
	for _, i := range index[:len(index)-1] {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		st, ok := t.Underlying().(*types.Struct)
		if !ok {
			return nil
		}
		field = st.Field(i)
		t = field.Type()
	}
	return w.declare(field)
}

// escape handles an OpenTracing value in a place of another type.
func (w *flowWalker) escape(value ast.Expr, src types.Type, from *node, dst types.Type, tuple bool) {
	iface, ok := dst.Underlying().(*types.Interface)
	if isTags(src) && (!ok || openTracingType(src) == "") {
		from.facts |= anyTags // which code there may put in
	}
	if !ok {
		return // a type parameter, or a struct whose fields are looked at alone
	}
	name := openTracingType(src)
	switch {
	case iface.NumMethods() > 0:
		from.hold("structural-interface", value.Pos(), "the value is used as "+types.TypeString(dst, (*types.Package).Name)+", which the OpenTelemetry type may not satisfy")
	case name != "":
		hub := w.hub(name, w.file.unit.path)
		hub.from = append(hub.from, from)
		join(from, hub)
		w.printed(value)
		if name == tagsType || name == tagType {
			w.hidden = append(w.hidden, hiddenTags{name, w.file.unit.path, ast.Unparen(value), from})
		}
		if kind := softKind(src); kind == "Span" || kind == "SpanContext" {
			w.escapes = append(w.escapes, escape{w.file, value, from, kind, tuple})
		}
	}
}

func (w *flowWalker) assign(n *ast.AssignStmt) {
	if len(n.Lhs) == len(n.Rhs) {
		for i := range n.Lhs {
			if isBlank(n.Lhs[i]) {
				w.expr(n.Rhs[i])
				continue
			}
			w.flow(n.Rhs[i], w.info.TypeOf(n.Lhs[i]), w.expr(n.Lhs[i]))
		}
		return
	}
	w.tuple(n.Rhs[0], n.Lhs)
}

// tuple handles a, b = f() and a, ok = m[k] and their like.
func (w *flowWalker) tuple(rhs ast.Expr, lhs []ast.Expr) {
	call, ok := ast.Unparen(rhs).(*ast.CallExpr)
	if !ok {
		if !isBlank(lhs[0]) {
			t := w.info.TypeOf(rhs)
			if tup, ok := t.(*types.Tuple); ok {
				t = tup.At(0).Type()
			}
			w.flowFrom(rhs, t, w.expr(rhs), w.info.TypeOf(lhs[0]), w.expr(lhs[0]), true)
		}
		return
	}
	types, _ := w.info.TypeOf(call).(*types.Tuple)
	if types == nil {
		return
	}
	w.dropped[call] = len(lhs) == 2 && isBlank(lhs[1])
	for i, l := range lhs {
		if !isBlank(l) && i < types.Len() {
			w.flowFrom(rhs, types.At(i).Type(), w.result(call, i), w.info.TypeOf(l), w.expr(l), true)
		}
	}
}

func (w *flowWalker) valueSpec(n *ast.ValueSpec) {
	for _, name := range n.Names {
		to := w.declare(w.info.Defs[name])
		if to != nil && len(n.Values) == 0 {
			to.origin |= originNil
		}
	}
	if len(n.Values) == len(n.Names) {
		for i, v := range n.Values {
			if obj := w.info.Defs[n.Names[i]]; obj != nil {
				w.flow(v, obj.Type(), w.declare(obj))
			}
		}
	} else if len(n.Values) == 1 {
		lhs := make([]ast.Expr, len(n.Names))
		for i, name := range n.Names {
			lhs[i] = name
		}
		w.tuple(n.Values[0], lhs)
	}
}

func (w *flowWalker) returns(n *ast.ReturnStmt) {
	results := w.results[len(w.results)-1]
	if len(n.Results) == results.Len() {
		for i, e := range n.Results {
			w.flow(e, results.At(i).Type(), w.declare(results.At(i)))
		}
		return
	}
	if len(n.Results) != 1 {
		return
	}
	call, ok := ast.Unparen(n.Results[0]).(*ast.CallExpr)
	if !ok {
		return
	}
	if tup, ok := w.info.TypeOf(call).(*types.Tuple); ok {
		for i := range results.Len() {
			w.flowFrom(call, tup.At(i).Type(), w.result(call, i), results.At(i).Type(), w.declare(results.At(i)), true)
		}
	}
}

func (w *flowWalker) ranges(n *ast.RangeStmt) {
	from := w.expr(n.X)
	for _, e := range []ast.Expr{n.Key, n.Value} {
		if e == nil || isBlank(e) {
			continue
		}
		if to := w.expr(e); to != nil && from != nil {
			to.from = append(to.from, from)
			join(from, to)
		}
	}
}

func (w *flowWalker) composite(n *ast.CompositeLit) {
	t := w.info.TypeOf(n)
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	self := w.expr(n)
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for i, e := range n.Elts {
			var field *types.Var
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				field, _ = w.info.Uses[kv.Key.(*ast.Ident)].(*types.Var)
				e = kv.Value
			} else {
				field = u.Field(i)
			}
			if field == nil {
				continue
			}
			to := w.declare(field)
			if to == nil && self != nil {
				to = self // a field of one of OpenTracing's structs
				if !w.parts(field.Type()).any() {
					w.expr(e)
					continue
				}
			}
			w.flow(e, field.Type(), to)
		}
	case *types.Slice, *types.Array:
		for _, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				e = kv.Value
			}
			w.flow(e, w.elem(t), self)
		}
	case *types.Map:
		for _, e := range n.Elts {
			kv := e.(*ast.KeyValueExpr)
			if w.parts(u.Key()).any() {
				w.flow(kv.Key, u.Key(), self)
			}
			if w.parts(u.Elem()).any() {
				w.flow(kv.Value, u.Elem(), self)
			} else {
				w.flow(kv.Value, u.Elem(), nil)
			}
		}
	}
}

func (w *flowWalker) typeSwitch(n *ast.TypeSwitchStmt) {
	var x ast.Expr
	switch a := n.Assign.(type) {
	case *ast.ExprStmt:
		x = a.X.(*ast.TypeAssertExpr).X
	case *ast.AssignStmt:
		x = a.Rhs[0].(*ast.TypeAssertExpr).X
	}
	from := w.expr(x)
	for _, s := range n.Body.List {
		clause := s.(*ast.CaseClause)
		bound := w.declare(w.info.Implicits[clause])
		if bound != nil {
			union(bound, from)
		}
		for _, e := range clause.List {
			t := w.info.TypeOf(e)
			if name := openTracingType(t); name != "" {
				hub := w.hub(name, w.file.unit.path)
				w.reads[hub] = true
				union(hub, bound)
				union(hub, w.value(e))
				union(hub, from)
				if bound != nil {
					bound.from = append(bound.from, hub)
				}
			} else if w.parts(t).any() {
				union(w.value(e), bound)
			} else if from != nil && t != nil {
				if b, ok := t.(*types.Basic); !ok || b.Kind() != types.UntypedNil {
					from.hold("type-assertion", e.Pos(), "a type switch looks for "+types.TypeString(t, (*types.Package).Name)+" in it")
				}
			}
		}
	}
}
