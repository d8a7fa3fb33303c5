// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"context"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"

	"golang.org/x/tools/go/packages"
)

// loadTypes checks the packages that have to do with OpenTracing, and those that may
// not compile. It fills Packages and Broken.
func (p *Program) loadTypes(ctx context.Context) error {
	l := newTypeLoader(p.Fset, p.Roots, p.Options, p.Module.goVersion)
	p.types = l
	l.forgetFiles(p.Roots)
	// What the go command has compiled is well-typed; only of the rest the type checker
	// has to say what is wrong with it, or that nothing is.
	doubtful := func(pkg *packages.Package) bool { return len(pkg.Errors) > 0 || !l.exported(pkg) }
	p.sort(doubtful)
	for _, pkg := range p.Roots {
		l.packages[pkg.ID].whole = doubtful(pkg)
	}
	concerned, err := p.concerned(ctx)
	if err != nil {
		return err
	}
	for pkg, files := range concerned {
		l.packages[pkg.ID].whole = true
		l.source[pkg.PkgPath] = true
		for _, name := range pkg.CompiledGoFiles {
			l.outlines[name] = !files[name]
		}
	}
	for _, pkg := range p.Roots {
		if doubtful(pkg) { // other variants may be fine
			for _, name := range pkg.CompiledGoFiles {
				l.outlines[name] = false
			}
		}
	}
	guessed := p.Packages
	for _, pkg := range p.Roots {
		if err := ctx.Err(); err != nil {
			return err
		}
		if l.packages[pkg.ID].whole {
			_, _ = l.Types(pkg.ID) // an error is among those of the package
		}
	}
	broken := func(pkg *packages.Package) bool { return len(pkg.Errors) > 0 }
	p.sort(broken)
	for _, pkg := range p.Packages {
		if !l.packages[pkg.ID].whole && !slices.Contains(guessed, pkg) {
			l.reload(l.packages[pkg.ID]) // its tests compile, but the type checker objects
		}
	}
	p.sort(broken)
	p.drop()
	return nil
}

// concerned returns those of p.Packages that have to do with OpenTracing, or that the
// type checker objects to, each with the files whose function bodies do. Packages that
// may not compile are left out.
func (p *Program) concerned(ctx context.Context) (map[*packages.Package]map[string]bool, error) {
	// It needs types for a while only, and no objects that can be told apart: the
	// imports of a package may all come out of export data.
	l := newTypeLoader(token.NewFileSet(), p.Roots, p.Options, p.Module.goVersion)
	table, below := Instrumentations(), make(map[*packages.Package]bool)
	own := p.ownPaths()
	all := make(map[*packages.Package]map[string]bool)
	for _, pkg := range p.Packages {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if p.types.packages[pkg.ID].whole || !buildsOnOpenTracing(pkg, table, below) {
			continue
		}
		c := l.scan(l.packages[pkg.ID])
		if len(c.errors) > 0 {
			files := make(map[string]bool)
			for _, name := range pkg.CompiledGoFiles {
				files[name] = true
			}
			all[pkg] = files
		} else if files, is := concerns(l.fset, c.unit(), own, table); is {
			all[pkg] = files
		}
	}
	return all, nil
}

// buildsOnOpenTracing tells whether the OpenTracing API, or a package of the table of
// those built on it, is among the packages that a package needs, or is the package.
// known has the answers for packages.
func buildsOnOpenTracing(pkg *packages.Package, table []Instrumentation, known map[*packages.Package]bool) bool {
	is, ok := known[pkg]
	if !ok {
		if is = IsOpenTracing(pkg.PkgPath); !is {
			_, is = lookupInstrumentation(table, pkg.PkgPath)
		}
		for _, imp := range pkg.Imports {
			is = buildsOnOpenTracing(imp, table, known) || is
		}
		known[pkg] = is
	}
	return is
}

// ownPaths returns the import paths of the packages of main modules.
func (p *Program) ownPaths() map[string]bool {
	own := make(map[string]bool)
	for _, build := range append([]*Program{p}, p.builds...) {
		for _, pkg := range build.Packages {
			if p.InModule(pkg) {
				own[pkg.PkgPath] = true
			}
		}
	}
	return own
}

