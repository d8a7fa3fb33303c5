// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"
)

// otelVersion is the version of the OpenTelemetry modules that ot2otel is tested with,
// otelOldest the first one that has all that rewritten code may use.
const (
	otelVersion = "v1.47.0"
	otelOldest  = "v1.26.0"
)

// replacedVersion is the version that the go command gives a module that go.mod replaces
// in all versions and does not require.
const replacedVersion = "v0.0.0-00010101000000-000000000000"

// toGet fills GoGet and GoGetFor: what go get has to fetch to build packages that the new
// code imports and the module can't build yet. A module that is in the build list keeps its
// version where that will do, one that go.mod replaces is not asked for anywhere else.
func (r *Result) toGet(ctx context.Context, program *Program, outs []*output, missing []string) {
	modules := make(map[string]bool)
	for _, p := range missing {
		if m := moduleOf(p); m != "" {
			modules[m] = true
		}
	}
	if len(modules) == 0 {
		return
	}
	if modules[ownModule] {
		// OpenTelemetry comes with it, in the version of the bridge.
		modules = map[string]bool{ownModule: true}
	}
	have := program.versions(ctx, ownModule, otelPath, tracePath)
	// These two go together.
	have[otelPath], have[tracePath] = cmp.Or(have[otelPath], have[tracePath], otelVersion), cmp.Or(have[tracePath], have[otelPath], otelVersion)
	for m := range modules {
		r.GoGet = append(r.GoGet, m+"@"+cmp.Or(have[m], "latest"))
	}
	slices.Sort(r.GoGet)
	for _, o := range outs {
		if slices.ContainsFunc(importedBy([]*output{o}), func(p string) bool { return slices.Contains(missing, p) && moduleOf(p) != "" }) {
			if rel, err := filepath.Rel(moduleDir(program), filepath.Dir(o.name)); err == nil {
				r.GoGetFor = append(r.GoGetFor, cmp.Or(strings.TrimSuffix("./"+filepath.ToSlash(rel), "/."), "."))
			}
		}
	}
	const few = 8 // that a command is still read
	if r.GoGetFor = sortedSet(r.GoGetFor); len(r.GoGetFor) > few && len(program.Broken) == 0 {
		r.GoGetFor = []string{"./..."}
	}
}

// ownModule is the module of the package compat.
var ownModule = strings.TrimSuffix(compatPath, "/compat")

// moduleOf returns the module of a package that rewritten code imports, "" for the
// standard library.
func moduleOf(p string) string {
	switch {
	case p == tracePath || strings.HasPrefix(p, tracePath+"/"):
		return tracePath
	case p == compatPath:
		return ownModule
	case p == otelPath || strings.HasPrefix(p, otelPath+"/"):
		return otelPath
	}
	return ""
}

// versions returns the versions of modules that go.mod, or the build list, has and that
// will do.
func (p *Program) versions(ctx context.Context, modules ...string) map[string]string {
	have := make(map[string]string)
	name := filepath.Join(moduleDir(p), "go.mod")
	data, err := os.ReadFile(name)
	if err != nil {
		return have
	}
	mod, err := modfile.Parse(name, data, nil)
	if err != nil {
		return have
	}
	replaced := make(map[string]bool)
	for _, r := range mod.Replace {
		replaced[r.Old.Path] = true
		have[r.Old.Path] = cmp.Or(r.Old.Version, replacedVersion)
	}
	for _, r := range mod.Require {
		have[r.Mod.Path] = r.Mod.Version
	}
	for _, m := range modules {
		if have[m] == "" { // go.mod has no module of dependencies before Go 1.17
			opts := *p.Options
			opts.Dir, opts.Env = moduleDir(p), append(slices.Clone(opts.Env), "GOPROXY=off")
			if out, err := runGo(ctx, &opts, "list", "-m", "-mod=readonly", "-f", "{{.Version}}", "--", m); err == nil {
				have[m] = strings.TrimSpace(string(out))
			}
		}
		if m != ownModule && !replaced[m] && semver.Compare(have[m], otelOldest) < 0 {
			delete(have, m)
		}
	}
	return have
}
