// SPDX-License-Identifier: Apache-2.0

package migrate

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
)

// loadBuilds loads packages once more in other settings than that of p, for the files that
// p leaves out and that have to do with OpenTracing: it fills builds and leftOut. Of each
// file the syntax is the same in all builds, so that an object has one place.
func (p *Program) loadBuilds(ctx context.Context) error {
	files, err := p.excludedFiles(ctx)
	if err != nil || len(files) == 0 {
		return err
	}
	p.excluded = slices.Clone(files)
	for {
		// What is in one build may name what another one declares.
		concerned, others := p.concernedFiles(files)
		files = others
		p.leftOut = append(p.leftOut, concerned...)
		known := len(p.builds)
		loadable := slices.DeleteFunc(slices.Clone(concerned), func(f *excludedFile) bool { return f.why != "" })
		settings, included := chooseSettings(p.setting, loadable, maxSettings-known)
		for i, s := range settings {
			if err := p.loadBuild(ctx, s, included[i]); err != nil {
				return err
			}
		}
		loaded := p.loadedFiles()
		p.leftOut = slices.DeleteFunc(p.leftOut, func(f *excludedFile) bool { return loaded[f.name] })
		files = slices.DeleteFunc(files, func(f *excludedFile) bool { return loaded[f.name] })
		if len(p.builds) == known {
			return nil
		}
	}
}

// loadedFiles returns the files of packages that p or one of its builds has syntax of.
func (p *Program) loadedFiles() map[string]bool {
	loaded := make(map[string]bool)
	for _, b := range append([]*Program{p}, p.builds...) {
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
func (p *Program) excludedFiles(ctx context.Context) ([]*excludedFile, error) {
	table, known := Instrumentations(), make(map[*packages.Package]bool)
	below, paths := make(map[string]bool), make(map[string]string)
	packages.Visit(p.Roots, nil, func(pkg *packages.Package) {
		below[pkg.PkgPath] = below[pkg.PkgPath] || buildsOnOpenTracing(pkg, table, known)
	})
	broken := make(map[string]bool)
	for _, pkg := range p.Roots {
		if pkg.ForTest == "" && pkg.Dir != "" && !isTestMain(pkg) {
			paths[pkg.Dir] = pkg.PkgPath
			broken[pkg.Dir] = len(pkg.Errors) > 0 && len(pkg.GoFiles) > 0
		}
	}
	builds := func(path string) bool {
		_, is := lookupInstrumentation(table, path)
		return is || below[path] || IsOpenTracing(path)
	}
	var files []*excludedFile
	for _, name := range p.notLoaded() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		syntax, err := p.types.parseImports(name)
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
			if isTestFile(name) && strings.HasSuffix(syntax.Name.Name, "_test") {
				pkgPath += "_test"
			}
			f := &excludedFile{name: name, path: pkgPath, src: src}
			if broken[filepath.Dir(name)] {
				f.why = "its package does not compile"
			}
			files = append(files, f)
		}
	}
	return files, nil
}

// concernedFiles tells those of the excluded files that import OpenTracing, or name a
// declaration that has to do with it, from the others.
func (p *Program) concernedFiles(files []*excludedFile) (concerned, others []*excludedFile) {
	if len(files) == 0 {
		return nil, nil
	}
	table := Instrumentations()
	var pkgs []*types.Package
	for _, build := range append([]*Program{p}, p.builds...) {
		for _, pkg := range build.Packages {
			if len(pkg.Syntax) > 0 && p.InModule(pkg) {
				pkgs = append(pkgs, pkg.Types)
			}
		}
	}
	d := declaredIn(pkgs)
	for _, f := range files {
		if f.syntax == nil {
			if f.syntax, _ = p.types.parse(f.name, true); f.syntax == nil {
				continue
			}
		}
		if importsAny(f.syntax, func(path string) bool {
			_, is := lookupInstrumentation(table, path)
			return is || IsOpenTracing(path)
		}) || len(d.mentions(f.syntax, f.path)) > 0 {
			concerned = append(concerned, f)
		} else {
			others = append(others, f)
		}
	}
	return concerned, others
}

// loadBuild loads the packages of files in the setting that includes them, and adds the
// build to p.
func (p *Program) loadBuild(ctx context.Context, s setting, files []*excludedFile) error {
	dirs := make(map[string]bool)
	for _, f := range files {
		dirs[filepath.Dir(f.name)] = true
	}
	opts := *p.Options
	opts.Dir, opts.Tags, opts.Env = p.Module.Dir, s.tagList(), append(slices.Clone(opts.Env), s.env()...)
	cfg := &packages.Config{
		Context: ctx, Mode: loadMode &^ packages.NeedExportFile, Dir: opts.Dir, Tests: true, Env: environ(&opts),
		BuildFlags: []string{noVersionControl, "-tags=" + s.tags},
	}
	roots, err := packages.Load(cfg, p.buildPatterns(dirs)...)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		for _, f := range files {
			f.why = "the go command can't load it with " + s.String()
		}
		return nil
	}
	b := &Program{Fset: p.Fset, Roots: roots, Module: p.Module, Workspace: p.Workspace, Options: &opts, setting: s}
	b.shareExports(p)
	l := newTypeLoader(p.Fset, roots, &opts, p.Module.goVersion)
	b.types = l
	l.files, l.outlines = p.types.files, p.types.outlines
	maps.Copy(l.source, p.types.source)
	for _, pkg := range roots {
		if b.InModule(pkg) && dirs[pkg.Dir] && !isTestMain(pkg) {
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
		f.why = "its package does not compile with " + s.String()
		for _, broken := range b.Broken {
			if broken.Path == strings.TrimSuffix(f.path, "_test") {
				f.why += ": " + summary(broken.Texts(p))
				break
			}
		}
	}
	p.builds = append(p.builds, b)
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
		if first, _, _ := strings.Cut(path, "/"); !strings.Contains(first, ".") || p.types.packages[path] != nil {
			patterns[path] = true
		}
	}
	return slices.Sorted(maps.Keys(patterns))
}

// neededByHelpers returns the packages that helpers and stubs import, and rewritten code
// besides.
func neededByHelpers() []string {
	paths := []string{"context", "fmt", "net/http", "time", otelPath, tracePath, noopPath, attributePath, codesPath, baggagePath, propagationPath, compatPath}
	for _, h := range helpers() {
		paths = append(paths, h.imports...)
	}
	return sortedSet(paths)
}

// shareExports gives the packages of a build the export data of those of p that are the
// same in both.
func (b *Program) shareExports(p *Program) {
	if s, t := b.setting, p.setting; s.goos != t.goos || s.goarch != t.goarch {
		return // sizes differ
	}
	digests := closures(b.Roots)
	packages.Visit(b.Roots, nil, func(pkg *packages.Package) {
		if same := p.types.packages[pkg.ID]; same != nil && p.closures[pkg.ID] == digests[pkg.ID] {
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
