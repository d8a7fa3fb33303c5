// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// A PlacedOption is what an argument of a start does, done there.
type PlacedOption struct {
	Expr ast.Expr // the call or the literal that makes it
	Kind string
	Refs []PlacedReference
}

// A PlacedReference is a reference of a PlacedOption.
type PlacedReference struct {
	Context ast.Expr
	Follows bool
}

// InPlace returns what an argument of a start does, if it makes an option that can be done
// there: a call, or a literal of its type.
func (w *File) InPlace(e ast.Expr) *PlacedOption {
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		f := w.Callee(e)
		if f == nil || w.options[f.Pos()] == nil || e.Ellipsis.IsValid() || len(e.Args) != f.Signature().Params().Len() {
			return nil
		}
		o := w.options[f.Pos()]
		placed := &PlacedOption{Expr: e, Kind: o.Kind}
		for _, ref := range o.Refs {
			placed.Refs = append(placed.Refs, PlacedReference{e.Args[ref.Arg], ref.Follows})
		}
		return placed
	case *ast.CompositeLit:
		return w.literalInPlace(e)
	}
	return nil
}

// literalInPlace is InPlace for a literal.
func (w *File) literalInPlace(lit *ast.CompositeLit) *PlacedOption {
	named, ok := types.Unalias(w.Info.TypeOf(lit)).(*types.Named)
	if !ok || w.options[named.Obj().Pos()] == nil {
		return nil
	}
	st, ok := named.Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	values := make(map[*types.Var]ast.Expr)
	for i, elt := range lit.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); !ok {
			values[st.Field(i)] = elt
		} else if field, ok := w.Info.Uses[kv.Key.(*ast.Ident)].(*types.Var); ok {
			values[field] = kv.Value
		}
	}
	o := w.options[named.Obj().Pos()]
	placed := &PlacedOption{Expr: lit, Kind: o.Kind}
	for _, ref := range o.Refs {
		if context := values[ref.field]; context != nil { // else there is none
			placed.Refs = append(placed.Refs, PlacedReference{context, ref.Follows})
		}
	}
	if len(placed.Refs) != len(values) {
		return nil // another field may be made by a call
	}
	return placed
}

// A declaredOption is a type of options which can be done in place, with what makes them.
type declaredOption struct {
	decls  []ast.Decl
	starts []*ast.CallExpr
	used   bool // by more than starts that do it in place, or by code that is not seen
}

// PlacedOptions returns the declarations that are about options which starts do in place, and
// nothing else names, with the calls of these starts. They have no use afterwards.
func (g *Graph) PlacedOptions() map[ast.Decl][]*ast.CallExpr {
	if len(g.options) == 0 || len(g.Expanded) == 0 {
		return nil
	}
	options := make(map[token.Pos]*declaredOption) // by the names of types and functions
	for _, u := range g.Units {
		for _, f := range u.Files {
			for _, decl := range f.Syntax.Decls {
				g.declaredOption(options, u, f, decl)
			}
		}
	}
	placed := make(map[*ast.Ident]*ast.CallExpr)
	for e, start := range g.Expanded {
		switch e := e.(type) {
		case *ast.CallExpr:
			placed[nameOf(e.Fun)] = start
		case *ast.CompositeLit:
			placed[nameOf(e.Type)] = start
		}
	}
	for _, u := range g.Units {
		for id, obj := range u.Info.Uses {
			o := options[obj.Pos()]
			switch {
			case o == nil:
			case placed[id] != nil:
				o.starts = append(o.starts, placed[id])
			case !slices.ContainsFunc(o.decls, func(d ast.Decl) bool { return d.Pos() <= id.Pos() && id.Pos() < d.End() }):
				o.used = true
			}
		}
	}
	dead := make(map[ast.Decl][]*ast.CallExpr)
	for _, o := range options {
		if !o.used {
			for _, decl := range o.decls {
				dead[decl] = o.starts
			}
		}
	}
	return dead
}

// declaredOption adds a declaration to those of the option that it is about, if it is about
// one.
func (g *Graph) declaredOption(options map[token.Pos]*declaredOption, u *source.Unit, f *source.File, decl ast.Decl) {
	of := func(t types.Type) *declaredOption {
		named := opentracing.NamedOf(t)
		if named == nil || g.options[named.Obj().Pos()] == nil {
			return nil
		}
		at := named.Obj().Pos()
		if options[at] == nil {
			options[at] = &declaredOption{used: len(u.Elsewhere) > 0}
		}
		return options[at]
	}
	var o *declaredOption
	var name *ast.Ident
	switch d := decl.(type) {
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			if spec, ok := spec.(*ast.TypeSpec); ok && o == nil {
				name, o = spec.Name, of(u.Info.TypeOf(spec.Name))
			}
		}
		if o != nil && len(d.Specs) > 1 {
			o.used = true // what stands beside it stays
		}
	case *ast.FuncDecl:
		fn, ok := u.Info.Defs[d.Name].(*types.Func)
		if !ok {
			return
		}
		name = d.Name
		if recv := fn.Signature().Recv(); recv != nil {
			o = of(recv.Type())
		} else if g.options[fn.Pos()] != nil {
			o = of(u.Info.TypeOf(d.Body.List[0].(*ast.ReturnStmt).Results[0]))
			options[fn.Pos()] = o
		}
	}
	if o == nil {
		return
	}
	o.decls = append(o.decls, decl)
	if fd, ok := decl.(*ast.FuncDecl); ok && fd.Recv != nil {
		o.used = o.used || name.Name != "Apply"
	} else {
		o.used = o.used || name.IsExported() || u.Kept[name.Name]
	}
	o.used = o.used || f.Fixed != "" || slices.ContainsFunc(f.Syntax.Comments, func(c *ast.CommentGroup) bool { return decl.Pos() <= c.Pos() && c.End() <= decl.End() })
}

// nameOf returns the name in an expression that names something, or nil.
func nameOf(e ast.Expr) *ast.Ident {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return e
	case *ast.SelectorExpr:
		return e.Sel
	}
	return nil
}
