// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"io"

	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
	"github.com/ot2otel/ot2otel/migrate/internal/rules"
	"github.com/ot2otel/ot2otel/migrate/internal/terminal"
)

// writeReasons says why uses stay: by category, and at which places.
func (r *Report) writeReasons(w io.Writer, s style) {
	p := r.Plan
	if p == nil || len(p.Causes) == 0 {
		return
	}
	s.heading(w, "Why uses stay")
	t := newTable("reason", "uses", "causes", "<")
	for _, c := range p.Categories {
		t.add(s.link(c.Category, c.Link), c.Uses, c.Causes, c.Title)
	}
	s.table(w, t)
	s.line(w, "Each is a heading that says what to do by hand, in "+refusal.Reference)

	s.heading(w, "What keeps most of them")
	for _, c := range p.Causes[:shown(len(p.Causes))] {
		about, _ := rules.LookupCategory(c.Category)
		s.entry(w, sprintf(s, "%s:%d: %s (%s)", c.File, c.Line, s.link(c.Category, about.Link()), inFiles(c)), s.text(c.Reason))
	}
	writeRest(w, s, len(p.Causes), "cause")
	p.writeWalls(w, s)
}

// inFiles says how many uses a cause keeps.
func inFiles(c PlanCause) string {
	uses := terminal.Count(c.Uses, "use")
	if n := len(c.Places); n > 1 {
		uses += fmt.Sprintf(" in %d files", n)
	}
	return uses
}
