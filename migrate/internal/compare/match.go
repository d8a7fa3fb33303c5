// SPDX-License-Identifier: Apache-2.0

package compare

import (
	"cmp"
	"slices"
)

// siblings are spans of both recordings that are in the same place.
type siblings struct{ a, b []*node }

// match says that b is what became of a. What is beneath them is matched next.
func (c *comparison) match(a, b *node) {
	a.match, b.match = b, a
	if _, known := c.traceOf[b.trace]; !known {
		c.traceOf[b.trace] = a.trace
	}
	if len(a.children) > 0 && len(b.children) > 0 {
		c.work = append(c.work, siblings{a.children, b.children})
	}
}

// matchAll matches the trees of both forests from their roots down: what is the same
// first, then what is alike in the same place, and then, wherever it is, what is left. The
// work is bounded for each span, whatever the shapes of the trees.
func (c *comparison) matchAll() {
	c.matchTraces()
	c.matchRoots(filter(c.a.roots, unmatched), filter(c.b.roots, unmatched))
	c.matchMoved()
}

// matchRoots matches roots, which are sorted by their trees, and all that is beneath them.
func (c *comparison) matchRoots(as, bs []*node) {
	// If there is a choice, a root with a parent outside is not one without, and one that is
	// alone in its trace is not one with others.
	var rest siblings
	for _, outside := range []bool{true, false} {
		alone := func(n *node) bool { return n.outside == outside && n.alone }
		is := func(n *node) bool { return n.outside == outside && n.match == nil }
		c.matchSame(filter(as, alone), filter(bs, alone))
		a, b := c.matchSame(filter(as, is), filter(bs, is))
		rest.a, rest.b = append(rest.a, a...), append(rest.b, b...)
	}
	slices.SortStableFunc(rest.a, byTree)
	slices.SortStableFunc(rest.b, byTree)
	c.work = append(c.work, rest)
	c.finish()
}

func filter(nodes []*node, keep func(*node) bool) []*node {
	var kept []*node
	for _, n := range nodes {
		if keep(n) {
			kept = append(kept, n)
		}
	}
	return kept
}

func unmatched(n *node) bool { return n.match == nil }

// finish does the work that matches have left.
func (c *comparison) finish() {
	for len(c.work) > 0 {
		s := c.work[len(c.work)-1]
		c.work = c.work[:len(c.work)-1]
		a, b := c.matchSame(s.a, s.b)
		if len(a) == 0 || len(b) == 0 {
			continue
		}
		a, b = c.matchHoisted(a, b)
		c.matchAlike(a, b)
	}
}

// matchSame matches equal trees among siblings, which are sorted by them, and returns the
// others.
func (c *comparison) matchSame(as, bs []*node) (restA, restB []*node) {
	i, j := 0, 0
	for i < len(as) && j < len(bs) {
		a, b := as[i], bs[j]
		switch {
		case a.match != nil:
			i++
		case b.match != nil:
			j++
		case a.tree == b.tree:
			tiesA, tiesB := ties(as[i:]), ties(bs[j:])
			i, j = i+len(tiesA), j+len(tiesB)
			tiesA, tiesB = c.matchTies(filter(tiesA, unmatched), filter(tiesB, unmatched))
			restA, restB = append(restA, tiesA...), append(restB, tiesB...)
		case a.tree < b.tree:
			restA = append(restA, a)
			i++
		default:
			restB = append(restB, b)
			j++
		}
	}
	restA = append(restA, filter(as[i:], unmatched)...)
	restB = append(restB, filter(bs[j:], unmatched)...)
	return restA, restB
}

// ties returns the nodes that have the same tree as the first one.
func ties(nodes []*node) []*node {
	n := 1
	for n < len(nodes) && nodes[n].tree == nodes[0].tree {
		n++
	}
	return nodes[:n]
}

