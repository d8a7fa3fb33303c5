// SPDX-License-Identifier: Apache-2.0

package migrate_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/ot2otel/ot2otel/migrate"
)

// A twinCase is one txtar file in testdata/twins or testdata/native: a package with tests on
// mocktracer, or on another package that has a twin. Its comment has a title, and says what of OpenTracing is
// left when its spans are rewritten, as "left: CATEGORY N". stage1/FILE is what a file is at
// stage 1, fix/FILE what it is when its spans are rewritten, too, and stage4/FILE in the end;
// all only where they differ. "changes: FILE:LINE NOTE" is a change of telemetry at stage 4.
type twinCase struct {
	*goldenCase
	header string
	// want has the files that change, by step.
	want map[string]map[string]string
}

// A twinStep is one run of the rewriter.
type twinStep struct {
	name  string
	stage int
	http  string // see FixOptions.HTTP
}

var (
	twinSteps   = []twinStep{{"stage1", 1, migrate.HTTPCompat}, {"fix", 0, ""}}
	nativeSteps = []twinStep{{"stage1", 1, ""}, {"fix", 0, ""}, {"stage4", 4, migrate.HTTPOTel}}
)

// TestGoldenTwins proves that tests go on to pass, with the same assertions: on mocktracer and
// OpenTracing, on the twin and OpenTracing, on the twin and OpenTelemetry.
func TestGoldenTwins(t *testing.T) { goldenSteps(t, "twins", twinSteps) }

// TestGoldenNative proves that they pass without the twins and compat, too, and that nothing
// of these and of OpenTracing is imported then.
func TestGoldenNative(t *testing.T) { goldenSteps(t, "native", nativeSteps) }

func goldenSteps(t *testing.T, folder string, steps []twinStep) {
	t.Helper()
	skipUndetected(t)
	if testing.Short() {
		t.Skip("builds and runs the tests of a module three times")
	}
	cases := readTwinCases(t, folder, steps)
	var goldens []*goldenCase
	for _, c := range cases {
		goldens = append(goldens, c.goldenCase)
	}
	m := newGoldenModule(t, folder, goldens)
	m.addLibraries(t)
	m.register(t, nil)
	m.test(t, cases, "as written", "-vet=off")
	for _, step := range steps {
		before := make(map[*twinCase]map[string]string)
		for _, c := range cases {
			before[c] = fileMap(m.read(t, c.goldenCase))
		}
		result := m.step(t, step)
		for _, c := range cases {
			got := changedFiles(before[c], fileMap(m.read(t, c.goldenCase)))
			if *updateGolden {
				c.want[step.name] = got
			}
			if diff := cmp.Diff(c.want[step.name], got); diff != "" {
				t.Errorf("%s: %s (-want +got):\n%s", c.name, step.name, diff)
			}
		}
		m.test(t, cases, "after "+step.name)
		if again := m.step(t, step); len(again.Files) > 0 {
			t.Errorf("%s: a second run changes %v", step.name, slices.Sorted(maps.Keys(again.Files)))
		}
		switch {
		case folder == "twins" && step.stage == 1:
			m.checkChanges(t, cases, result)
		case folder == "twins":
			m.checkLeft(t, cases, result)
		case step.stage == 4:
			m.checkNative(t, cases, result)
		}
	}
	if *updateGolden && !t.Failed() {
		for _, c := range cases {
			c.write(t, steps)
		}
	}
}

func readTwinCases(t *testing.T, folder string, steps []twinStep) (cases []*twinCase) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", folder, "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d cases, %v", len(paths), err)
	}
	filter := regexp.MustCompile(*goldenFilter)
	for _, path := range paths {
		ar, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		c := &twinCase{header: string(ar.Comment), want: make(map[string]map[string]string)}
		for _, step := range steps {
			c.want[step.name] = make(map[string]string)
		}
		c.goldenCase = &goldenCase{name: strings.TrimSuffix(filepath.Base(path), ".txtar"), path: path}
		if !filter.MatchString(c.name) {
			continue
		}
		for _, f := range ar.Files {
			if step, name, ok := strings.Cut(f.Name, "/"); ok && c.want[step] != nil {
				c.want[step][name] = string(f.Data)
				continue
			}
			c.files = append(c.files, f)
		}
		cases = append(cases, c)
	}
	return cases
}

