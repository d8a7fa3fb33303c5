// SPDX-License-Identifier: Apache-2.0

package report

import (
	"cmp"
	"context"
	"fmt"
	"go/token"
	"io"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/inventory"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/rewrite"
	"github.com/ot2otel/ot2otel/migrate/internal/rules"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/terminal"
)

// A Plan says what Fix, with its defaults, would do with the uses of a [Report].
type Plan struct {
	PlanTally
	// Undecided are uses in Totals that the plan does not tell of: those through type
	// aliases, which change with what the alias denotes.
	Undecided int `json:"undecided"`
	Files     int `json:"files"` // files that would be changed or added

	Packages   []PackagePlan  `json:"packages"`   // packages with a use, by import path
	Areas      []AreaPlan     `json:"areas"`      // most used first
	Categories []CategoryPlan `json:"categories"` // why uses stay, most uses first
	Causes     []PlanCause    `json:"causes"`     // what keeps them, most uses first
	Parts      []PlanPart     `json:"parts"`      // what stays together, and its walls, most uses outside of tests first
	// StageOne says what stage 1 does for the uses that stay, nil for nothing.
	StageOne *PlanStageOne `json:"stageOne,omitempty"`

	APIChanges       []PlanAPIChange `json:"apiChanges"`       // exported declarations that change, in source order
	TelemetryChanges []PlanNote      `json:"telemetryChanges"` // where spans would differ from before
	ForeignTracers   []PlanTracer    `json:"foreignTracers"`   // why stage 1 of [Guide] comes first
	GoGet            []string        `json:"goGet"`            // module queries that the new code needs
}

// A PlanStageOne counts the rewrite.StageOneUses of a report.
type PlanStageOne struct {
	Moved int `json:"moved"` // uses in tests that move to the twin of mocktracer
	Freed int `json:"freed"` // others that fix rewrites then, as far as that can be told before
}

// An Outcome says what becomes of a use.
type Outcome string

// What becomes of uses.
const (
	OutcomeRewritten Outcome = "rewritten"
	OutcomeAdapted   Outcome = "adapted" // it goes on behind an adapter
	OutcomeStays     Outcome = "stays"
)

// A PlanCount counts uses by what becomes of them.
type PlanCount struct {
	Rewritten int `json:"rewritten"`
	Adapted   int `json:"adapted"`
	Stay      int `json:"stay"`
}

func (c *PlanCount) add(o Outcome) {
	switch o {
	case OutcomeRewritten:
		c.Rewritten++
	case OutcomeAdapted:
		c.Adapted++
	case OutcomeStays:
		c.Stay++
	}
}

func (c PlanCount) plus(d PlanCount) PlanCount {
	return PlanCount{c.Rewritten + d.Rewritten, c.Adapted + d.Adapted, c.Stay + d.Stay}
}

// A PlanTally counts what becomes of uses in test files and in all others apart.
type PlanTally struct {
	Code PlanCount `json:"code"`
	Test PlanCount `json:"test"`
}

// Both returns the sum.
func (t PlanTally) Both() PlanCount { return t.Code.plus(t.Test) }

func (t *PlanTally) add(u *ReportUse) {
	if u.Test {
		t.Test.add(u.Outcome)
	} else {
		t.Code.add(u.Outcome)
	}
}

// A PackagePlan counts what becomes of the uses in one package and its tests.
type PackagePlan struct {
	Path string `json:"path"`
	PlanTally
}

// An AreaPlan counts what becomes of the uses of one area.
type AreaPlan struct {
	Area opentracing.Area `json:"area"`
	PlanTally
}

// A CategoryPlan is one of Categories with the uses that stay for it.
type CategoryPlan struct {
	Category string `json:"category"`
	Title    string `json:"title"`
	Link     string `json:"link"` // says what to do by hand
	Uses     int    `json:"uses"`
	Causes   int    `json:"causes"`
}

// A PlanCause is a Cause in a report.
type PlanCause struct {
	File     string   `json:"file"`
	Line     int      `json:"line"`
	Category string   `json:"category"`
	Reason   string   `json:"reason"`
	Uses     int      `json:"uses"`
	Places   []string `json:"places"` // of the uses: "shop/shop.go:12,17"
}

