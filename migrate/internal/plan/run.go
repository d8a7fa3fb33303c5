// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"go/token"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// Position returns a place as Program.Position does: that of a use is the same in a
// report.
func (rw *Run) Position(pos token.Pos) token.Position {
	f := rw.Files[rw.Fset.File(pos)]
	return rw.Fset.PositionFor(pos, f != nil && f.Cgo)
}

// Why is the reason that a site stays.
func (rw *Run) Why(s *Site) *flow.Pin {
	if s.Refusal != nil {
		return s.Refusal
	}
	for _, n := range s.Nodes {
		if g := rw.Groups[n.Find()]; g.Refusal != nil {
			return g.Refusal
		}
	}
	return &flow.Pin{Category: RefusedUnsupported, Pos: s.Pos, Reason: "it is not rewritten"}
}

// collectFacts notes what the sites and nodes of each group say.
func (rw *Run) collectFacts() {
	for _, g := range rw.List {
		for _, s := range g.Sites {
			g.Facts |= s.Facts
		}
		for _, n := range g.Nodes {
			g.Facts |= n.Facts
			if n.Origin&flow.OriginNil != 0 && n.Obj != nil && opentracing.OpenTracingType(n.Obj.Type()) == opentracing.SpanKindEnum {
				g.Facts |= flow.KindText // "" is none
			}
		}
	}
}

// KnownOf returns what the group of a node knows.
func (rw *Run) KnownOf(n *flow.Node) flow.Facts { return rw.Groups[n.Find()].Facts }

// FactsOf returns what the groups of a site know.
func (rw *Run) FactsOf(s *Site) flow.Facts {
	all := s.Facts
	for _, n := range s.Nodes {
		all |= rw.Groups[n.Find()].Facts
	}
	return all
}

// A Run holds one run of the engine over a set of units.
type Run struct {
	*flow.Graph
	opts     *Options
	families Families
	// newFamilies makes the families of an attempt.
	newFamilies func(*Run) Families
	Order       []*File
	Sites       []*Site
	Groups      map[*flow.Node]*Group
	List        []*Group
	// Replaced has the sites where the package's own tracer takes the place of a value.
	Replaced map[*flow.Border]*Site
	retry    bool // some more places have to stay: see stay
	// ErrorFrom has the packages that declare ErrSpanContextNotFound for others, by those
	// that use it: see placeErrors.
	ErrorFrom map[*source.Unit]string
	provided  *Provided // see Provided
	// Providers are the sites that hand a tracer which stays to rewritten code.
	Providers []*Site
	// legacy are the tracers and spans that may not be the program's; stays, those of them that
	// tests don't bring; foreign, those that neither compat nor a twin has made.
	legacy, stays, foreign legacySpans
}

func New(fset *token.FileSet, units []*source.Unit, opts *Options, newFamilies func(*Run) Families) *Run {
	rw := &Run{
		Graph:       flow.NewGraph(fset, units),
		opts:        opts,
		newFamilies: newFamilies,
		Groups:      make(map[*flow.Node]*Group),
		Replaced:    make(map[*flow.Border]*Site),
	}
	rw.BreakTests = opts.BreakTests
	return rw
}

// Plan finds the groups and decides which of them convert. Where one would, if some of
// its places stayed OpenTracing, it looks again.
func (rw *Run) Plan() {
	rw.attempt()
	for rw.retry {
		own, program, leftOut, kept, others := rw.Own, rw.Program, rw.LeftOut, rw.Kept, rw.Others
		*rw = *New(rw.Fset, rw.Units, rw.opts, rw.newFamilies)
		rw.Own, rw.Program, rw.LeftOut, rw.Kept, rw.Others = own, program, leftOut, kept, others
		rw.attempt()
	}
}

// stay has a declaration stay OpenTracing, in another attempt.
func (rw *Run) stay(at token.Pos, why *flow.Pin) {
	if rw.Kept[at] == nil {
		rw.Kept[at] = why
		rw.retry = true
	}
}

func (rw *Run) attempt() {
	rw.families = rw.newFamilies(rw)
	rw.Claim(rw.families.Claims())
	rw.Build()
	for _, u := range rw.Units {
		for _, f := range u.Files {
			p := NewFile(rw, f)
			p.prepare(rw.families)
			rw.Order = append(rw.Order, p)
		}
	}
	for _, f := range rw.families.All() {
		f.Survey()
	}
	for _, p := range rw.Order {
		p.plan()
		rw.Sites = append(rw.Sites, p.Sites...)
	}
	for _, f := range rw.families.All() {
		f.Propose()
	}
	rw.makeGroups()
	rw.collectFacts()
	rw.decide()
}

// On tells whether a site is converted.
func (rw *Run) On(s *Site) bool {
	return s.Refusal == nil && rw.converts(s) && (s.Instead == nil || !rw.On(s.Instead))
}

// ModuleEdits returns the edits of all files.
func (rw *Run) ModuleEdits() *edit.Module {
	for _, s := range rw.Sites {
		s.written = false
	}
	m := &edit.Module{Fset: rw.Fset, Units: rw.Units, ErrorFrom: rw.ErrorFrom}
	for _, p := range rw.Order {
		m.Files = append(m.Files, p.Edits)
	}
	return m
}
