// SPDX-License-Identifier: Apache-2.0

package source

import (
	"context"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"

	"golang.org/x/tools/go/packages"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
)

// SortedSet sorts s and drops what is there twice.
func SortedSet(s []string) []string {
	slices.Sort(s)
	return slices.Compact(s)
}

// loadTypes checks the packages that have to do with OpenTracing, and those that may
// not compile. It fills Packages and Broken.
func (p *Program) loadTypes(ctx context.Context) error {
	l := newTypeLoader(p.Fset, p.Roots, p.Options, p.Module.goVersion)
	p.Types = l
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
	table, below := opentracing.Instrumentations(), make(map[*packages.Package]bool)
	own := p.OwnPaths()
	all := make(map[*packages.Package]map[string]bool)
	for _, pkg := range p.Packages {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if p.Types.packages[pkg.ID].whole || !buildsOnOpenTracing(pkg, table, below) {
			continue
		}
		c := l.scan(l.packages[pkg.ID])
		if len(c.errors) > 0 {
			files := make(map[string]bool)
			for _, name := range pkg.CompiledGoFiles {
				files[name] = true
			}
			all[pkg] = files
		} else if files, is := p.concerns(l.fset, c.unit(), own, table); is {
			all[pkg] = files
		}
	}
	return all, nil
}

// buildsOnOpenTracing tells whether the OpenTracing API, or a package of the table of
// those built on it, is among the packages that a package needs, or is the package.
// known has the answers for packages.
func buildsOnOpenTracing(pkg *packages.Package, table []opentracing.Instrumentation, known map[*packages.Package]bool) bool {
	is, ok := known[pkg]
	if !ok {
		if is = opentracing.IsOpenTracing(pkg.PkgPath); !is {
			_, is = opentracing.LookupInstrumentation(table, pkg.PkgPath)
		}
		for _, imp := range pkg.Imports {
			is = buildsOnOpenTracing(imp, table, known) || is
		}
		known[pkg] = is
	}
	return is
}

// OwnPaths returns the import paths of the packages of main modules.
func (p *Program) OwnPaths() map[string]bool {
	own := make(map[string]bool)
	for _, build := range append([]*Program{p}, p.Builds...) {
		for _, pkg := range build.Packages {
			if p.InModule(pkg) {
				own[pkg.PkgPath] = true
			}
		}
	}
	return own
}

// EachFile checks all packages of main modules from source, and visits their files, a
// package at a time. None is kept, and a file has another place each time it is parsed.
func (p *Program) EachFile(visit func(info *types.Info, file *ast.File)) {
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
func (c *sourceCheck) unit() *Unit {
	u := &Unit{Path: c.pkg.PkgPath, Pkg: c.types, Info: c.info}
	for _, syntax := range c.files {
		name := c.fset.File(syntax.FileStart).Name()
		u.Files = append(u.Files, &File{Name: name, Syntax: syntax, Unit: u, Test: IsTestFile(name)})
	}
	return u
}

// drop forgets the syntax of packages that turned out to have nothing to do with
// OpenTracing, and what other variants have too.
func (p *Program) drop() {
	own, table := p.OwnPaths(), opentracing.Instrumentations()
	for _, pkg := range p.Roots {
		known := p.Types.packages[pkg.ID]
		if known.types.Complete() {
			pkg.Types = known.types
		}
	}
	kept := make(map[*packages.Package]bool)
	for _, pkg := range p.Packages {
		known := p.Types.packages[pkg.ID]
		if !known.whole {
			continue
		}
		c := &sourceCheck{typeLoader: p.Types, pkg: known, types: known.types, files: pkg.Syntax, info: pkg.TypesInfo}
		if !p.Types.source[pkg.PkgPath] {
			if _, is := p.concerns(p.Fset, c.unit(), own, table); !is {
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
	maps.DeleteFunc(p.Types.files, func(name string, _ parsedFile) bool { return !files[name] })
}
