// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/terminal"
)

// A Group is a flow group: a class of nodes with the sites that need them.
type Group struct {
	Root     *flow.Node
	Nodes    []*flow.Node
	Sites    []*Site
	Refusal  *flow.Pin
	reasons  []*flow.Pin // what holds it back itself, and not by its neighbours
	Adapters int
	stayed   int // adapters for span contexts that stay for their baggage
	inTests  int // the others that are in tests
	limit    int // of all others
	Facts    flow.Facts
	tests    bool // only tests use it
}

// makeGroups joins the classes that share a site and collects the groups.
func (rw *Run) makeGroups() {
	for _, s := range rw.Sites {
		s.run = rw
		if len(s.Nodes) == 0 {
			s.Nodes = []*flow.Node{rw.NewNode(s.Pos, nil)}
		}
		var first *flow.Node
		for _, n := range s.Nodes {
			if p := n.Pinned(); p != nil {
				s.Deny(p.Category, p.Pos, p.Reason)
				continue
			}
			if s.Kept != nil && n.Find() == s.Span.Find() {
				continue // the two may part
			}
			if first != nil {
				flow.Join(first, n)
			}
			first = n
		}
	}
	for _, n := range rw.Nodes {
		r := n.Find()
		g := rw.Groups[r]
		if g == nil {
			g = &Group{Root: r}
			rw.Groups[r] = g
			rw.List = append(rw.List, g)
		}
		g.Nodes = append(g.Nodes, n)
	}
	for _, s := range rw.Sites {
		seen := make(map[*Group]bool)
		for _, n := range s.Nodes {
			if g := rw.Groups[n.Find()]; !seen[g] {
				seen[g] = true
				g.Sites = append(g.Sites, s)
			}
		}
	}
	rw.List = slices.DeleteFunc(rw.List, func(g *Group) bool { return len(g.Sites) == 0 })
	slices.SortStableFunc(rw.List, func(a, b *Group) int { return int(a.First()) - int(b.First()) })
}

// First is the first place of a group.
func (g *Group) First() token.Pos {
	pos := token.Pos(0)
	for _, s := range g.Sites {
		if pos == 0 || s.Pos < pos {
			pos = s.Pos
		}
	}
	return pos
}

// converts tells whether all groups of a site convert.
func (rw *Run) converts(s *Site) bool {
	for _, n := range s.Nodes {
		if rw.Groups[n.Find()].Refusal != nil {
			return false
		}
	}
	return true
}

// RefuseSite refuses the groups of a site, and tells whether it has any.
func (rw *Run) RefuseSite(s *Site, why *flow.Pin) bool {
	for _, n := range s.Nodes {
		rw.Groups[n.Find()].Refuse(why)
	}
	return len(s.Nodes) > 0
}

// decide refuses the groups that have a use without a rule, too many adapters, or a
// neighbour that is refused.
func (rw *Run) decide() {
	for _, f := range rw.families.All() {
		f.Begin()
	}
	for _, g := range rw.List {
		uses, wanted := g.uses(), false
		g.tests = true
		for _, s := range g.Sites {
			wanted = wanted || s.File.Unit.Wanted
			g.tests = g.tests && s.File.Test
			if s.Adapter && s.Instead == nil && !s.OnTwin {
				g.Adapters++
				switch {
				case s.KeepsBaggage:
					g.stayed++
				case s.File.Test:
					g.inTests++
				}
			}
			if !rw.selected(s) {
				g.Refuse(&flow.Pin{Category: RefusedNotSelected, Pos: s.Pos, Reason: "the rule " + s.Rule + " is not selected"})
			}
			if !rw.keeps(g, s) {
				for _, why := range s.reasons() {
					g.Refuse(why)
				}
			}
		}
		for _, why := range g.Root.Pins() {
			g.Refuse(why)
		}
		limit := rw.MaxAdapters(g)
		g.limit = min(limit, uses-1)
		for _, f := range rw.families.All() {
			g.Refuse(f.Judge(g))
		}
		switch {
		case !wanted:
			g.Refuse(&flow.Pin{Category: RefusedNotSelected, Pos: g.First(), Reason: "only packages that were not named use this"})
		case g.counted() > limit:
			g.Refuse(&flow.Pin{Category: RefusedTooManyAdapters, Pos: g.First(), Reason: fmt.Sprintf("it meets code that stays OpenTracing in %d places, and the limit is %s", g.counted(), terminal.Count(max(limit, 0), "adapter"))})
		case g.Adapters > 0 && g.Adapters >= uses:
			g.Refuse(&flow.Pin{Category: flow.RefusedExternalAPI, Pos: g.First(), Reason: "it only comes from or goes to code that stays OpenTracing"})
		}
	}
	rw.SpreadRefusals()
	for rw.refuseAgain() || rw.followCode() || rw.keepFew() {
		rw.SpreadRefusals()
	}
	for _, f := range rw.families.All() {
		f.End()
	}
}