// A PlanAPIChange is an exported declaration whose types change.
type PlanAPIChange struct {
	File  string     `json:"file"`
	Line  int        `json:"line"`
	Name  string     `json:"name"`
	Types []PlanType `json:"types"`
}

// A PlanType is a type that changes.
type PlanType struct {
	Old string `json:"old"`
	New string `json:"new"`
}

// A PlanTracer is a ForeignTracer in a report.
type PlanTracer struct {
	File     string `json:"file"`
	Line     int    `json:"line"`
	Function string `json:"function"`
	Tracer   string `json:"tracer"`
}

func (t PlanTracer) String() string { return inventory.SetUpText(t.Function, t.Tracer) }

// A PlanNote is a place of which there is something to say.
type PlanNote struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Note string `json:"note"`
}

// AddPlan sets r.Plan, and the outcome of each use, from what Fix would do with the
// program that r was made of. Where that can't be told, Notes say so. There is no plan
// without uses. The error is ctx's.
func (r *Report) AddPlan(ctx context.Context, p *source.Program) error {
	if len(r.Uses) == 0 {
		return nil
	}
	result, err := rewrite.PlanOf(ctx, p, nil)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		r.Notes = append(r.Notes, "what ot2otel fix would do is not known: "+strings.TrimPrefix(err.Error(), "migrate: "))
		return nil
	}
	r.Plan = &Plan{Files: result.Counts.Files, GoGet: orEmpty(result.GoGet), APIChanges: []PlanAPIChange{}, TelemetryChanges: []PlanNote{}, ForeignTracers: []PlanTracer{}, Parts: planParts(p, result.Parts)}
	r.Plan.explain(p, r.countPlan(p, result))
	for _, changes := range result.ChangedAPI() {
		first := changes[0]
		c := PlanAPIChange{File: p.Rel(first.Pos.Filename), Line: first.Pos.Line, Name: first.Name}
		for _, t := range changes {
			c.Types = append(c.Types, PlanType{Old: t.Old, New: t.New})
		}
		r.Plan.APIChanges = append(r.Plan.APIChanges, c)
	}
	for _, s := range result.TelemetryChanges {
		r.Plan.TelemetryChanges = append(r.Plan.TelemetryChanges, PlanNote{File: p.Rel(s.Pos.Filename), Line: s.Pos.Line, Note: s.Note})
	}
	for _, t := range result.ForeignTracers {
		r.Plan.ForeignTracers = append(r.Plan.ForeignTracers, PlanTracer{File: p.Rel(t.Pos.Filename), Line: t.Pos.Line, Function: t.Function, Tracer: t.Tracer})
	}
	return nil
}

// countPlan tells the outcome of each use, and fills the tallies. It returns what is
// refused of the uses that the report has.
func (r *Report) countPlan(p *source.Program, result *rewrite.Result) *rewrite.Result {
	type place struct {
		file         string
		line, column int
	}
	placeOf := func(pos token.Position) place { return place{p.Rel(pos.Filename), pos.Line, pos.Column} }
	converted, refused := make(map[place]rewrite.Site), make(map[place]rewrite.Refusal)
	for _, s := range result.Converted {
		converted[placeOf(s.Pos)] = s
	}
	for _, s := range result.Refusals {
		refused[placeOf(s.Pos)] = s
	}
	moved, freed := make(map[place]bool), make(map[place]bool)
	for _, pos := range result.StageOne.Moved {
		moved[placeOf(pos)] = true
	}
	for _, pos := range result.StageOne.Freed {
		freed[placeOf(pos)] = true
	}
	var one PlanStageOne
	areas := make(map[string]opentracing.Area)
	for _, s := range r.Symbols {
		areas[s.Symbol] = s.Area
	}
	stay := &rewrite.Result{}
	byPackage, byArea := make(map[string]*PackagePlan), make(map[opentracing.Area]*AreaPlan)
	for i := range r.Uses {
		u := &r.Uses[i]
		here := place{u.File, u.Line, u.Column}
		if s, ok := converted[here]; ok {
			u.Outcome = OutcomeRewritten
			if s.Adapted {
				u.Outcome = OutcomeAdapted
			}
		} else if s, ok := refused[here]; ok {
			u.Outcome, u.Category = OutcomeStays, s.Category
			stay.Refusals = append(stay.Refusals, s)
		} else {
			r.Plan.Undecided++
		}
		switch {
		case moved[here]:
			one.Moved++
		case freed[here] && u.Outcome == OutcomeStays:
			one.Freed++
		}
		r.Plan.add(u)
		at(byPackage, u.Package, PackagePlan{Path: u.Package}).add(u)
		at(byArea, areas[u.Symbol], AreaPlan{Area: areas[u.Symbol]}).add(u)
	}
	if one.Moved > 0 || one.Freed > 0 {
		r.Plan.StageOne = &one
	}
	r.Plan.Packages = sorted(byPackage, func(a, b PackagePlan) int { return cmp.Compare(a.Path, b.Path) })
	for _, a := range r.Areas {
		r.Plan.Areas = append(r.Plan.Areas, *byArea[a.Area])
	}
	return stay
}

