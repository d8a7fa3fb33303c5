// SPDX-License-Identifier: Apache-2.0

package source

import (
	"context"
	"fmt"
	"go/types"
	"hash/fnv"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
)

// LoadBuilds loads packages once more in other settings than that of p, for the files that
// p leaves out and that have to do with OpenTracing: it fills builds and leftOut. Of each
// file the syntax is the same in all builds, so that an object has one place.
func (p *Program) LoadBuilds(ctx context.Context) error {
	files, err := p.excludedFiles(ctx)
	if err != nil || len(files) == 0 {
		return err
	}
	p.excluded = slices.Clone(files)
	for {
		// What is in one build may name what another one declares.
		concerned, others := p.concernedFiles(files)
		files = others
		p.LeftOut = append(p.LeftOut, concerned...)
		known := len(p.Builds)
		loadable := slices.DeleteFunc(slices.Clone(concerned), func(f *ExcludedFile) bool { return f.Why != "" })
		settings, included := chooseSettings(p.Setting, loadable, maxSettings-known)
		for i, s := range settings {
			if err := p.loadBuild(ctx, s, included[i]); err != nil {
				return err
			}
		}
		loaded := p.LoadedFiles()
		p.LeftOut = slices.DeleteFunc(p.LeftOut, func(f *ExcludedFile) bool { return loaded[f.Name] })
		files = slices.DeleteFunc(files, func(f *ExcludedFile) bool { return loaded[f.Name] })
		if len(p.Builds) == known {
			return nil
		}
	}
}

// LoadedFiles returns the files of packages that p or one of its builds has syntax of.
func (p *Program) LoadedFiles() map[string]bool {
	loaded := make(map[string]bool)
	for _, b := range append([]*Program{p}, p.Builds...) {
		for _, pkg := range b.Packages {
			if len(pkg.Syntax) > 0 {
				for _, name := range slices.Concat(pkg.GoFiles, pkg.CompiledGoFiles) {
					loaded[name] = true
				}
			}
		}
	}
	return loaded
}

// excludedFiles returns the files of the module that p leaves out and that build on
// OpenTracing.
func (p *Program) excludedFiles(ctx context.Context) ([]*ExcludedFile, error) {
	table, known := opentracing.Instrumentations(), make(map[*packages.Package]bool)
	below, paths := make(map[string]bool), make(map[string]string)
	packages.Visit(p.Roots, nil, func(pkg *packages.Package) {
		below[pkg.PkgPath] = below[pkg.PkgPath] || buildsOnOpenTracing(pkg, table, known)
	})
	broken := make(map[string]bool)
	for _, pkg := range p.Roots {
		if pkg.ForTest == "" && pkg.Dir != "" && !IsTestMain(pkg) {
			paths[pkg.Dir] = pkg.PkgPath
			broken[pkg.Dir] = len(pkg.Errors) > 0 && len(pkg.GoFiles) > 0
		}
	}
	builds := func(path string) bool {
		_, is := opentracing.LookupInstrumentation(table, path)
		return is || below[path] || opentracing.IsOpenTracing(path)
	}
	var files []*ExcludedFile
	for _, name := range p.NotLoaded() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		syntax, err := p.Types.ParseImports(name)
		if syntax == nil || err != nil {
			continue // it does not compile either way
		}
		pkgPath, ok := paths[filepath.Dir(name)]
		if !ok {
			rel, err := filepath.Rel(p.Module.Dir, filepath.Dir(name))
			if err != nil {
				continue
			}
			pkgPath = path.Join(p.Module.Path, filepath.ToSlash(rel))
		}
		if !builds(pkgPath) && !importsAny(syntax, builds) {
			continue
		}
		if src, err := os.ReadFile(name); err == nil {
			if IsTestFile(name) && strings.HasSuffix(syntax.Name.Name, "_test") {
				pkgPath += "_test"
			}
			f := &ExcludedFile{Name: name, Path: pkgPath, src: src}
			if broken[filepath.Dir(name)] {
				f.Why = "its package does not compile"
			}
			files = append(files, f)
		}
	}
	return files, nil
}

// concernedFiles tells those of the excluded files that import OpenTracing, or name a
// declaration that has to do with it, from the others.
func (p *Program) concernedFiles(files []*ExcludedFile) (concerned, others []*ExcludedFile) {
	if len(files) == 0 {
		return nil, nil
	}
	table := opentracing.Instrumentations()
	var pkgs []*types.Package
	for _, build := range append([]*Program{p}, p.Builds...) {
		for _, pkg := range build.Packages {
			if len(pkg.Syntax) > 0 && p.InModule(pkg) {
				pkgs = append(pkgs, pkg.Types)
			}
		}
	}
	d := DeclaredIn(pkgs)
	for _, f := range files {
		if f.Syntax == nil {
			if f.Syntax, _ = p.Types.parse(f.Name, true); f.Syntax == nil {
				continue
			}
		}
		if importsAny(f.Syntax, func(path string) bool {
			_, is := opentracing.LookupInstrumentation(table, path)
			return is || opentracing.IsOpenTracing(path)
		}) || len(d.Mentions(f.Syntax, f.Path)) > 0 {
			concerned = append(concerned, f)
		} else {
			others = append(others, f)
		}
	}
	return concerned, others
}