// matchHoisted finds spans between others that only one recording has: all that is
// beneath them in one is beside them in the other.
func (c *comparison) matchHoisted(as, bs []*node) (restA, restB []*node) {
	hoist := func(above, others []*node, match func(child, other *node)) {
		byTree := make(map[int32][]*node, len(others))
		type form struct{ own, name, kids int32 }
		same := make(map[form]bool, 2*len(others)) // it may rather be one of these
		forms := func(n *node) (own, changed form) {
			return form{own: n.own}, form{-1, c.interner.of(internName, n.Name), n.kids}
		}
		for _, o := range others {
			byTree[o.tree] = append(byTree[o.tree], o)
			own, changed := forms(o)
			same[own], same[changed] = true, true
		}
		for _, n := range above {
			own, changed := forms(n)
			if len(n.children) == 0 || len(n.children) > len(others) || same[own] || same[changed] {
				continue
			}
			need := make(map[int32]int, len(n.children))
			all := true
			for _, child := range n.children {
				need[child.tree]++
				all = all && child.match == nil && need[child.tree] <= len(byTree[child.tree])
			}
			if !all {
				continue
			}
			for _, child := range n.children {
				list := byTree[child.tree]
				match(child, list[0])
				byTree[child.tree] = list[1:]
			}
		}
	}
	hoist(as, bs, func(child, other *node) { c.match(child, other) })
	as, bs = filter(as, unmatched), filter(bs, unmatched)
	hoist(bs, as, func(child, other *node) { c.match(other, child) })
	return filter(as, unmatched), filter(bs, unmatched)
}

// matchMoved matches spans that have found nothing in their place with those of another
// place: the same tree, else the same span, else one of the same name in the trace.
func (c *comparison) matchMoved() {
	type key struct {
		trace int32
		id    int32
	}
	const anywhere = -1
	for _, level := range []struct {
		id        func(n *node) int32
		sameTrace bool
	}{
		{func(n *node) int32 { return n.tree }, true},
		{func(n *node) int32 { return n.tree }, false},
		{func(n *node) int32 { return n.own }, true},
		{func(n *node) int32 { return n.own }, false},
		{func(n *node) int32 { return c.interner.of(internName, n.Name) }, true},
	} {
		as, bs := filter(c.a.nodes, unmatched), filter(c.b.nodes, unmatched)
		if len(as) == 0 || len(bs) == 0 {
			return
		}
		places := make(map[key][]*node)
		for _, b := range bs {
			k := key{anywhere, level.id(b)}
			if level.sameTrace {
				trace, known := c.traceOf[b.trace]
				if !known {
					continue
				}
				k.trace = trace
			}
			places[k] = append(places[k], b)
		}
		for _, a := range as {
			k := key{anywhere, level.id(a)}
			if level.sameTrace {
				k.trace = a.trace
			}
			list := places[k]
			for len(list) > 0 && list[0].match != nil {
				list = list[1:]
			}
			if a.match == nil && len(list) > 0 {
				c.match(a, list[0])
				c.finish()
				list = list[1:]
			}
			places[k] = list
		}
	}
}

// matchAlike matches siblings that are not the same: those that are most alike first,
// then those of the same name or form in the order of recording.
func (c *comparison) matchAlike(as, bs []*node) {
	if len(as) == 0 || len(bs) == 0 {
		return
	}
	byLine := func(a, b *node) int { return cmp.Compare(a.Line, b.Line) }
	slices.SortStableFunc(as, byLine)
	slices.SortStableFunc(bs, byLine)
	candidates := c.candidates(as, bs)
	slices.SortStableFunc(candidates, func(x, y candidate) int { return cmp.Compare(y.score, x.score) })
	for _, x := range candidates {
		if x.a.match == nil && x.b.match == nil {
			c.match(x.a, x.b)
		}
	}
	type form struct{ what, first, second int32 }
	for _, of := range []func(n *node) form{
		func(n *node) form { return form{0, c.interner.of(internName, n.Name), 0} },
		func(n *node) form { return form{1, n.bare, 0} },
		func(n *node) form { return form{2, n.rest, n.kids} },
		func(n *node) form { return form{3, c.keys(n), c.names(n)} },
	} {
		as, bs = filter(as, unmatched), filter(bs, unmatched)
		if len(as) == 0 || len(bs) == 0 {
			return
		}
		places := make(map[form][]*node)
		for _, b := range bs {
			k := of(b)
			places[k] = append(places[k], b)
		}
		for _, a := range as {
			k := of(a)
			if list := places[k]; len(list) > 0 {
				c.match(a, list[0])
				places[k] = list[1:]
			}
		}
	}
}
