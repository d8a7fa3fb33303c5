// SPDX-License-Identifier: Apache-2.0

package source

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
)

// A declaredIndex has what packages declare that has to do with OpenTracing: what has one
// of its types in its own, in that of a field or in that of a method, or has such a type
// of these packages there. Code that names none of it has nothing to do with it either.
type declaredIndex struct {
	level   map[string][]types.Object // by import path and name, as "example.com/app/store.Open"
	members map[string][]types.Object // fields and methods by name
	names   map[string]string         // of the packages, by import path
}

// DeclaredIn returns the index of packages, of which several may be builds of one.
func DeclaredIn(pkgs []*types.Package) *declaredIndex {
	d := &declaredIndex{level: make(map[string][]types.Object), members: make(map[string][]types.Object), names: make(map[string]string)}
	for _, pkg := range pkgs {
		d.names[pkg.Path()] = pkg.Name()
	}
	// A type has to do with it if one that it mentions has.
	var list []string
	touched := make(map[string]bool)
	touch := func(name string) {
		if !touched[name] {
			touched[name] = true
			list = append(list, name)
		}
	}
	mentionedBy := make(map[string][]string)
	for _, pkg := range pkgs {
		eachNamed(pkg, func(tn *types.TypeName) {
			name := levelName(tn)
			eachPart(tn, func(t types.Type) {
				if mentionsTypes(t, func(other *types.TypeName) {
					if d.names[other.Pkg().Path()] != "" {
						mentionedBy[levelName(other)] = append(mentionedBy[levelName(other)], name)
					}
				}) {
					touch(name)
				}
			})
		})
	}
	for len(list) > 0 {
		name := list[len(list)-1]
		list = list[:len(list)-1]
		for _, by := range mentionedBy[name] {
			touch(by)
		}
	}
	concerned := func(t types.Type) bool {
		is := false
		return mentionsTypes(t, func(tn *types.TypeName) { is = is || touched[levelName(tn)] }) || is
	}
	for _, pkg := range pkgs {
		scope := pkg.Scope()
		for _, name := range scope.Names() {
			obj := scope.Lookup(name)
			tn, isType := obj.(*types.TypeName)
			if !isType {
				if concerned(obj.Type()) {
					d.level[levelName(obj)] = append(d.level[levelName(obj)], obj)
				}
				continue
			}
			if touched[levelName(tn)] {
				d.level[levelName(tn)] = append(d.level[levelName(tn)], tn)
			}
			EachMember(tn, func(m types.Object) {
				if concerned(m.Type()) {
					d.members[m.Name()] = append(d.members[m.Name()], m)
				}
			})
		}
	}
	return d
}

func levelName(obj types.Object) string {
	if obj.Pkg() == nil {
		return obj.Name()
	}
	return obj.Pkg().Path() + "." + obj.Name()
}

func eachNamed(pkg *types.Package, visit func(*types.TypeName)) {
	scope := pkg.Scope()
	for _, name := range scope.Names() {
		if tn, ok := scope.Lookup(name).(*types.TypeName); ok {
			visit(tn)
		}
	}
}

// eachPart visits the types that the declaration of a type is made of.
func eachPart(tn *types.TypeName, visit func(types.Type)) {
	if tn.IsAlias() {
		visit(types.Unalias(tn.Type()))
		return
	}
	visit(tn.Type().Underlying())
	EachMember(tn, func(m types.Object) { visit(m.Type()) })
}

// EachMember visits the fields and the methods that a type declares.
func EachMember(tn *types.TypeName, visit func(types.Object)) {
	named, ok := tn.Type().(*types.Named)
	if !ok {
		return
	}
	for m := range named.Methods() {
		visit(m)
	}
	switch t := named.Underlying().(type) {
	case *types.Struct:
		for f := range t.Fields() {
			visit(f)
		}
	case *types.Interface:
		for m := range t.ExplicitMethods() {
			visit(m)
		}
	}
}

