// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/token"
	"slices"
	"strings"
)

// A group is a flow group: a class of nodes with the sites that need them.
type group struct {
	root     *node
	nodes    []*node
	sites    []*site
	refusal  *pin
	adapters int
	limit    int // of the adapters
	facts    facts
	tests    bool // only tests use it
}

// makeGroups joins the classes that share a site and collects the groups.
func (rw *rewriter) makeGroups() {
	for _, s := range rw.sites {
		s.run = rw
		if len(s.nodes) == 0 {
			s.nodes = []*node{rw.newNode(s.pos, nil)}
		}
		var first *node
		for _, n := range s.nodes {
			if p := n.pinned(); p != nil {
				s.deny(p.category, p.pos, p.reason)
				continue
			}
			if s.kept != nil && n.find() == s.span.find() {
				continue // the two may part
			}
			if first != nil {
				join(first, n)
			}
			first = n
		}
	}
	for _, n := range rw.nodes {
		r := n.find()
		g := rw.groups[r]
		if g == nil {
			g = &group{root: r}
			rw.groups[r] = g
			rw.list = append(rw.list, g)
		}
		g.nodes = append(g.nodes, n)
	}
	for _, s := range rw.sites {
		seen := make(map[*group]bool)
		for _, n := range s.nodes {
			if g := rw.groups[n.find()]; !seen[g] {
				seen[g] = true
				g.sites = append(g.sites, s)
			}
		}
	}
	rw.list = slices.DeleteFunc(rw.list, func(g *group) bool { return len(g.sites) == 0 })
	slices.SortStableFunc(rw.list, func(a, b *group) int { return int(a.first()) - int(b.first()) })
}

// first is the first place of a group.
func (g *group) first() token.Pos {
	pos := token.Pos(0)
	for _, s := range g.sites {
		if pos == 0 || s.pos < pos {
			pos = s.pos
		}
	}
	return pos
}

// converts tells whether all groups of a site convert.
func (rw *rewriter) converts(s *site) bool {
	for _, n := range s.nodes {
		if rw.groups[n.find()].refusal != nil {
			return false
		}
	}
	return true
}

// decide refuses the groups that have a use without a rule, too many adapters, or a
// neighbour that is refused.
func (rw *rewriter) decide() {
	for _, f := range rw.families.all() {
		f.begin()
	}
	for _, g := range rw.list {
		uses, wanted := g.uses(), false
		g.tests = true
		for _, s := range g.sites {
			wanted = wanted || s.file.unit.wanted
			g.tests = g.tests && s.file.test
			if s.adapter && s.instead == nil {
				g.adapters++
			}
			if !rw.selected(s) {
				g.refuse(&pin{"not-selected", s.pos, "the rule " + s.rule + " is not selected"})
			}
			if !rw.keeps(g, s) {
				g.refuse(s.refusal)
			}
		}
		g.refuse(g.root.pin)
		limit := rw.maxAdapters(g)
		g.limit = min(limit, uses-1)
		for _, f := range rw.families.all() {
			g.refuse(f.judge(g))
		}
		switch {
		case !wanted:
			g.refuse(&pin{"not-selected", g.first(), "only packages that were not named use it"})
		case g.adapters > limit:
			g.refuse(&pin{"too-many-adapters", g.first(), "it meets code that stays OpenTracing in too many places"})
		case g.adapters > 0 && g.adapters >= uses:
			g.refuse(&pin{"external-api", g.first(), "it is only handed to, or comes from, code that stays OpenTracing"})
		}
	}
	rw.spreadRefusals()
	for rw.refuseAgain() || rw.followCode() || rw.keepFew() {
		rw.spreadRefusals()
	}
	for _, f := range rw.families.all() {
		f.end()
	}
}

// refuseAgain tells whether a family refuses more groups, those first that are built on
// others.
func (rw *rewriter) refuseAgain() bool {
	for _, f := range slices.Backward(rw.families.all()) {
		if f.again() {
			return true
		}
	}
	return false
}

