// SPDX-License-Identifier: Apache-2.0

package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/terminal"
)

// ReportFormats are the formats that [Report.Write] knows.
func ReportFormats() []string { return []string{"text", "json", "markdown", "sarif"} }

// Write writes the report in a format: "text" is aligned tables for a terminal,
// "json" the report itself (see [ReportVersion]), "markdown" tables for an issue or
// a wiki, "sarif" one note per use as SARIF 2.1.0 for code scanning. The error
// names an unknown format, or is w's.
func (r *Report) Write(w io.Writer, format string) error {
	var buf bytes.Buffer
	switch format {
	case "text":
		return r.WriteText(w, &TextOptions{Sections: Sections()})
	case "markdown":
		r.writeSummary(&buf, markdownStyle{})
		for _, part := range sections {
			part.write(r, &buf, markdownStyle{})
		}
	case "json", "sarif":
		var v any = r
		if format == "sarif" {
			v = r.sarif()
		}
		if err := terminal.WriteJSON(&buf, v); err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
	default:
		return fmt.Errorf("migrate: unknown report format %q (there are %s)", format, strings.Join(ReportFormats(), ", "))
	}
	if _, err := w.Write(buf.Bytes()); err != nil {
		return fmt.Errorf("migrate: writing the report: %w", err)
	}
	return nil
}

// where names what the report is about.
func (r *Report) where() string {
	if r.Module != "" {
		return r.Module
	}
	return "the workspace"
}

func (r *Report) writeTotals(w io.Writer, s style) {
	if r.Totals.Total() == 0 {
		return
	}
	s.heading(w, "Totals")
	t := newTable("where", "calls", "references", "uses")
	code, test := r.Totals.Code, r.Totals.Test
	t.add("code", code.Calls, code.References, code.Uses)
	if r.Tests {
		t.add("tests", test.Calls, test.References, test.Uses)
		t.add("both", code.Calls+test.Calls, code.References+test.References, code.Uses+test.Uses)
	}
	s.table(w, t)
	var among []string
	for _, part := range []struct {
		n    int
		what string
	}{
		{r.Aliases, "through type aliases"},
		{r.Derived, "on types that embed or derive from OpenTracing's"},
		{r.Generated, "in generated files"},
	} {
		if part.n > 0 {
			among = append(among, fmt.Sprintf("%d %s", part.n, part.what))
		}
	}
	if len(among) > 0 {
		s.line(w, sprintf(s, "Among them %s.", strings.Join(among, ", ")))
	}
}

func (r *Report) writeTallies(w io.Writer, s style) {
	if r.Totals.Total() == 0 {
		return
	}
	columns := []string{"calls", "references", "uses"}
	if r.Tests {
		columns = append(columns, "in tests")
	}
	counts := func(first []any, t Tally) []any {
		cells := append(first, t.Code.Calls, t.Code.References, t.Code.Uses)
		if r.Tests {
			cells = append(cells, t.Test.Uses)
		}
		return cells
	}
	s.heading(w, "By package")
	t := newTable(append([]string{"package", "files"}, columns...)...)
	for _, p := range r.Packages {
		t.add(counts([]any{p.Path, p.Files}, p.Tally)...)
	}
	s.table(w, t)

	s.heading(w, "By area")
	t = newTable(append([]string{"area"}, columns...)...)
	for _, a := range r.Areas {
		t.add(counts([]any{a.Area}, a.Tally)...)
	}
	s.table(w, t)

	s.heading(w, "By symbol")
	t = newTable(append([]string{"symbol", "<area"}, columns...)...)
	for _, sym := range r.Symbols {
		name := sym.Symbol
		if sym.Deprecated {
			name += " (deprecated)"
		}
		t.add(counts([]any{name, sym.Area}, sym.Tally)...)
	}
	s.table(w, t)
}

func fraction(n, of int, noun string) string {
	return fmt.Sprintf("%d of %s", n, terminal.Count(of, noun))
}
