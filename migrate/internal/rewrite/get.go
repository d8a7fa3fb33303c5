// SPDX-License-Identifier: Apache-2.0

package rewrite

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"

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

// toGet fills GoGet and GoGetFor: what go get has to fetch to build packages that the new
// code imports and the module can't build yet. A module that is in the build list keeps its
// version where that will do, one that go.mod replaces is not asked for anywhere else.
func (r *Result) toGet(ctx context.Context, program *source.Program, outs []*edit.Output, missing []string) {
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
	have := versions(ctx, program, ownModule, opentelemetry.OTelPath, opentelemetry.TracePath)
	// These two go together.
	have[opentelemetry.OTelPath], have[opentelemetry.TracePath] = cmp.Or(have[opentelemetry.OTelPath], have[opentelemetry.TracePath], opentelemetry.OTelVersion), cmp.Or(have[opentelemetry.TracePath], have[opentelemetry.OTelPath], opentelemetry.OTelVersion)
	for m := range modules {
		r.GoGet = append(r.GoGet, m+"@"+cmp.Or(have[m], "latest"))
	}
	slices.Sort(r.GoGet)
	for _, o := range outs {
		if slices.ContainsFunc(check.ImportedBy([]*edit.Output{o}), func(p string) bool { return slices.Contains(missing, p) && moduleOf(p) != "" }) {
			if rel, err := filepath.Rel(source.ModuleDir(program), filepath.Dir(o.Name)); err == nil {
				r.GoGetFor = append(r.GoGetFor, cmp.Or(strings.TrimSuffix("./"+filepath.ToSlash(rel), "/."), "."))
			}
		}
	}
	const few = 8 // that a command is still read
	if r.GoGetFor = source.SortedSet(r.GoGetFor); len(r.GoGetFor) > few && len(program.Broken) == 0 {
		r.GoGetFor = []string{"./..."}
	}
}

// ownModule is the module of the package compat.
var ownModule = strings.TrimSuffix(opentelemetry.CompatPath, "/compat")

// moduleOf returns the module of a package that rewritten code imports, "" for the
// standard library.
func moduleOf(p string) string {
	switch {
	case p == opentelemetry.TracePath || strings.HasPrefix(p, opentelemetry.TracePath+"/"):
		return opentelemetry.TracePath
	case p == opentelemetry.CompatPath:
		return ownModule
	case p == opentelemetry.OTelPath || strings.HasPrefix(p, opentelemetry.OTelPath+"/"):
		return opentelemetry.OTelPath
	}
	return ""
}

// versions returns the versions of modules that go.mod, or the build list, has and that
// will do.
func versions(ctx context.Context, p *source.Program, modules ...string) map[string]string {
	have := make(map[string]string)
	name := filepath.Join(source.ModuleDir(p), "go.mod")
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
			opts.Dir, opts.Env = source.ModuleDir(p), append(slices.Clone(opts.Env), "GOPROXY=off")
			if out, err := source.RunGo(ctx, &opts, "list", "-m", "-mod=readonly", "-f", "{{.Version}}", "--", m); err == nil {
				have[m] = strings.TrimSpace(string(out))
			}
		}
		if m != ownModule && !replaced[m] && semver.Compare(have[m], otelOldest) < 0 {
			delete(have, m)
		}
	}
	return have
}
