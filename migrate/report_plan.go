// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"fmt"
	"io"
)

// mostShown is how many entries of a list a reader gets to see. The JSON form has all.
const mostShown = 10

// writePlan says what becomes of the uses, and why some stay.
func (r *Report) writePlan(w io.Writer, s style) {
	p := r.Plan
	if p == nil {
		return
	}
	s.heading(w, "What ot2otel fix does")
	t := newTable("where", "rewritten", "behind an adapter", "stay")
	row := func(where string, c PlanCount) { t.add(where, c.Rewritten, c.Adapted, c.Stay) }
	row("code", p.Code)
	if r.Tests {
		row("tests", p.Test)
		row("both", p.Both())
	}
	s.table(w, t)
	if p.Undecided > 0 {
		s.line(w, plural(p.Undecided, "use")+" through type aliases: as what the alias stands for.")
	}
	p.writeSetUp(w, s)
	if len(p.Packages) > 1 {
		s.heading(w, "What ot2otel fix does, by package")
		t := newTable("package", "rewritten", "adapter", "stay")
		for _, pkg := range p.Packages {
			c := pkg.Both()
			t.add(pkg.Path, c.Rewritten, c.Adapted, c.Stay)
		}
		s.table(w, t)
	}
	s.heading(w, "What ot2otel fix does, by area")
	t = newTable("area", "rewritten", "adapter", "stay")
	for _, area := range p.Areas {
		c := area.Both()
		t.add(area.Area, c.Rewritten, c.Adapted, c.Stay)
	}
	s.table(w, t)
	p.writeReasons(w, s)
	p.writeChanges(w, s)
}

// writeSetUp says that the tracer has to be set up first, where it has.
func (p *Plan) writeSetUp(w io.Writer, s style) {
	if len(p.ForeignTracers) == 0 {
		return
	}
	s.heading(w, "Stage 1 comes first")
	s.line(w, StageOneFirst+" See "+StageOne)
	var items []string
	for _, t := range p.ForeignTracers {
		items = append(items, fmt.Sprintf("%s:%d: %s", t.File, t.Line, t.Function))
	}
	s.items(w, items)
}

// writeReasons says why uses stay: by category, and at which places.
func (p *Plan) writeReasons(w io.Writer, s style) {
	if len(p.Causes) == 0 {
		return
	}
	s.heading(w, "Why uses stay")
	t := newTable("reason", "uses", "causes", "<")
	for _, c := range p.Categories {
		t.add(s.link(c.Category, c.Link), c.Uses, c.Causes, c.Title)
	}
	s.table(w, t)
	s.line(w, "Each is a heading that says what to do by hand, in "+Guide)

	s.heading(w, "What keeps most of them")
	for _, c := range p.Causes[:min(len(p.Causes), mostShown)] {
		about, _ := LookupCategory(c.Category)
		s.entry(w, fmt.Sprintf("%s:%d: %s (%s)", c.File, c.Line, s.link(c.Category, about.Link()), inFiles(c)), c.Reason)
	}
	if left := p.Causes[min(len(p.Causes), mostShown):]; len(left) > 0 {
		uses := 0
		for _, c := range left {
			uses += c.Uses
		}
		s.line(w, fmt.Sprintf("And %s of %s: ot2otel fix -diff lists all.", plural(len(left), "more cause"), plural(uses, "use")))
	}
}

// inFiles says how many uses a cause keeps.
func inFiles(c PlanCause) string {
	uses := plural(c.Uses, "use")
	if n := len(c.Places); n > 1 {
		uses += fmt.Sprintf(" in %d files", n)
	}
	return uses
}

// writeChanges says what the rewrite changes beyond the uses.
func (p *Plan) writeChanges(w io.Writer, s style) {
	var items []string
	for _, c := range p.APIChanges {
		items = append(items, fmt.Sprintf("%s: %s → %s", c.Name, c.Old, c.New))
	}
	writeSome(w, s, "Exported API that changes (ot2otel fix -keep-api keeps it)", items)
	items = nil
	for _, n := range p.TelemetryChanges {
		items = append(items, fmt.Sprintf("%s:%d: %s", n.File, n.Line, n.Note))
	}
	writeSome(w, s, "Telemetry that changes", items)
}

// writeSome writes the first items of a list, if it has any.
func writeSome(w io.Writer, s style, heading string, items []string) {
	if len(items) == 0 {
		return
	}
	s.heading(w, heading)
	if n := len(items) - mostShown; n > 1 {
		items = append(items[:mostShown:mostShown], fmt.Sprintf("and %d more", n))
	}
	s.items(w, items)
}
