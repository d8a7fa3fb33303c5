// SPDX-License-Identifier: Apache-2.0

package source

import (
	"context"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
)

// LoadOptions says what [Load] loads. Nil means the defaults.
type LoadOptions struct {
	// Dir is the directory that patterns are relative to; "" is the current one.
	Dir string

	// Tests loads _test.go files too; false loads none of them.
	Tests bool

	// Tags are the build tags to satisfy, as in go build -tags; nil is none.
	Tags []string

	// Env are variables in the form NAME=value that are added to, and win over,
	// the environment of the process: GOOS, GOARCH, GOFLAGS and the like; nil adds none.
	Env []string

	// Overlay replaces the content of files, by absolute path; nil replaces none.
	// A file that an overlay adds belongs to the package of its directory. An
	// overlay makes export data unusable: dependencies are then type-checked from
	// source, which is several times slower.
	Overlay map[string][]byte
}

// A Program is a set of type-checked packages. It is not changed after [Load] and
// is safe for concurrent reading.
type Program struct {
	Fset *token.FileSet

	// Packages are the matched packages that compile, in the order of their IDs.
	// Those that have to do with OpenTracing have types, syntax (without the
	// deprecated ast.Object) and TypesInfo (Types, Defs, Uses, Implicits, Selections,
	// and the Scopes of files); the others, which may be nearly all of a module, have
	// none of it. A package has to do with OpenTracing if it uses its API, or a package
	// built on that (see Instrumentations), if the type of something in it mentions
	// one of the API's, or if a value goes there to such a type, as an argument that
	// satisfies an interface does. In files without such things functions lack their
	// bodies.
	//
	// With LoadOptions.Tests, the package under test
	// appears once, as the variant that has its in-package test files (ID
	// "p [p.test]"), so that no file is met twice; "p_test [p.test]" is a package of
	// its own, and the generated main of a test is left out.
	//
	// Beware: packages that import p were checked against the plain p, not against
	// its test variant, so one declaration may be two types.Objects. Both have the
	// same Pos, for a file is parsed once: compare objects of the program by Pos.
	Packages []*packages.Package

	// Roots are the packages as go/packages returned them, plain packages and test
	// variants and broken ones alike. Of those that are not in Packages too, the broken
	// ones have syntax.
	Roots []*packages.Package

	// Broken are the matched packages that do not compile. They are not in Packages.
	Broken []*PackageError

	// Module is the main module of LoadOptions.Dir.
	Module *Module

	// Workspace is the go.work workspace in force, or nil.
	Workspace *Workspace

	// Options and Patterns are those that the program was loaded with; Options is
	// never nil and Patterns never empty.
	Options  *LoadOptions
	Patterns []string

	Types    *typeLoader
	concerns concernFunc
	// closures has, by ID, a digest of the files of a package and of all that it needs.
	closures map[string]uint64
	Setting  Setting
	// Builds are those, in other settings, of the packages that have to do with
	// OpenTracing in a file which is not in this one. excluded are the files of the module
	// that are not in this one, leftOut those that have to do with OpenTracing and are in
	// none of them.
	Builds            []*Program
	excluded, LeftOut []*ExcludedFile
}

// A concernFunc tells whether anything in a package has to do with OpenTracing, so that
// the rewriter, or the count of uses, has to look at it, and in which of its files it
// has to look at function bodies. own has the import paths of the packages that are
// looked at, table what is built on OpenTracing.
type concernFunc func(fset *token.FileSet, u *Unit, own map[string]bool, table []opentracing.Instrumentation) (files map[string]bool, is bool)

// loadMode asks for the package graph alone: see typeLoader for the types.
const loadMode = packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles |
	packages.NeedImports | packages.NeedExportFile | packages.NeedTypesSizes |
	packages.NeedModule | packages.NeedForTest

// NoVersionControl keeps the go command from asking git for the version of what it
// compiles: git runs programs that the configuration of the checkout names.
const NoVersionControl = "-buildvcs=false"

