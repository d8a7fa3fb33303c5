// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"cmp"
	"slices"

	"go.opentelemetry.io/otel/baggage"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// heldSpan is a span of a heldTrace between its parent and its children. The
// links are kept from span to span, and not made anew whenever something is
// printed, so that what a span costs doesn't depend on how many others are held.
//
// A span that a block showed as open leaves its parent until it ends: it isn't
// shown, nor looked at, whenever something above or beside it ends.
type heldSpan struct {
	id     trace.SpanID
	span   sdktrace.ReadOnlySpan // nil: only known as the parent of others
	open   bool
	number int // in the order of their ends, of open ones of their starts
	bytes  int // of an ended one

	baggage baggage.Baggage // that came with a remote parent

	parent     *heldSpan
	children   *heldSpan // the first
	prev, next *heldSpan // siblings

	walk, round int // the last ones that came by: see heldTrace
}

// held reports whether s is a span, rather than the name of a parent.
func (s *heldSpan) held() bool { return s != nil && s.span != nil }

// entry returns what is known by the ID.
func (t *heldTrace) entry(id trace.SpanID) *heldSpan {
	s := t.spans[id]
	if s == nil {
		s = &heldSpan{id: id}
		setIn(&t.spans, id, s)
	}
	return s
}

// attach hangs s beneath its parent, whether that is held or comes later.
func (t *heldTrace) attach(s *heldSpan) {
	id := s.span.Parent().SpanID()
	if !id.IsValid() || id == s.id {
		return
	}
	s.parent = t.entry(id)
	if s.next = s.parent.children; s.next != nil {
		s.next.prev = s
	}
	s.parent.children = s
}

// detach takes s from its parent.
func (t *heldTrace) detach(s *heldSpan) {
	parent := s.parent
	if parent == nil {
		return
	}
	if s.prev != nil {
		s.prev.next = s.next
	} else {
		parent.children = s.next
	}
	if s.next != nil {
		s.next.prev = s.prev
	}
	s.parent, s.prev, s.next = nil, nil, nil
	if parent.children == nil && parent.span == nil {
		delete(t.spans, parent.id)
	}
}

// remove forgets a span. Its children have no parent then.
func (t *heldTrace) remove(s *heldSpan) {
	for child := s.children; child != nil; {
		next := child.next
		child.parent, child.prev, child.next = nil, nil, nil
		child = next
	}
	s.children = nil
	t.detach(s)
	if t.spans[s.id] == s {
		delete(t.spans, s.id)
	}
	s.span = nil // it may be in a list still
}

// top returns the top of the tree that s is in.
func (t *heldTrace) top(s *heldSpan) *heldSpan {
	t.walk++
	for s.walk = t.walk; s.parent.held() && s.parent.walk != t.walk; { // else a cycle
		s = s.parent
		s.walk = t.walk
	}
	return s
}

// gather appends to tree what is printed together with the top s, unless it was
// gathered in this round.
func (t *heldTrace) gather(tree []*heldSpan, s *heldSpan) []*heldSpan {
	if s.round == t.round {
		return tree
	}
	s.round = t.round
	tree = append(tree, s)
	for i := len(tree) - 1; i < len(tree); i++ {
		for child := tree[i].children; child != nil; child = child.next {
			if child.round != t.round {
				child.round = t.round
				tree = append(tree, child)
			}
		}
	}
	return tree
}

// nodesOf returns the ended spans as they came, then the open ones as they
// started.
func nodesOf(spans []*heldSpan) []*node {
	slices.SortFunc(spans, func(a, b *heldSpan) int {
		switch {
		case a.open == b.open:
			return cmp.Compare(a.number, b.number)
		case a.open:
			return 1
		}
		return -1
	})
	nodes := make([]*node, len(spans))
	for i, s := range spans {
		nodes[i] = &node{span: s.span, open: s.open, bytes: s.bytes, baggage: s.baggage}
	}
	return nodes
}
