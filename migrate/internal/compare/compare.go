// SPDX-License-Identifier: Apache-2.0

// Package compare compares what a program has recorded of its spans in two runs, before
// a change and after it: [ReadFile] reads a recording, [Compare] finds what differs.
package compare

import (
	"cmp"
	"slices"
	"strings"
)

// Options say what a comparison looks at.
type Options struct {
	// Ignore says what does not count. nil: nothing but what differs between any two runs.
	Ignore []Rule
	// Scope compares the names and versions of instrumentation scopes, too. They change
	// when code moves from one API to the other.
	Scope bool
}

// A Result is what a comparison has found.
type Result struct {
	A           Counts       `json:"a"`
	B           Counts       `json:"b"`
	Differences []Difference `json:"differences"`
}

// Counts say how much was compared of a recording.
type Counts struct {
	File   string `json:"file"`
	Spans  int    `json:"spans"`
	Traces int    `json:"traces"`
}

// Compare compares two recordings; nil options are the zero Options. The spans of each are
// trees, whose order does not matter, as IDs and times don't. The same spans are found
// first; then, in the same place, those that are most alike; then those of other places.
//
// These are compared: names, kinds, status, attributes with their types, events in their
// order, links and the spans that they lead to, which roots share a trace, counts of what
// the SDK has dropped, whether a root has a parent outside of the recording, and resources,
// but for the attributes that say which process, machine or SDK it was. IDs, times, trace
// state, flags and schema URLs are not.
func Compare(a, b *Recording, opts *Options) *Result {
	if opts == nil {
		opts = &Options{}
	}
	c := &comparison{
		ignored:  newIgnored(opts.Ignore),
		scope:    opts.Scope,
		interner: newInterner(),
		services: make(map[*Resource]int32),
		traceOf:  make(map[int32]int32),
		found:    make(map[string]*Difference),
		pinned:   make(map[*node]*node),
	}
	c.matchResources(a, b)
	c.a, c.b = c.newForest(a), c.newForest(b)
	c.colour()
	c.matchAll()
	c.differ()
	return &Result{
		A:           Counts{a.Name, len(c.a.nodes), c.a.traces},
		B:           Counts{b.Name, len(c.b.nodes), c.b.traces},
		Differences: c.differences(),
	}
}

// A comparison is one under way.
type comparison struct {
	ignored  *ignored
	scope    bool
	interner *interner
	services map[*Resource]int32 // resources that are the same have the same number
	a, b     *forest

	work    []siblings
	traceOf map[int32]int32 // traces of B, and what they are in A

	lostEvents, newEvents []soleEvent

	linked bool // there are links to spans of the recordings
	loose  []looseLinks
	pinned map[*node]*node // targets of links that are the same

	found map[string]*Difference
}

// at returns a difference of a, or of b if there is no a.
func at(kind Kind, a, b *node) Difference {
	d := Difference{Kind: kind}
	if b != nil {
		d.Span, d.LineB = b.path(), b.Line
	}
	if a != nil {
		d.Span, d.LineA = a.path(), a.Line
	}
	return d
}

// add counts a difference.
func (c *comparison) add(d Difference) {
	if c.ignored.kinds[d.Kind] {
		return
	}
	key := d.key() + "\x00\x00" + strings.Join(d.texts(), "\x00")
	if known := c.found[key]; known != nil {
		known.Count++
		return
	}
	d.Count = 1
	c.found[key] = &d
}

// differences returns what was found, by span, and then in the order of the kinds.
func (c *comparison) differences() []Difference {
	order := make(map[Kind]int)
	for i, k := range Kinds() {
		order[k] = i
	}
	list := make([]Difference, 0, len(c.found))
	for _, d := range c.found {
		list = append(list, d.redacted())
	}
	slices.SortFunc(list, func(x, y Difference) int {
		return cmp.Or(
			cmp.Compare(x.Service, y.Service),
			slices.Compare(x.Span, y.Span),
			cmp.Compare(order[x.Kind], order[y.Kind]),
			cmp.Compare(x.Event, y.Event),
			cmp.Compare(x.Link, y.Link),
			cmp.Compare(x.Key, y.Key),
			cmp.Compare(x.LineA, y.LineA),
			cmp.Compare(x.LineB, y.LineB),
			cmp.Compare(x.A, y.A),
			cmp.Compare(x.B, y.B),
		)
	})
	return list
}