// Load is [Load] with the question that is asked of each package.
func Load(ctx context.Context, opts *LoadOptions, concerns concernFunc, patterns ...string) (*Program, error) {
	if opts == nil {
		opts = &LoadOptions{}
	}
	mod, work, err := FindModule(ctx, opts)
	if err != nil {
		return nil, err
	}
	if len(patterns) == 0 {
		patterns = defaultPatterns(mod, work)
	}
	cfg := &packages.Config{
		Context: ctx,
		Mode:    loadMode,
		Dir:     opts.Dir,
		Tests:   opts.Tests,
		Env:     Environ(opts),
		Overlay: opts.Overlay,
	}
	cfg.BuildFlags = []string{NoVersionControl}
	if len(opts.Tags) > 0 {
		cfg.BuildFlags = append(cfg.BuildFlags, "-tags="+strings.Join(opts.Tags, ","))
	}
	roots, err := packages.Load(cfg, patterns...)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, NewGoCommandError(mod, "list", err)
	}
	if len(roots) == 0 {
		// It is silent on a go.mod that wants an update; the go command is not.
		if _, err := RunGo(ctx, opts, append([]string{"list", NoVersionControl, "--"}, patterns...)...); err != nil {
			return nil, NewGoCommandError(mod, "list", err)
		}
	}
	p := &Program{Fset: token.NewFileSet(), Setting: mod.setting, Roots: roots, Module: mod, Workspace: work, Options: opts, Patterns: patterns, concerns: concerns}
	if err := p.matched(); err != nil {
		return nil, err
	}
	p.closures = closures(roots)
	if err := p.loadTypes(ctx); err != nil {
		return nil, err
	}
	return p, nil
}

func defaultPatterns(mod *Module, work *Workspace) []string {
	if mod.GoMod != "" {
		return []string{"./..."}
	}
	return work.patterns(mod.Dir)
}

func Environ(opts *LoadOptions) []string {
	return append(os.Environ(), opts.Env...)
}

// matched returns an error if the patterns match no package.
func (p *Program) matched() error {
	missing := missingPatterns(p.Roots)
	if len(p.Roots) > 0 && len(missing) < len(p.Roots) {
		return nil
	}
	err := &PatternError{Patterns: p.Patterns, Dir: p.Module.dir(p.Options), Reasons: missing}
	if p.Workspace != nil {
		err.Instead = p.Workspace.patterns(err.Dir)
	}
	return err
}

// sort fills Packages and Broken from Roots.
func (p *Program) sort(isBroken func(*packages.Package) bool) {
	p.Packages, p.Broken = nil, nil
	broken := make(map[string]bool) // IDs
	for _, pkg := range p.Roots {
		broken[pkg.ID] = isBroken(pkg)
	}
	for _, pkg := range p.Roots {
		switch {
		case !broken[pkg.ID], IsTestMain(pkg):
			continue
		case pkg.ForTest != "" && broken[pkg.ForTest]:
			continue // what breaks a package breaks its tests; once is enough
		case IsRecompiled(pkg):
			continue // the same files again
		}
		p.Broken = append(p.Broken, &PackageError{
			ID: pkg.ID, Path: PackageUnderTest(pkg), TestsOnly: pkg.ForTest != "", Errors: compileErrors(pkg),
		})
	}
	withTests := make(map[string]bool) // import paths whose test variant compiles
	for _, pkg := range p.Roots {
		if pkg.ForTest != "" && pkg.ForTest == pkg.PkgPath && !broken[pkg.ID] {
			withTests[pkg.PkgPath] = true
		}
	}
	for _, pkg := range p.Roots {
		switch {
		case IsTestMain(pkg), broken[pkg.ID]:
			continue
		case pkg.ForTest == "" && withTests[pkg.PkgPath]:
			continue // the variant has all its files, and more
		case IsRecompiled(pkg):
			continue // the same files again
		case len(pkg.CompiledGoFiles) == 0:
			continue // a folder with nothing but files that the constraints exclude
		}
		p.Packages = append(p.Packages, pkg)
	}
	slices.SortFunc(p.Packages, func(a, b *packages.Package) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(p.Broken, func(a, b *PackageError) int { return strings.Compare(a.ID, b.ID) })
}

// IsRecompiled reports whether pkg was compiled once more because it imports the
// package under test and that one's external test imports pkg.
func IsRecompiled(pkg *packages.Package) bool {
	return pkg.ForTest != "" && pkg.PkgPath != pkg.ForTest && pkg.PkgPath != pkg.ForTest+"_test"
}

// IsTestMain reports whether pkg is the main package that go test generates.
func IsTestMain(pkg *packages.Package) bool {
	return pkg.Name == "main" && strings.HasSuffix(pkg.ID, ".test") && pkg.ForTest == "" &&
		!slices.ContainsFunc(pkg.GoFiles, func(f string) bool { return filepath.Dir(f) == pkg.Dir })
}

// missingPatterns returns what the go command said about patterns that name
// nothing; it makes a package of each.
func missingPatterns(roots []*packages.Package) []string {
	var reasons []string
	for _, pkg := range roots {
		if pkg.Name == "" && len(pkg.GoFiles)+len(pkg.IgnoredFiles)+len(pkg.OtherFiles) == 0 && len(pkg.Errors) > 0 {
			reasons = append(reasons, pkg.Errors[0].Msg)
		}
	}
	return reasons
}

// InModule reports whether pkg belongs to a main module: the module that is being
// migrated, or one of the workspace's.
func (p *Program) InModule(pkg *packages.Package) bool {
	return pkg.Module != nil && pkg.Module.Main
}
