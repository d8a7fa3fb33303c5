// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"context"
	"fmt"
	"go/ast"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// loadModule loads the whole module, since groups cross packages, and tells which
// package directories the patterns name.
func loadModule(ctx context.Context, opts *FixOptions, patterns []string) (*Program, map[string]bool, error) {
	load := &LoadOptions{Dir: opts.Dir, Tests: true, Tags: opts.Tags, Env: opts.Env}
	mod, _, err := findModule(ctx, load)
	if err != nil {
		return nil, nil, err
	}
	if len(patterns) == 0 {
		patterns = []string{"./..."}
	}
	var wanted map[string]bool
	if !(len(patterns) == 1 && patterns[0] == "./..." && sameDir(opts.Dir, mod.Dir)) {
		cfg := &packages.Config{Context: ctx, Dir: opts.Dir, Mode: packages.NeedName | packages.NeedFiles | packages.NeedModule, Env: environ(load), BuildFlags: []string{noVersionControl}}
		if len(opts.Tags) > 0 {
			cfg.BuildFlags = append(cfg.BuildFlags, "-tags="+strings.Join(opts.Tags, ","))
		}
		pkgs, err := packages.Load(cfg, patterns...)
		if err != nil {
			return nil, nil, err
		}
		wanted = make(map[string]bool)
		for _, pkg := range pkgs {
			wanted[pkg.PkgPath] = true
			if pkg.Name != "" && len(pkg.Errors) == 0 {
				if err := fixable(pkg, mod); err != nil {
					return nil, nil, err
				}
			}
		}
		if len(pkgs) == 0 || slices.ContainsFunc(pkgs, func(p *packages.Package) bool { return p.Name == "" && len(p.Errors) > 0 }) {
			// Let the loader say what is wrong with the patterns.
			if _, err := Load(ctx, load, patterns...); err != nil {
				return nil, nil, err
			}
		}
	}
	load.Dir = mod.Dir
	program, err := Load(ctx, load, "./...")
	return program, wanted, err
}

// fixable returns an error if a package that was named can't be rewritten.
func fixable(pkg *packages.Package, mod *Module) error {
	switch {
	case pkg.PkgPath == "command-line-arguments":
		return fmt.Errorf("migrate: %s is a file, and a package is rewritten as a whole: name ./... or the package, not a file", filepath.Base(slices.Concat(pkg.GoFiles, []string{"it"})[0]))
	case pkg.Module == nil || !pkg.Module.Main:
		return fmt.Errorf("migrate: package %s does not belong to module %s, so it can't be rewritten", pkg.PkgPath, mod.Path)
	case pkg.Module.Path != mod.Path:
		return fmt.Errorf("migrate: package %s belongs to module %s: run it in %s", pkg.PkgPath, pkg.Module.Path, pkg.Module.Dir)
	}
	return nil
}

func sameDir(a, b string) bool {
	a, err := filepath.Abs(a)
	if err != nil {
		return false
	}
	if real, err := filepath.EvalSymlinks(a); err == nil {
		a = real
	}
	if real, err := filepath.EvalSymlinks(b); err == nil {
		b = real
	}
	return a == b
}

func moduleDir(p *Program) string { return p.Module.Dir }

// programUnits makes units of the packages of a program, and more of those of its other
// builds, which have the files that are in no build before. wanted is nil for all.
func programUnits(program *Program, wanted map[string]bool, opts *FixOptions) []*unit {
	units := buildUnits(program, wanted, opts)
	homes, seen := make(map[string]*unit), make(map[string]bool)
	for _, u := range units {
		homes[u.path] = u
	}
	note := func(build *Program) {
		for _, pkg := range build.Roots {
			for _, name := range pkg.GoFiles {
				seen[name] = true
			}
		}
	}
	note(program)
	for _, build := range program.builds {
		for _, u := range buildUnits(build, wanted, opts) {
			u.files = slices.DeleteFunc(u.files, func(f *sourceFile) bool { return seen[f.name] })
			if len(u.files) == 0 {
				continue
			}
			u.otherBuild = true
			units = append(units, u)
			if home := homes[u.path]; home != nil {
				u.home, home.more = home, append(home.more, u)
			} else {
				homes[u.path] = u
			}
		}
		note(build)
	}
	in := make(map[string]bool)
	for _, u := range units {
		for _, f := range u.files {
			in[f.name] = true
		}
	}
	for _, f := range program.excluded {
		if home := homes[f.path]; home != nil && f.syntax != nil && !in[f.name] {
			home.elsewhere = append(home.elsewhere, f.syntax)
		}
	}
	return units
}

// buildUnits makes units of the packages of one build.
func buildUnits(program *Program, wanted map[string]bool, opts *FixOptions) []*unit {
	kept, linked := keptNames(program), linkedFiles(program)
	var units []*unit
	for _, pkg := range program.Packages {
		if !program.InModule(pkg) || len(pkg.Syntax) == 0 {
			continue // it has no types either, if it has nothing to do with OpenTracing
		}
		u := &unit{
			path: pkg.PkgPath, pkg: pkg.Types, info: pkg.TypesInfo,
			wanted: wanted == nil || wanted[pkg.PkgPath] || wanted[strings.TrimSuffix(pkg.PkgPath, "_test")],
		}
		u.keepAPI = opts.KeepAPI && importable(u)
		u.kept = kept[pkg.PkgPath]
		for _, syntax := range pkg.Syntax {
			name := program.Fset.File(syntax.FileStart).Name()
			src, err := os.ReadFile(name)
			if err != nil {
				continue
			}
			f := &sourceFile{name: name, syntax: syntax, src: unixLines(src), disk: src, unit: u, test: isTestFile(name)}
			switch {
			case !slices.Contains(pkg.GoFiles, name):
				f.fixed, f.cgo = "the file uses cgo", true
			case ast.IsGenerated(syntax):
				f.fixed = "the file is generated"
			case linked[name]:
				f.fixed = "the file is a symbolic link, or one leads to it, so packages share it"
			}
			u.files = append(u.files, f)
		}
		units = append(units, u)
	}
	return units
}

// keptNames returns the names that packages that do not compile mention, for each
// package that they import, also by others. They are not rewritten, so what they
// use keeps its type.
func keptNames(program *Program) map[string]map[string]bool {
	kept := make(map[string]map[string]bool)
	for _, root := range program.Roots {
		if len(root.Errors) == 0 {
			continue
		}
		names := make(map[string]bool)
		for _, f := range root.Syntax {
			ast.Inspect(f, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					names[id.Name] = true
				}
				return true
			})
		}
		packages.Visit([]*packages.Package{root}, nil, func(imp *packages.Package) {
			if kept[imp.PkgPath] == nil {
				kept[imp.PkgPath] = make(map[string]bool)
			}
			maps.Copy(kept[imp.PkgPath], names)
		})
	}
	return kept
}

// linkedFiles returns the files of a program that are symbolic links, and those that
// they lead to.
func linkedFiles(program *Program) map[string]bool {
	linked := make(map[string]bool)
	for _, pkg := range program.Packages {
		for _, name := range pkg.GoFiles {
			if info, err := os.Lstat(name); err != nil || info.Mode()&os.ModeSymlink == 0 {
				continue
			}
			linked[name] = true
			if target, err := filepath.EvalSymlinks(name); err == nil {
				linked[target] = true
			}
		}
	}
	return linked
}

// importable tells whether code outside of the module can import a package.
func importable(u *unit) bool {
	return u.pkg.Name() != "main" && !slices.Contains(strings.Split(u.path, "/"), "internal") && !strings.HasSuffix(u.pkg.Name(), "_test")
}

func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}
