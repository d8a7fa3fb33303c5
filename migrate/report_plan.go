// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"fmt"
	"io"
	"strings"
)

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
		s.line(w, sprintf(s, "%s through type aliases: as what the alias stands for.", plural(p.Undecided, "use")))
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
	s.line(w, StageOneFirst+" ot2otel fix writes nothing until that is changed, unless it is run with -before-stage-1. See "+StageOne)
	var items []markup
	for _, t := range p.ForeignTracers {
		items = append(items, sprintf(s, "%s:%d: %s", t.File, t.Line, t))
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
	for _, c := range p.Causes[:shown(len(p.Causes))] {
		about, _ := LookupCategory(c.Category)
		s.entry(w, sprintf(s, "%s:%d: %s (%s)", c.File, c.Line, s.link(c.Category, about.Link()), inFiles(c)), s.text(c.Reason))
	}
	writeRest(w, s, len(p.Causes), "cause")
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
	if all := p.APIChanges; len(all) > 0 {
		s.heading(w, "Exported API that changes (ot2otel fix -keep-api keeps it)")
		for _, c := range all[:shown(len(all))] {
			var types []string
			for _, t := range c.Types {
				types = append(types, t.Old+" → "+t.New)
			}
			s.entry(w, s.text(c.Name), s.text(strings.Join(types, ", ")))
		}
		writeRest(w, s, len(all), "declaration")
	}
	if all := p.TelemetryChanges; len(all) > 0 {
		s.heading(w, "Telemetry that changes")
		for _, n := range all[:shown(len(all))] {
			s.entry(w, sprintf(s, "%s:%d", n.File, n.Line), s.text(n.Note))
		}
		writeRest(w, s, len(all), "place")
	}
}

// shown returns how many of n entries of a list a reader gets to see.
func shown(n int) int { return min(n, 10) }

// writeRest says how many of n entries are not shown.
func writeRest(w io.Writer, s style, n int, noun string) {
	if left := n - shown(n); left > 0 {
		s.line(w, sprintf(s, "And %s: ot2otel fix -diff lists all.", plural(left, "more "+noun)))
	}
}
