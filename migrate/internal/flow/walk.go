// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"go/ast"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// A walker adds the flows of one file to the graph.
type walker struct {
	*File
	results []*types.Tuple // of the functions around
}

func newWalker(g *Graph, f *source.File) *walker {
	return &walker{File: NewFile(g, f)}
}

func (w *walker) walkFile() {
	for _, decl := range w.Source.Syntax.Decls {
		if fd, ok := decl.(*ast.FuncDecl); ok {
			fn, ok := w.Info.Defs[fd.Name].(*types.Func)
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

func (w *walker) walkBody(sig *types.Signature, body *ast.BlockStmt) {
	w.results = append(w.results, sig.Results())
	w.walk(body)
	w.results = w.results[:len(w.results)-1]
}

func (w *walker) walk(root ast.Node) {
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			w.expr(n)
			w.walkBody(w.Info.TypeOf(n).(*types.Signature), n.Body)
			return false
		case *ast.IfStmt:
			w.findHook(n)
		case *ast.AssignStmt:
			w.assign(n)
		case *ast.ValueSpec:
			w.valueSpec(n)
		case *ast.ReturnStmt:
			w.returns(n)
		case *ast.SendStmt:
			w.flow(n.Value, w.Elem(w.Info.TypeOf(n.Chan)), w.expr(n.Chan))
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

// flow notes that a value goes to a place of type dst, whose node may be nil.
func (w *walker) flow(value ast.Expr, dst types.Type, to *Node) {
	if dst == nil {
		return
	}
	w.flowFrom(value, w.Info.TypeOf(value), w.expr(value), dst, to, false)
}

func (w *walker) flowFrom(value ast.Expr, src types.Type, from *Node, dst types.Type, to *Node, tuple bool) {
	switch {
	case from == nil && to == nil:
		w.hides(value, src, dst)
		w.satisfies(value, src, dst)
		return
	case from == nil:
		to.Facts |= w.textFacts(value, dst)
		if opentracing.OpenTracingType(dst) == opentracing.TagsType && !w.Info.Types[value].IsNil() {
			to.Facts |= anyTags
		}
		if b, ok := src.(*types.Basic); ok && b.Kind() == types.UntypedNil {
			to.Origin |= OriginNil
			if opentracing.SoftKind(dst) == "SpanContext" {
				w.Nils = append(w.Nils, nilContext{w.Source, value, to})
			}
			return
		}
		w.foreign(value, src, dst, to, tuple)
		return
	case to == nil:
		w.escape(value, src, from, dst, tuple)
		return
	}
	if !opentracing.IsTags(src) || opentracing.IsTags(dst) { // what is in an option can't change
		to.From = append(to.From, from)
	}
	w.asReader(value, src, from, dst)
	if opentracing.OpenTracingType(src) == "opentracing.Tag" && opentracing.OpenTracingType(dst) == "opentracing.StartSpanOption" {
		to.Facts |= TagOption | TagOnlyOption
	}
	kind := softKind(src)
	if w.BreakTests && w.Source.Test && opentracing.IsMockTracer(src) {
		kind = "Tracer" // which another one may take the place of
	}
	if kind == "" || kind != opentracing.SoftKind(dst) {
		Join(from, to)
		return
	}
	w.soft = append(w.soft, &softEdge{File: w.Source, Expr: value, Src: from, Dst: to, Kind: kind, Tuple: tuple, Extracted: tuple && kind == "SpanContext" && w.extracts(value)})
}

// satisfies joins the methods of a concrete type with those of an interface that
// it is assigned to.
func (w *walker) satisfies(value ast.Expr, src, dst types.Type) {
	if src == nil || dst == nil {
		return
	}
	iface, ok := dst.Underlying().(*types.Interface)
	if !ok || iface.NumMethods() == 0 {
		return
	}
	if n := opentracing.NamedOf(src); n == nil || n.Obj().Pkg() == nil || !w.Own[n.Obj().Pkg().Path()] {
		return
	}
	w.joinMethods(src, iface)
	for m := range iface.Methods() {
		if field := w.promotedFrom(src, m); field != nil {
			field.hold(RefusedStructuralInterface, value.Pos(), "the method "+m.Name()+" that "+types.TypeString(dst, (*types.Package).Name)+" wants is that of an embedded OpenTracing type")
		}
	}
}

// promotedFrom returns the node of the embedded field whose OpenTracing type gives a type
// its method of the name, or nil.
func (w *walker) promotedFrom(t types.Type, m *types.Func) *Node {
	obj, index, _ := types.LookupFieldOrMethod(t, true, m.Pkg(), m.Name())
	if obj == nil || obj.Pkg() == nil || !opentracing.IsOpenTracing(obj.Pkg().Path()) || len(index) < 2 {
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
func (w *walker) escape(value ast.Expr, src types.Type, from *Node, dst types.Type, tuple bool) {
	w.hides(value, src, dst)
	iface, ok := dst.Underlying().(*types.Interface)
	if opentracing.IsTags(src) && (!ok || opentracing.OpenTracingType(src) == "") {
		from.Facts |= anyTags // which code there may put in
	}
	if !ok {
		return // a type parameter, or a struct whose fields are looked at alone
	}
	name := opentracing.OpenTracingType(src)
	switch {
	case iface.NumMethods() > 0:
		from.hold(RefusedStructuralInterface, value.Pos(), "the value is used as "+types.TypeString(dst, (*types.Package).Name)+", which the OpenTelemetry type may not satisfy")
	case name != "":
		hub := w.hub(name, w.Source.Unit.Path)
		hub.From = append(hub.From, from)
		if w.ContextCall(value) != nil {
			w.soft = append(w.soft, &softEdge{File: w.Source, Expr: value, Src: from, Dst: hub, Kind: "SpanContext"})
		} else {
			Join(from, hub)
		}
		w.printed(value)
		if name == opentracing.TagsType || name == opentracing.TagType {
			w.hidden = append(w.hidden, hiddenTags{name, w.Source.Unit.Path, ast.Unparen(value), from})
		}
		if kind := opentracing.SoftKind(src); kind == "Span" || kind == "SpanContext" {
			w.Escapes = append(w.Escapes, escape{w.Source, value, from, kind, tuple})
		}
	}
}

func (w *walker) assign(n *ast.AssignStmt) {
	if len(n.Lhs) == len(n.Rhs) {
		for i := range n.Lhs {
			if syntax.IsBlank(n.Lhs[i]) {
				w.expr(n.Rhs[i])
				continue
			}
			w.flow(n.Rhs[i], w.Info.TypeOf(n.Lhs[i]), w.expr(n.Lhs[i]))
		}
		return
	}
	w.tuple(n.Rhs[0], n.Lhs)
}

// tuple handles a, b = f() and a, ok = m[k] and their like.
func (w *walker) tuple(rhs ast.Expr, lhs []ast.Expr) {
	call, ok := ast.Unparen(rhs).(*ast.CallExpr)
	if !ok {
		if !syntax.IsBlank(lhs[0]) {
			t := w.Info.TypeOf(rhs)
			if tup, ok := t.(*types.Tuple); ok {
				t = tup.At(0).Type()
			}
			w.flowFrom(rhs, t, w.expr(rhs), w.Info.TypeOf(lhs[0]), w.expr(lhs[0]), true)
		}
		return
	}
	types, _ := w.Info.TypeOf(call).(*types.Tuple)
	if types == nil {
		return
	}
	w.Dropped[call] = len(lhs) == 2 && syntax.IsBlank(lhs[1])
	for i, l := range lhs {
		if !syntax.IsBlank(l) && i < types.Len() {
			w.flowFrom(rhs, types.At(i).Type(), w.Result(call, i), w.Info.TypeOf(l), w.expr(l), true)
		}
	}
}

func (w *walker) valueSpec(n *ast.ValueSpec) {
	for _, name := range n.Names {
		to := w.declare(w.Info.Defs[name])
		if to != nil && len(n.Values) == 0 {
			to.Origin |= OriginNil
		}
	}
	if len(n.Values) == len(n.Names) {
		for i, v := range n.Values {
			if obj := w.Info.Defs[n.Names[i]]; obj != nil {
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

func (w *walker) returns(n *ast.ReturnStmt) {
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
	if tup, ok := w.Info.TypeOf(call).(*types.Tuple); ok {
		for i := range results.Len() {
			w.flowFrom(call, tup.At(i).Type(), w.Result(call, i), results.At(i).Type(), w.declare(results.At(i)), true)
		}
	}
}

func (w *walker) ranges(n *ast.RangeStmt) {
	from := w.expr(n.X)
	for _, e := range []ast.Expr{n.Key, n.Value} {
		if e == nil || syntax.IsBlank(e) {
			continue
		}
		if to := w.expr(e); to != nil && from != nil {
			to.From = append(to.From, from)
			Join(from, to)
		}
	}
}

func (w *walker) composite(n *ast.CompositeLit) {
	if w.Expanded[n] != nil {
		return
	}
	t := w.Info.TypeOf(n)
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	self := w.expr(n)
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for i, e := range n.Elts {
			var field *types.Var
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				field, _ = w.Info.Uses[kv.Key.(*ast.Ident)].(*types.Var)
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
				if !w.Parts(field.Type()).Any() {
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
			w.flow(e, w.Elem(t), self)
		}
	case *types.Map:
		for _, e := range n.Elts {
			kv := e.(*ast.KeyValueExpr)
			if w.Parts(u.Key()).Any() {
				w.flow(kv.Key, u.Key(), self)
			}
			if w.Parts(u.Elem()).Any() {
				w.flow(kv.Value, u.Elem(), self)
			} else {
				w.flow(kv.Value, u.Elem(), nil)
			}
		}
	}
}

func (w *walker) typeSwitch(n *ast.TypeSwitchStmt) {
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
		bound := w.declare(w.Info.Implicits[clause])
		if bound != nil {
			union(bound, from)
		}
		for _, e := range clause.List {
			t := w.Info.TypeOf(e)
			if name := opentracing.OpenTracingType(t); name != "" {
				hub := w.hub(name, w.Source.Unit.Path)
				w.Reads[hub] = true
				union(hub, bound)
				union(hub, w.value(e))
				union(hub, from)
				if bound != nil {
					bound.From = append(bound.From, hub)
				}
			} else if w.Parts(t).Any() {
				union(w.value(e), bound)
			} else if from != nil && t != nil {
				if b, ok := t.(*types.Basic); !ok || b.Kind() != types.UntypedNil {
					from.hold(RefusedTypeAssertion, e.Pos(), "a type switch looks for "+types.TypeString(t, (*types.Package).Name)+" in it")
				}
			}
		}
	}
}
