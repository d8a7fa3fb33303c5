// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"slices"

	"go.opentelemetry.io/otel/baggage"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// node is a span between its parent and its children.
type node struct {
	span     sdktrace.ReadOnlySpan
	open     bool // started, not ended
	bytes    int  // of an ended one, about
	baggage  baggage.Baggage
	parent   *node
	children []*node

	// As a layout prints them: see setRows.
	rows    []*node
	repeats []*node // nil: the node is one span
}

// spanKey names a span across traces.
type spanKey struct {
	trace trace.TraceID
	span  trace.SpanID
}

func keyOf(sc trace.SpanContext) spanKey {
	return spanKey{sc.TraceID(), sc.SpanID()}
}

// forest hangs every node under its parent and returns those that are left:
// the ones without a parent and the ones whose parent is not among nodes.
// Siblings are in the order of their start; those that started at the same
// time stay in the order given. Every node comes back exactly once, also when
// the input names a span twice or makes it its own ancestor.
func forest(nodes []*node) []*node {
	byKey := make(map[spanKey]*node, len(nodes))
	for _, n := range nodes {
		n.parent, n.children = nil, nil
		if _, twice := byKey[keyOf(n.span.SpanContext())]; !twice {
			byKey[keyOf(n.span.SpanContext())] = n
		}
	}
	for _, n := range nodes {
		if parent := n.span.Parent(); parent.SpanID().IsValid() {
			n.parent = byKey[spanKey{n.span.SpanContext().TraceID(), parent.SpanID()}]
		}
	}
	cutCycles(nodes)

	var roots []*node
	for _, n := range nodes {
		if n.parent == nil {
			roots = append(roots, n)
		} else {
			n.parent.children = append(n.parent.children, n)
		}
	}
	sortByStart(roots)
	for _, n := range nodes {
		sortByStart(n.children)
	}
	return roots
}

// cutCycles takes the parent from one node of every cycle.
func cutCycles(nodes []*node) {
	walkOf := make(map[*node]int, len(nodes))
	for i, n := range nodes {
		for at := n; ; at = at.parent {
			walkOf[at] = i + 1
			if at.parent == nil {
				break
			}
			if walk := walkOf[at.parent]; walk == i+1 {
				at.parent = nil // met its own walk again
				break
			} else if walk != 0 {
				break // the rest was walked before
			}
		}
	}
}

func sortByStart(nodes []*node) {
	slices.SortStableFunc(nodes, func(a, b *node) int {
		return a.span.StartTime().Compare(b.span.StartTime())
	})
}

// each calls f for every span of the tree, parents first.
func (n *node) each(f func(*node)) {
	f(n)
	for _, child := range n.children {
		child.each(f)
	}
}

// eachEnded calls f for every ended span of the tree, parents first.
func (n *node) eachEnded(f func(*node)) {
	n.each(func(n *node) {
		if !n.open {
			f(n)
		}
	})
}
