// SPDX-License-Identifier: Apache-2.0

package compare

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strconv"
)

// features are by what spans are alike: sorted numbers of an [interner], at most
// maxFeatures of each.
type features struct {
	values []int32 // attributes
	keys   []int32 // of attributes
	events []int32 // names
	links  []int32 // without the names of what they lead to, which may have changed
	names  []int32 // of children
	trees  []int32 // of children
	inner  []int32 // attributes of what is beneath, those that are nearest first
}

const (
	maxFeatures = 64
	// maxLevels is how far beneath a span is looked for what tells it from others.
	maxLevels = 3
	// maxCandidates is with how many others a span is compared where there are many.
	maxCandidates = 16
)

func (c *comparison) featuresOf(n *node) *features {
	if n.features != nil {
		return n.features
	}
	f := &features{}
	for _, a := range n.attrs[:min(len(n.attrs), maxFeatures)] {
		f.keys = append(f.keys, c.interner.of(internKey, a.Key))
		f.values = append(f.values, c.pair(a))
	}
	for _, e := range n.events[:min(len(n.events), maxFeatures)] {
		f.events = append(f.events, c.interner.of(internEvent, e.Name))
	}
	for i := range n.Links[:min(len(n.Links), maxFeatures)] {
		l := &n.Links[i]
		c.interner.begin(internLink)
		c.interner.attributes(c.ignored.attributes(l.Attributes))
		c.interner.text(strconv.FormatBool(l.target == nil))
		f.links = append(f.links, c.interner.id())
	}
	for _, child := range n.children[:min(len(n.children), maxFeatures)] {
		f.names = append(f.names, c.interner.of(internName, child.Name))
		f.trees = append(f.trees, child.tree)
	}
	f.inner = c.inner(n)
	for _, list := range [][]int32{f.values, f.keys, f.events, f.links, f.names, f.trees, f.inner} {
		slices.Sort(list)
	}
	n.features = f
	return f
}

// pair numbers an attribute with its value.
func (c *comparison) pair(a Attribute) int32 {
	c.interner.begin(internPair)
	c.interner.attributes([]Attribute{a})
	return c.interner.id()
}

// inner numbers the attributes of what is beneath n, at most maxFeatures: what tells it from
// others may stand there alone, beside something that is new in each run.
func (c *comparison) inner(n *node) (found []int32) {
	beneath := n.children
	for range maxLevels {
		var next []*node
		for _, child := range beneath[:min(len(beneath), maxFeatures)] {
			for _, a := range child.attrs {
				if len(found) == maxFeatures {
					return found
				}
				found = append(found, c.pair(a))
			}
			next = append(next, child.children...)
		}
		beneath = next
	}
	return found
}

// keys numbers the kind of n with the keys of its attributes and the names of its events.
func (c *comparison) keys(n *node) int32 {
	f := c.featuresOf(n)
	return c.numbers(n.Kind, f.keys, f.events)
}

// names numbers the names of what is beneath n.
func (c *comparison) names(n *node) int32 { return c.numbers("", c.featuresOf(n).names) }

func (c *comparison) numbers(s string, lists ...[]int32) int32 {
	c.interner.begin(internPair)
	c.interner.text(s)
	for _, list := range lists {
		c.interner.number(len(list))
		for _, id := range list {
			c.interner.buf = binary.AppendVarint(c.interner.buf, int64(id))
		}
	}
	return c.interner.id()
}

// overlap is how much of two sorted lists is in both, from 0 to 1.
func overlap(a, b []int32) float64 {
	if len(a) == 0 && len(b) == 0 {
		return 1
	}
	both := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			both++
			i++
			j++
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	return float64(both) / float64(len(a)+len(b)-both)
}

// A candidate is two spans that may be the same one.
type candidate struct {
	a, b  *node
	score float64
}

// score says how much a and b are alike. They may be the same one if they have the same name,
// or if most of all else is the same.
func (c *comparison) score(a, b *node) (score float64, ok bool) {
	fa, fb := c.featuresOf(a), c.featuresOf(b)
	keys, events, names := overlap(fa.keys, fb.keys), overlap(fa.events, fb.events), overlap(fa.names, fb.names)
	score = 3*overlap(fa.values, fb.values) + 2*keys + events + overlap(fa.links, fb.links) + names + 2*overlap(fa.trees, fb.trees) + 2*overlap(fa.inner, fb.inner)
	if a.Kind == b.Kind {
		score++
	}
	if a.Status == b.Status {
		score++
	}
	if a.outside == b.outside {
		score++
	}
	if a.rest == b.rest {
		score += 3
	}
	if a.Name == b.Name {
		return score + 4, true
	}
	const most = 0.5
	return score, a.bare == b.bare || keys >= most && events >= most && names >= most
}

// candidates returns pairs of a and b that may be the same span: all of them, or where
// those are too many, those that have something rare in common.
func (c *comparison) candidates(as, bs []*node) []candidate {
	var found []candidate
	try := func(a, b *node) {
		if score, ok := c.score(a, b); ok {
			found = append(found, candidate{a, b, score})
		}
	}
	if len(as)*len(bs) <= maxCandidates*(len(as)+len(bs)) {
		for _, a := range as {
			for _, b := range bs {
				try(a, b)
			}
		}
		return found
	}
	holders := make(map[int32][]*node) // by a feature
	for _, b := range bs {
		for _, id := range c.telling(b) {
			holders[id] = append(holders[id], b)
		}
	}
	for _, a := range as {
		ids := c.telling(a)
		slices.SortFunc(ids, func(x, y int32) int {
			return cmp.Or(cmp.Compare(len(holders[x]), len(holders[y])), cmp.Compare(x, y))
		})
		seen := make([]*node, 0, maxCandidates)
		for _, id := range ids {
			if len(holders[id]) > maxCandidates {
				break
			}
			for _, b := range holders[id] {
				if len(seen) < maxCandidates && !slices.Contains(seen, b) {
					seen = append(seen, b)
					try(a, b)
				}
			}
		}
	}
	return found
}

// telling returns the features by which n may be found among many.
func (c *comparison) telling(n *node) []int32 {
	f := c.featuresOf(n)
	ids := slices.Concat(f.values, f.trees, f.inner)
	slices.Sort(ids)
	return append(slices.Compact(ids), n.own, n.rest, n.kids, n.bare)
}
