// SPDX-License-Identifier: Apache-2.0

package migrate_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// TestGoldenBuilds proves that a rewrite is one of all builds: what compiles with other
// build tags, or on another system, does so afterwards, tests included. With other tags
// the cases are run, too, and have to record the same before and after.
func TestGoldenBuilds(t *testing.T) {
	skipTexts(t)
	byBuild := make(map[string][]*goldenCase)
	var cases []*goldenCase
	for _, c := range readGoldenCases(t, *goldenFilter) {
		for _, build := range c.builds {
			byBuild[build] = append(byBuild[build], c)
		}
		if len(c.builds) > 0 {
			cases = append(cases, c)
		}
	}
	if len(cases) == 0 {
		t.Skip("no such case has other builds")
	}
	builds := slices.Sorted(maps.Keys(byBuild))
	w := newGoldenWorkspace(t, map[string][]*goldenCase{"builds": cases})
	m := w.modules[0]
	before := make(map[string]recordings)
	for _, build := range builds {
		m.typeCheck(t, build, byBuild[build])
		if !strings.HasPrefix(build, "GOOS=") {
			w.tags = strings.ReplaceAll(build, "+", ",")
			before[build] = w.run(t, byBuild[build])
		}
	}
	w.tags = ""
	w.fix(t, newGoldenNames())
	for _, build := range builds {
		m.typeCheck(t, build, byBuild[build])
		if strings.HasPrefix(build, "GOOS=") {
			continue
		}
		w.tags = strings.ReplaceAll(build, "+", ",")
		after := w.run(t, byBuild[build])
		for _, c := range byBuild[build] {
			for _, s := range setUps {
				if was, is := before[build].of(c)[s].text(), after.of(c)[s].text(); was != is {
					t.Errorf("%s with %s, %s, records\n%s\nand before\n%s", c.name, build, s, is, was)
				}
			}
		}
	}
}

// typeCheck reports what the type checker has against cases in a build.
func (m *goldenModule) typeCheck(t *testing.T, build string, cases []*goldenCase) {
	t.Helper()
	cfg := &packages.Config{
		Dir: m.dir, Env: append(m.env(), "GOFLAGS=-mod=readonly"), Tests: true, BuildFlags: []string{"-buildvcs=false"},
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedDeps | packages.NeedTypes | packages.NeedTypesSizes | packages.NeedSyntax,
	}
	if strings.HasPrefix(build, "GOOS=") {
		cfg.Env = append(cfg.Env, build, "CGO_ENABLED=0")
	} else {
		cfg.BuildFlags = append(cfg.BuildFlags, "-tags="+strings.ReplaceAll(build, "+", ","))
	}
	var patterns []string
	for _, c := range cases {
		patterns = append(patterns, "./"+c.name+"/...")
	}
	pkgs, err := packages.Load(cfg, patterns...)
	if err != nil {
		t.Fatal(err)
	}
	if len(pkgs) == 0 {
		t.Errorf("%s: no package", build)
	}
	for _, pkg := range pkgs {
		for _, err := range pkg.Errors {
			t.Errorf("%s: %s: %v", build, pkg.ID, err)
		}
	}
}
