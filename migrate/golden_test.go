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
// compat, and as it was rewritten, and has to record the same spans. All cases are one module, rewritten in one go.
func TestGolden(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and runs a module of some hundred packages twice")
	}
	cases := readGoldenCases(t, *goldenFilter)
	byModule := make(map[string][]*goldenCase)
	for _, c := range cases {
		byModule[c.module] = append(byModule[c.module], c)
	}
	for _, name := range slices.Sorted(maps.Keys(byModule)) {
		runGoldenModule(t, name, byModule[name])
	}
	for name := range goldenPending {
		if !slices.ContainsFunc(cases, func(c *goldenCase) bool { return c.name == name }) && *goldenFilter == "" {
			t.Errorf("goldenPending names %q, which is no case", name)
		}
	}
}

// runGoldenModule runs the cases of one module before and after rewriting it.
func runGoldenModule(t *testing.T, name string, cases []*goldenCase) {
	m := newGoldenModule(t, name, cases)
	begin := time.Now()
	step := func(what string) {
		t.Logf("%4.1f s: %s", time.Since(begin).Seconds(), what)
	}
	before := m.run(t, cases)
	step("built and run as written")

	refusals := m.fix(t)
	step("rewritten")
	once := make(map[*goldenCase][]txtar.File)
	for _, c := range cases {
		once[c] = m.read(t, c)
	}
	m.fix(t)
	step("rewritten again")

	broken := m.broken(t)
	step("compiled")
	var whole []*goldenCase
	for _, c := range cases {
		if broken[c] == "" {
			whole = append(whole, c)
		}
	}
	after := m.run(t, whole)
	step("built and run as rewritten")

	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			failures := c.check(goldenOutcome{
				once:     once[c],
				twice:    m.read(t, c),
				refused:  refusals[c.name],
				compiler: broken[c],
				before:   before[c.name],
				after:    after[c.name],
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
	compiler      string // what the compiler has against it, if anything
	before, after *recording
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
	if o.before.Panic != "" && o.before.Panic != o.after.Panic {
		failf("panics as it was written: %s\n%s", o.before.Panic, o.before.Stack)
	}
	if o.after.Panic != "" && o.before.Panic != o.after.Panic {
		failf("panics after rewriting: %s\n%s", o.after.Panic, o.after.Stack)
	}
	before, after := o.before.text(), o.after.text()
	same := before == after
	if !same && c.differs == "" {
		failf("records other spans than before (-before +after):\n%s", cmp.Diff(strings.Split(before, "\n"), strings.Split(after, "\n")))
		for _, f := range changed {
			failf("-- %s --\n%s", f.Name, f.Data)
		}
	}
	if same && c.differs != "" {
		failf("records the same spans as before, so drop the line %q", "differs: "+c.differs)
	}
	if countSpans(o.before.Spans) == 0 && o.before.Output == "" {
		failf("records nothing, so it proves nothing")
	}

	if *updateGolden {
		c.after, c.spans, c.spansAfter = nil, before, ""
		if len(failures) == 0 {
			c.after = changed
		}
		if len(failures) == 0 && !same {
			c.spansAfter = after
		}
		return failures
	}
	if diff := cmp.Diff(fileMap(c.after), fileMap(changed)); diff != "" {
		failf("is rewritten otherwise than stored (-want +got; -update takes it over):\n%s", diff)
	}
	if c.spans != before {
		failf("records other spans than stored, before rewriting (-want +got):\n%s", cmp.Diff(strings.Split(c.spans, "\n"), strings.Split(before, "\n")))
	}
	if c.spansAfter != "" && c.spansAfter != after {
		failf("records other spans than stored, after rewriting (-want +got):\n%s", cmp.Diff(strings.Split(c.spansAfter, "\n"), strings.Split(after, "\n")))
	}
	return failures
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