// loadBuild loads the packages of files in the setting that includes them, and adds the
// build to p.
func (p *Program) loadBuild(ctx context.Context, s Setting, files []*ExcludedFile) error {
	dirs := make(map[string]bool)
	for _, f := range files {
		dirs[filepath.Dir(f.Name)] = true
	}
	opts := *p.Options
	opts.Dir, opts.Tags, opts.Env = p.Module.Dir, s.tagList(), append(slices.Clone(opts.Env), s.env()...)
	cfg := &packages.Config{
		Context: ctx, Mode: loadMode &^ packages.NeedExportFile, Dir: opts.Dir, Tests: true, Env: Environ(&opts),
		BuildFlags: []string{NoVersionControl, "-tags=" + s.tags},
	}
	roots, err := packages.Load(cfg, p.buildPatterns(dirs)...)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		for _, f := range files {
			f.Why = "the go command can't load it with " + s.String()
		}
		return nil
	}
	b := &Program{Fset: p.Fset, Roots: roots, Module: p.Module, Workspace: p.Workspace, Options: &opts, Setting: s}
	b.shareExports(p)
	l := newTypeLoader(p.Fset, roots, &opts, p.Module.goVersion)
	b.Types = l
	l.files, l.outlines = p.Types.files, p.Types.outlines
	maps.Copy(l.source, p.Types.source)
	for _, pkg := range roots {
		if b.InModule(pkg) && dirs[pkg.Dir] && !IsTestMain(pkg) {
			l.packages[pkg.ID].whole = true
			l.source[pkg.PkgPath] = true
		}
	}
	for _, pkg := range roots {
		if err := ctx.Err(); err != nil {
			return err
		}
		if l.packages[pkg.ID].whole {
			_, _ = l.Types(pkg.ID) // an error is among those of the package
		}
	}
	b.sort(func(pkg *packages.Package) bool { return len(pkg.Errors) > 0 })
	kept := make(map[*packages.Package]bool)
	for _, pkg := range b.Packages {
		kept[pkg] = true
	}
	for _, pkg := range roots {
		if known := l.packages[pkg.ID]; known.types.Complete() {
			pkg.Types = known.types
		}
		if !kept[pkg] {
			pkg.Syntax, pkg.TypesInfo = nil, nil
		}
	}
	for _, f := range files {
		f.Why = "its package does not compile with " + s.String()
		for _, broken := range b.Broken {
			if broken.Path == strings.TrimSuffix(f.Path, "_test") {
				f.Why += ": " + Summary(broken.Texts(p))
				break
			}
		}
	}
	p.Builds = append(p.Builds, b)
	return nil
}

// buildPatterns returns the patterns for the packages in folders of the module, for those
// that import them and have to do with OpenTracing, and for what rewritten code imports.
func (p *Program) buildPatterns(dirs map[string]bool) []string {
	patterns := make(map[string]bool)
	for dir := range dirs {
		patterns[dir] = true
	}
	known := make(map[*packages.Package]bool)
	var needs func(pkg *packages.Package) bool
	needs = func(pkg *packages.Package) bool {
		is, ok := known[pkg]
		if !ok {
			is = dirs[pkg.Dir]
			for _, imp := range pkg.Imports {
				is = needs(imp) || is
			}
			known[pkg] = is
		}
		return is
	}
	for _, pkg := range p.Packages {
		if len(pkg.Syntax) > 0 && p.InModule(pkg) && needs(pkg) {
			patterns[pkg.Dir] = true
		}
	}
	for _, path := range neededByHelpers() {
		if opentracing.IsOpenTracing(path) {
			continue // is there, and would have the go command want an up-to-date go.mod
		}
		if first, _, _ := strings.Cut(path, "/"); !strings.Contains(first, ".") || p.Types.packages[path] != nil {
			patterns[path] = true
		}
	}
	return slices.Sorted(maps.Keys(patterns))
}

// neededByHelpers returns the packages that helpers and stubs import, and rewritten code
// besides.
func neededByHelpers() []string {
	paths := []string{"context", "fmt", "io", "net/http", "reflect", "sync", "time", opentelemetry.OTelPath, opentelemetry.TracePath, opentelemetry.NoopPath, opentelemetry.AttributePath, opentelemetry.CodesPath, opentelemetry.BaggagePath, opentelemetry.PropagationPath, opentelemetry.CompatPath, opentelemetry.MockTwinPath}
	for _, h := range opentelemetry.Helpers() {
		paths = append(paths, h.Imports...)
	}
	return SortedSet(paths)
}

// shareExports gives the packages of a build the export data of those of p that are the
// same in both.
func (b *Program) shareExports(p *Program) {
	if s, t := b.Setting, p.Setting; s.goos != t.goos || s.goarch != t.goarch {
		return // sizes differ
	}
	digests := closures(b.Roots)
	packages.Visit(b.Roots, nil, func(pkg *packages.Package) {
		if same := p.Types.packages[pkg.ID]; same != nil && p.closures[pkg.ID] == digests[pkg.ID] {
			pkg.ExportFile = same.ExportFile
		}
	})
}

// closures returns digests of packages: of their files, and of those of all packages that
// they import.
func closures(roots []*packages.Package) map[string]uint64 {
	digests := make(map[string]uint64)
	packages.Visit(roots, nil, func(pkg *packages.Package) {
		h := fnv.New64a()
		for _, name := range slices.Concat(pkg.GoFiles, pkg.OtherFiles) {
			_, _ = io.WriteString(h, name+"\n")
		}
		for _, path := range slices.Sorted(maps.Keys(pkg.Imports)) {
			fmt.Fprintf(h, "%s %x\n", path, digests[pkg.Imports[path].ID])
		}
		digests[pkg.ID] = h.Sum64()
	})
	return digests
}