// refuseAgain tells whether a family refuses more groups, those first that are built on
// others.
func (rw *Run) refuseAgain() bool {
	for _, f := range slices.Backward(rw.families.All()) {
		if f.Again() {
			return true
		}
	}
	return false
}

// MaxAdapters returns how many adapters a group may have.
func (rw *Run) MaxAdapters(g *Group) int {
	if limit := rw.opts.MaxAdapters; limit != 0 {
		return max(limit, 0)
	}
	return max(3, g.uses()/20)
}

// counted returns the number of adapters that the limit is for. Those of tests go when the
// tests get another tracer, and hold no code of the program back.
func (g *Group) counted() int {
	n := g.Adapters - g.stayed
	if g.tests {
		return n
	}
	return n - g.inTests
}

// uses counts the uses of a group.
func (g *Group) uses() (n int) {
	for _, s := range g.Sites {
		if s.Instead == nil { // whose uses are counted with the other one's
			n += len(s.Uses)
		}
	}
	return n
}

// followCode refuses the groups that only tests use, unless all of the code under
// test is converted: then a span that the test starts has to be of the same API, for
// code and mocks that look for it in the context. It tells whether it refused one.
func (rw *Run) followCode() (refused bool) {
	if rw.opts.Tests {
		return false
	}
	converted, left := make(map[string]bool), make(map[string]bool)
	for _, s := range rw.Sites {
		if path := s.File.Unit.Path; s.File.Test || s.Instead != nil && rw.On(s.Instead) {
			continue
		} else if rw.On(s) {
			converted[path] = true
		} else if rw.Why(s).Category != flow.RefusedSetUp { // which starts no span
			left[path] = true
		}
	}
	for _, g := range rw.List {
		if !g.tests || g.Refusal != nil {
			continue
		}
		for _, s := range g.Sites {
			if path := strings.TrimSuffix(s.File.Unit.Path, "_test"); !converted[path] || left[path] {
				g.follow(&flow.Pin{Category: RefusedNotSelected, Pos: g.First(), Reason: "only tests use it, and some of the code under test stays"})
				refused = true
			}
		}
	}
	return refused
}

// SpreadRefusals refuses the neighbours of refused groups until nothing changes.
func (rw *Run) SpreadRefusals() {
	for changed := true; changed; {
		changed = false
		for _, s := range rw.Sites {
			why := s.Refusal
			for _, n := range s.Nodes {
				if g := rw.Groups[n.Find()]; g.Refusal != nil {
					why = g.Refusal
				}
			}
			if why == nil || s.Instead != nil {
				continue
			}
			for _, n := range s.Nodes {
				if g := rw.Groups[n.Find()]; g.Refusal == nil && !rw.keeps(g, s) {
					g.follow(why)
					changed = true
				}
			}
		}
	}
	for _, f := range rw.families.All() {
		f.Spread()
	}
}

// Refuse refuses a group for a reason of its own. A nil one is none.
func (g *Group) Refuse(why *flow.Pin) {
	if why != nil {
		g.reasons = append(g.reasons, why)
		g.follow(why)
	}
}

// follow refuses a group for what refuses another one.
func (g *Group) follow(why *flow.Pin) {
	if g.Refusal == nil {
		g.Refusal = why
	}
}

// selected tells whether FixOptions.Only has the site's rule.
func (rw *Run) selected(s *Site) bool {
	return len(rw.opts.Only) == 0 || s.Rule == "" || s.Rule == "adapters" || s.Rule == "types" || slices.Contains(rw.opts.Only, s.Rule)
}

// needApart joins a site with the arguments that its call is given apart from the span.
func (p *File) needApart(s *Site, call *ast.CallExpr) {
	f := p.Callee(call)
	if f == nil || !opentracing.Separate(f) || p.IsMethodExpr(ast.Unparen(call.Fun)) {
		return
	}
	for _, arg := range call.Args {
		if opentracing.SoftKind(p.Info.TypeOf(arg)) != "Span" {
			n := p.Expr(arg)
			s.Need(n)
			s.Apart = s.Apart || n != nil
		}
	}
}

// keeps tells whether a group is that of the span of a site, and can change although
// the site is not rewritten.
func (rw *Run) keeps(g *Group, s *Site) bool {
	if s.Kept == nil || rw.Groups[s.Span.Find()] != g {
		return false
	}
	for _, n := range s.Nodes {
		if n != s.Span && rw.Groups[n.Find()] == g {
			return false // an argument changes with the span
		}
	}
	return true
}

// keepFew refuses the groups that would need too many adapters for calls that are kept,
// for what keeps the first of these, and tells whether there were any.
func (rw *Run) keepFew() (refused bool) {
	for _, g := range rw.List {
		if g.Refusal != nil {
			continue
		}
		var first *Site
		n := g.counted()
		for _, s := range g.Sites {
			if s.Instead != nil && rw.On(s) {
				if n++; first == nil {
					first = s.Instead
				}
			}
		}
		if first != nil && n > g.limit {
			g.follow(rw.Why(first))
			refused = true
		}
	}
	return refused
}
