// SPDX-License-Identifier: Apache-2.0

package source

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"os"
	"slices"
	"sync"

	"golang.org/x/tools/go/gcexportdata"
	"golang.org/x/tools/go/packages"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
)

// A typeLoader makes the types of the packages of a program when they are asked for:
// from source where its objects have to be told apart by their place, or where there
// is nothing else, and otherwise out of export data, which takes a fraction of the
// time and of the memory.
type typeLoader struct {
	fset *token.FileSet
	opts *LoadOptions
	// uncached says to keep no files.
	uncached bool
	// goVersion is the version of the go command, as "go1.26.1".
	goVersion string
	// source has the import paths of packages that are checked from source, all
	// variants of them.
	source map[string]bool
	// outlines are files of them, by name, that are parsed without the bodies of
	// functions: nothing in there has to do with OpenTracing.
	outlines map[string]bool

	mu       sync.Mutex
	packages map[string]*loadedPackage // by ID
	files    map[string]parsedFile     // of packages from source, by name
}

// A loadedPackage is a package with its types, as far as they are there.
type loadedPackage struct {
	*packages.Package
	// types has the objects that the export data of other packages mentions, and all
	// of them once it is complete.
	types *types.Package
	err   error // why it isn't complete
	// whole says that the bodies of its functions count, and its errors.
	whole bool
	// fromSource is nil until it is known.
	fromSource *bool
}

func newTypeLoader(fset *token.FileSet, roots []*packages.Package, opts *LoadOptions, goVersion string) *typeLoader {
	l := &typeLoader{
		fset: fset, opts: opts, goVersion: goVersion,
		source:   make(map[string]bool),
		outlines: make(map[string]bool),
		packages: make(map[string]*loadedPackage),
		files:    make(map[string]parsedFile),
	}
	packages.Visit(roots, nil, func(pkg *packages.Package) {
		p := &loadedPackage{Package: pkg, types: types.NewPackage(pkg.PkgPath, pkg.Name)}
		if pkg.PkgPath == "unsafe" {
			p.types = types.Unsafe
		}
		l.packages[pkg.ID] = p
	})
	return l
}

// forgetFiles drops the names of the files of dependencies that are not asked for: a
// program may have thousands of dependencies with ten files each.
func (l *typeLoader) forgetFiles(roots []*packages.Package) {
	asked := make(map[*packages.Package]bool)
	for _, pkg := range roots {
		asked[pkg] = true
	}
	for _, p := range l.packages {
		if !asked[p.Package] && !IsRecompiled(p.Package) && l.exported(p.Package) {
			p.GoFiles, p.CompiledGoFiles, p.OtherFiles, p.IgnoredFiles = nil, nil, nil, nil
		}
	}
}

// exported tells whether there is export data of a package that can be used.
func (l *typeLoader) exported(pkg *packages.Package) bool {
	return pkg.ExportFile != "" && len(l.opts.Overlay) == 0
}

// isFromSource tells whether a package is checked from source: itself, or because one
// that it imports is, whose objects its export data does not know.
func (l *typeLoader) isFromSource(p *loadedPackage) bool {
	if p.fromSource == nil {
		is := p.PkgPath != "unsafe" && (p.whole || l.source[p.PkgPath] || !l.exported(p.Package))
		for _, imp := range p.Imports {
			is = is || l.isFromSource(l.packages[imp.ID])
		}
		p.fromSource = &is
	}
	return *p.fromSource
}

// Types returns the types of a package of the program. It may be called from several
// goroutines.
func (l *typeLoader) Types(id string) (*types.Package, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.packages[id]
	if p == nil {
		return nil, fmt.Errorf("no package %s", id)
	}
	return l.load(p)
}

// ByPath returns the packages of the program by import path, those of variants made
// for tests apart. Some of them may lack objects.
func (l *typeLoader) ByPath() map[string]*types.Package {
	all := make(map[string]*types.Package)
	for id, p := range l.packages {
		if id == p.PkgPath {
			all[id] = p.types
		}
	}
	return all
}

func (l *typeLoader) load(p *loadedPackage) (*types.Package, error) {
	switch {
	case p.types.Complete() || p.err != nil:
	case !l.isFromSource(p):
		l.loadExported(p)
	default:
		l.loadSource(p)
	}
	if !p.types.Complete() {
		return nil, p.err
	}
	return p.types, nil
}

