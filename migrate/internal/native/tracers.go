// SPDX-License-Identifier: Apache-2.0

package native

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/inventory"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
)

// isTracer tells whether a type is that of a tracer that a set-up makes.
func isTracer(t types.Type) bool { return isAPITracer(t) || isCompatTracer(t) }

func isAPITracer(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && opentracing.SymbolText(named.Obj()) == "opentracing.Tracer"
}

func isCompatTracer(t types.Type) bool {
	return opentelemetry.HasProvider(t) && !opentelemetry.IsTwinMock(t)
}

// tracers plans what is done with tracers and closers: a provider takes their place.
func (f *file) tracers() {
	ast.Inspect(f.Source.Syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			f.mention(n)
		case *ast.CompositeLit:
			f.noop(n)
		case *ast.CallExpr:
			fun := calledName(n)
			if f.calls(n) == globalTracer && !f.taken[fun] && f.tracer(n, &made{provider: globalProvider, global: true}) {
				f.take(n.Fun)
				f.move(n, "opentracing.GlobalTracer", "otel.GetTracerProvider")
			}
		}
		return true
	})
}

// mention plans one mention of a type, variable or field.
func (f *file) mention(id *ast.Ident) {
	switch obj := f.Info.ObjectOf(id).(type) {
	case *types.TypeName:
		f.tracerType(id, obj)
	case *types.Var:
		if f.Info.Uses[id] == nil {
			return // its declaration
		}
		var e ast.Expr = id
		if sel, ok := f.Parent[id].(*ast.SelectorExpr); ok && sel.Sel == id {
			e = sel
		}
		if m := f.closers[obj]; m != nil {
			f.closer(e, m)
		} else if opentelemetry.IsTwinMock(f.Info.TypeOf(e)) && f.takesTracer(e) {
			f.replace(e, func(r *edit.Renderer) string { return r.Operand(e) + ".TracerProvider()" })
		} else if isTracer(f.Info.TypeOf(e)) {
			f.tracer(e, f.made[obj])
		}
	}
}

// tracerType plans a type in a declaration.
func (f *file) tracerType(id *ast.Ident, obj *types.TypeName) {
	var e ast.Expr = id
	if sel, ok := f.Parent[id].(*ast.SelectorExpr); ok {
		e = sel
	}
	path, name := opentelemetry.TracePath, "TracerProvider"
	if !isAPITracer(obj.Type()) {
		star, ok := f.Parent[e].(*ast.StarExpr)
		if !ok || !isCompatTracer(f.Info.TypeOf(star)) {
			return
		}
		e, path, name = star, opentelemetry.SDKTracePath, "*TracerProvider"
	}
	switch f.Parent[e].(type) {
	case *ast.Field, *ast.ValueSpec, *ast.ArrayType, *ast.MapType, *ast.ChanType, *ast.Ellipsis:
	default:
		return
	}
	if field, ok := f.Parent[e].(*ast.Field); ok && len(field.Names) == 0 {
		if list, ok := f.Parent[field].(*ast.FieldList); ok {
			if _, embedded := f.Parent[list].(*ast.StructType); embedded {
				return // its methods are the struct's
			}
		}
	}
	f.take(id)
	star := ""
	if name[0] == '*' {
		star, name = "*", name[1:]
	}
	f.replace(e, func(r *edit.Renderer) string { return star + r.Pkg(path) + "." + name })
	f.move(e, opentracingName(obj), star+opentelemetry.BaseName(path)+"."+name)
}

func opentracingName(obj types.Object) string { return obj.Pkg().Name() + "." + obj.Name() }

// noop plans a tracer that does nothing.
func (f *file) noop(lit *ast.CompositeLit) {
	if !opentracing.IsNoop(f.Info.TypeOf(lit)) {
		return
	}
	var e ast.Expr = lit
	if u, ok := f.Parent[lit].(*ast.UnaryExpr); ok && u.Op == token.AND {
		e = u
	}
	m := &made{provider: func(r *edit.Renderer) string { return r.Pkg(opentelemetry.NoopPath) + ".NewTracerProvider()" }}
	if f.tracer(e, m) {
		f.take(lit.Type)
		f.move(e, "opentracing.NoopTracer", "noop.NewTracerProvider")
	}
}

