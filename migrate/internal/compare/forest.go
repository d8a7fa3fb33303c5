// SPDX-License-Identifier: Apache-2.0

package compare

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// A node is a span in the trees of a recording, with what is compared of it. Its numbers
// are those of an [interner] that both recordings share: two are the same if what they
// stand for is.
type node struct {
	*Span
	parent   *node
	children []*node // by tree
	attrs    []Attribute
	events   []Event
	trace    int32 // by the order of traces in the recording
	outside  bool  // a root with a parent outside of the recording
	alone    bool  // the only root of its trace
	apart    bool  // it has a parent in another trace, as only a damaged span has

	rest int32 // the span without its name and what is beneath it
	own  int32 // the same with the name
	kids int32 // what is beneath it, in any order
	tree int32 // all of it
	bare int32 // all of it without the names of spans

	match    *node // in the other recording
	features *features

	index int // in the recording
	linking
}

// A forest has the trees of a recording.
type forest struct {
	nodes  []*node         // parents first
	roots  []*node         // by tree
	of     map[*Span]*node // of an ignored span, the one above it
	traces int
}

// An interner numbers texts.
type interner struct {
	ids map[string]int32
	buf []byte
}

func newInterner() *interner { return &interner{ids: make(map[string]int32)} }

// The texts of different things begin with different bytes.
const (
	internRest = iota
	internOwn
	internKids
	internTree
	internBare
	internEvent
	internLink
	internName
	internKey
	internPair
)

func (in *interner) begin(of byte) { in.buf = append(in.buf[:0], of) }

func (in *interner) text(s string) {
	in.buf = binary.AppendUvarint(in.buf, uint64(len(s)))
	in.buf = append(in.buf, s...)
}

func (in *interner) number(n int) { in.buf = binary.AppendVarint(in.buf, int64(n)) }

func (in *interner) attributes(list []Attribute) {
	in.number(len(list))
	for _, a := range list {
		in.text(a.Key)
		in.text(a.Value.Type)
		in.text(a.Value.Text)
	}
}

func (in *interner) id() int32 {
	id, ok := in.ids[string(in.buf)]
	if !ok {
		id = int32(len(in.ids))
		in.ids[string(in.buf)] = id
	}
	return id
}

// of numbers a text by itself.
func (in *interner) of(what byte, s string) int32 {
	in.begin(what)
	in.text(s)
	return in.id()
}

// newForest builds the trees of a recording.
func (c *comparison) newForest(r *Recording) *forest {
	f := &forest{nodes: make([]*node, 0, len(r.Spans))}
	children := make(map[*Span][]*Span, len(r.Spans)/2)
	var order []*Span // parents first
	for _, s := range r.Spans {
		if s.up != nil {
			children[s.up] = append(children[s.up], s)
		} else {
			order = append(order, s)
		}
	}
	for i := 0; i < len(order); i++ {
		order = append(order, children[order[i]]...)
	}
	traces := make(map[traceID]int32)
	f.of = make(map[*Span]*node, len(order))
	outside := make(map[*Span]bool) // ignored roots with such a parent
	for _, s := range order {
		parent := f.of[s.up]
		out := s.outside || outside[s.up]
		if c.ignored.has(ofSpan, s.Name) {
			f.of[s] = parent
			if out {
				outside[s] = true
			}
			continue
		}
		id, ok := traces[s.key.trace]
		if !ok {
			id = int32(len(traces))
			traces[s.key.trace] = id
		}
		n := &node{Span: s, parent: parent, trace: id, outside: out, apart: parent != nil && parent.trace != id, attrs: c.ignored.attributes(s.Attributes), events: c.ignored.events(s.Events)}
		f.of[s] = n
		f.nodes = append(f.nodes, n)
		if parent != nil {
			parent.children = append(parent.children, n)
		} else {
			f.roots = append(f.roots, n)
		}
	}
	f.traces = len(traces)
	for _, n := range slices.Backward(f.nodes) {
		c.number(n)
	}
	slices.SortStableFunc(f.roots, byTree)
	return f
}

func byTree(a, b *node) int { return cmp.Compare(a.tree, b.tree) }

// number gives n its numbers; its children have theirs.
func (c *comparison) number(n *node) {
	in := c.interner
	var links []string
	if len(n.Links) > 0 {
		for _, l := range n.Links {
			in.buf = in.buf[:0]
			in.text(l.name)
			in.attributes(c.ignored.attributes(l.Attributes))
			in.number(l.Dropped)
			links = append(links, string(in.buf))
		}
		slices.Sort(links)
	}
	in.begin(internRest)
	in.text(n.Kind)
	in.text(n.Status)
	in.text(n.Description)
	in.number(int(c.services[n.Resource]))
	in.number(n.Dropped.Attributes)
	in.number(n.Dropped.Events)
	in.number(n.Dropped.Links)
	in.attributes(n.attrs)
	in.number(len(n.events))
	for i := range n.events {
		in.event(&n.events[i])
	}
	in.number(len(links))
	for _, l := range links {
		in.text(l)
	}
	if c.scope {
		in.text(n.Scope.Name)
		in.text(n.Scope.Version)
	}
	n.rest = in.id()

	in.begin(internOwn)
	in.text(n.Name)
	in.number(int(n.rest))
	n.own = in.id()

	slices.SortStableFunc(n.children, byTree)
	in.begin(internKids)
	for _, child := range n.children {
		in.number(int(child.tree))
	}
	n.kids = in.id()

	in.begin(internTree)
	in.number(int(n.own))
	in.number(int(n.kids))
	if n.apart {
		in.number(1)
	}
	n.tree = in.id()

	bare := make([]int32, 0, len(n.children))
	for _, child := range n.children {
		bare = append(bare, child.bare)
	}
	slices.Sort(bare)
	in.begin(internBare)
	in.number(int(n.rest))
	for _, id := range bare {
		in.number(int(id))
	}
	n.bare = in.id()
}

func (in *interner) event(e *Event) {
	in.text(e.Name)
	in.attributes(e.Attributes)
	in.number(e.Dropped)
}
