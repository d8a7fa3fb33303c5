// SPDX-License-Identifier: Apache-2.0

package migrate_test

import (
	"bytes"
	"flag"
	"fmt"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var (
	updateGolden = flag.Bool("update", false, "store the rewritten files and the recorded spans in the golden cases; a person then reads the difference")
	goldenFilter = flag.String("golden.case", "", "run only the golden cases whose `name` matches this regular expression")
)

// TestGolden proves sameness: every case is a small program that runs as it was written, with the OpenTracing API on
// compat, and as it was rewritten, and has to record the same spans, inject the same and print the same; the latter
// also where no span is sampled, and where no tracer is installed. The cases of a module are rewritten in one go, and
// those of all modules run as one program.
func TestGolden(t *testing.T) {
	skipUndetected(t)
	if testing.Short() {
		t.Skip("builds and runs a module of some hundred packages twice")
	}
	cases := readGoldenCases(t, *goldenFilter)
	names := newGoldenNames()
	runGoldenCases(t, cases, names)
	if *goldenFilter == "" {
		names.check(t)
	}
	for name := range goldenPending {
		name, _, _ = strings.Cut(name, " ")
		if !slices.ContainsFunc(cases, func(c *goldenCase) bool { return c.name == name }) && *goldenFilter == "" {
			t.Errorf("goldenPending names %q, which is no case", name)
		}
	}
}

// runGoldenCases runs cases before and after rewriting them.
func runGoldenCases(t *testing.T, cases []*goldenCase, names *goldenNames) {
	w := newGoldenWorkspace(t, goldenModules(cases))
	begin := time.Now()
	step := func(what string) {
		t.Logf("%4.1f s: %s", time.Since(begin).Seconds(), what)
	}
	before := w.run(t, cases)
	step("built and run as written")

	fixed := w.fix(t, names)
	step("rewritten")
	once := w.read(t)
	w.fix(t, names)
	step("rewritten again")
	twice := w.read(t)

	broken := w.broken(t)
	step("compiled")
	after := w.run(t, slices.DeleteFunc(slices.Clone(cases), func(c *goldenCase) bool { return broken[c] != "" }))
	step("built and run as rewritten")

	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			failures := c.check(goldenOutcome{
				once:     once[c],
				twice:    twice[c],
				refused:  fixed.refused[c.name],
				changes:  fixed.changes[c.name],
				compiler: broken[c],
				before:   before.of(c),
				after:    after.of(c),
			})
			if *updateGolden && broken[c] == "" {
				if err := c.write(); err != nil {
					t.Fatal(err)
				}
			}
			reason, pending := goldenPending[c.name]
			switch {
			case len(failures) == 0 && pending:
				t.Errorf("passes, so take it off goldenPending (where it says: %s)", reason)
			case len(failures) > 0 && pending:
				t.Skipf("pending: %s\n%s", reason, strings.Join(failures, "\n"))
			case len(failures) > 0:
				t.Errorf("%s\n\n%s", c.explain(), strings.Join(failures, "\n"))
			}
		})
	}
}

// goldenOutcome is what happened to one case.
type goldenOutcome struct {
	once, twice   []txtar.File // its files after one and after two runs of the rewriter
	refused       goldenRefusals
	changes       []string // the changes of telemetry that the rewriter lists
	compiler      string   // what the compiler has against it, if anything
	before, after map[setUp]*recording
}

// check compares what happened with what the case promises. With -update it takes files and spans over instead, but
// never the rewritten files of a case that fails.
func (c *goldenCase) check(o goldenOutcome) (failures []string) {
	failf := func(format string, args ...any) { failures = append(failures, fmt.Sprintf(format, args...)) }

	if twice := fileMap(o.twice); !maps.Equal(twice, fileMap(o.once)) {
		failf("a second run changes it again (-once +twice):\n%s", cmp.Diff(fileMap(o.once), twice))
	}
	var changed []txtar.File
	written := fileMap(c.files)
	for _, f := range o.once {
		old, known := written[f.Name]
		if known && old == string(f.Data) {
			continue
		}
		changed = append(changed, f)
		if formatted, err := format.Source(f.Data); err != nil {
			failf("%s: %v", f.Name, err)
		} else if !bytes.Equal(formatted, f.Data) && (!known || isFormatted([]byte(old))) {
			failf("%s is not formatted (-gofmt +rewritten):\n%s", f.Name, cmp.Diff(string(formatted), string(f.Data)))
		}
	}
	c.checkExpectation(o, changed, failf)
	if o.compiler != "" {
		failf("the rewritten code does not compile:\n%s", o.compiler)
		for _, f := range changed {
			failf("-- %s --\n%s", f.Name, f.Data)
		}
		return failures
	}
	if countSpans(o.before[sampled].Spans) == 0 && o.before[sampled].Output == "" {
		failf("records nothing, so it proves nothing")
	}
	otherwise := len(failures)
	recorded, recordedAfter := make(map[setUp]string), make(map[setUp]string)
	for _, s := range setUps {
		recorded[s] = o.before[s].text()
		if c.checkSameness(s, o, failf) {
			recordedAfter[s] = o.after[s].text()
		} else if s != sampled {
			delete(recorded, s) // it says nothing new
		}
	}
	if len(failures) > otherwise {
		for _, f := range changed {
			failf("-- %s --\n%s", f.Name, f.Data)
		}
	}

	if *updateGolden {
		if c.after = changed; len(failures) > 0 {
			c.after = nil
			clear(recordedAfter)
		}
		c.recorded, c.recordedAfter = recorded, recordedAfter
		return failures
	}
	if diff := cmp.Diff(fileMap(c.after), fileMap(changed)); diff != "" {
		failf("is rewritten otherwise than stored (-want +got; -update takes it over):\n%s", diff)
	}
	for _, s := range setUps {
		if diff := cmp.Diff(strings.Split(c.recorded[s], "\n"), strings.Split(recorded[s], "\n")); diff != "" {
			failf("%s: records something else than stored, before rewriting (-want +got):\n%s", s, diff)
		}
		if diff := cmp.Diff(strings.Split(c.recordedAfter[s], "\n"), strings.Split(recordedAfter[s], "\n")); diff != "" && c.recordedAfter[s] != "" {
			failf("%s: records something else than stored, after rewriting (-want +got):\n%s", s, diff)
		}
	}
	return failures
}