// mentionsTypes tells whether a type mentions one of OpenTracing's, and visits all others
// that have a name.
func mentionsTypes(t types.Type, visit func(*types.TypeName)) bool {
	found := false
	seen := make(map[types.Type]bool)
	var walk func(t types.Type)
	walk = func(t types.Type) {
		if seen[t] {
			return
		}
		seen[t] = true
		switch t := t.(type) {
		case *types.Alias:
			walk(types.Unalias(t))
		case *types.Named:
			switch pkg := t.Obj().Pkg(); {
			case pkg == nil:
			case opentracing.IsOpenTracing(pkg.Path()):
				found = true
			default:
				visit(t.Obj())
			}
			for arg := range t.TypeArgs().Types() {
				walk(arg)
			}
		case *types.TypeParam:
			walk(t.Constraint())
		case *types.Pointer:
			walk(t.Elem())
		case *types.Slice:
			walk(t.Elem())
		case *types.Array:
			walk(t.Elem())
		case *types.Chan:
			walk(t.Elem())
		case *types.Map:
			walk(t.Key())
			walk(t.Elem())
		case *types.Tuple:
			for v := range t.Variables() {
				walk(v.Type())
			}
		case *types.Signature:
			walk(t.Params())
			walk(t.Results())
		case *types.Struct:
			for f := range t.Fields() {
				walk(f.Type())
			}
		case *types.Interface:
			for m := range t.ExplicitMethods() {
				walk(m.Type())
			}
			for e := range t.EmbeddedTypes() {
				walk(e)
			}
		case *types.Union:
			for term := range t.Terms() {
				walk(term.Type())
			}
		}
	}
	walk(t)
	return found
}

// A mention is a declaration that a file names, and where.
type mention struct {
	Obj types.Object
	Pos token.Pos
}

// Mentions returns the declarations that a file of a package may mean by the names in it,
// and may declare itself in another build.
func (d *declaredIndex) Mentions(file *ast.File, path string) (all []mention) {
	imports := make(map[string]string) // by name
	dots := []string{path}             // import paths of what needs no package name
	for _, spec := range file.Imports {
		written := SpecOf(spec)
		switch written.Name {
		case "":
			imports[cmp.Or(d.names[written.Path], opentracing.PackageName(written.Path))] = written.Path
		case ".":
			dots = append(dots, written.Path)
		default:
			imports[written.Name] = written.Path
		}
	}
	add := func(objs []types.Object, pos token.Pos) {
		for _, obj := range objs {
			if obj.Exported() || obj.Pkg().Path() == path || obj.Pkg().Path()+"_test" == path {
				all = append(all, mention{obj, pos})
			}
		}
	}
	selected := make(map[*ast.Ident]bool) // names that mean a field or method, or that of a package
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			selected[n.Sel] = true
			if id, ok := n.X.(*ast.Ident); ok && imports[id.Name] != "" {
				add(d.level[imports[id.Name]+"."+n.Sel.Name], n.Sel.Pos())
			}
			add(d.members[n.Sel.Name], n.Sel.Pos())
		case *ast.FuncDecl:
			if n.Recv != nil {
				selected[n.Name] = true
				add(d.members[n.Name.Name], n.Name.Pos())
			}
		case *ast.KeyValueExpr:
			if id, ok := n.Key.(*ast.Ident); ok {
				add(d.members[id.Name], id.Pos())
			}
		case *ast.Ident:
			for _, dot := range dots {
				if !selected[n] {
					add(d.level[dot+"."+n.Name], n.Pos())
				}
			}
		}
		return true
	})
	return all
}

// importsAny tells whether a file imports a package that a function accepts.
func importsAny(file *ast.File, accept func(path string) bool) bool {
	for _, spec := range file.Imports {
		if path, err := strconv.Unquote(spec.Path.Value); err == nil && accept(path) {
			return true
		}
	}
	return false
}