// maxAdapters returns how many adapters a group may have.
func (rw *rewriter) maxAdapters(g *group) int {
	if limit := rw.opts.MaxAdapters; limit != 0 {
		return max(limit, 0)
	}
	return max(3, g.uses()/20)
}

// uses counts the uses of a group.
func (g *group) uses() (n int) {
	for _, s := range g.sites {
		if s.instead == nil { // whose uses are counted with the other one's
			n += len(s.uses)
		}
	}
	return n
}

// followCode refuses the groups that only tests use, unless all of the code under
// test is converted: then a span that the test starts has to be of the same API, for
// code and mocks that look for it in the context. It tells whether it refused one.
func (rw *rewriter) followCode() (refused bool) {
	if rw.opts.Tests {
		return false
	}
	converted, left := make(map[string]bool), make(map[string]bool)
	for _, s := range rw.sites {
		if path := s.file.unit.path; s.file.test {
			continue
		} else if rw.on(s) {
			converted[path] = true
		} else if rw.why(s).category != "set-up" { // which starts no span
			left[path] = true
		}
	}
	for _, g := range rw.list {
		if !g.tests || g.refusal != nil {
			continue
		}
		for _, s := range g.sites {
			if path := strings.TrimSuffix(s.file.unit.path, "_test"); !converted[path] || left[path] {
				g.refuse(&pin{"not-selected", g.first(), "only tests use it, and the code under test is not rewritten, or not all of it"})
				refused = true
			}
		}
	}
	return refused
}

// spreadRefusals refuses the neighbours of refused groups until nothing changes.
func (rw *rewriter) spreadRefusals() {
	for changed := true; changed; {
		changed = false
		for _, s := range rw.sites {
			why := s.refusal
			for _, n := range s.nodes {
				if g := rw.groups[n.find()]; g.refusal != nil {
					why = g.refusal
				}
			}
			if why == nil || s.instead != nil {
				continue
			}
			for _, n := range s.nodes {
				if g := rw.groups[n.find()]; g.refusal == nil && !rw.keeps(g, s) {
					g.refuse(why)
					changed = true
				}
			}
		}
	}
	for _, f := range rw.families.all() {
		f.spread()
	}
}

// lookBelow tells whether code that stays OpenTracing reads spans out of contexts:
// then those that are put there need to be put there for both APIs. So do those whose
// baggage goes by adapters, or would be lost otherwise. Where no code sets or asks for an
// item, this concerns the spans alone that would lose what came with the trace.
func (rw *contextRun) lookBelow() {
	rw.opentracing, rw.native = rw.others, false
	for _, s := range rw.sites {
		switch path := s.file.unit.path; {
		case rw.on(s):
			rw.native = rw.native || slices.ContainsFunc(s.uses, func(u *use) bool { return u.sym.Area == AreaStart && u.sym.Kind != KindType })
			rw.opentracing = rw.opentracing || s.baggage == baggageInSpan || rw.looked[path] && (s.carries || s.activates && s.loses)
		case !s.file.test:
			rw.opentracing = rw.opentracing || slices.ContainsFunc(s.uses, func(u *use) bool { return u.sym.readsContext() })
		}
	}
	for _, s := range rw.sites {
		switch {
		case s.activates:
			s.carries = s.loses && rw.baggage[s.file.unit.path]
			s.adapter = rw.opentracing || s.carries
		case s.baggage == 0 && s.loses && !s.carries && rw.baggage[s.file.unit.path] && s.changes == "":
			s.changes = baggageParentLost
			if s.sends {
				s.changes = baggageNotSent
			}
		}
	}
}

// readsContext tells whether a function takes a span out of a context.
func (s Symbol) readsContext() bool {
	switch s.String() {
	case "opentracing.SpanFromContext", "opentracing.StartSpanFromContext", "opentracing.StartSpanFromContextWithTracer":
		return true
	}
	return false
}

