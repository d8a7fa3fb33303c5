// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/token"
)

// A rewriter holds one run of the engine over a set of units.
type rewriter struct {
	*graph
	opts     *FixOptions
	families families
	order    []*planner
	sites    []*site
	groups   map[*node]*group
	list     []*group
	retry    bool // some more places have to stay: see stay
	// errorFrom has the packages that declare ErrSpanContextNotFound for others, by those
	// that use it: see placeErrors.
	errorFrom map[*unit]string
}

func newRewriter(fset *token.FileSet, units []*unit, opts *FixOptions) *rewriter {
	rw := &rewriter{
		graph:  newGraph(fset, units),
		opts:   opts,
		groups: make(map[*node]*group),
	}
	rw.breakTests = opts.BreakTests
	return rw
}

// plan finds the groups and decides which of them convert. Where one would, if some of
// its places stayed OpenTracing, it looks again.
func (rw *rewriter) plan() {
	rw.attempt()
	for rw.retry {
		own, program, kept, others := rw.own, rw.program, rw.kept, rw.others
		*rw = *newRewriter(rw.fset, rw.units, rw.opts)
		rw.own, rw.program, rw.kept, rw.others = own, program, kept, others
		rw.attempt()
	}
}

// stay has a declaration stay OpenTracing, in another attempt.
func (rw *rewriter) stay(at token.Pos, why *pin) {
	if rw.kept[at] == nil {
		rw.kept[at] = why
		rw.retry = true
	}
}

func (rw *rewriter) attempt() {
	rw.families = newRegistry(rw)
	rw.claim(rw.families.claims())
	rw.build()
	for _, u := range rw.units {
		for _, f := range u.files {
			p := newPlanner(rw, f)
			p.prepare(rw.families)
			rw.order = append(rw.order, p)
		}
	}
	for _, f := range rw.families.all() {
		f.survey()
	}
	for _, p := range rw.order {
		p.plan()
		rw.sites = append(rw.sites, p.sites...)
	}
	for _, f := range rw.families.all() {
		f.propose()
	}
	rw.makeGroups()
	rw.collectFacts()
	rw.decide()
}

// on tells whether a site is converted.
func (rw *rewriter) on(s *site) bool {
	return s.refusal == nil && rw.converts(s) && (s.instead == nil || !rw.on(s.instead))
}

// moduleEdits returns the edits of all files.
func (rw *rewriter) moduleEdits() *moduleEdits {
	for _, s := range rw.sites {
		s.written = false
	}
	m := &moduleEdits{fset: rw.fset, units: rw.units, errorFrom: rw.errorFrom}
	for _, p := range rw.order {
		m.files = append(m.files, p.edits)
	}
	return m
}
