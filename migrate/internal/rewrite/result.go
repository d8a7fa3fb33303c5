// SPDX-License-Identifier: Apache-2.0

package rewrite

import (
	"bytes"
	"cmp"
	"go/token"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/check"
	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/inventory"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/values"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// A fixRun checks and sums up what the engine decides.
type fixRun struct {
	*plan.Run
	checker *check.Checker
	// again plans the same code with other options, nil in a pass.
	again func(*FixOptions) *plan.Run
}

// newPlan plans what becomes of the code of a program.
func newPlan(program *source.Program, opts *FixOptions, wanted map[string]bool) *plan.Run {
	rw := plan.New(program.Fset, source.ProgramUnits(program, wanted, opts.KeepAPI), opts.engine(), rules.New)
	rw.Own, rw.Program, rw.LeftOut = program.OwnPaths(), program, program.LeftOut
	rw.Others = len(program.Broken) > 0 || inventory.DependsOnOpenTracing(program)
	rw.Plan()
	return rw
}

// newResult has the files that change, and nothing else.
func newResult(outs []*edit.Output) *Result {
	res := &Result{Files: make(map[string][]byte), before: make(map[string][]byte), Counts: Counts{Refused: make(map[string]int)}}
	for _, o := range outs {
		switch {
		case o.File == nil:
			res.Files[o.Name] = o.Text
		case !bytes.Equal(o.Text, o.File.Src):
			res.Files[o.Name], res.before[o.Name] = edit.KeepLayout(o.File.Disk, o.Text), o.File.Disk
		}
	}
	res.Counts.Files = len(res.Files)
	return res
}

// result sums a run up.
func (rw fixRun) result(outs []*edit.Output) *Result {
	res := newResult(outs)
	index := make(map[*plan.Group]int)
	for _, g := range rw.List {
		index[g] = len(res.Groups)
		info := Group{Name: rw.groupName(g), Pos: rw.Position(g.First()), Converted: g.Refusal == nil}
		pkgs := make(map[*source.Unit]bool)
		for _, s := range g.Sites {
			if s.Instead != nil {
				continue // its uses are the other one's
			}
			info.Sites += max(1, len(s.Uses))
			pkgs[s.File.Unit] = true
		}
		info.Packages = len(pkgs)
		if g.Refusal != nil {
			info.Category = g.Refusal.Category.Name
		} else {
			res.Counts.GroupsConverted++
		}
		res.Groups = append(res.Groups, info)
	}
	res.Counts.Groups = len(res.Groups)
	for _, s := range rw.Sites {
		rw.count(res, s, index)
	}
	for _, s := range rw.Sites {
		if s.StaysChange != "" && !rw.On(s) && len(res.Converted) > 0 {
			res.TelemetryChanges = append(res.TelemetryChanges, Site{Pos: rw.Position(s.Pos), Symbol: s.Symbol, Rule: s.Rule, Group: index[rw.Groups[s.Nodes[0].Find()]], Note: s.StaysChange, Test: s.File.Test})
		}
	}
	res.ExportedAPIChanges = rw.apiChanges()
	slices.SortStableFunc(res.Converted, func(a, b Site) int { return byPos(a.Pos, b.Pos) })
	slices.SortStableFunc(res.Providers, func(a, b Site) int { return byPos(a.Pos, b.Pos) })
	slices.SortStableFunc(res.Adapters, func(a, b Site) int { return byPos(a.Pos, b.Pos) })
	slices.SortStableFunc(res.Refusals, func(a, b Refusal) int { return byPos(a.Pos, b.Pos) })
	return res
}

func byPos(a, b token.Position) int {
	return cmp.Or(strings.Compare(a.Filename, b.Filename), a.Offset-b.Offset)
}

// notLookedAt notes what of the named packages, or of the whole module if wanted is
// nil, was not looked at.
func (r *Result) notLookedAt(program *source.Program, wanted map[string]bool) {
	named := func(path string) bool { return wanted == nil || wanted[path] }
	for _, b := range program.Broken {
		if named(b.Path) {
			r.Skipped = append(r.Skipped, SkippedPackage{Path: b.Path, Reason: source.Summary(b.Texts(program))})
		}
	}
	in := program.LoadedFiles()
	for _, file := range inventory.Excluded(program) {
		if in[filepath.Join(program.Base(), filepath.FromSlash(file))] {
			continue // in another build
		}
		if named(path.Join(program.Module.Path, path.Dir(filepath.ToSlash(file)))) {
			r.Excluded = append(r.Excluded, file)
		}
	}
	if wanted == nil {
		r.Nested = program.Module.Nested
	}
	if program.Workspace != nil {
		r.Workspace = slices.DeleteFunc(slices.Clone(program.Workspace.Modules), func(dir string) bool { return source.SameDir(dir, program.Module.Dir) })
	}
}

func (rw fixRun) groupName(g *plan.Group) string {
	for _, n := range g.Nodes {
		if n.Obj != nil && n.Obj.Pkg() != nil {
			return n.Obj.Name()
		}
	}
	return g.Sites[0].Symbol
}

func (rw fixRun) count(res *Result, s *plan.Site, index map[*plan.Group]int) {
	on := rw.On(s)
	if !on && (!s.File.Unit.Wanted || s.Instead != nil) {
		return
	}
	at := index[rw.Groups[s.Nodes[0].Find()]]
	note := s.Note
	for _, u := range s.Uses {
		switch {
		case u.Key:
			continue // a part of its literal
		case s.Kept != nil && rw.On(s.Kept) && slices.Contains(s.Kept.Uses, u):
			continue // the other site has it
		}
		pos := rw.Position(u.Id.Pos())
		res.Counts.Sites++
		if s.File.Test {
			res.Counts.TestSites++
		}
		if on {
			if !s.Adapted() { // by which the symbol is still used
				res.Counts.Rewritten++
				if s.File.Test {
					res.Counts.TestRewritten++
				}
			}
			res.Converted = append(res.Converted, Site{Pos: pos, Symbol: u.Sym.String(), Rule: s.Rule, Group: at, Note: note, Test: s.File.Test, Adapted: s.Adapted()})
			continue
		}
		why := rw.Why(s)
		r := Refusal{Category: why.Category.Name, Pos: pos, Symbol: u.Sym.String(), Reason: why.Reason, Group: at, Test: s.File.Test}
		if why.Pos.IsValid() && why.Pos != u.Expr.Pos() {
			r.Cause = rw.Position(why.Pos)
		}
		res.Refusals = append(res.Refusals, r)
		res.Counts.Refused[why.Category.Name]++
	}
	if on && s.Adapted() {
		res.Adapters = append(res.Adapters, Site{Pos: rw.Position(s.Pos), Symbol: s.Symbol, Rule: s.Rule, Group: at, Note: note, Test: s.File.Test})
	}
	if on && s.Provides {
		res.Providers = append(res.Providers, Site{Pos: rw.Position(s.Pos), Symbol: s.Symbol, Rule: s.Rule, Group: at, Note: note, Test: s.File.Test})
	}
	if on && s.Changes != "" {
		res.TelemetryChanges = append(res.TelemetryChanges, Site{Pos: rw.Position(s.Pos), Symbol: s.Symbol, Rule: s.Rule, Group: at, Note: s.Changes, Test: s.File.Test})
	}
}

// apiChanges lists the exported declarations of importable packages whose types change.
func (rw fixRun) apiChanges() []APIChange {
	var all []APIChange
	for _, u := range rw.Units {
		if !source.Importable(u) {
			continue
		}
		for _, n := range rw.ExportedNodes(u, rw.Object) {
			g := rw.Groups[n.Node.Find()]
			if n.Old == "" { // it names a type of the module's own, which is listed itself
				continue
			}
			if g == nil || g.Refusal != nil || len(g.Sites) == 0 || n.Node.Pinned() != nil {
				continue
			}
			all = append(all, APIChange{
				Pos: rw.Position(n.Obj.Pos()), Name: n.Name,
				Old: n.Old, New: shownType(n.Old, g.Facts),
			})
			if w := rw.WrapperAt(n.Obj.Pos()); w != nil && w.Options == n.Node.Obj {
				all = append(all, APIChange{Pos: rw.Position(n.Obj.Pos()), Name: n.Name, Old: "no context", New: "context.Context"})
			}
		}
	}
	return slices.CompactFunc(all, func(a, b APIChange) bool { return a.Name == b.Name && a.Old == b.Old })
}

// ChangedAPI returns the exported API changes, those of one declaration together.
func (r *Result) ChangedAPI() [][]APIChange {
	var all [][]APIChange
	for _, c := range r.ExportedAPIChanges {
		if n := len(all); n > 0 && all[n-1][0].Name == c.Name {
			all[n-1] = append(all[n-1], c)
			continue
		}
		all = append(all, []APIChange{c})
	}
	return all
}

// shownType names the type that takes the place of an OpenTracing one in a group.
func shownType(old string, known flow.Facts) string {
	switch {
	case old == opentracing.SpanKindEnum && known&flow.KindText != 0:
		return "string"
	case old == "opentracing.Tag" && values.TagIsOption(known):
		return "trace.SpanStartOption"
	}
	return opentelemetry.NewTypes()[old].Shown
}

// Done tells whether a run at the spans has left none of them outside of tests: stage 4 is
// next.
func (r *Result) Done() bool {
	return r.Counts.Sites > 0 && !r.Withheld && !slices.ContainsFunc(r.Refusals, func(s Refusal) bool {
		return !s.Test && !opentracing.IsOfSetUps(s.Symbol)
	})
}