// explain says why uses stay.
func (sum *Plan) explain(p *source.Program, stay *rewrite.Result) {
	sum.Causes = []PlanCause{}
	byCategory := make(map[string]*CategoryPlan)
	for _, c := range stay.Causes() {
		sum.Causes = append(sum.Causes, PlanCause{File: p.Rel(c.Pos.Filename), Line: c.Pos.Line,
			Category: c.Category, Reason: c.Reason, Uses: len(c.Uses), Places: c.Places(p.Rel)})
		about, _ := rules.LookupCategory(c.Category)
		category := at(byCategory, c.Category, CategoryPlan{Category: c.Category, Title: about.Title, Link: about.Link()})
		category.Uses += len(c.Uses)
		category.Causes++
	}
	sum.Categories = sorted(byCategory, func(a, b CategoryPlan) int {
		return cmp.Or(b.Uses-a.Uses, cmp.Compare(a.Category, b.Category))
	})
}

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
		s.line(w, sprintf(s, "%s through type aliases: as what the alias stands for.", terminal.Count(p.Undecided, "use")))
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
}

// writeSetUp says that the tracer has to be set up first, where it has.
func (p *Plan) writeSetUp(w io.Writer, s style) {
	if len(p.ForeignTracers) == 0 {
		return
	}
	s.heading(w, "Stage 1 comes first")
	s.line(w, rewrite.StageOneFirst+" ot2otel fix writes nothing until that is changed, unless it is run with -before-stage-1. See "+rewrite.StageOne)
	var items []markup
	for _, t := range p.ForeignTracers {
		items = append(items, sprintf(s, "%s:%d: %s", t.File, t.Line, t))
	}
	s.items(w, items)
	s.line(w, rewrite.KeepTracer)
	var code []markup
	for _, line := range rewrite.KeepTracerLines() {
		code = append(code, sprintf(s, "%s", line))
	}
	s.items(w, code)
}

// writeChanges says what the rewrite changes beyond the uses.
func (r *Report) writeChanges(w io.Writer, s style) {
	p := r.Plan
	if p == nil {
		return
	}
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
		grouped := groupedNotes(all)
		for _, n := range grouped[:shown(len(grouped))] {
			s.entry(w, sprintf(s, "%s:%s", n.file, n.lines), s.text(n.note))
		}
		writeRest(w, s, len(grouped), "place")
	}
}

// A noteGroup is what there is to say of several lines of a file.
type noteGroup struct{ file, lines, note string }

// groupedNotes joins notes that say the same of a file.
func groupedNotes(all []PlanNote) (groups []noteGroup) {
	known := make(map[[2]string]int)
	for _, n := range all {
		key := [2]string{n.File, n.Note}
		i, ok := known[key]
		if !ok {
			known[key] = len(groups)
			groups = append(groups, noteGroup{n.File, fmt.Sprint(n.Line), n.Note})
			continue
		}
		groups[i].lines += fmt.Sprintf(",%d", n.Line)
	}
	return groups
}

// shown returns how many of n entries of a list a reader gets to see.
func shown(n int) int { return min(n, 10) }

// writeRest says how many of n entries are not shown.
func writeRest(w io.Writer, s style, n int, noun string) {
	if left := n - shown(n); left > 0 {
		s.line(w, sprintf(s, "And %s: ot2otel fix -diff lists all.", terminal.Count(left, "more "+noun)))
	}
}
