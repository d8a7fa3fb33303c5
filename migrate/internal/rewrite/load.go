// SPDX-License-Identifier: Apache-2.0

package rewrite

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// loadModule loads the whole module, since groups cross packages, and tells which
// package directories the patterns name.
func loadModule(ctx context.Context, opts *FixOptions, patterns []string) (*source.Program, map[string]bool, error) {
	load := &source.LoadOptions{Dir: opts.Dir, Tests: true, Tags: opts.Tags, Env: opts.Env}
	mod, _, err := source.FindModule(ctx, load)
	if err != nil {
		return nil, nil, err
	}
	if len(patterns) == 0 {
		patterns = []string{"./..."}
	}
	var wanted map[string]bool
	if !(len(patterns) == 1 && patterns[0] == "./..." && source.SameDir(opts.Dir, mod.Dir)) {
		cfg := &packages.Config{Context: ctx, Dir: opts.Dir, Mode: packages.NeedName | packages.NeedFiles | packages.NeedModule, Env: source.Environ(load), BuildFlags: []string{source.NoVersionControl}}
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
			if _, err := source.Load(ctx, load, flow.Concerns, patterns...); err != nil {
				return nil, nil, err
			}
		}
	}
	load.Dir = mod.Dir
	program, err := source.Load(ctx, load, flow.Concerns, "./...")
	return program, wanted, err
}

// fixable returns an error if a package that was named can't be rewritten.
func fixable(pkg *packages.Package, mod *source.Module) error {
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
