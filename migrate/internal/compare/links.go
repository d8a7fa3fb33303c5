// SPDX-License-Identifier: Apache-2.0

package compare

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A heldLink is a link as it is compared.
type heldLink struct {
	of   *Link
	name string // of what it leads to, the name in A if that was renamed
	rest string // its attributes and what was dropped
	from *node
	to   *node // nil for a span that is not compared
	in   *node // the same in A, or to itself where A does not have it
}

// looseLinks are those of a span and its match that do not lead to spans that match.
type looseLinks struct {
	a, b   *node
	as, bs []heldLink
}

func (c *comparison) linksOf(f *forest, n *node) []heldLink {
	links := make([]heldLink, len(n.Links))
	for i := range n.Links {
		l := &n.Links[i]
		c.interner.buf = c.interner.buf[:0]
		c.interner.attributes(c.ignored.attributes(l.Attributes))
		c.interner.number(l.Dropped)
		to := f.target(l)
		links[i] = heldLink{l, l.name, string(c.interner.buf), n, to, to}
		if f == c.b && to != nil && to.match != nil {
			links[i].name, links[i].in = linkName(to.match.Name), to.match
		}
	}
	return links
}

// compareLinks finds the links of spans that match which lead to spans that match.
func (c *comparison) compareLinks(a, b *node) {
	if len(a.Links) == 0 && len(b.Links) == 0 {
		return
	}
	type same struct {
		name, rest string
		in         *node
	}
	as, bs := cancel(c.linksOf(c.a, a), c.linksOf(c.b, b), func(l heldLink) same { return same{l.name, l.rest, l.in} }, c.pin)
	if len(as) > 0 || len(bs) > 0 {
		c.loose = append(c.loose, looseLinks{a, b, as, bs})
	}
}

// pin notes that x and y lead to the same span: no other link may say otherwise.
func (c *comparison) pin(x, y heldLink) {
	if x.to != nil && y.to != nil {
		c.pinned[x.to], c.pinned[y.to] = y.to, x.to
	}
}

// differInLinks compares the links that are left, when all others have said what is the
// same.
func (c *comparison) differInLinks() {
	type both struct{ name, rest string }
	type place struct {
		name string
		in   *node
	}
	for _, l := range c.loose {
		attributes := func(x, y heldLink) {
			where := at("", l.a, l.b)
			where.Link = x.name
			c.differInAttributes(c.ignored.attributes(x.of.Attributes), c.ignored.attributes(y.of.Attributes), attributeKinds(), where)
			c.differInDropped(where, x.of.Dropped, y.of.Dropped)
		}
		moved := func(x, y heldLink) {
			d := at(LinkMoved, l.a, l.b)
			d.Link, d.A, d.B = x.name, x.where(), y.where()
			c.add(d)
			attributes(x, y)
		}
		as, bs := cancelIf(l.as, l.bs, func(l heldLink) both { return both{l.name, l.rest} }, c.exchangeable, c.pin)
		as, bs = cancel(as, bs, func(l heldLink) place { return place{l.name, l.in} }, attributes)
		as, bs = cancelIf(as, bs, func(l heldLink) string { return l.name }, c.exchangeable, func(x, y heldLink) {
			c.pin(x, y)
			attributes(x, y)
		})
		as, bs = cancel(as, bs, func(l heldLink) both { return both{l.name, l.rest} }, moved)
		as, bs = cancel(as, bs, func(l heldLink) string { return l.name }, moved)
		for _, x := range as {
			d := at(LinkLost, l.a, l.b)
			d.Link = x.name
			c.add(d)
		}
		for _, y := range bs {
			d := at(LinkNew, l.a, l.b)
			d.Link = y.name
			c.add(d)
		}
	}
}

// exchangeable reports whether x and y may lead to the same span although their targets
// do not match: where spans are alike, any of them may have been matched.
func (c *comparison) exchangeable(x, y heldLink) bool {
	if x.to == nil || y.to == nil {
		return false
	}
	if c.pinned[x.to] != nil || c.pinned[y.to] != nil {
		return c.pinned[x.to] == y.to
	}
	if x.way() != y.way() {
		return false
	}
	a, b := x.to, y.to
	for a.parent != nil && b.parent != nil && a.parent.match != b.parent {
		a, b = a.parent, b.parent
	}
	return a.guessed() && b.guessed() || a.mayBe(b) || b.mayBe(a)
}

// mayBe reports whether the match of n is the same as other, which is in its recording.
func (n *node) mayBe(other *node) bool { return n.match != nil && n.match.tree == other.tree }

// guessed reports whether another span than the match of n might as well be it.
func (n *node) guessed() bool { return n.match == nil || n.match.tree != n.tree }

// A way leads from the span that has a link to the one that the link leads to.
type way struct {
	sameTrace bool
	up, down  int // steps in the tree, -1 where it is another or the way is long
}

func (l *heldLink) way() way {
	const long = 64
	w := way{l.from.trace == l.to.trace, -1, -1}
	var above []*node
	for n := l.from; n != nil && len(above) < long; n = n.parent {
		above = append(above, n)
	}
	for n, down := l.to, 0; n != nil && down < long; n, down = n.parent, down+1 {
		if up := slices.Index(above, n); up >= 0 {
			w.up, w.down = up, down
			break
		}
	}
	return w
}

// where says where the target of a link is.
func (l *heldLink) where() string {
	if l.to == nil {
		return "an ignored span"
	}
	trace := "another trace"
	if l.to.trace == l.from.trace {
		trace = "the same trace"
	}
	return fmt.Sprintf("%s in %s, line %d", strings.Join(l.to.path(), " > "), trace, l.to.Line)
}

// linkName is what a link to a span of this name leads to: a span may have the name of
// what is not in the recording.
func linkName(span string) string {
	if strings.HasPrefix(span, "(") {
		return strconv.Quote(span)
	}
	return span
}

// cancelIf is [cancel] for pairs for which same is true, too. Of many, it tries a few.
func cancelIf[T any, K comparable](as, bs []T, key func(T) K, same func(a, b T) bool, found func(a, b T)) (restA, restB []T) {
	places := make(map[K][]int, len(bs))
	for j, b := range bs {
		places[key(b)] = append(places[key(b)], j)
	}
	taken := make([]bool, len(bs))
	for _, a := range as {
		k := key(a)
		list := places[k]
		i := slices.IndexFunc(list[:min(len(list), maxCandidates)], func(j int) bool { return same(a, bs[j]) })
		if i < 0 {
			restA = append(restA, a)
			continue
		}
		taken[list[i]] = true
		found(a, bs[list[i]])
		list[0], list[i] = list[i], list[0]
		places[k] = list[1:]
	}
	for j, b := range bs {
		if !taken[j] {
			restB = append(restB, b)
		}
	}
	return restA, restB
}
