// SPDX-License-Identifier: Apache-2.0

package migrate_test

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var (
	propertySeeds = flag.Int("property.seeds", 30, "`number` of random programs to rewrite")
	propertyFirst = flag.Uint64("property.first", 1, "`seed` of the first random program")
	propertyShow  = flag.Bool("property.show", false, "print each random program, before and after rewriting, too")
)

// TestRewriteRandomPrograms rewrites random programs: what comes out compiles, records
// the same spans and prints the same, and is not rewritten any further. A refusal is
// fine, code that had to be thrown away since it doesn't compile is not.
//
// All programs are one module, and built together. A failure names its seed; run
//
//	go test ./migrate -run TestRewriteRandomPrograms -property.first SEED -property.seeds 1 -property.show
//
// to see it alone.
func TestRewriteRandomPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and runs a module of some dozen packages twice")
	}
	var cases []*goldenCase
	for i := range *propertySeeds {
		seed := *propertyFirst + uint64(i)
		cases = append(cases, &goldenCase{
			name:   fmt.Sprintf("p%d", seed),
			module: "random",
			files:  []txtar.File{{Name: "p.go", Data: randomProgram(seed)}},
		})
	}
	m := newGoldenModule(t, "random", cases)
	before := m.run(t, cases)
	refused := m.fix(t)
	once := make(map[*goldenCase][]txtar.File)
	for _, c := range cases {
		once[c] = m.read(t, c)
	}
	m.fix(t)
	broken := m.broken(t)
	whole := slices.DeleteFunc(slices.Clone(cases), func(c *goldenCase) bool { return broken[c] != "" })
	after := m.run(t, whole)

	changed, untouched := 0, 0
	for _, c := range cases {
		var failures []string
		failf := func(format string, args ...any) { failures = append(failures, fmt.Sprintf(format, args...)) }
		now := fileMap(m.read(t, c))
		if again := cmp.Diff(fileMap(once[c]), now); again != "" {
			failf("a second run changes it again (-once +twice):\n%s", again)
		}
		if why, ok := refused[c.name]["internal-error"]; ok {
			failf("refused as internal-error: %s", why)
		}
		for name, text := range now {
			if !isFormatted([]byte(text)) {
				failf("%s is not formatted", name)
			}
		}
		if now["p.go"] == string(c.files[0].Data) {
			untouched++
		} else {
			changed++
		}
		for _, r := range []*recording{before[c.name], after[c.name]} {
			if r != nil {
				forgetOpenKinds(r.Spans)
			}
		}
		if broken[c] != "" {
			failf("does not compile:\n%s", broken[c])
		} else if old, new := before[c.name], after[c.name]; old.Panic != "" {
			failf("panics as it was made: %s\n%s", old.Panic, old.Stack)
		} else if diff := cmp.Diff(strings.Split(old.text(), "\n"), strings.Split(new.text(), "\n")); diff != "" {
			failf("records something else (-before +after):\n%s\n%s", diff, new.Stack)
		}
		if len(failures) > 0 || *propertyShow {
			report := t.Logf
			if len(failures) > 0 {
				report = t.Errorf
			}
			report("seed %s: %s\n-- before --\n%s\n-- after --\n%s\n-- refused --\n%v", c.name[1:], strings.Join(failures, "\n"), c.files[0].Data, joinFiles(now), refused[c.name])
		}
	}
	t.Logf("%d programs changed, %d refused as a whole", changed, untouched)
	if changed < len(cases)/4 && len(cases) > 4 {
		t.Errorf("only %d of %d programs were changed, which proves little", changed, len(cases))
	}
}

// forgetOpenKinds drops the kind of spans that never end: it is settled when a span
// ends, and such a span is not exported.
func forgetOpenKinds(spans []*goldenSpan) {
	for _, s := range spans {
		if s.Open {
			s.Kind = ""
			delete(s.Attributes, "span.kind")
		}
		forgetOpenKinds(s.Children)
	}
}

func joinFiles(files map[string]string) string {
	var b strings.Builder
	for name, text := range files {
		fmt.Fprintf(&b, "// %s\n%s", name, text)
	}
	return b.String()
}
