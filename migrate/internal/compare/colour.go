// SPDX-License-Identifier: Apache-2.0

package compare

import (
	"cmp"
	"math"
	"slices"
)

// linking is what links say of a span. Equal trees are told apart by it, and by nothing
// else: links do not say what is the same where something else does.
type linking struct {
	holders []*node // of links to the span
	colour  uint64  // the same for spans that links and trees do not tell apart
	name    uint64  // the same, but only by the names of what is beneath and linked
	leads   int     // the first line that a link of the tree leads to
}

// colour gives the spans of both recordings their linking, if there are links to tell of.
func (c *comparison) colour() {
	for _, f := range []*forest{c.a, c.b} {
		for _, n := range f.nodes {
			for i := range n.Links {
				if target := f.target(&n.Links[i]); target != nil {
					target.holders = append(target.holders, n)
					c.linked = true
				}
			}
		}
	}
	if !c.linked {
		return
	}
	const rounds = 3 // how many links away a difference may be
	for _, f := range []*forest{c.a, c.b} {
		content := make([]uint64, len(f.nodes))
		for i, n := range f.nodes {
			n.index = i
			content[i] = uint64(n.own) //nolint:gosec // numbers of an interner count from 0
		}
		for range rounds {
			content = f.downwards(f.upwards(content))
		}
		for i, n := range f.nodes {
			n.colour = content[i]
			content[i] = uint64(c.interner.of(internName, n.Name)) //nolint:gosec // the same
		}
		for i, name := range f.upwards(content) {
			f.nodes[i].name = name
		}
		for _, n := range f.nodes {
			n.leads = math.MaxInt
			for i := range n.Links {
				if target := f.target(&n.Links[i]); target != nil {
					n.leads = min(n.leads, target.Line)
				}
			}
		}
		for _, n := range slices.Backward(f.nodes) {
			if n.parent != nil {
				n.parent.leads = min(n.parent.leads, n.leads)
			}
		}
	}
}

// target returns where a link leads to; nil for a span that is not compared.
func (f *forest) target(l *Link) *node {
	if n := f.of[l.target]; n != nil && n.Span == l.target {
		return n
	}
	return nil
}

// mix is a hash of two numbers. A sum of mixes is one of a set.
func mix(a, b uint64) uint64 {
	h := (a ^ b*0x9e3779b97f4a7c15) * 0xbf58476d1ce4e5b9
	return (h ^ h>>29) * 0x94d049bb133111eb
}

// upwards returns a number for each span, of its content, of what links lead to and come
// from, and of the same of all that is beneath.
func (f *forest) upwards(content []uint64) []uint64 {
	const own, child, to, from = 1, 2, 3, 4
	sums := make([]uint64, len(content))
	for i, n := range slices.Backward(f.nodes) {
		h := sums[i] + mix(own, content[i])
		for j := range n.Links {
			if target := f.target(&n.Links[j]); target != nil {
				h += mix(to, content[target.index])
			}
		}
		for _, holder := range n.holders {
			h += mix(from, content[holder.index])
		}
		sums[i] = mix(own, h)
		if n.parent != nil {
			sums[n.parent.index] += mix(child, sums[i])
		}
	}
	return sums
}

// downwards returns a number for each span, of that in trees and of the places in them.
func (f *forest) downwards(trees []uint64) []uint64 {
	const inside, outside, beneath = 1, 2, 3
	root := func(n *node) uint64 {
		if n.outside {
			return mix(outside, trees[n.index])
		}
		return mix(inside, trees[n.index])
	}
	traces := make([]uint64, f.traces)
	for _, n := range f.roots {
		traces[n.trace] += root(n)
	}
	places := make([]uint64, len(trees))
	for i, n := range f.nodes {
		if n.parent == nil {
			places[i] = mix(traces[n.trace], root(n))
		} else {
			places[i] = mix(beneath+places[n.parent.index], trees[i])
		}
	}
	return places
}

// matchTies matches equal trees: those that links do not tell apart first.
func (c *comparison) matchTies(as, bs []*node) (restA, restB []*node) {
	if c.linked && len(as)+len(bs) > 2 {
		byLeads := func(x, y *node) int { return cmp.Compare(x.leads, y.leads) }
		slices.SortStableFunc(as, byLeads)
		slices.SortStableFunc(bs, byLeads)
		as, bs = cancel(as, bs, func(n *node) uint64 { return n.colour }, c.match)
		as, bs = cancel(as, bs, func(n *node) uint64 { return n.name }, c.match)
	}
	both := min(len(as), len(bs))
	for i := range both {
		c.match(as[i], bs[i])
	}
	return as[both:], bs[both:]
}
