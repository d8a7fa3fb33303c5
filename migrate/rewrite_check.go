// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// A checker type-checks packages with new text in memory.
type checker struct {
	fset     *token.FileSet
	packages []*checkedPackage // every package that may change, or that imports one
	// old returns the types of a package as it is, by ID.
	old func(id string) (*types.Package, error)
	// parse returns the old syntax of a file.
	parse  func(name string) (*ast.File, error)
	stubs  *stubImporter
	parsed map[string]*ast.File // new texts by name
	// setting is nil where all new files are in the build.
	setting *setting
	// builds are the checkers of other builds.
	builds []*checker
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

// programChecker makes a checker of the packages of a program, test variants and all, and
// of its other builds.
func programChecker(program *Program) *checker {
	c := &checker{fset: program.Fset, old: program.types.Types, parse: program.types.Parse, setting: &program.setting}
	roots := make(map[*packages.Package]bool)
	for _, pkg := range program.Roots {
		roots[pkg] = true
	}
	for _, pkg := range program.variants() {
		if len(pkg.Errors) > 0 || isTestMain(pkg) {
			continue
		}
		cp := &checkedPackage{
			id: pkg.ID, path: pkg.PkgPath, files: pkg.CompiledGoFiles, imports: make(map[string]string),
			sizes: pkg.TypesSizes, again: isRecompiled(pkg) || !roots[pkg],
		}
		if pkg.Module != nil && pkg.Module.GoVersion != "" {
			cp.version = "go" + pkg.Module.GoVersion
		}
		for path, imp := range pkg.Imports {
			cp.imports[path] = imp.ID
		}
		c.packages = append(c.packages, cp)
	}
	c.stubs = newStubImporter(c.fset, program.types.byPath(), programLister(program))
	c.stubs.load = program.types.Types
	for _, build := range program.builds {
		c.builds = append(c.builds, programChecker(build))
	}
	return c
}

// variants returns the packages of the module in a program, those among them that are
// compiled again for tests of others.
func (p *Program) variants() []*packages.Package {
	var all []*packages.Package
	packages.Visit(p.Roots, nil, func(pkg *packages.Package) {
		if p.InModule(pkg) || isRecompiled(pkg) {
			all = append(all, pkg)
		}
	})
	return all
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

// checked renders and type-checks until everything that is left compiles. A group
// whose code doesn't is refused, as a bug of ours.
func (rw fixRun) checked(c *checker) ([]*output, error) {
	const rounds = 20
	for range rounds {
		outs, err := rw.moduleEdits().render()
		if err != nil {
			return nil, err
		}
		problems := c.check(outs)
		for mendUnused(c, outs, problems) {
			problems = c.check(outs)
		}
		if len(problems) == 0 {
			return outs, nil
		}
		if !rw.blame(c, problems) {
			return nil, fmt.Errorf("migrate: the rewritten code does not compile, so nothing was written; this is a bug in ot2otel: %w", problems[0])
		}
	}
	return nil, errors.New("migrate: the rewritten code does not compile, so nothing was written; this is a bug in ot2otel")
}

// check returns the type errors of the new texts in the builds.
func (c *checker) check(outs []*output) []types.Error {
	c.parsed = make(map[string]*ast.File)
	problems := c.checkBuild(outs)
	for _, build := range c.builds {
		build.parsed = c.parsed
		problems = append(problems, build.checkBuild(outs)...)
	}
	return problems
}

// checkBuild returns the type errors of the new texts in one build.
func (c *checker) checkBuild(outs []*output) []types.Error {
	texts := make(map[string][]byte)
	added := make(map[string][]*output) // new files by import path
	for _, o := range outs {
		texts[o.name] = o.text
		if o.file == nil && (c.setting == nil || c.setting.includes(o.name, o.text)) {
			added[o.unit.path] = append(added[o.unit.path], o)
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
	c.stubs.prepare(outs)
	run := &checkRun{checker: c, texts: texts, added: added, byID: byID, isImported: imported, done: make(map[string]*types.Package)}
	for _, p := range c.packages {
		run.check(p)
	}
	return run.problems
}

type checkRun struct {
	*checker
	texts map[string][]byte
	added map[string][]*output
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
		if isTestFile(o.name) && p.id == p.path {
			continue
		}
		files = append(files, r.parseNew(o.name, o.text))
	}
	conf := &types.Config{
		Importer:  importerFunc(func(path string) (*types.Package, error) { return r.imported(p, path) }),
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
	if f := r.parsed[name]; f != nil {
		return f
	}
	f, err := parser.ParseFile(r.fset, name, text, parser.SkipObjectResolution)
	if err != nil {
		r.problems = append(r.problems, types.Error{Fset: r.fset, Pos: f.FileStart, Msg: err.Error()})
	}
	r.parsed[name] = f
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
	return r.stubs.Import(path)
}

func isTestFile(name string) bool { return strings.HasSuffix(name, "_test.go") }

type importerFunc func(path string) (*types.Package, error)

func (f importerFunc) Import(path string) (*types.Package, error) { return f(path) }

// blame refuses the groups whose edits are nearest to the errors.
func (rw fixRun) blame(c *checker, problems []types.Error) bool {
	found := false
	for _, problem := range problems {
		pos := problem.Fset.PositionFor(problem.Pos, false) // line directives name any file
		i := slices.IndexFunc(rw.order, func(p *planner) bool { return p.file.name == pos.Filename })
		message := fmt.Sprintf("the rewritten code would not compile (%s:%d: %s); please report it", rw.shown(pos.Filename), pos.Line, problem.Msg)
		var near []*site
		if i >= 0 {
			near = rw.near(rw.order[i], problem.Pos, c.parsed[pos.Filename])
		} else {
			near = rw.inFolder(filepath.Dir(pos.Filename))
			if len(near) == 0 { // the go command's translation of a file that uses cgo is elsewhere
				near = rw.inFolder(filepath.Dir(problem.Fset.Position(problem.Pos).Filename))
			}
		}
		for _, s := range near {
			for _, n := range s.nodes {
				if g := rw.groups[n.find()]; g.refusal == nil {
					g.refuse(&pin{"internal-error", s.pos, message})
					found = true
				}
			}
		}
	}
	if !found {
		// An error in a file without edits of its own: everything goes.
		for _, g := range rw.list {
			if g.refusal == nil {
				found = true
				g.refuse(&pin{"internal-error", g.first(), "the rewritten code would not compile: " + problems[0].Msg})
			}
		}
	}
	rw.spreadRefusals()
	return found
}

// shown returns the name of a file as it is shown to a reader.
func (rw fixRun) shown(file string) string {
	if rw.program == nil {
		return filepath.Base(file)
	}
	return rw.program.Rel(file)
}

// inFolder returns the converted sites of a folder: those that a file which was added
// to it may be for.
func (rw fixRun) inFolder(dir string) []*site {
	var in []*site
	for _, s := range rw.sites {
		if filepath.Dir(s.file.name) == dir && rw.on(s) {
			in = append(in, s)
		}
	}
	return in
}

// near returns the converted sites of the declaration that an error is in, by name:
// the text has moved.
func (rw fixRun) near(p *planner, pos token.Pos, now *ast.File) []*site {
	name, n := "", 0
	if now != nil {
		name, n = enclosingDecl(now, pos)
	}
	var in, all []*site
	for _, s := range p.sites {
		if !rw.on(s) {
			continue
		}
		all = append(all, s)
		if d, i := enclosingDecl(p.file.syntax, s.pos); d == name && i == n {
			in = append(in, s)
		}
	}
	if len(in) > 0 {
		return in
	}
	return all
}

// enclosingDecl names the function that a position is in, and counts those of the
// same name before it.
func enclosingDecl(f *ast.File, pos token.Pos) (string, int) {
	count := make(map[string]int)
	for _, d := range f.Decls {
		name := "var"
		if fd, ok := d.(*ast.FuncDecl); ok {
			name = fd.Name.Name
			if fd.Recv != nil && len(fd.Recv.List) > 0 {
				name = types.ExprString(fd.Recv.List[0].Type) + "." + name
			}
		}
		if name == "var" {
			continue
		}
		if d.Pos() <= pos && pos < d.End() {
			return name, count[name]
		}
		count[name]++
	}
	return "", 0
}
