// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"cmp"
	"context"
	"fmt"
	"go/token"
	"strings"
)

// A Plan says what [Fix], with its defaults, would do with the uses of a [Report].
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

	APIChanges       []PlanAPIChange `json:"apiChanges"`       // exported declarations that change, in source order
	TelemetryChanges []PlanNote      `json:"telemetryChanges"` // where spans would differ from before
	ForeignTracers   []PlanTracer    `json:"foreignTracers"`   // why stage 1 of [Guide] comes first
	GoGet            []string        `json:"goGet"`            // module queries that the new code needs
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
	Area Area `json:"area"`
	PlanTally
}

// A CategoryPlan is one of [Categories] with the uses that stay for it.
type CategoryPlan struct {
	Category string `json:"category"`
	Title    string `json:"title"`
	Link     string `json:"link"` // says what to do by hand
	Uses     int    `json:"uses"`
	Causes   int    `json:"causes"`
}

// A PlanCause is a [Cause] in a report.
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

// A PlanTracer is a [ForeignTracer] in a report.
type PlanTracer struct {
	File     string `json:"file"`
	Line     int    `json:"line"`
	Function string `json:"function"`
	Tracer   string `json:"tracer"`
}

func (t PlanTracer) String() string { return setUpText(t.Function, t.Tracer) }

// A PlanNote is a place of which there is something to say.
type PlanNote struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Note string `json:"note"`
}

// Plan says what [Fix] would do with the packages of p, and writes nothing. Of opts,
// which may be nil, the fields count that say how to rewrite; what to load is said by
// p.Options.
//
// Fix looks at a whole module with its tests. Where p is none, since fewer packages
// or no tests were asked for, the module is loaded again.
func (p *Program) Plan(ctx context.Context, opts *FixOptions) (*Result, error) {
	var o FixOptions
	if opts != nil {
		o = *opts
	}
	o.Dir, o.Tags, o.Env, o.DryRun = p.Options.Dir, p.Options.Tags, p.Options.Env, true
	switch {
	case len(p.Options.Overlay) > 0:
		return nil, fmt.Errorf("migrate: files of an overlay can't be rewritten")
	case p.Module.GoMod == "":
		return nil, fmt.Errorf("migrate: one module is rewritten at a time: run it in the folder of a module of the workspace")
	case p.Options.Tests && len(p.Patterns) == 1 && p.Patterns[0] == "./..." && sameDir(o.Dir, p.Module.Dir):
		return p.planned(ctx, &o, nil)
	}
	whole, wanted, err := loadModule(ctx, &o, p.Patterns)
	if err != nil {
		return nil, err
	}
	return whole.planned(ctx, &o, wanted)
}

// AddPlan sets r.Plan, and the outcome of each use, from what [Fix] would do with the
// program that r was made of. Where that can't be told, Notes say so. There is no plan
// without uses. The error is ctx's.
func (r *Report) AddPlan(ctx context.Context, p *Program) error {
	if len(r.Uses) == 0 {
		return nil
	}
	result, err := p.Plan(ctx, nil)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		r.Notes = append(r.Notes, "what ot2otel fix would do is not known: "+strings.TrimPrefix(err.Error(), "migrate: "))
		return nil
	}
	r.Plan = &Plan{Files: result.Counts.Files, GoGet: orEmpty(result.GoGet), APIChanges: []PlanAPIChange{}, TelemetryChanges: []PlanNote{}, ForeignTracers: []PlanTracer{}}
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
func (r *Report) countPlan(p *Program, result *Result) *Result {
	type place struct {
		file         string
		line, column int
	}
	placeOf := func(pos token.Position) place { return place{p.Rel(pos.Filename), pos.Line, pos.Column} }
	converted, refused := make(map[place]Site), make(map[place]Refusal)
	for _, s := range result.Converted {
		converted[placeOf(s.Pos)] = s
	}
	for _, s := range result.Refusals {
		refused[placeOf(s.Pos)] = s
	}
	areas := make(map[string]Area)
	for _, s := range r.Symbols {
		areas[s.Symbol] = s.Area
	}
	stay := &Result{}
	byPackage, byArea := make(map[string]*PackagePlan), make(map[Area]*AreaPlan)
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
		r.Plan.add(u)
		at(byPackage, u.Package, PackagePlan{Path: u.Package}).add(u)
		at(byArea, areas[u.Symbol], AreaPlan{Area: areas[u.Symbol]}).add(u)
	}
	r.Plan.Packages = sorted(byPackage, func(a, b PackagePlan) int { return cmp.Compare(a.Path, b.Path) })
	for _, a := range r.Areas {
		r.Plan.Areas = append(r.Plan.Areas, *byArea[a.Area])
	}
	return stay
}

// explain says why uses stay.
func (plan *Plan) explain(p *Program, stay *Result) {
	plan.Causes = []PlanCause{}
	byCategory := make(map[string]*CategoryPlan)
	for _, c := range stay.Causes() {
		plan.Causes = append(plan.Causes, PlanCause{File: p.Rel(c.Pos.Filename), Line: c.Pos.Line,
			Category: c.Category, Reason: c.Reason, Uses: len(c.Uses), Places: c.Places(p.Rel)})
		about, _ := LookupCategory(c.Category)
		category := at(byCategory, c.Category, CategoryPlan{Category: c.Category, Title: about.Title, Link: about.Link()})
		category.Uses += len(c.Uses)
		category.Causes++
	}
	plan.Categories = sorted(byCategory, func(a, b CategoryPlan) int {
		return cmp.Or(b.Uses-a.Uses, cmp.Compare(a.Category, b.Category))
	})
}
