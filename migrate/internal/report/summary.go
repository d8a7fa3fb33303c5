// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/inventory"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
	"github.com/ot2otel/ot2otel/migrate/internal/rewrite"
	"github.com/ot2otel/ot2otel/migrate/internal/terminal"
)

// A section is a part of the report for readers.
type section struct {
	name  string
	write func(r *Report, w io.Writer, s style)
}

// sections are the parts that follow the summary, in their order.
var sections = []section{
	{"totals", (*Report).writeTotals},
	{"progress", (*Report).writeProgress},
	{"plan", (*Report).writePlan},
	{"reasons", (*Report).writeReasons},
	{"changes", (*Report).writeChanges},
	{"tallies", (*Report).writeTallies},
	{"imports", (*Report).writeInstrumentation},
	{"dependencies", (*Report).writeDependencies},
	{"traps", (*Report).writeTraps},
	{"uncounted", (*Report).writeNotCounted},
	{"notes", (*Report).writeNotes},
}

// Sections are the names of the parts of the report that follow the summary.
func Sections() (names []string) {
	for _, part := range sections {
		names = append(names, part.name)
	}
	return names
}

// TextOptions say how a report is written for a reader.
type TextOptions struct {
	// Sections are the parts that follow the summary, names of Sections. The progress
	// since a baseline and notes, if there are any, follow in any case. Names that are
	// not known are ignored. Nil is none.
	Sections []string
	// Bold has terminals write headings in bold.
	Bold bool
}

// WriteText writes, as text of at most 80 columns where names allow it, how many uses there
// are, how many fix rewrites, what holds back most, what breaks silently at stage 1, and
// which command is next; then the sections. Nil options are the defaults. The error is w's.
func (r *Report) WriteText(w io.Writer, opts *TextOptions) error {
	if opts == nil {
		opts = &TextOptions{}
	}
	var b strings.Builder
	s := textStyle{bold: opts.Bold}
	r.writeSummary(&b, s)
	for _, part := range sections {
		if slices.Contains(opts.Sections, part.name) || part.name == "progress" || part.name == "notes" {
			part.write(r, &b, s)
		}
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("migrate: writing the report: %w", err)
	}
	return nil
}

// writeSummary writes the first lines of a report.
func (r *Report) writeSummary(w io.Writer, s style) {
	if r.Totals.Total() == 0 {
		r.writeFinished(w, s)
		return
	}
	title := sprintf(s, "OpenTracing in %s", r.where())
	if r.OpenTracing != "" {
		title = sprintf(s, "%s (opentracing-go %s)", title, r.OpenTracing)
	}
	s.title(w, title)
	s.line(w, sprintf(s, "%s in %s; %s use it.", terminal.Count(r.Totals.Total(), "use"),
		terminal.Count(r.FilesUsing, "file"), fraction(r.PackagesUsing, r.PackagesLoaded, "package")))
	if r.Plan != nil {
		r.Plan.summarize(w, s, r.Totals.Total())
	}
	traps := slices.DeleteFunc(slices.Clone(r.Traps), r.holdsOnTwin)
	if n := len(traps); n > 0 {
		t := traps[0]
		line := sprintf(s, "%s silently at stage 1: %s:%d", verb(n, "place breaks", "places break"), t.File, t.Line)
		if n > 1 {
			line += sprintf(s, " and %d more", n-1)
		}
		s.line(w, line+".")
	}
	if n := len(r.Broken) + len(r.Excluded) + len(r.Nested); n > 0 {
		s.line(w, sprintf(s, "%s not counted: -section uncounted names them.", verb(n, "package, file or module is", "packages, files and modules are")))
	}
	s.line(w, "Next: "+s.text(r.next()))
}