// loadExported reads the export data of a package.
func (l *typeLoader) loadExported(p *loadedPackage) {
	// Of the packages that it mentions, those that are there already are taken.
	view := make(map[string]*types.Package)
	var visit func(p *loadedPackage)
	visit = func(p *loadedPackage) {
		view[p.PkgPath] = p.types
		for _, imp := range p.Imports {
			if view[imp.PkgPath] == nil {
				visit(l.packages[imp.ID])
			}
		}
	}
	visit(p)
	pkg, err := ReadExportData(p.ExportFile, l.fset, view, p.PkgPath)
	if err != nil {
		p.err = err
		p.Errors = append(p.Errors, packages.Error{Pos: "-", Msg: err.Error(), Kind: packages.UnknownError})
		return
	}
	p.types = pkg
}

// ReadExportData reads the types of the package at a path out of a file of the build
// cache, into the packages that are known by their paths.
func ReadExportData(file string, fset *token.FileSet, known map[string]*types.Package, path string) (*types.Package, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	//lint:ignore SA1019 it finds the data in an archive, which is what go list -export still names
	r, err := gcexportdata.NewReader(f) //nolint:staticcheck // see above
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	pkg, err := gcexportdata.Read(r, fset, known, path)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	return pkg, nil
}

// loadSource checks a package from source, and keeps syntax and TypesInfo if its
// function bodies count.
func (l *typeLoader) loadSource(p *loadedPackage) {
	l.loadImports(p)
	c := &sourceCheck{typeLoader: l, pkg: p, whole: p.whole, types: p.types}
	c.run(func(name string) (*ast.File, error) {
		return l.parse(name, !l.uncached && (p.whole || l.source[p.PkgPath]))
	})
	p.Errors = append(p.Errors, c.errors...)
	if !p.types.Complete() {
		p.err = fmt.Errorf("package %s was not type-checked", p.ID)
	}
	if p.whole {
		p.Syntax, p.TypesInfo = c.files, c.info
		p.noteUntyped(l)
	}
}

// reload checks a package once more, with its function bodies.
func (l *typeLoader) reload(p *loadedPackage) {
	is := true
	p.whole, p.fromSource, p.types = true, &is, types.NewPackage(p.PkgPath, p.Name)
	l.loadSource(p)
}

// scan checks a package from source and keeps nothing of it.
func (l *typeLoader) scan(p *loadedPackage) *sourceCheck {
	l.loadImports(p)
	c := &sourceCheck{typeLoader: l, pkg: p, whole: true, types: types.NewPackage(p.PkgPath, p.Name)}
	c.run(func(name string) (*ast.File, error) { return l.parse(name, false) })
	return c
}

// loadImports loads what a package imports, as long as none of its files is in memory.
// The type checker asks for it again.
func (l *typeLoader) loadImports(p *loadedPackage) {
	for _, path := range slices.Sorted(maps.Keys(p.Imports)) {
		_, _ = l.load(l.packages[p.Imports[path].ID])
	}
}

// method returns the declaration of a method of a package of the program, or nil.
func (l *typeLoader) method(f *types.Func) *ast.FuncDecl {
	recv := f.Signature().Recv()
	if recv == nil || types.IsInterface(recv.Type()) {
		return nil
	}
	named := opentracing.NamedOf(recv.Type())
	for _, id := range []string{f.Pkg().Path(), f.Pkg().Path() + " [" + f.Pkg().Path() + ".test]"} {
		p := l.packages[id]
		if named == nil || p == nil {
			continue
		}
		for _, name := range p.CompiledGoFiles {
			file, err := l.Parse(name)
			if err != nil {
				continue // gone since
			}
			for _, decl := range file.Decls {
				if fd, ok := decl.(*ast.FuncDecl); ok && fd.Name.Name == f.Name() && receiverName(fd) == named.Obj().Name() {
					return fd
				}
			}
		}
	}
	return nil
}

// receiverName returns the name of the type that a function is a method of, or "".
func receiverName(fd *ast.FuncDecl) string {
	if fd.Recv == nil || len(fd.Recv.List) == 0 {
		return ""
	}
	t := fd.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.ParenExpr:
			t = x.X
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}