// tracer plans what is done with a tracer, and tells whether it has a rule. m is what the
// set-up of the function has made, nil where the tracer comes from elsewhere.
func (f *file) tracer(e ast.Expr, m *made) bool {
	provider := func(r *edit.Renderer) string { return r.Text(e) }
	if m != nil && (m.replaced || f.Variable(e) == nil) {
		provider = m.provider
	}
	if m == nil {
		if from := f.foreign(e); from != nil {
			f.hold(from, "the tracer comes from "+nameOf(f.Callee(from))+", which is not OpenTelemetry's: stage 1 comes first")
			f.move(from, nameOf(f.Callee(from)), "")
			return true
		}
		m = &made{provider: provider}
	}
	takes := func(at ast.Node, to text) bool {
		f.replace(at, to)
		return true
	}
	switch parent := f.Parent[e].(type) {
	case *ast.CallExpr:
		if parent.Fun == e {
			return false
		}
		return f.tracerArgument(e, parent, m, provider)
	case *ast.SelectorExpr:
		call, ok := f.Parent[parent].(*ast.CallExpr)
		if !ok || call.Fun != parent {
			return false
		}
		switch parent.Sel.Name {
		case "TracerProvider":
			f.take(parent.Sel)
			return takes(call, provider)
		case "Close":
			f.take(parent.Sel)
			f.move(call, "compat.Tracer.Close", "Shutdown")
			return takes(call, func(r *edit.Renderer) string { return r.Helper("shutdown") + "(" + provider(r) + ")" })
		case "Shutdown", "ForceFlush":
			f.take(parent.Sel)
			return takes(e, provider)
		}
		return false
	case *ast.AssignStmt, *ast.ReturnStmt, *ast.KeyValueExpr, *ast.ValueSpec, *ast.CompositeLit, *ast.BinaryExpr:
		if as, ok := parent.(*ast.AssignStmt); ok && slices.Contains(as.Lhs, e) {
			return true // it gets another one
		}
		if isCloser(f.expected(e)) {
			return takes(e, func(r *edit.Renderer) string { return f.closerOf(r, provider) })
		}
		if _, same := e.(*ast.Ident); same && !m.replaced {
			return true // it keeps its name
		}
		return takes(e, provider)
	}
	return false
}

// foreign returns the call of another module that makes a tracer, nil if there is none.
func (f *file) foreign(e ast.Expr) *ast.CallExpr {
	call, ok := ast.Unparen(f.onlyValue(e)).(*ast.CallExpr)
	if !ok {
		return nil
	}
	fn := f.Callee(call)
	if fn == nil || fn.Pkg() == nil || f.run.Own[fn.Pkg().Path()] || leaves(fn.Pkg().Path()) {
		return nil
	}
	return call
}

// tracerArgument plans a tracer that a function is given.
func (f *file) tracerArgument(e ast.Expr, call *ast.CallExpr, m *made, provider text) bool {
	fn := f.Callee(call)
	switch {
	case fn == nil:
		return false
	case f.setsGlobal(call):
		stmt, ok := f.Parent[call].(*ast.ExprStmt)
		if !ok {
			f.hold(call, nameOf(fn)+" is not a statement of its own")
			return true
		}
		f.take(call.Fun)
		f.move(call, nameOf(fn), "otel.SetTracerProvider")
		set := &made{provider: provider, propagator: m.propagator}
		f.replace(stmt, func(r *edit.Renderer) string { return f.setGlobals(r, set)[1:] })
		return true
	case opentelemetry.ProvidesTracer(fn):
		f.take(call.Fun)
		f.replace(call, provider)
		f.move(call, "compat.ProviderOf", "the provider")
		return true
	case fn.Pkg() != nil && f.run.Own[fn.Pkg().Path()]:
		if isCloser(f.expected(e)) {
			f.replace(e, func(r *edit.Renderer) string { return f.closerOf(r, provider) })
			return true
		}
		f.replace(e, provider)
		return true
	}
	if f.taken[calledName(call)] {
		return true // a rule of the library's has it
	}
	f.hold(e, nameOf(fn)+" takes a tracer of OpenTracing")
	f.move(call, nameOf(fn), "")
	return true
}

