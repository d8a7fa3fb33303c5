// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// Concerns is the [concernFunc] of the flow graph: a package has to do with OpenTracing if
// anything in it is a node.
func Concerns(fset *token.FileSet, u *source.Unit, own map[string]bool, table []opentracing.Instrumentation) (files map[string]bool, is bool) {
	files = make(map[string]bool)
	for _, f := range u.Files {
		g := NewGraph(fset, []*source.Unit{u})
		g.Own = own
		found := g.Concerned(f) || usesInstrumentation(table, f)
		if !found {
			// A value may go to a type that it satisfies, which none of them mentions.
			newWalker(g, f).walkFile()
			found = len(g.Nodes) > 0
		}
		if found {
			files[f.Name] = true
		}
	}
	g := NewGraph(fset, []*source.Unit{u})
	g.Own = own
	g.implementations(u)
	scope := u.Pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok {
			continue
		}
		if iface, ok := tn.Type().Underlying().(*types.Interface); ok {
			for m := range iface.Methods() {
				g.function(m) // which it may have from the interface of another package
			}
		}
	}
	g.ExportedNodes(u, g.declare) // which it may have from the types of another package
	return files, len(files) > 0 || len(g.Nodes) > 0
}

// Concerned tells whether a file mentions something of OpenTracing, or something whose
// type has to do with it.
func (g *Graph) Concerned(f *source.File) bool {
	found := false
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && !found {
			if obj := f.Unit.Info.ObjectOf(id); obj != nil {
				_, symbol := opentracing.SymbolOf(obj)
				found = symbol || obj.Type() != nil && g.Parts(obj.Type()).Any()
			}
		}
		return !found
	})
	return found
}

// usesInstrumentation tells whether a file mentions something of a package that is
// built on OpenTracing, as what sets up a tracer does.
func usesInstrumentation(table []opentracing.Instrumentation, f *source.File) bool {
	is := make(map[*types.Package]bool)
	found := false
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && !found {
			if obj := f.Unit.Info.Uses[id]; obj != nil && obj.Pkg() != nil {
				known, asked := is[obj.Pkg()]
				if !asked {
					_, known = opentracing.LookupInstrumentation(table, obj.Pkg().Path())
					is[obj.Pkg()] = known
				}
				found = known
			}
		}
		return !found
	})
	return found
}
