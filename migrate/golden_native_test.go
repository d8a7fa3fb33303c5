// SPDX-License-Identifier: Apache-2.0

package migrate_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/modfile"
	"golang.org/x/tools/txtar"

	"github.com/ot2otel/ot2otel/migrate"
)

// checkNative compares what stage 4 says with what the headers say, and makes sure that
// nothing of OpenTracing is left but what they name, as "stays: FILE:LINE REASON".
func (m *goldenModule) checkNative(t *testing.T, cases []*twinCase, result *migrate.Result) {
	t.Helper()
	for _, p := range result.Spans {
		t.Errorf("%s: %s is a use of OpenTracing", p.Pos, p.Text)
	}
	said := make(map[string]string)
	add := func(kind string, place migrate.Place) {
		name, at := m.place(t, place.Pos)
		said[name] += fmt.Sprintf("%s: %s %s\n", kind, strings.TrimPrefix(filepath.ToSlash(at), name+"/"), place.Text)
	}
	for _, s := range result.TelemetryChanges {
		add("changes", migrate.Place{Pos: s.Pos, Text: s.Note})
	}
	for _, p := range result.Leftovers {
		add("by hand", p)
	}
	for _, p := range result.Holds {
		add("stays", p)
	}
	imports := m.imports(t)
	for _, c := range cases {
		var want strings.Builder
		for line := range strings.Lines(c.header) {
			if kind, _, _ := strings.Cut(line, ":"); kind == "changes" || kind == "by hand" || kind == "stays" {
				want.WriteString(line)
			}
		}
		if *updateGolden {
			c.header = headerOf(c.header) + said[c.name]
		} else if diff := cmp.Diff(want.String(), said[c.name]); diff != "" {
			t.Errorf("%s: stage 4 says (-want +got):\n%s", c.name, diff)
		}
		if strings.Contains(said[c.name], "stays: ") {
			continue
		}
		if len(imports[c.name]) == 0 {
			t.Errorf("%s imports nothing", c.name)
		}
		for _, path := range imports[c.name] {
			if strings.Contains(path, "opentracing") || strings.Contains(path, "ot2otel/compat") && !strings.HasSuffix(path, "/compat/jaeger") {
				t.Errorf("%s imports %s in the end", c.name, path)
			}
		}
	}
}

// imports returns what packages and their tests import, by case.
func (m *goldenModule) imports(t *testing.T) map[string][]string {
	t.Helper()
	out, err := m.goCommand("list", "-test", "-f", "{{$package := .ImportPath}}{{range .Imports}}{{$package}}\t{{.}}\n{{end}}", "./...")
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	imports := make(map[string][]string)
	for line := range strings.Lines(out) {
		from, path, _ := strings.Cut(strings.TrimSpace(line), "\t")
		name, _, _ := strings.Cut(strings.TrimPrefix(from, m.path+"/"), "/")
		name, _, _ = strings.Cut(name, " ") // with the test that it is built for
		imports[strings.TrimSuffix(name, ".test")] = append(imports[strings.TrimSuffix(name, ".test")], path)
	}
	return imports
}

// addLibraries adds the modules of testdata/libraries.txtar, in the place of the real ones.
func (m *goldenModule) addLibraries(t *testing.T) {
	t.Helper()
	libraries, err := txtar.ParseFile(filepath.Join("testdata", "libraries.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(m.dir, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range libraries.Files {
		writeFile(t, filepath.Join(m.dir, "..", "libraries", filepath.FromSlash(f.Name)), f.Data)
		if folder, ok := strings.CutSuffix(f.Name, "/go.mod"); ok {
			path := modfile.ModulePath(f.Data)
			mod = fmt.Appendf(mod, "require %s v1.0.0\n\nreplace %s => ../libraries/%s\n", path, path, folder)
		}
	}
	writeFile(t, filepath.Join(m.dir, "go.mod"), mod)
}

// headerOf returns a header without what stage 4 says.
func headerOf(header string) string {
	var kept strings.Builder
	for line := range strings.Lines(header) {
		if kind, _, _ := strings.Cut(line, ":"); kind != "changes" && kind != "by hand" && kind != "stays" && strings.TrimSpace(line) != "" {
			kept.WriteString(line)
		}
	}
	return kept.String()
}