// calledName returns the identifier that names what is called.
func calledName(call *ast.CallExpr) *ast.Ident {
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		return fun
	case *ast.SelectorExpr:
		return fun.Sel
	}
	return nil
}

// closer plans what is done with what closes a tracer.
func (f *file) closer(e ast.Expr, m *made) {
	if sel, ok := f.Parent[e].(*ast.SelectorExpr); ok && sel.X == e {
		call, ok := f.Parent[sel].(*ast.CallExpr)
		if !ok || call.Fun != sel {
			f.replace(sel, func(r *edit.Renderer) string { return f.closerOf(r, m.provider) + ".Close" })
			return
		}
		f.move(call, "io.Closer.Close", "Shutdown")
		f.replace(call, func(r *edit.Renderer) string { return r.Helper("shutdown") + "(" + m.provider(r) + ")" })
		return
	}
	f.replace(e, func(r *edit.Renderer) string { return f.closerOf(r, m.provider) })
}

func (f *file) closerOf(r *edit.Renderer, provider text) string {
	return r.Helper("providerCloser") + "{" + provider(r) + "}"
}

// isCloser tells whether a type is io.Closer.
func isCloser(t types.Type) bool { return t != nil && types.TypeString(t, nil) == "io.Closer" }

// expected returns the type that an expression is given to, nil where that isn't seen.
func (f *file) expected(e ast.Expr) types.Type {
	switch parent := f.Parent[e].(type) {
	case *ast.ReturnStmt:
		for i, result := range parent.Results {
			if result == e && len(parent.Results) > 0 {
				return f.ResultType(parent, i)
			}
		}
	case *ast.AssignStmt:
		for i, value := range parent.Rhs {
			if value == e && len(parent.Lhs) == len(parent.Rhs) {
				return f.Info.TypeOf(parent.Lhs[i])
			}
		}
	case *ast.KeyValueExpr:
		if key, ok := parent.Key.(*ast.Ident); ok && parent.Value == e {
			if v, ok := f.Info.Uses[key].(*types.Var); ok && v.IsField() {
				return v.Type()
			}
		}
		if lit, ok := f.Parent[parent].(*ast.CompositeLit); ok && parent.Value == e {
			return f.element(lit, -1)
		}
	case *ast.CompositeLit:
		return f.element(parent, slices.Index(parent.Elts, e))
	case *ast.ValueSpec:
		if parent.Type != nil {
			return f.Info.TypeOf(parent.Type)
		}
	case *ast.CallExpr:
		sig, ok := f.Info.TypeOf(parent.Fun).(*types.Signature)
		i := slices.Index(parent.Args, e)
		if !ok || i < 0 {
			break
		}
		last := sig.Params().Len() - 1
		if sig.Variadic() && i >= last && !parent.Ellipsis.IsValid() {
			if list, is := sig.Params().At(last).Type().Underlying().(*types.Slice); is {
				return list.Elem()
			}
		} else if i <= last {
			return sig.Params().At(i).Type()
		}
	}
	return nil
}

// element returns the type of an element of a literal by its place, nil where there is none.
func (f *file) element(lit *ast.CompositeLit, i int) types.Type {
	t := f.Info.TypeOf(lit)
	if t == nil {
		return nil
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem() // &T{} without its type, in a list of such
	}
	switch t := t.Underlying().(type) {
	case *types.Struct:
		if 0 <= i && i < t.NumFields() {
			return t.Field(i).Type()
		}
	case *types.Slice:
		return t.Elem()
	case *types.Array:
		return t.Elem()
	case *types.Map:
		return t.Elem()
	}
	return nil
}

// takesTracer tells whether code of the module is given an expression as a tracer of
// OpenTracing's API. That takes a provider afterwards.
func (f *file) takesTracer(e ast.Expr) bool {
	t := f.expected(e)
	if t == nil || !isAPITracer(t) {
		return false
	}
	call, ok := f.Parent[e].(*ast.CallExpr)
	if !ok {
		return true
	}
	fn := f.Callee(call)
	return fn == nil || fn.Pkg() != nil && f.run.Own[fn.Pkg().Path()]
}

func functionName(fn *types.Func) string { return inventory.FunctionName(fn) }
