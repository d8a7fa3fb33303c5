// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ot2otel/ot2otel/migrate"
	"github.com/ot2otel/ot2otel/migrate/internal/compare"
)

// legacySpans runs the shop and writes its spans to the file that SPANS names: each
// with its parent's name, its kind, status, tags and events.
const legacySpans = `package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ot2otel/ot2otel/exporters"
)

func TestSpans(t *testing.T) {
	var memory exporters.Memory
	if err := run(t.Context(), io.Discard, &exporters.Config{Memory: &memory, Quiet: true}); err != nil {
		t.Fatal(err)
	}
	names := make(map[string]string)
	for _, s := range memory.Spans() {
		names[s.SpanContext.SpanID().String()] = s.Name
	}
	var lines []string
	for _, s := range memory.Spans() {
		line := fmt.Sprintf("%s > %s [%s %s %s] %v", names[s.ParentID.String()], s.Name, s.SpanKind, s.Status.Code, s.Status.Description, s.Tags())
		for _, e := range s.Events {
			attributes := make(map[string]any)
			for _, a := range e.Attributes {
				attributes[string(a.Key)] = a.Value.AsInterface()
			}
			line += fmt.Sprintf("\n\t%s %v", e.Name, attributes)
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	if err := os.WriteFile(os.Getenv("SPANS"), []byte(strings.Join(lines, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
}
`

// TestFixLegacyShop migrates the shop as a reader would: report, fix, build, run. It
// makes the same spans as before, what is left is listed place by place, and a second
// run changes nothing.
func TestFixLegacyShop(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the shop twice")
	}
	dir := copyLegacyShop(t)
	recordings := t.TempDir()
	recordedBefore, recordedAfter := filepath.Join(recordings, "before.jsonl"), filepath.Join(recordings, "after.jsonl")
	before := legacyShopSpans(t, dir, recordedBefore)
	if n := strings.Count(before, " > "); n < 20 {
		t.Fatalf("the shop makes %d spans only:\n%s", n, before)
	}
	folder := commandAsUsersHaveIt(t)
	t.Chdir(dir)
	command := func(args ...string) string {
		t.Helper()
		code, said := callAsUsersDo(t, folder, args...)
		if code != exitOK && code != exitFindings {
			t.Fatalf("%s: exit code %d:\n%s", strings.Join(args, " "), code, said)
		}
		return said
	}
	counted := command("report", "./...")
	if !strings.Contains(counted, "\n358 uses in ") {
		t.Fatalf("the report counts something else:\n%s", counted)
	}
	planned := planOf(t, command("report", "-format=json", "./..."))

	// The shop's own tests look at its spans by mocktracer, so all of it stays, as the
	// report has said.
	if want := (migrate.PlanCount{Stay: 358}); planned.Both() != want {
		t.Errorf("fix does %+v, the report has said %+v", want, planned.Both())
	}
	if said := command("fix", "-force", "-diff", "./..."); !strings.Contains(said, "would rewrite 0 of 358 uses") || !strings.Contains(said, ": test-tracer (") {
		t.Fatalf("without -break-tests fix says\n%s", said)
	}
	said := command("fix", "-force", "-break-tests", "./...")
	m := regexp.MustCompile(`^rewrote (\d+) of 358 uses of OpenTracing in (\d+) files\n`).FindStringSubmatch(said)
	if m == nil {
		t.Fatalf("fix says\n%s", said)
	}
	t.Logf("%s uses rewritten in %s files", m[1], m[2])
	rewritten, _ := strconv.Atoi(m[1])
	if rewritten < 255 {
		t.Errorf("%d of 284 uses outside of tests were rewritten, want 255 at least", rewritten)
	}
	// What OpenTelemetry's End adds when it is deferred in a function that panics.
	const passing = "GET /report > report.render [internal Unset ] map[]\n\torder map[id:order-1]"
	const panicked = "\n\texception map[exception.message:assignment to entry in nil map exception.type:runtime.plainError]"
	after := legacyShopSpans(t, dir, recordedAfter)
	if !strings.Contains(after, passing+panicked) {
		t.Errorf("the panic that passes report.render is not recorded, so say so in MIGRATION.md no more:\n%s", after)
	}
	if after := strings.Replace(after, passing+panicked, passing, 1); after != before {
		t.Errorf("the shop makes other spans than before (-before +after):\n%s", cmp.Diff(strings.Split(before, "\n"), strings.Split(after, "\n")))
	}
	compareLegacyShop(t, recordedBefore, recordedAfter, 1)

	left := 0
	for _, n := range regexp.MustCompile(`(?m): [a-z-]+ \((\d+) uses?\): `).FindAllStringSubmatch(said, -1) {
		uses, _ := strconv.Atoi(n[1])
		left += uses
	}
	// The adapters between two values stand where no function or method is named.
	adapted := 0
	for _, m := range regexp.MustCompile(`: an adapter joins the two APIs, so opentracing\.(\S+) is still used`).FindAllStringSubmatch(said, -1) {
		if !slices.Contains([]string{"Span", "SpanContext", "Tracer"}, m[1]) {
			adapted++
		}
	}
	if rewritten+adapted+left != 358 {
		t.Errorf("%d uses are rewritten, %d go on behind an adapter and %d are listed as left, of 358:\n%s", rewritten, adapted, left, said)
	}
	if len(planned.ForeignTracers) > 0 || planned.Undecided > 0 {
		t.Errorf("the report has foreign tracers %v and %d undecided uses; main calls compat.Install, and there is no alias", planned.ForeignTracers, planned.Undecided)
	}
	for _, m := range regexp.MustCompile(`(?m): ([a-z-]+) \(\d+ uses?\): `).FindAllStringSubmatch(said, -1) {
		if _, known := migrate.LookupCategory(m[1]); !known {
			t.Errorf("%q, for which uses are left, is not explained", m[1])
		}
	}

	once := shopFiles(t, dir)
	command("fix", "-force", "./...")
	if diff := cmp.Diff(once, shopFiles(t, dir)); diff != "" {
		t.Errorf("a second run changes it again (-once +twice):\n%s", diff)
	}
}

