// SPDX-License-Identifier: Apache-2.0

package check

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"

	"golang.org/x/tools/go/packages"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// A Checker type-checks packages with new text in memory.
type Checker struct {
	fset     *token.FileSet
	packages []*checkedPackage // every package that may change, or that imports one
	// old returns the types of a package as it is, by ID.
	old func(id string) (*types.Package, error)
	// parse returns the old syntax of a file.
	parse  func(name string) (*ast.File, error)
	Stubs  *stubImporter
	Parsed map[string]*ast.File // new texts by name
	// setting is nil where all new files are in the build.
	setting *source.Setting
	// builds are the checkers of other builds.
	builds []*Checker
}

// A checkedPackage is one variant of a package as the go command builds it.
type checkedPackage struct {
	id, path string
	imports  map[string]string // import path → id
	files    []string
	version  string
	sizes    types.Sizes
	// again says that it is compiled once more, for the test of another package or for a
	// build that has no other files of it: what is wrong inside of its functions is known.
	again bool
}

// ProgramChecker makes a checker of the packages of a program, test variants and all, and
// of its other builds. What leave tells of an import path is not taken from the program: it
// has the package in a version that new texts can't use.
func ProgramChecker(program *source.Program, leave func(path string) bool) *Checker {
	c := &Checker{fset: program.Fset, old: program.Types.Types, parse: program.Types.Parse, setting: &program.Setting}
	roots := make(map[*packages.Package]bool)
	for _, pkg := range program.Roots {
		roots[pkg] = true
	}
	for _, pkg := range program.Variants() {
		if len(pkg.Errors) > 0 || source.IsTestMain(pkg) {
			continue
		}
		cp := &checkedPackage{
			id: pkg.ID, path: pkg.PkgPath, files: pkg.CompiledGoFiles, imports: make(map[string]string),
			sizes: pkg.TypesSizes, again: source.IsRecompiled(pkg) || !roots[pkg],
		}
		if pkg.Module != nil && pkg.Module.GoVersion != "" {
			cp.version = "go" + pkg.Module.GoVersion
		}
		for path, imp := range pkg.Imports {
			cp.imports[path] = imp.ID
		}
		c.packages = append(c.packages, cp)
	}
	known := program.Types.ByPath()
	maps.DeleteFunc(known, func(path string, _ *types.Package) bool { return leave(path) })
	c.Stubs = newStubImporter(c.fset, known, programLister(program, leave))
	c.Stubs.load = program.Types.Types
	for _, build := range program.Builds {
		c.builds = append(c.builds, ProgramChecker(build, leave))
	}
	return c
}

// collectImports notes the packages that a package knows, by path. Variants made
// for tests are left out: their ids are looked up.
func collectImports(pkg *types.Package, known map[string]*types.Package) {
	for _, imp := range pkg.Imports() {
		if known[imp.Path()] == nil {
			known[imp.Path()] = imp
			collectImports(imp, known)
		}
	}
}

// Import returns the types of a package that new code may import: those of the module if it
// can build the package, else those of a stub.
func (c *Checker) Import(path string) (*types.Package, error) {
	c.Stubs.prepare([]*edit.Output{{Text: fmt.Appendf(nil, "package p\nimport _ %q\n", path)}})
	return c.Stubs.Import(path)
}

// Check returns the type errors of the new texts in the builds.
func (c *Checker) Check(outs []*edit.Output) []types.Error {
	c.Parsed = make(map[string]*ast.File)
	problems := c.checkBuild(outs)
	for _, build := range c.builds {
		build.Parsed = c.Parsed
		problems = append(problems, build.checkBuild(outs)...)
	}
	return problems
}

// checkBuild returns the type errors of the new texts in one build.
func (c *Checker) checkBuild(outs []*edit.Output) []types.Error {
	texts := make(map[string][]byte)
	added := make(map[string][]*edit.Output) // new files by import path
	for _, o := range outs {
		texts[o.Name] = o.Text
		if o.File == nil && (c.setting == nil || c.setting.Includes(o.Name, o.Text)) {
			added[o.Unit.Path] = append(added[o.Unit.Path], o)
		}
	}
	byID := make(map[string]*checkedPackage)
	imported := make(map[string]bool)
	for _, p := range c.packages {
		byID[p.id] = p
		for _, id := range p.imports {
			imported[id] = true
		}
	}
	c.Stubs.prepare(outs)
	run := &checkRun{Checker: c, texts: texts, added: added, byID: byID, isImported: imported, done: make(map[string]*types.Package)}
	for _, p := range c.packages {
		run.check(p)
	}
	return run.problems
}

type checkRun struct {
	*Checker
	texts map[string][]byte
	added map[string][]*edit.Output
	byID  map[string]*checkedPackage
	// isImported has the ids of packages whose types are asked for.
	isImported map[string]bool
	done       map[string]*types.Package // nil for those that need not be checked anew
	problems   []types.Error
}

// check returns the types of a package if they had to be made anew, or nil.
func (r *checkRun) check(p *checkedPackage) *types.Package {
	if pkg, ok := r.done[p.id]; ok {
		return pkg
	}
	r.done[p.id] = nil // breaks cycles, of which there are none
	changed := len(r.added[p.path]) > 0
	for _, name := range p.files {
		_, rewritten := r.texts[name]
		changed = changed || rewritten
	}
	for _, id := range p.imports {
		if imp := r.byID[id]; imp != nil {
			changed = r.check(imp) != nil || changed
		}
	}
	if !changed {
		return nil
	}
	files := make([]*ast.File, 0, len(p.files)+1)
	for _, name := range p.files {
		if text, ok := r.texts[name]; ok {
			files = append(files, r.parseNew(name, text))
		} else if f, err := r.parse(name); err == nil {
			files = append(files, f)
		} else {
			r.problems = append(r.problems, types.Error{Fset: r.fset, Msg: err.Error()})
		}
	}
	for _, o := range r.added[p.path] {
		if source.IsTestFile(o.Name) && p.id == p.path {
			continue
		}
		files = append(files, r.parseNew(o.Name, o.Text))
	}
	conf := &types.Config{
		Importer:  source.ImporterFunc(func(path string) (*types.Package, error) { return r.imported(p, path) }),
		Error:     func(err error) { r.note(err) },
		GoVersion: p.version,
		Sizes:     p.sizes,

		IgnoreFuncBodies: p.again,
	}
	pkg, _ := conf.Check(p.path, r.fset, files, nil)
	if !r.isImported[p.id] {
		pkg = types.NewPackage(p.path, "") // the scopes of all its functions can go
	}
	r.done[p.id] = pkg
	return pkg
}

func (r *checkRun) note(err error) {
	var te types.Error
	if errors.As(err, &te) {
		r.problems = append(r.problems, te)
	}
}

func (r *checkRun) parseNew(name string, text []byte) *ast.File {
	if f := r.Parsed[name]; f != nil {
		return f
	}
	f, err := parser.ParseFile(r.fset, name, text, parser.SkipObjectResolution)
	if err != nil {
		r.problems = append(r.problems, types.Error{Fset: r.fset, Pos: f.FileStart, Msg: err.Error()})
	}
	r.Parsed[name] = f
	return f
}

func (r *checkRun) imported(p *checkedPackage, path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if id, ok := p.imports[path]; ok {
		if pkg := r.done[id]; pkg != nil {
			return pkg, nil
		}
		return r.old(id)
	}
	if imp := r.byID[path]; imp != nil { // which was not imported before
		if pkg := r.check(imp); pkg != nil {
			return pkg, nil
		}
		return r.old(path)
	}
	return r.Stubs.Import(path)
}
