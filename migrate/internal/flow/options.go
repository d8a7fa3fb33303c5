// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
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
	Kind string
	Refs []ownReference
}

// An ownReference is a reference of an ownOption to a field of its type, or to an
// argument of the function that makes it.
type ownReference struct {
	field   *types.Var
	Arg     int
	Follows bool
}

// findOwnOptions finds the functions that make options which can be done in place.
func (g *Graph) findOwnOptions() {
	g.Functions(func(u *source.Unit, fd *ast.FuncDecl, f *types.Func) {
		if recv := f.Signature().Recv(); recv != nil && f.Name() == "Apply" && opentracing.NamedOf(recv.Type()) != nil {
			if o := applied(u.Info, fd, f.Signature()); o != nil {
				g.options[opentracing.NamedOf(recv.Type()).Obj().Pos()] = o
			}
		}
	})
	g.Functions(func(u *source.Unit, fd *ast.FuncDecl, f *types.Func) {
		results := f.Signature().Results()
		if f.Signature().Recv() != nil || results.Len() != 1 || opentracing.OpenTracingType(results.At(0).Type()) != "opentracing.StartSpanOption" || len(fd.Body.List) != 1 {
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
		if named := opentracing.NamedOf(u.Info.TypeOf(lit)); named != nil && g.options[named.Obj().Pos()] != nil {
			if o := made(u.Info, lit, g.options[named.Obj().Pos()], f.Signature()); o != nil {
				g.options[f.Pos()] = o
			}
		}
	})
}

// applied returns what an Apply method does, or nil if that is more than references
// to fields and a kind.
func applied(info *types.Info, fd *ast.FuncDecl, sig *types.Signature) *ownOption {
	if sig.Params().Len() != 1 {
		return nil
	}
	p, ok := sig.Params().At(0).Type().(*types.Pointer)
	if !ok || opentracing.OpenTracingType(p.Elem()) != "opentracing.StartSpanOptions" {
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
		o.Refs = append(o.Refs, ownReference{field: f, Follows: symbol == "opentracing.FollowsFrom"})
		return true
	}
	o.Kind = opentracing.KindNamed(namedSymbol(info, sel.X))
	return o.Kind != "" && tested == nil
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
	o := &ownOption{Kind: of.Kind}
	for _, ref := range of.Refs {
		n, ok := args[ref.field]
		if !ok {
			return nil
		}
		o.Refs = append(o.Refs, ownReference{Arg: n, Follows: ref.Follows})
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
	id := nameOf(e)
	if id == nil {
		return ""
	}
	s, ok := opentracing.SymbolOf(info.Uses[id])
	if !ok {
		return ""
	}
	return s.String()
}

// IsOption tells whether an expression is used as a StartSpanOption.
func (p *File) IsOption(e ast.Expr) bool {
	if p.OptionPlaces[e] {
		return true
	}
	is := func(t types.Type) bool {
		return t != nil && opentracing.OpenTracingType(t) == "opentracing.StartSpanOption"
	}
	switch n := p.Statement(e).(type) {
	case *ast.CallExpr:
		if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok {
			if _, ok := p.Info.Uses[id].(*types.Builtin); ok {
				return is(p.Elem(p.Info.TypeOf(n)))
			}
		}
		sig, ok := p.Info.TypeOf(n.Fun).Underlying().(*types.Signature)
		if !ok {
			return is(p.Info.TypeOf(n.Fun))
		}
		for i, arg := range n.Args {
			if ast.Unparen(arg) == e {
				t, _ := syntax.Parameter(sig, nil, i, n.Ellipsis.IsValid())
				return is(t)
			}
		}
	case *ast.CompositeLit:
		return is(p.Elem(p.Info.TypeOf(n)))
	case *ast.KeyValueExpr:
		if id, ok := n.Key.(*ast.Ident); ok {
			if f, ok := p.Info.Uses[id].(*types.Var); ok && f.IsField() {
				return is(f.Type())
			}
		}
		if lit, ok := p.Parent[n].(*ast.CompositeLit); ok {
			return is(p.Elem(p.Info.TypeOf(lit)))
		}
	case *ast.ReturnStmt:
		for i, res := range n.Results {
			if ast.Unparen(res) == e {
				return is(p.ResultType(n, i))
			}
		}
	case *ast.AssignStmt:
		for i, rhs := range n.Rhs {
			if ast.Unparen(rhs) == e && len(n.Lhs) == len(n.Rhs) {
				return is(p.Info.TypeOf(n.Lhs[i]))
			}
		}
	case *ast.ValueSpec:
		return n.Type != nil && is(p.Info.TypeOf(n.Type))
	case *ast.SendStmt:
		return ast.Unparen(n.Value) == e && is(p.Elem(p.Info.TypeOf(n.Chan)))
	}
	return false
}