// concerns tells whether anything in a package has to do with OpenTracing, so that
// the rewriter, or the count of uses, has to look at it, and in which of its files it
// has to look at function bodies. own has the import paths of the packages that are
// looked at, table what is built on OpenTracing.
func concerns(fset *token.FileSet, u *unit, own map[string]bool, table []Instrumentation) (files map[string]bool, is bool) {
	files = make(map[string]bool)
	for _, f := range u.files {
		g := newGraph(fset, []*unit{u})
		g.own = own
		found := g.concerned(f) || usesInstrumentation(table, f)
		if !found {
			// A value may go to a type that it satisfies, which none of them mentions.
			newFlowWalker(g, f).walkFile()
			found = len(g.nodes) > 0
		}
		if found {
			files[f.name] = true
		}
	}
	g := newGraph(fset, []*unit{u})
	g.own = own
	g.implementations(u)
	scope := u.pkg.Scope()
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
	g.exportedNodes(u, g.declare) // which it may have from the types of another package
	return files, len(files) > 0 || len(g.nodes) > 0
}

// concerned tells whether a file mentions something of OpenTracing, or something whose
// type has to do with it.
func (g *graph) concerned(f *sourceFile) bool {
	found := false
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && !found {
			if obj := f.unit.info.ObjectOf(id); obj != nil {
				_, symbol := SymbolOf(obj)
				found = symbol || obj.Type() != nil && g.parts(obj.Type()).any()
			}
		}
		return !found
	})
	return found
}

// usesInstrumentation tells whether a file mentions something of a package that is
// built on OpenTracing, as what sets up a tracer does.
func usesInstrumentation(table []Instrumentation, f *sourceFile) bool {
	is := make(map[*types.Package]bool)
	found := false
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && !found {
			if obj := f.unit.info.Uses[id]; obj != nil && obj.Pkg() != nil {
				known, asked := is[obj.Pkg()]
				if !asked {
					_, known = lookupInstrumentation(table, obj.Pkg().Path())
					is[obj.Pkg()] = known
				}
				found = known
			}
		}
		return !found
	})
	return found
}

// eachFile checks all packages of main modules from source, and visits their files, a
// package at a time. None is kept, and a file has another place each time it is parsed.
func (p *Program) eachFile(visit func(info *types.Info, file *ast.File)) {
	l := newTypeLoader(p.Fset, p.Roots, p.Options, p.Module.goVersion)
	l.uncached = true
	whole := make(map[string]bool)
	for _, pkg := range p.Packages {
		if p.InModule(pkg) {
			known := l.packages[pkg.ID]
			clone := *pkg
			known.Package, known.whole = &clone, true
			l.source[pkg.PkgPath] = true
			whole[pkg.ID] = true
		}
	}
	packages.Visit(p.Roots, nil, func(pkg *packages.Package) {
		if !whole[pkg.ID] {
			return
		}
		known := l.packages[pkg.ID]
		_, _ = l.Types(pkg.ID) // which compiled before
		for _, file := range known.Syntax {
			visit(known.TypesInfo, file)
		}
		known.Syntax, known.TypesInfo = nil, nil
	})
}

// unit returns what was checked as the rewriter takes it, to look at.
func (c *sourceCheck) unit() *unit {
	u := &unit{path: c.pkg.PkgPath, pkg: c.types, info: c.info}
	for _, syntax := range c.files {
		name := c.fset.File(syntax.FileStart).Name()
		u.files = append(u.files, &sourceFile{name: name, syntax: syntax, unit: u, test: isTestFile(name)})
	}
	return u
}

// drop forgets the syntax of packages that turned out to have nothing to do with
// OpenTracing, and what other variants have too.
func (p *Program) drop() {
	own, table := p.ownPaths(), Instrumentations()
	for _, pkg := range p.Roots {
		known := p.types.packages[pkg.ID]
		if known.types.Complete() {
			pkg.Types = known.types
		}
	}
	kept := make(map[*packages.Package]bool)
	for _, pkg := range p.Packages {
		known := p.types.packages[pkg.ID]
		if !known.whole {
			continue
		}
		c := &sourceCheck{typeLoader: p.types, pkg: known, types: known.types, files: pkg.Syntax, info: pkg.TypesInfo}
		if !p.types.source[pkg.PkgPath] {
			if _, is := concerns(p.Fset, c.unit(), own, table); !is {
				continue
			}
		}
		kept[pkg] = true
	}
	for _, pkg := range p.Roots {
		if kept[pkg] {
			continue
		}
		pkg.TypesInfo = nil
		if len(pkg.Errors) == 0 {
			pkg.Syntax = nil
		}
	}
	files := make(map[string]bool)
	for pkg := range kept {
		for _, name := range pkg.CompiledGoFiles {
			files[name] = true
		}
	}
	maps.DeleteFunc(p.types.files, func(name string, _ parsedFile) bool { return !files[name] })
}
