// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// A Dependency is another module that still uses the OpenTracing API.
type Dependency struct {
	Path    string `json:"path"`
	Version string `json:"version,omitempty"` // "" where go.mod replaces it by a folder

	// Direct is true where a package of a main module imports a package of it,
	// whatever the comments in go.mod say.
	Direct bool `json:"direct"`

	// Packages are the packages of it that import the OpenTracing API and are in
	// the build of the program. None of them means that the module requires
	// OpenTracing, but the program needs no package of it that imports it.
	Packages []string `json:"packages"`

	// TestOnly is true where Packages are only in the build of tests.
	TestOnly bool `json:"testOnly"`
}

// Dependencies returns the modules other than the main ones that use the
// OpenTracing API, by path: those with a package in the build that imports it, and
// those in the module graph whose go.mod requires it. The OpenTracing module
// itself is not among them.
//
// The second sort needs the go.mod files of all dependencies, which the go command
// may have to download. Where that fails, the first sort is returned with the
// error.
func Dependencies(ctx context.Context, p *source.Program) ([]Dependency, error) {
	byPath := make(map[string]*Dependency)
	code, all := buildGraph(p, false), buildGraph(p, true)
	direct := directModules(p, all)
	for _, pkg := range all {
		if pkg.Module == nil || pkg.Module.Main || pkg.Module.Path == opentracing.OpenTracingPath || !opentracing.ImportsOpenTracing(pkg) {
			continue
		}
		dep := byPath[pkg.Module.Path]
		if dep == nil {
			dep = &Dependency{Path: pkg.Module.Path, Version: pkg.Module.Version, TestOnly: true}
			byPath[dep.Path] = dep
		}
		dep.Packages = append(dep.Packages, pkg.PkgPath)
		if code[pkg.ID] != nil {
			dep.TestOnly = false
		}
	}
	err := requiring(ctx, p, byPath)
	deps := make([]Dependency, 0, len(byPath))
	for _, dep := range byPath {
		dep.Direct = direct[dep.Path]
		dep.Packages = source.SortedSet(dep.Packages)
		if dep.Packages == nil {
			dep.Packages = []string{}
		}
		deps = append(deps, *dep)
	}
	slices.SortFunc(deps, func(a, b Dependency) int { return cmp.Compare(a.Path, b.Path) })
	return deps, err
}

// DependsOnOpenTracing tells whether a dependency in the build uses the OpenTracing
// API, the layer that connects it with OpenTelemetry apart.
func DependsOnOpenTracing(p *source.Program) bool {
	for _, pkg := range buildGraph(p, false) {
		if m := pkg.Module; m == nil || m.Main || m.Path == opentracing.OpenTracingPath || !opentracing.ImportsOpenTracing(pkg) {
			continue
		}
		if !strings.HasPrefix(pkg.PkgPath, opentelemetry.CompatPath) && !strings.HasPrefix(pkg.PkgPath, opentelemetry.BridgePath) {
			return true
		}
	}
	return false
}

// buildGraph returns the packages that the roots of p import, and they themselves,
// by ID; those of tests only on request.
func buildGraph(p *source.Program, tests bool) map[string]*packages.Package {
	seen := make(map[string]*packages.Package)
	var visit func(pkg *packages.Package)
	visit = func(pkg *packages.Package) {
		if seen[pkg.ID] != nil {
			return
		}
		seen[pkg.ID] = pkg
		for _, imp := range pkg.Imports {
			visit(imp)
		}
	}
	for _, pkg := range p.Roots {
		if tests || pkg.ForTest == "" && !source.IsTestMain(pkg) {
			visit(pkg)
		}
	}
	return seen
}

// directModules returns the paths of the modules that packages of main modules
// among pkgs import.
func directModules(p *source.Program, pkgs map[string]*packages.Package) map[string]bool {
	direct := make(map[string]bool)
	for _, pkg := range pkgs {
		if !p.InModule(pkg) {
			continue
		}
		for _, imp := range pkg.Imports {
			if imp.Module != nil {
				direct[imp.Module.Path] = true
			}
		}
	}
	return direct
}

// requiring adds the modules of the module graph whose go.mod requires OpenTracing.
func requiring(ctx context.Context, p *source.Program, byPath map[string]*Dependency) error {
	if p.Module.Vendored {
		return fmt.Errorf("migrate: the vendor directory has no module graph")
	}
	graph, err := source.RunGo(ctx, p.Options, "mod", "graph")
	if err != nil {
		return source.NewGoCommandError(p.Module, "mod graph", err)
	}
	var candidates []string // modules at versions
	for line := range strings.Lines(string(graph)) {
		from, to, ok := strings.Cut(strings.TrimSpace(line), " ")
		if ok && strings.HasPrefix(to, opentracing.OpenTracingPath+"@") && strings.Contains(from, "@") {
			candidates = append(candidates, from)
		}
	}
	if len(candidates) == 0 {
		return nil
	}
	// The graph has every version that something requires; only the selected one counts.
	list, err := source.RunGo(ctx, p.Options, "list", "-m", "-f", "{{.Path}}@{{.Version}} {{.Main}}", "all")
	if err != nil {
		return source.NewGoCommandError(p.Module, "list -m all", err)
	}
	for line := range strings.Lines(string(list)) {
		fields := strings.Fields(line)
		if len(fields) != 2 || fields[1] == "true" || !slices.Contains(candidates, fields[0]) {
			continue
		}
		path, version, _ := strings.Cut(fields[0], "@")
		if path == opentracing.OpenTracingPath || byPath[path] != nil {
			continue
		}
		byPath[path] = &Dependency{Path: path, Version: version}
	}
	return nil
}

// APIVersion returns the version of the OpenTracing API in the build, "" where it
// is not in it.
func APIVersion(p *source.Program) string {
	for _, pkg := range buildGraph(p, true) {
		if m := pkg.Module; m != nil && m.Path == opentracing.OpenTracingPath {
			if m.Replace != nil {
				return m.Version + " => " + strings.TrimSpace(m.Replace.Path+" "+m.Replace.Version)
			}
			return m.Version
		}
	}
	return ""
}