// compareLegacyShop compares the recordings of the shop as a reader would, by command. The
// panic that passes a span is the one difference, so often.
func compareLegacyShop(t *testing.T, before, after string, panics int) {
	t.Helper()
	command := func(want int, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if code := run(t.Context(), stdio{out: &out, err: &errs}, append([]string{"compare"}, args...)); code != want {
			t.Errorf("compare %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), code, want, &out, &errs)
		}
		return out.String()
	}
	var result compare.Result
	if err := json.Unmarshal([]byte(command(exitFindings, "-format=json", before, after)), &result); err != nil {
		t.Fatal(err)
	}
	want := []compare.Difference{{Kind: compare.EventNew, Count: panics, Span: []string{"GET /report", "report.render"}, Event: "exception"}}
	if diff := cmp.Diff(want, result.Differences, cmpopts.IgnoreFields(compare.Difference{}, "LineA", "LineB")); diff != "" {
		t.Errorf("ot2otel compare finds (-want +got):\n%s", diff)
	}
	if result.A.Spans < 20 || result.A.Spans != result.B.Spans {
		t.Errorf("%d and %d spans are compared", result.A.Spans, result.B.Spans)
	}
	if said := command(exitOK, "-ignore", "event:exception", before, after); !strings.HasPrefix(said, "no differences: ") {
		t.Errorf("without exceptions, compare says %s", said)
	}
	if said := command(exitFindings, "-scope", "-ignore", "event:exception", before, after); !strings.Contains(said, "scope") {
		t.Errorf("the scopes are the same:\n%s", said)
	}
}

// planOf returns the plan in a report as JSON, whose parts have to add up.
func planOf(t *testing.T, text string) *migrate.Plan {
	t.Helper()
	var report migrate.Report
	if err := json.Unmarshal([]byte(text), &report); err != nil {
		t.Fatal(err)
	}
	plan := report.Plan
	if plan == nil {
		t.Fatalf("the report has no plan: %v", report.Notes)
	}
	both := plan.Both()
	count := func(c migrate.PlanCount) int { return c.Rewritten + c.Adapted + c.Stay }
	for _, sum := range []struct {
		name      string
		got, want int
	}{
		{"outcomes", count(both) + plan.Undecided, report.Totals.Total()},
		{"packages", sumTallies(plan.Packages, func(p migrate.PackagePlan) int { return count(p.Both()) }), count(both)},
		{"areas", sumTallies(plan.Areas, func(a migrate.AreaPlan) int { return count(a.Both()) }), count(both)},
		{"categories", sumTallies(plan.Categories, func(c migrate.CategoryPlan) int { return c.Uses }), both.Stay},
		{"causes", sumTallies(plan.Causes, func(c migrate.PlanCause) int { return c.Uses }), both.Stay},
	} {
		if sum.got != sum.want {
			t.Errorf("the %s of the plan add up to %d, want %d", sum.name, sum.got, sum.want)
		}
	}
	return plan
}

// copyLegacyShop copies the example into a folder of its own.
func copyLegacyShop(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(root, "examples", "legacy"))); err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	mod = bytes.Replace(mod, []byte("=> ../.."), []byte("=> "+root), 1)
	for name, text := range map[string][]byte{"go.mod": mod, "spans_test.go": []byte(legacySpans)} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// legacyShopSpans returns the spans that the shop makes, which are also recorded in a file.
func legacyShopSpans(t *testing.T, dir, recording string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "spans")
	for _, args := range [][]string{{"build", "./..."}, {"test", "-count=1", "-run=^TestSpans$", "."}} {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		// Not off the network: no test of this module has fetched the shop's own modules.
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "SPANS="+file, "OT2OTEL_RECORD="+recording)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// shopFiles returns the text of every Go file, by name.
func shopFiles(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := treeOf(t, dir)
	for name := range files {
		if filepath.Ext(name) != ".go" {
			delete(files, name)
		}
	}
	return files
}