// write stores a case with what became of it.
func (c *twinCase) write(t *testing.T, steps []twinStep) {
	t.Helper()
	ar := &txtar.Archive{Comment: []byte(c.header), Files: c.files}
	for _, step := range steps {
		for _, name := range slices.Sorted(maps.Keys(c.want[step.name])) {
			ar.Files = append(ar.Files, txtar.File{Name: step.name + "/" + name, Data: []byte(c.want[step.name][name])})
		}
	}
	if err := os.WriteFile(c.path, txtar.Format(ar), 0o666); err != nil {
		t.Fatal(err)
	}
}

// step runs the rewriter over the whole module.
func (m *goldenModule) step(t *testing.T, step twinStep) *migrate.Result {
	t.Helper()
	result, err := migrate.Fix(t.Context(), &migrate.FixOptions{Dir: m.dir, Env: m.env(), Stage: step.stage, HTTP: step.http})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range result.Skipped {
		t.Errorf("package %s was skipped: %s", s.Path, s.Reason)
	}
	return result
}

// test runs the tests of all cases.
func (m *goldenModule) test(t *testing.T, cases []*twinCase, when string, flags ...string) {
	t.Helper()
	args := append([]string{"test", "-count=1", "-ldflags=-s -w"}, flags...)
	for _, c := range cases {
		args = append(args, "./"+c.name+"/...")
	}
	if out, err := m.goCommand(args...); err != nil {
		t.Fatalf("the tests fail %s: %v\n%s\n%s", when, err, out, m.changes(t, cases))
	}
}

// changes shows the files of cases as they are, to find out why they fail.
func (m *goldenModule) changes(t *testing.T, cases []*twinCase) string {
	var b bytes.Buffer
	for _, c := range cases {
		was := fileMap(c.files)
		for name, text := range changedFiles(was, fileMap(m.read(t, c.goldenCase))) {
			fmt.Fprintf(&b, "-- %s/%s --\n%s", c.name, name, text)
		}
	}
	return b.String()
}

// checkChanges compares the changes of telemetry with what the headers say.
func (m *goldenModule) checkChanges(t *testing.T, cases []*twinCase, result *migrate.Result) {
	t.Helper()
	said := make(map[string]string)
	for _, s := range result.TelemetryChanges {
		name, at := m.place(t, s.Pos)
		said[name] += fmt.Sprintf("changes: %s %s\n", strings.TrimPrefix(filepath.ToSlash(at), name+"/"), s.Note)
	}
	for _, c := range cases {
		var want strings.Builder
		for line := range strings.Lines(c.header) {
			if strings.HasPrefix(line, "changes: ") {
				want.WriteString(line)
			}
		}
		if *updateGolden {
			c.header = headerOf(c.header) + said[c.name]
		} else if diff := cmp.Diff(want.String(), said[c.name]); diff != "" {
			t.Errorf("%s: stage 1 changes (-want +got):\n%s", c.name, diff)
		}
	}
}

// checkLeft compares what is left of OpenTracing with what the headers say.
func (m *goldenModule) checkLeft(t *testing.T, cases []*twinCase, result *migrate.Result) {
	t.Helper()
	left := make(map[string]map[string]int)
	why := make(map[string]string)
	for _, r := range result.Refusals {
		name, place := m.place(t, r.Pos)
		if left[name] == nil {
			left[name] = make(map[string]int)
		}
		left[name][r.Category]++
		why[name] += fmt.Sprintf("\t%s %s: %s: %s\n", place, r.Symbol, r.Category, r.Reason)
	}
	for _, c := range cases {
		var got strings.Builder
		for _, category := range slices.Sorted(maps.Keys(left[c.name])) {
			fmt.Fprintf(&got, "left: %s %d\n", category, left[c.name][category])
		}
		var want strings.Builder
		for line := range strings.Lines(c.header) {
			if strings.HasPrefix(line, "left: ") {
				want.WriteString(line)
			}
		}
		if want.String() != got.String() {
			t.Errorf("%s: the header has %q, left are %q:\n%s", c.name, want.String(), got.String(), why[c.name])
		}
	}
}

// changedFiles returns the files that are new or otherwise.
func changedFiles(before, after map[string]string) map[string]string {
	changed := make(map[string]string)
	for name, text := range after {
		if was, ok := before[name]; !ok || was != text {
			changed[name] = text
		}
	}
	return changed
}
