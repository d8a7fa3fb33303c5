// SPDX-License-Identifier: Apache-2.0

package migrate_test

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	propertySeeds  = flag.Int("property.seeds", 30, "`number` of random programs to rewrite")
	propertyFirst  = flag.Uint64("property.first", 1, "`seed` of the first random program")
	propertyShrink = flag.Int("property.shrink", 1, "`number` of failing programs to find a smaller one for")
	propertyShow   = flag.Bool("property.show", false, "print each random program, before and after rewriting, too")
)

// TestRewriteRandomPrograms rewrites random programs: what comes out compiles, records
// the same spans and prints the same, under every set-up, and is not rewritten any
// further. A refusal is fine, code that had to be thrown away since it doesn't compile
// is not.
//
// All programs are one module, and built together. A failure names its seed; run
//
//	go test ./migrate -run TestRewriteRandomPrograms -property.first SEED -property.seeds 1
//
// to see it alone, and a smaller program that fails as it does.
func TestRewriteRandomPrograms(t *testing.T) {
	skipUndetected(t)
	if testing.Short() {
		t.Skip("builds and runs a module of some dozen packages twice")
	}
	var cases []*goldenCase
	for i := range *propertySeeds {
		seed := *propertyFirst + uint64(i)
		cases = append(cases, programCase(fmt.Sprintf("p%d", seed), randomProgram(seed)))
	}
	outcomes := rewritePrograms(t, cases)
	changed, untouched, shrunk := 0, 0, 0
	for _, c := range cases {
		o := outcomes[c]
		if o.now["p.go"] == string(c.files[0].Data) {
			untouched++
		} else {
			changed++
		}
		switch {
		case len(o.failures) > 0:
			t.Errorf("seed %s: %s\n%s", c.name[1:], strings.Join(o.failures, "\n"), o)
			if shrunk < *propertyShrink {
				shrunk++
				small := shrink(t, c.files[0].Data, kindOf(o.failures))
				again := programCase(c.name, small)
				o := rewritePrograms(t, []*goldenCase{again})[again]
				t.Errorf("seed %s, shrunk: %s\n%s", c.name[1:], strings.Join(o.failures, "\n"), o)
			}
		case *propertyShow:
			t.Logf("seed %s: %s", c.name[1:], o)
		}
	}
	t.Logf("%d programs changed, %d refused as a whole", changed, untouched)
	if changed < len(cases)/4 && len(cases) > 4 {
		t.Errorf("only %d of %d programs were changed, which proves little", changed, len(cases))
	}
}

// An outcome is what became of a program.
type outcome struct {
	before   string
	now      map[string]string
	refused  goldenRefusals
	failures []string
}

func (o *outcome) String() string {
	return fmt.Sprintf("-- before --\n%s\n-- after --\n%s\n-- refused --\n%v", o.before, joinFiles(o.now), o.refused)
}

// rewritePrograms rewrites programs that compile, as one module, and looks at what they
// do before and after.
func rewritePrograms(t *testing.T, cases []*goldenCase) map[*goldenCase]*outcome {
	t.Helper()
	w := newGoldenWorkspace(t, map[string][]*goldenCase{"random": cases})
	before := w.run(t, cases)
	fixed := w.fix(t, newGoldenNames())
	once := w.read(t)
	w.fix(t, newGoldenNames())
	twice := w.read(t)
	broken := w.broken(t)
	after := w.run(t, slices.DeleteFunc(slices.Clone(cases), func(c *goldenCase) bool { return broken[c] != "" }))

	outcomes := make(map[*goldenCase]*outcome)
	for _, c := range cases {
		o := &outcome{before: string(c.files[0].Data), now: fileMap(twice[c]), refused: fixed.refused[c.name]}
		outcomes[c] = o
		failf := func(format string, args ...any) { o.failures = append(o.failures, fmt.Sprintf(format, args...)) }
		if again := cmp.Diff(fileMap(once[c]), o.now); again != "" {
			failf("a second run changes it again (-once +twice):\n%s", again)
		}
		if why, ok := o.refused["internal-error"]; ok {
			failf("refused as internal-error: %s", why)
		}
		for name, text := range o.now {
			if !isFormatted([]byte(text)) {
				failf("%s is not formatted", name)
			}
		}
		if broken[c] != "" {
			failf("does not compile:\n%s", broken[c])
			continue
		}
		for _, s := range setUps {
			old, new := before[s][c.name], after[s][c.name]
			forgetOpen(old.Spans)
			forgetOpen(new.Spans)
			if s == sampled && old.Panic != "" {
				failf("%s: panics as it was made: %s\n%s", s, old.Panic, old.Stack)
			} else if new.Panic != "" && new.Panic != old.Panic {
				failf("%s: panics after rewriting: %s\n%s", s, new.Panic, new.Stack)
			} else if diff := cmp.Diff(strings.Split(old.text(), "\n"), strings.Split(new.text(), "\n")); diff != "" && (s == sampled || len(fixed.changes[c.name]) == 0) {
				failf("%s: records something else (-before +after):\n%s", s, diff)
			}
		}
	}
	return outcomes
}

// forgetOpen drops the kind and the status of spans that never end: they are settled
// when a span ends, and such a span is not exported.
func forgetOpen(spans []*goldenSpan) {
	for _, s := range spans {
		if s.Open {
			s.Kind, s.Status = "", ""
			delete(s.Attributes, "span.kind")
		}
		forgetOpen(s.Children)
	}
}

func joinFiles(files map[string]string) string {
	var b strings.Builder
	for name, text := range files {
		fmt.Fprintf(&b, "// %s\n%s", name, text)
	}
	return b.String()
}
