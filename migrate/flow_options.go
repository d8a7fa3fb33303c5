// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"go/types"
)

// An ownOption is what a StartSpanOption of the rewritten code does to a start:
//
//	func (c consumer) Apply(o *opentracing.StartSpanOptions) {
//		if c.from != nil {
//			opentracing.FollowsFrom(c.from).Apply(o)
//		}
//		ext.SpanKindConsumer.Apply(o)
//	}
//
// Where a function that only makes one is called for a start, that is done there
// instead; OpenTelemetry's options can't be implemented.
type ownOption struct {
	kind string
	refs []ownReference
}

// An ownReference is a reference of an ownOption to a field of its type, or to an
// argument of the function that makes it.
type ownReference struct {
	field   *types.Var
	arg     int
	follows bool
}

// findOwnOptions finds the functions that make options which can be done in place.
func (g *graph) findOwnOptions() {
	byType := make(map[token.Pos]*ownOption)
	g.functions(func(u *unit, fd *ast.FuncDecl, f *types.Func) {
		if recv := f.Signature().Recv(); recv != nil && f.Name() == "Apply" && namedOf(recv.Type()) != nil {
			if o := applied(u.info, fd, f.Signature()); o != nil {
				byType[namedOf(recv.Type()).Obj().Pos()] = o
			}
		}
	})
	g.functions(func(u *unit, fd *ast.FuncDecl, f *types.Func) {
		results := f.Signature().Results()
		if f.Signature().Recv() != nil || results.Len() != 1 || openTracingType(results.At(0).Type()) != "opentracing.StartSpanOption" || len(fd.Body.List) != 1 {
			return
		}
		ret, ok := fd.Body.List[0].(*ast.ReturnStmt)
		if !ok || len(ret.Results) != 1 {
			return
		}
		lit, ok := ret.Results[0].(*ast.CompositeLit)
		if !ok {
			return
		}
		if named := namedOf(u.info.TypeOf(lit)); named != nil && byType[named.Obj().Pos()] != nil {
			if o := made(u.info, lit, byType[named.Obj().Pos()], f.Signature()); o != nil {
				g.options[f.Pos()] = o
			}
		}
	})
}

func (g *sourceCode) functions(visit func(u *unit, fd *ast.FuncDecl, f *types.Func)) {
	for _, u := range g.units {
		for _, file := range u.files {
			for _, decl := range file.syntax.Decls {
				if fd, ok := decl.(*ast.FuncDecl); ok && fd.Body != nil {
					if f, ok := u.info.Defs[fd.Name].(*types.Func); ok {
						visit(u, fd, f)
					}
				}
			}
		}
	}
}

// applied returns what an Apply method does, or nil if that is more than references
// to fields and a kind.
func applied(info *types.Info, fd *ast.FuncDecl, sig *types.Signature) *ownOption {
	if sig.Params().Len() != 1 {
		return nil
	}
	p, ok := sig.Params().At(0).Type().(*types.Pointer)
	if !ok || openTracingType(p.Elem()) != "opentracing.StartSpanOptions" {
		return nil
	}
	o := &ownOption{}
	for _, stmt := range fd.Body.List {
		var tested *types.Var
		if ifs, ok := stmt.(*ast.IfStmt); ok {
			cond, ok := ifs.Cond.(*ast.BinaryExpr)
			if !ok || ifs.Init != nil || ifs.Else != nil || cond.Op != token.NEQ || !info.Types[cond.Y].IsNil() || len(ifs.Body.List) != 1 {
				return nil
			}
			if tested = fieldOf(info, cond.X, sig.Recv()); tested == nil {
				return nil
			}
			stmt = ifs.Body.List[0]
		}
		es, ok := stmt.(*ast.ExprStmt)
		if !ok || !o.apply(info, es.X, sig, tested) {
			return nil
		}
	}
	return o
}

// apply adds what one call of Apply inside of an Apply method does.
func (o *ownOption) apply(info *types.Info, e ast.Expr, sig *types.Signature, tested *types.Var) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if id, isID := call.Args[0].(*ast.Ident); !ok || sel.Sel.Name != "Apply" || !isID || info.Uses[id] != sig.Params().At(0) {
		return false
	}
	if inner, ok := sel.X.(*ast.CallExpr); ok && len(inner.Args) == 1 {
		f := fieldOf(info, inner.Args[0], sig.Recv())
		symbol := namedSymbol(info, inner.Fun)
		if f == nil || tested != nil && tested != f || symbol != "opentracing.ChildOf" && symbol != "opentracing.FollowsFrom" {
			return false
		}
		o.refs = append(o.refs, ownReference{field: f, follows: symbol == "opentracing.FollowsFrom"})
		return true
	}
	o.kind = kindNamed(namedSymbol(info, sel.X))
	return o.kind != "" && tested == nil
}

// made returns an option with the arguments of the function that makes it in the
// place of its fields, or nil.
func made(info *types.Info, lit *ast.CompositeLit, of *ownOption, sig *types.Signature) *ownOption {
	st, ok := info.TypeOf(lit).Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	args := make(map[*types.Var]int)
	for i, elt := range lit.Elts {
		field, value := (*types.Var)(nil), elt
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			field, _ = info.Uses[kv.Key.(*ast.Ident)].(*types.Var)
			value = kv.Value
		} else {
			field = st.Field(i)
		}
		id, ok := value.(*ast.Ident)
		if !ok {
			return nil
		}
		for n := range sig.Params().Len() {
			if info.Uses[id] == sig.Params().At(n) {
				args[field] = n
			}
		}
		if _, ok := args[field]; !ok {
			return nil
		}
	}
	o := &ownOption{kind: of.kind}
	for _, ref := range of.refs {
		n, ok := args[ref.field]
		if !ok {
			return nil
		}
		o.refs = append(o.refs, ownReference{arg: n, follows: ref.follows})
	}
	return o
}

// fieldOf returns the field of the receiver that an expression names, or nil.
func fieldOf(info *types.Info, e ast.Expr, recv *types.Var) *types.Var {
	sel, ok := e.(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	if id, ok := sel.X.(*ast.Ident); !ok || info.Uses[id] != recv {
		return nil
	}
	f, _ := info.Uses[sel.Sel].(*types.Var)
	return f
}

// namedSymbol returns the OpenTracing symbol that an expression names, or "".
func namedSymbol(info *types.Info, e ast.Expr) string {
	id, ok := e.(*ast.Ident)
	if sel, is := e.(*ast.SelectorExpr); is {
		id, ok = sel.Sel, true
	}
	if !ok {
		return ""
	}
	s, ok := SymbolOf(info.Uses[id])
	if !ok {
		return ""
	}
	return s.String()
}

// inPlace returns the option that an argument of a start makes, if it can be done
// there, and the call that makes it.
func (w *flowFile) inPlace(e ast.Expr) (*ownOption, *ast.CallExpr) {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return nil, nil
	}
	f := w.callee(call)
	if f == nil || w.options[f.Pos()] == nil || call.Ellipsis.IsValid() || len(call.Args) != f.Signature().Params().Len() {
		return nil, nil
	}
	return w.options[f.Pos()], call
}

// starts tells whether a function of the API starts a span.
func starts(f *types.Func) bool {
	switch f.Name() {
	case "StartSpan", "StartSpanFromContext", "StartSpanFromContextWithTracer":
		return f.Pkg().Path() == OpenTracingPath
	}
	return false
}
