// SPDX-License-Identifier: Apache-2.0

package compare

import (
	"cmp"
	"slices"
	"strconv"
)

// group returns the traces of more than one root as spans above these.
func (c *comparison) group(f *forest) []*node {
	roots := make([][]*node, f.traces)
	for _, n := range f.roots {
		roots[n.trace] = append(roots[n.trace], n)
	}
	var groups []*node
	for trace, children := range roots {
		if len(children) == 1 {
			children[0].alone = true
		}
		if len(children) > 1 {
			n := &node{Span: &Span{Line: children[0].Line, Scope: &Scope{}}, trace: int32(trace), children: children} //nolint:gosec // as many as spans
			for _, child := range children {
				n.Line = min(n.Line, child.Line)
				n.colour += mix(0, child.colour)
			}
			c.number(n)
			groups = append(groups, n)
		}
	}
	slices.SortStableFunc(groups, func(a, b *node) int { return cmp.Compare(a.Line, b.Line) })
	return groups
}

// matchTraces matches traces of more than one root, so that their roots find each other
// and not those of another trace that are alike.
func (c *comparison) matchTraces() {
	type form struct {
		tree, outside int32
		colour        uint64
	}
	outside := func(n *node) int32 {
		c.interner.begin(internPair)
		for _, child := range n.children {
			c.interner.text(strconv.FormatBool(child.outside))
		}
		return c.interner.id()
	}
	match := func(a, b *node) { c.matchRoots(a.children, b.children) }
	as, bs := c.group(c.a), c.group(c.b)
	as, bs = cancel(as, bs, func(n *node) form { return form{n.tree, outside(n), n.colour} }, match)
	as, bs = cancel(as, bs, func(n *node) form { return form{n.tree, outside(n), 0} }, match)
	as, bs = cancel(as, bs, func(n *node) int32 { return n.tree }, match)

	const most = 0.5 // of the names of roots that traces have in common
	candidates := slices.DeleteFunc(c.candidates(as, bs), func(x candidate) bool {
		a, b := c.featuresOf(x.a), c.featuresOf(x.b)
		return overlap(a.names, b.names) < most && overlap(a.trees, b.trees) == 0
	})
	slices.SortStableFunc(candidates, func(x, y candidate) int { return cmp.Compare(y.score, x.score) })
	matched := make(map[*node]bool)
	for _, x := range candidates {
		if !matched[x.a] && !matched[x.b] {
			matched[x.a], matched[x.b] = true, true
			match(x.a, x.b)
		}
	}
	alone := func(n *node) bool { return !matched[n] }
	cancel(filter(as, alone), filter(bs, alone), c.names, match)
}

// differInTraces finds spans without a parent, or with one in another trace, that are in a
// trace with others in one recording only. kept has the spans above that are in both.
func (c *comparison) differInTraces(keptA, keptB map[*node]*node) {
	head := func(n, above *node) bool { return above == nil || above.trace != n.trace }
	type edge struct{ a, b int32 }
	var edges []edge
	weights := make(map[edge]int)
	var heads []*node // of A
	for _, a := range c.a.nodes {
		if b := a.match; b != nil && head(a, keptA[a]) && head(b, keptB[b]) {
			heads = append(heads, a)
			e := edge{a.trace, b.trace}
			if weights[e] == 0 {
				edges = append(edges, e)
			}
			weights[e]++
		}
	}
	slices.SortStableFunc(edges, func(x, y edge) int { return cmp.Compare(weights[y], weights[x]) })
	traceOfA, traceOfB := make(map[int32]int32), make(map[int32]int32) // in the other recording
	for _, e := range edges {
		_, knownA := traceOfA[e.a]
		_, knownB := traceOfB[e.b]
		if !knownA && !knownB {
			traceOfA[e.a], traceOfB[e.b] = e.b, e.a
		}
	}
	is := func(n *node) bool {
		trace, ok := traceOfA[n.trace]
		return ok && trace == n.match.trace
	}
	if !slices.ContainsFunc(heads, func(n *node) bool { return !is(n) }) {
		return
	}
	// The first head of each trace that stays in it, else the first two.
	companyA, companyB := make(map[int32][]*node), make(map[int32][]*node)
	for _, stays := range []bool{true, false} {
		for _, a := range heads {
			if is(a) == stays {
				companyA[a.trace] = append(companyA[a.trace], a)
				companyB[a.match.trace] = append(companyB[a.match.trace], a.match)
			}
		}
	}
	for _, a := range heads {
		if !is(a) {
			d := at(SpanTrace, a, a.match)
			d.A, d.B = company(a, companyA), company(a.match, companyB)
			c.add(d)
		}
	}
}

// company says what else is in the trace of n.
func company(n *node, heads map[int32][]*node) string {
	for _, other := range heads[n.trace][:min(2, len(heads[n.trace]))] {
		if other != n {
			return "in a trace with " + strconv.Quote(other.Name)
		}
	}
	return "in a trace of its own"
}