// hiding returns why a span, or one of a tracer, is not seen by OpenTelemetry code
// when OpenTracing code puts it into a context, or nil.
func (g *graph) hiding(n *node, pos token.Pos) *pin {
	switch {
	case n == nil:
	case g.foreign[n] != nil:
		return &pin{"foreign-tracer", pos, "a span of a tracer of another library is put into a context here, where OpenTelemetry code can't see it"}
	case n.origin&originMock != 0:
		return &pin{"mocktracer", pos, "a span of mocktracer is put into a context here, where OpenTelemetry code can't see it"}
	case n.origin&originOwnSpan != 0:
		return &pin{"own-span", pos, "an own Span is put into a context here, where OpenTelemetry code can't see it"}
	case n.origin&originOwnTracer != 0:
		return &pin{"own-tracer", pos, "a span of an own Tracer is put into a context here, where OpenTelemetry code may not see it"}
	case n.origin&originNoop != 0 && n.origin&(originSome|originUnknown) == 0:
		return &pin{"noop-tracer", pos, "a span of NoopTracer is put into a context here, where OpenTelemetry code can't see it"}
	}
	return nil
}

// holdReaders refuses the groups that look at the span of a context where OpenTracing
// code of the same package, or of one that imports it, puts hidden ones there, and
// tells whether there were any. What only tests put there is for them to see.
//
// A span of NoopTracer is one for code that asks whether there is any, and none
// afterwards, so where such code is below it stays OpenTracing, and then hides it.
func (rw *contextRun) holdReaders() bool {
	held := false
	refuse := func(s *site, why *pin) {
		for _, n := range s.nodes {
			rw.groups[n.find()].refuse(why)
			held = true
		}
	}
	for _, s := range rw.sites {
		if s.hides == nil || s.file.test || rw.on(s) && s.hides.category != "noop-tracer" {
			continue
		}
		below := map[string]bool{s.file.unit.path: true}
		rw.reachable(s.file.unit.pkg, below)
		for _, reader := range rw.sites {
			switch {
			case !below[reader.file.unit.path] || !rw.on(reader):
			case rw.on(s) && reader.asksNil:
				refuse(s, s.hides)
			case !rw.on(s) && (reader.reads || reader.asksNil):
				refuse(reader, s.hides)
			}
		}
	}
	return held
}

// noteNoops notes where a span that may be one of NoopTracer is put into a context
// below which code asks whether there is any. Most of these tracers are what a program
// has when nothing else was configured, so the place is listed, not refused.
func (rw *contextRun) noteNoops() {
	for _, s := range rw.sites {
		if !s.mayHide || !rw.on(s) || s.file.test {
			continue
		}
		below := map[string]bool{s.file.unit.path: true}
		rw.reachable(s.file.unit.pkg, below)
		if slices.ContainsFunc(rw.sites, func(asks *site) bool {
			return asks.asksNil && !asks.exact && below[asks.file.unit.path] && rw.on(asks)
		}) {
			s.changes = "where the tracer is NoopTracer, code below that asks whether the context has a span finds none now"
		}
	}
}

func (g *group) refuse(why *pin) {
	if g.refusal == nil {
		g.refusal = why
	}
}

// severalNoops finds a question for NoopTracer in a group that gets a type of its
// own for it in each of several packages.
func severalNoops(g *group) *pin {
	if !g.root.rooted {
		return nil
	}
	for _, s := range g.sites {
		if s.asksNoop && slices.ContainsFunc(g.sites, func(other *site) bool { return other.file.unit != s.file.unit }) {
			return &pin{"noop-tracer", s.pos, "it is asked for here, and made in another package"}
		}
	}
	return nil
}

// selected tells whether FixOptions.Only has the site's rule.
func (rw *rewriter) selected(s *site) bool {
	return len(rw.opts.Only) == 0 || s.rule == "" || s.rule == "adapters" || s.rule == "types" || slices.Contains(rw.opts.Only, s.rule)
}
