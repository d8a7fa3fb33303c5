// SPDX-License-Identifier: Apache-2.0

package compare

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/terminal"
)

// differ finds the differences of the forests, whose spans are matched.
func (c *comparison) differ() {
	for _, f := range []*forest{c.a, c.b} {
		f.only(func(n *node, beneath int) {
			d := at(SpanLost, n, nil)
			text := ""
			if beneath > 0 {
				text = "with " + terminal.Count(beneath, "span") + " beneath it"
			}
			if f == c.a {
				d.A = text
			} else {
				d, d.B = at(SpanNew, nil, n), text
			}
			c.add(d)
		})
	}
	keptA, keptB := c.a.kept(), c.b.kept()
	for _, a := range c.a.nodes {
		b := a.match
		if b == nil {
			continue
		}
		c.differInPlace(a, b, keptA[a], keptB[b])
		if a.Name != b.Name {
			d := at(SpanRenamed, a, b)
			d.A, d.B = strconv.Quote(a.Name), strconv.Quote(b.Name)
			c.add(d)
		}
		if a.rest != b.rest {
			c.differInRest(a, b)
		}
		c.compareLinks(a, b)
	}
	c.differInTraces(keptA, keptB)
	c.differInLinks()
	c.differInMovedEvents()
}

// only calls found with each span that the other forest does not have, and how many are
// beneath it that it does not have either.
func (f *forest) only(found func(n *node, beneath int)) {
	beneath := make(map[*node]int)
	for _, n := range slices.Backward(f.nodes) {
		if n.match == nil && n.parent != nil && n.parent.match == nil {
			beneath[n.parent] += 1 + beneath[n]
		}
	}
	for _, n := range f.nodes {
		if n.match == nil && (n.parent == nil || n.parent.match != nil) {
			found(n, beneath[n])
		}
	}
}

// kept returns the closest span above each span that is in both forests.
func (f *forest) kept() map[*node]*node {
	kept := make(map[*node]*node, len(f.nodes))
	for _, n := range f.nodes {
		switch {
		case n.parent == nil:
		case n.parent.match != nil:
			kept[n] = n.parent
		default:
			kept[n] = kept[n.parent]
		}
	}
	return kept
}

// differInPlace compares where a and b are, which are beneath aboveA and aboveB. A span
// between that only one recording has is a difference of its own.
func (c *comparison) differInPlace(a, b, aboveA, aboveB *node) {
	moved := (aboveA == nil) != (aboveB == nil) || aboveA != nil && aboveA.match != aboveB
	switch {
	case moved:
		d := at(SpanMoved, a, b)
		d.A, d.B = place(a), place(b)
		c.add(d)
	case a.parent == nil && b.parent == nil && a.outside != b.outside:
		d := at(SpanParent, a, b)
		d.A, d.B = place(a), place(b)
		c.add(d)
	case a.apart != b.apart:
		d := at(SpanTrace, a, b)
		d.A, d.B = traceOfParent(a), traceOfParent(b)
		c.add(d)
	}
}

func traceOfParent(n *node) string {
	if n.apart {
		return "in another trace than its parent"
	}
	return "in the trace of its parent"
}

func place(n *node) string {
	switch {
	case n.parent != nil:
		return "beneath " + strings.Join(n.parent.path(), " > ")
	case n.outside:
		return "beneath a span outside of the recording"
	}
	return "a root"
}

func (c *comparison) differInRest(a, b *node) {
	property := func(kind Kind, textA, textB string) {
		if textA != textB {
			d := at(kind, a, b)
			d.A, d.B = textA, textB
			c.add(d)
		}
	}
	property(SpanKind, a.Kind, b.Kind)
	property(Status, status(a.Span), status(b.Span))
	if c.services[a.Resource] != c.services[b.Resource] {
		d := at(SpanService, a, b)
		d.A, d.B = a.Resource.service(), b.Resource.service()
		c.add(d)
	}
	property(DroppedCount, a.Dropped.String(), b.Dropped.String())
	if c.scope {
		property(ScopeChanged, a.Scope.String(), b.Scope.String())
	}
	c.differInAttributes(a.attrs, b.attrs, attributeKinds(), at("", a, b))
	c.differInEvents(a, b)
}

func status(s *Span) string {
	if s.Description == "" {
		return s.Status
	}
	return s.Status + " " + strconv.Quote(s.Description)
}

func (d Dropped) String() string {
	return fmt.Sprintf("%s, %s, %s", terminal.Count(d.Attributes, "attribute"), terminal.Count(d.Events, "event"), terminal.Count(d.Links, "link"))
}

func (s *Scope) String() string { return strings.TrimSpace(strconv.Quote(s.Name) + " " + s.Version) }

// kinds are the kinds of differences between attributes.
type kinds struct{ lost, added, typed, value Kind }

func attributeKinds() kinds {
	return kinds{AttributeLost, AttributeNew, AttributeType, AttributeValue}
}

func resourceKinds() kinds { return kinds{ResourceLost, ResourceNew, ResourceType, ResourceValue} }

// differInAttributes compares attributes, which are sorted; where has what else their
// differences have.
func (c *comparison) differInAttributes(as, bs []Attribute, of kinds, where Difference) {
	add := func(kind Kind, key string, a, b *Attribute) {
		d := where
		d.Kind, d.Key = kind, key
		if a != nil {
			d.A = shown(key, a.Value)
		}
		if b != nil {
			d.B = shown(key, b.Value)
		}
		c.add(d)
	}
	for len(as) > 0 || len(bs) > 0 {
		switch {
		case len(bs) == 0 || len(as) > 0 && as[0].Key < bs[0].Key:
			add(of.lost, as[0].Key, &as[0], nil)
			as = as[1:]
		case len(as) == 0 || bs[0].Key < as[0].Key:
			add(of.added, bs[0].Key, nil, &bs[0])
			bs = bs[1:]
		default:
			a, b := &as[0], &bs[0]
			if a.Value.Type != b.Value.Type {
				add(of.typed, a.Key, a, b)
			} else if a.Value != b.Value {
				add(of.value, a.Key, a, b)
			}
			as, bs = as[1:], bs[1:]
		}
	}
}

// differInDropped compares how many attributes an event or a link has lost.
func (c *comparison) differInDropped(where Difference, a, b int) {
	if a != b {
		where.Kind, where.A, where.B = DroppedCount, terminal.Count(a, "attribute"), terminal.Count(b, "attribute")
		c.add(where)
	}
}

// cancel pairs elements of the same key in their order, calls found with each pair, and
// returns the others.
func cancel[T any, K comparable](as, bs []T, key func(T) K, found func(a, b T)) (restA, restB []T) {
	places := make(map[K][]int, len(bs))
	for j, b := range bs {
		places[key(b)] = append(places[key(b)], j)
	}
	taken := make([]bool, len(bs))
	for _, a := range as {
		list := places[key(a)]
		if len(list) == 0 {
			restA = append(restA, a)
			continue
		}
		taken[list[0]] = true
		places[key(a)] = list[1:]
		if found != nil {
			found(a, bs[list[0]])
		}
	}
	for j, b := range bs {
		if !taken[j] {
			restB = append(restB, b)
		}
	}
	return restA, restB
}