// checkSameness compares what the case does under one set-up before and after, and tells
// whether that differs. It may where the header says why and the rewriter lists a change; but
// rewritten code never panics where the old code did not.
func (c *goldenCase) checkSameness(s setUp, o goldenOutcome, failf func(string, ...any)) (differs bool) {
	old, new := o.before[s], o.after[s]
	if reason, pending := goldenPending[fmt.Sprintf("%s (%s)", c.name, s)]; pending {
		if old.text() == new.text() {
			failf("%s: records the same as before, so take it off goldenPending (where it says: %s)", s, reason)
		}
		return false
	}
	if s == sampled && old.Panic != "" {
		failf("%s: panics as it was written: %s\n%s", s, old.Panic, old.Stack)
	}
	if new.Panic != "" && old.Panic != new.Panic {
		failf("%s: panics after rewriting: %s\n%s", s, new.Panic, new.Stack)
	}
	late := lateKinds(old.Spans, make(map[string]int))
	for name, n := range lateKinds(new.Spans, make(map[string]int)) {
		if n > late[name] {
			failf("%s: sets the kind of the span %q after its start, where the start had it before", s, name)
		}
	}
	before, after := old.text(), new.text()
	switch declared := c.differs[s]; {
	case before == after:
		if declared != "" {
			failf("%s: records the same as before, so drop the line that says that it differs %q", s, declared)
		}
		return false
	case declared == "":
		failf("%s: records something else than before (-before +after):\n%s", s, cmp.Diff(strings.Split(before, "\n"), strings.Split(after, "\n")))
	case len(o.changes) == 0:
		failf("%s: records something else than before, and the rewriter lists no change of telemetry", s)
	}
	return true
}

var adapterCall = regexp.MustCompile(`\bcompat\.(OTelSpan|OpenTracingSpan)\(`)

// otherUse is a use of OpenTracing that is no adapter in a context.
var otherUse = regexp.MustCompile(`\bopentracing\.(?:[^C]|C[^o]|Con[^t]|Context[^W])`)

// checkExpectation holds the outcome against the want line of the header.
func (c *goldenCase) checkExpectation(o goldenOutcome, changed []txtar.File, failf func(string, ...any)) {
	adapters := 0
	for _, f := range changed {
		adapters += len(adapterCall.FindAll(f.Data, -1))
	}
	switch c.want.kind {
	case "rewritten":
		for _, f := range o.once {
			if left := openTracingImports(f); len(left) > 0 && (adapters == 0 || otherUse.Match(f.Data)) {
				failf("%s still imports %v; refused: %s", f.Name, left, o.refused)
			}
		}
		if len(o.refused) > 0 {
			failf("refused: %s", o.refused)
		}
	case "in part":
		if len(changed) == 0 {
			failf("nothing was rewritten; refused: %s", o.refused)
		}
	case "refused", "unchanged":
		for _, f := range changed {
			failf("%s was rewritten:\n%s", f.Name, f.Data)
		}
	}
	if adapters != c.want.adapters {
		failf("has %d adapters, not %d", adapters, c.want.adapters)
	}
	if _, ok := o.refused[c.want.category]; c.want.category != "" && !ok {
		failf("not refused as %s; refused: %s", c.want.category, o.refused)
	}
	if c.want.kind == "unchanged" && len(o.refused) > 0 {
		failf("refused: %s", o.refused)
	}
}

// openTracingImports returns the packages of opentracing-go that a file imports, tests excepted.
func openTracingImports(f txtar.File) (paths []string) {
	if !strings.HasSuffix(f.Name, ".go") || strings.HasSuffix(f.Name, "_test.go") {
		return nil
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), f.Name, f.Data, parser.ImportsOnly)
	if err != nil {
		return []string{err.Error()}
	}
	for _, imp := range parsed.Imports {
		if path, _ := strconv.Unquote(imp.Path.Value); strings.HasPrefix(path, "github.com/opentracing/opentracing-go") {
			paths = append(paths, path)
		}
	}
	return paths
}

// isFormatted tells whether gofmt has nothing to say. A file that was not formatted needn't be afterwards: lines that
// are not rewritten stay as they are.
func isFormatted(src []byte) bool {
	formatted, err := format.Source(src)
	return err == nil && bytes.Equal(formatted, src)
}

func fileMap(files []txtar.File) map[string]string {
	m := make(map[string]string)
	for _, f := range files {
		m[f.Name] = string(f.Data)
	}
	return m
}
