// SPDX-License-Identifier: Apache-2.0

package rewrite

import (
	"cmp"
	"context"
	"go/version"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
	"golang.org/x/tools/go/packages"

	"github.com/ot2otel/ot2otel/migrate/internal/check"
	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// otelOldest is the first version of the OpenTelemetry modules that has all that rewritten
// code may use.
const otelOldest = "v1.26.0"

// replacedVersion is the version that the go command gives a module that go.mod replaces
// in all versions and does not require.
const replacedVersion = "v0.0.0-00010101000000-000000000000"

// requirements are what a module requires of the modules that rewritten code imports.
type requirements struct {
	listed   map[string]bool   // whether go.mod has it
	version  map[string]string // in the build list, "" if it is not there
	replaced map[string]bool
	// stale tells that OpenTelemetry is there in a version that lacks what rewritten code
	// may use, and that no package of the module uses it.
	stale bool
	// unpruned tells that go.mod is of a Go before 1.17, for which the go command reads the
	// go.mod files of all modules that some module requires.
	unpruned bool
}

// requirementsOf reads go.mod, and asks the go command for what it does not list.
func requirementsOf(ctx context.Context, p *source.Program) *requirements {
	r := &requirements{listed: make(map[string]bool), version: make(map[string]string), replaced: make(map[string]bool)}
	name := filepath.Join(source.ModuleDir(p), "go.mod")
	data, err := os.ReadFile(name)
	if err != nil {
		return r
	}
	mod, err := modfile.Parse(name, data, nil)
	if err != nil {
		return r
	}
	r.unpruned = mod.Go == nil || version.Compare("go"+mod.Go.Version, "go1.17") < 0
	for _, require := range mod.Require {
		r.listed[require.Mod.Path], r.version[require.Mod.Path] = true, require.Mod.Version
	}
	for _, replace := range mod.Replace {
		if replace.Old.Version == "" {
			r.replaced[replace.Old.Path] = true
			r.version[replace.Old.Path] = cmp.Or(r.version[replace.Old.Path], replacedVersion)
		}
	}
	// go.mod has no modules of dependencies before Go 1.17.
	unlisted := slices.DeleteFunc([]string{ownModule, opentelemetry.OTelPath, opentelemetry.TracePath}, func(m string) bool { return r.version[m] != "" })
	if len(unlisted) > 0 {
		opts := *p.Options
		opts.Dir, opts.Env = source.ModuleDir(p), append(slices.Clone(opts.Env), "GOPROXY=off")
		if r.version[opentelemetry.GenprotoPath] == "" {
			unlisted = append(unlisted, opentelemetry.GenprotoPath)
		}
		args := append([]string{"list", "-m", "-e", "-mod=readonly", "-f", "{{.Path}} {{.Version}}", "--"}, unlisted...)
		if out, err := source.RunGo(ctx, &opts, args...); err == nil {
			for line := range strings.Lines(string(out)) {
				m, version, _ := strings.Cut(strings.TrimSpace(line), " ")
				r.version[m] = version
			}
		}
	}
	r.stale = r.version[opentelemetry.OTelPath] != "" && r.otelVersion() != r.version[opentelemetry.OTelPath] &&
		!slices.ContainsFunc(p.Roots, func(pkg *packages.Package) bool {
			return p.InModule(pkg) && slices.ContainsFunc(slices.Collect(maps.Keys(pkg.Imports)), isOTel)
		})
	return r
}

// checker returns a checker of the program with what go get will bring.
func (r *requirements) checker(program *source.Program) *check.Checker {
	return check.ProgramChecker(program, func(path string) bool { return r.stale && isOTel(path) })
}

// otelVersion returns the version of OpenTelemetry's modules, which go together, that
// rewritten code can be built with: that of the build list where it will do.
func (r *requirements) otelVersion() string {
	have := cmp.Or(r.version[opentelemetry.OTelPath], r.version[opentelemetry.TracePath])
	if r.replaced[opentelemetry.OTelPath] || semver.Compare(have, otelOldest) >= 0 {
		return have
	}
	return opentelemetry.OTelVersion
}

// instrumentations are the modules of contrib that rewritten code may use, and that share their
// versions.
var instrumentations = []string{opentelemetry.OTelHTTPPath, opentelemetry.OTelGRPCPath}

// withInstrumentations adds the modules of instrumentations that are older than one of them
// that is to be got.
func (r *requirements) withInstrumentations(modules map[string]bool) {
	if !slices.ContainsFunc(instrumentations, func(m string) bool { return modules[m] }) {
		return
	}
	for _, m := range instrumentations {
		if have := r.version[m]; have != "" && semver.Compare(have, r.contribVersion(m)) < 0 {
			modules[m] = true
		}
	}
}

// contribVersion returns the version to get of a module of contrib: the one that rewritten code
// is tested with, or a newer one of the build list.
func (r *requirements) contribVersion(m string) string {
	if r.replaced[m] {
		return r.version[m]
	}
	have := []string{r.version[m]}
	if slices.Contains(instrumentations, m) {
		have = []string{r.version[instrumentations[0]], r.version[instrumentations[1]]}
	}
	version := opentelemetry.ContribVersion(m)
	for _, v := range have {
		if semver.Compare(v, version) > 0 {
			version = v
		}
	}
	return version
}

// beforeSplit tells whether the build list has a genproto with packages that gRPC, which comes
// with compat, has from another module.
func (r *requirements) beforeSplit() bool {
	have := r.version[opentelemetry.GenprotoPath]
	return have != "" && !r.replaced[opentelemetry.GenprotoPath] && semver.Compare(have, opentelemetry.GenprotoVersion) < 0
}

// isOTel tells whether a package is one of OpenTelemetry's API.
func isOTel(path string) bool {
	m := moduleOf(path)
	return m == opentelemetry.OTelPath || m == opentelemetry.TracePath
}

// outgrown returns the modules that would not compile any more with a version of
// OpenTelemetry, since they are built on modules of it from before v1, which have changed.
func (r *requirements) outgrown(p *source.Program, target string) (modules []module.Version) {
	if have := r.version[opentelemetry.OTelPath]; have == "" || target == have {
		return nil
	}
	changed := func(m *packages.Module) bool {
		return semver.Major(m.Version) == "v0" && (isCore(m.Path) || m.Path == logModule && semver.Compare(target, logStable) >= 0)
	}
	known := make(map[string]bool)
	packages.Visit(p.Roots, nil, func(pkg *packages.Package) {
		m := pkg.Module
		if m == nil || p.InModule(pkg) || known[m.Path] || r.replaced[m.Path] || m.Replace != nil || isCore(m.Path) {
			return
		}
		for _, imported := range pkg.Imports {
			if of := imported.Module; of != nil && of.Path != m.Path && changed(of) {
				known[m.Path] = true
				modules = append(modules, module.Version{Path: m.Path, Version: m.Version})
				return
			}
		}
	})
	slices.SortFunc(modules, func(a, b module.Version) int { return cmp.Compare(a.Path, b.Path) })
	return modules
}

// logModule is OpenTelemetry's API of logs, and logStable the first version of it from which
// nothing changes any more. Modules that record spans bring it, too.
const (
	logModule = opentelemetry.OTelPath + "/log"
	logStable = "v1.47.0"
)

// isCore tells whether a module is one of OpenTelemetry's API, which require each other.
func isCore(path string) bool {
	return path == opentelemetry.OTelPath || path == opentelemetry.TracePath || path == opentelemetry.OTelPath+"/metric"
}

// toGet fills GoGet and GoGetFor: what go get has to fetch to build packages that the new
// code imports and that the module can't build yet, or does not require. A module that is
// in the build list keeps its version where that will do, one that go.mod replaces is not
// asked for anywhere else.
func (r *Result) toGet(program *source.Program, have *requirements, outs []*edit.Output, missing []string) {
	modules, dirs := make(map[string]bool), make(map[string]bool)
	for _, o := range outs {
		for _, path := range check.ImportedBy([]*edit.Output{o}) {
			m := moduleOf(path)
			if m == "" || m == program.Module.Path {
				continue
			}
			if slices.Contains(missing, path) || program.Workspace == nil && !have.listed[m] {
				modules[m], dirs[filepath.Dir(o.Name)] = true, true
			}
		}
	}
	if modules[ownModule] {
		// OpenTelemetry comes with it, in the version of the bridge.
		maps.DeleteFunc(modules, func(m string, _ bool) bool { return m != ownModule && opentelemetry.ContribVersion(m) == "" })
	}
	have.withInstrumentations(modules)
	for m := range modules {
		version := have.version[m]
		switch {
		case m == ownModule:
			version = cmp.Or(version, "latest")
		case opentelemetry.ContribVersion(m) != "":
			version = have.contribVersion(m)
		case !have.replaced[m]:
			version = have.otelVersion()
		}
		r.GoGet = append(r.GoGet, m+"@"+version)
	}
	if len(modules) > 0 {
		target := have.otelVersion()
		if modules[ownModule] && semver.Compare(target, opentelemetry.OTelVersion) < 0 {
			target = opentelemetry.OTelVersion
		}
		r.Outgrown = have.outgrown(program, target)
		for _, m := range r.Outgrown {
			r.GoGet = append(r.GoGet, m.Path+"@"+cmp.Or(opentelemetry.ReleasedWith(m.Path), "latest"))
		}
	}
	if modules[ownModule] && have.beforeSplit() {
		r.GoGet = append(r.GoGet, opentelemetry.GenprotoPath+"@"+opentelemetry.GenprotoVersion)
	}
	if modules[ownModule] && have.unpruned {
		// The bridge requires a module that requires a version which nobody can get.
		r.GoGet = append(r.GoGet, "go@"+opentelemetry.GoVersion)
	}
	slices.Sort(r.GoGet)
	for dir := range dirs {
		if rel, err := filepath.Rel(source.ModuleDir(program), dir); err == nil {
			r.GoGetFor = append(r.GoGetFor, cmp.Or(strings.TrimSuffix("./"+filepath.ToSlash(rel), "/."), "."))
		}
	}
	r.GoGetFor = source.SortedSet(r.GoGetFor)
	if len(r.GoGetFor) > 0 && len(program.Broken) == 0 {
		// What go get raises, packages that do not change import, too.
		r.GoGetFor = []string{"./..."}
	}
}

// sdkModule has the packages of OpenTelemetry's SDK.
const sdkModule = opentelemetry.OTelPath + "/sdk"

// ownModule is the module of the package compat.
var ownModule = strings.TrimSuffix(opentelemetry.CompatPath, "/compat")

// moduleOf returns the module of a package that rewritten code imports, "" for the
// standard library.
func moduleOf(p string) string {
	switch {
	case p == opentelemetry.TracePath || strings.HasPrefix(p, opentelemetry.TracePath+"/"):
		return opentelemetry.TracePath
	case opentelemetry.IsCompat(p) || p == opentelemetry.ExportersPath || strings.HasPrefix(p, opentelemetry.ExportersPath+"/"):
		return ownModule
	case strings.HasPrefix(p, sdkModule+"/"):
		return sdkModule
	case opentelemetry.ContribVersion(p) != "":
		return p
	case p == opentelemetry.OTelPath || strings.HasPrefix(p, opentelemetry.OTelPath+"/"):
		return opentelemetry.OTelPath
	}
	return ""
}