// summarize says what becomes of the uses, and what holds back most of them.
func (p *Plan) summarize(w io.Writer, s style, total int) {
	c := p.Both()
	if one := p.StageOne; one != nil {
		then, left := c.Rewritten+one.Freed, total-one.Moved
		line := sprintf(s, "Stage 1 moves %d of them, in tests, off mocktracer. After it, ot2otel fix rewrites", one.Moved)
		if one.Moved == 0 {
			line = "Stage 1 moves tests off mocktracer. After it, ot2otel fix rewrites"
		}
		switch {
		case then == 0:
			line += sprintf(s, " none of the other %d", left)
		case one.Freed == 0:
			line += sprintf(s, " %d of the other %d (%d %%)", then, left, percent(then, left))
		default:
			line += sprintf(s, " at least %d of the other %d (%d %%); before it, %d", then, left, percent(then, left), c.Rewritten)
		}
		s.line(w, line+".")
	} else {
		line := sprintf(s, "ot2otel fix rewrites %d (%d %%)", c.Rewritten, percent(c.Rewritten, total))
		if c.Adapted > 0 {
			line += "; " + sprintf(s, "%s", verb(c.Adapted, "goes on behind an adapter", "go on behind adapters"))
		}
		if c.Stay > 0 {
			line += "; " + sprintf(s, "%s", verb(c.Stay, "stays", "stay"))
		}
		s.line(w, line+".")
	}
	if len(p.Causes) > 0 {
		if line := p.biggestWall(s); line != "" {
			s.line(w, line)
		}
	}
}

// patterns returns the packages of a command line.
func (r *Report) patterns() string {
	if len(r.Patterns) == 0 {
		return "./..."
	}
	return terminal.Command(r.Patterns...)
}

// next returns the command to run next.
func (r *Report) next() string {
	patterns := r.patterns()
	onMock := slices.ContainsFunc(r.Symbols, func(s SymbolTally) bool { return s.Path == opentracing.MocktracerPath })
	switch {
	case onMock || r.hasTwin():
		return "ot2otel fix -stage 1 -diff " + patterns
	case r.Plan != nil && len(r.Plan.ForeignTracers) > 0:
		return "set up OpenTelemetry's tracer, see " + rewrite.StageOne
	case r.Plan != nil && r.Plan.Both().Rewritten == 0 && r.onlySetUps():
		return "ot2otel fix -stage 4 -diff " + patterns
	case r.Plan != nil && r.Plan.Both().Rewritten == 0 && len(r.Plan.Causes) > 0:
		return "ot2otel explain " + r.Plan.Causes[0].Category
	}
	return "ot2otel fix -diff " + patterns
}

// hasTwin tells whether the program sets up a tracer that has a twin.
func (r *Report) hasTwin() bool {
	return r.Plan != nil && slices.ContainsFunc(r.Plan.ForeignTracers, func(t PlanTracer) bool {
		return strings.HasPrefix(t.Tracer, opentracing.JaegerPath)
	})
}

// holdsOnTwin tells whether a trap is none once stage 1 has moved it, with the set-up, to the
// twin of Jaeger's client.
func (r *Report) holdsOnTwin(t inventory.Trap) bool {
	return t.Kind == inventory.TrapContext && r.hasTwin()
}

// onlySetUps tells whether no span is left outside of tests: stage 4 is next.
func (r *Report) onlySetUps() bool {
	return !slices.ContainsFunc(r.Uses, func(u ReportUse) bool { return !u.Test && !opentracing.IsOfSetUps(u.Symbol) })
}

// writeFinished says that there is no use, and what can go.
func (r *Report) writeFinished(w io.Writer, s style) {
	s.title(w, sprintf(s, "No OpenTracing found in %s", r.where()))
	s.line(w, sprintf(s, "%s looked at: no use of the OpenTracing API.", terminal.Count(r.PackagesLoaded, "package")))
	if len(r.Broken)+len(r.Excluded)+len(r.Nested) > 0 {
		s.line(w, "Not all could be looked at: -section uncounted names the rest.")
		return
	}
	if n := len(r.Instrumentation); n > 0 {
		s.line(w, sprintf(s, "%s built on OpenTracing: -section imports. See stage 4 of %s", verb(n, "import is", "imports are"), refusal.Guide))
		if slices.ContainsFunc(r.Instrumentation, func(i inventory.ImportUse) bool { return opentelemetry.IsCompat(i.Path) }) {
			s.line(w, "Next: ot2otel fix -stage 4 -diff "+s.text(r.patterns()))
		}
		return
	}
	if !r.leftover && r.Progress == nil {
		return
	}
	s.line(w, "0 uses: finished. Delete the baseline file and the step of CI that checks it, and run go mod tidy.")
	if n := len(r.Dependencies); n > 0 {
		s.line(w, sprintf(s, "%s OpenTracing, so it stays in go.mod as indirect: -section dependencies.", verb(n, "dependency still uses", "dependencies still use")))
	}
}

func percent(n, of int) int {
	if of == 0 {
		return 100
	}
	return 100 * n / of
}

// verb returns a number with what it is of, and does.
func verb(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, several)
}
