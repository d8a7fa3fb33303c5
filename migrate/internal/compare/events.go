// SPDX-License-Identifier: Apache-2.0

package compare

import (
	"strconv"
	"strings"
)

// An event of a span that the span in the other recording does not have.
type soleEvent struct {
	a, b *node // the spans
	of   *Event
	id   int32 // what the event is
}

// indexed is an event and its place.
type indexed struct {
	of   *Event
	at   int
	id   int32 // what it is
	rest int32 // the same without its name
}

// differInEvents compares events: the same ones first, then those of the same name, then
// those that differ in their name only.
func (c *comparison) differInEvents(a, b *node) {
	list := func(n *node) []indexed {
		events := make([]indexed, len(n.events))
		for i := range n.events {
			e := &n.events[i]
			events[i] = indexed{of: e, at: i}
			c.interner.begin(internEvent)
			c.interner.event(e)
			events[i].id = c.interner.id()
			c.interner.begin(internPair)
			c.interner.attributes(e.Attributes)
			events[i].rest = c.interner.id()
		}
		return events
	}
	as, bs := list(a), list(b)
	places := make([]int, len(as)) // in b, of those of a; -1 for none
	for i := range places {
		places[i] = -1
	}
	pair := func(x, y indexed) {
		places[x.at] = y.at
		where := at("", a, b)
		where.Event = x.of.Name
		if x.of.Name != y.of.Name {
			d := where
			d.Kind, d.A, d.B = EventRenamed, strconv.Quote(x.of.Name), strconv.Quote(y.of.Name)
			c.add(d)
		}
		c.differInAttributes(x.of.Attributes, y.of.Attributes, attributeKinds(), where)
		c.differInDropped(where, x.of.Dropped, y.of.Dropped)
	}
	// Of events that are the same, those at the begin and the end stay where they are.
	for len(as) > 0 && len(bs) > 0 && as[0].id == bs[0].id {
		pair(as[0], bs[0])
		as, bs = as[1:], bs[1:]
	}
	for len(as) > 0 && len(bs) > 0 && as[len(as)-1].id == bs[len(bs)-1].id {
		pair(as[len(as)-1], bs[len(bs)-1])
		as, bs = as[:len(as)-1], bs[:len(bs)-1]
	}
	as, bs = cancel(as, bs, func(e indexed) int32 { return e.id }, pair)
	as, bs = cancel(as, bs, func(e indexed) string { return e.of.Name }, pair)
	as, bs = cancel(as, bs, func(e indexed) int32 { return e.rest }, pair)
	for _, e := range as {
		c.lostEvents = append(c.lostEvents, soleEvent{a, b, e.of, e.id})
	}
	for _, e := range bs {
		c.newEvents = append(c.newEvents, soleEvent{a, b, e.of, e.id})
	}
	last := -1
	for _, place := range places {
		if place < 0 {
			continue
		}
		if place < last {
			d := at(EventOrder, a, b)
			d.A, d.B = eventNames(a), eventNames(b)
			c.add(d)
			return
		}
		last = place
	}
}

func eventNames(n *node) string {
	const most = 8
	var names []string
	for i, e := range n.events {
		if i == most {
			names = append(names, "…")
			break
		}
		names = append(names, e.Name)
	}
	return strings.Join(names, ", ")
}

// differInMovedEvents tells events that another span of the trace has from those that
// are lost or new.
func (c *comparison) differInMovedEvents() {
	type key struct {
		trace int32 // of A
		id    int32
	}
	lost, added := cancel(c.lostEvents, c.newEvents, func(e soleEvent) key { return key{e.a.trace, e.id} }, func(x, y soleEvent) {
		d := at(EventMoved, x.a, x.b)
		d.Event, d.A, d.B = x.of.Name, "at "+strings.Join(x.a.path(), " > "), "at "+strings.Join(y.b.path(), " > ")
		d.LineB = y.b.Line
		c.add(d)
	})
	for _, e := range lost {
		d := at(EventLost, e.a, e.b)
		d.Event = e.of.Name
		c.add(d)
	}
	for _, e := range added {
		d := at(EventNew, e.a, e.b)
		d.Event = e.of.Name
		c.add(d)
	}
}
