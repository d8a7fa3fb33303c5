// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"sync/atomic"

	"go.opentelemetry.io/otel/baggage"
)

// contextItems are the items of a span context. They don't change; one more item
// makes new ones, which share what they have in common.
//
// OpenTelemetry's baggage copies all items for each that is set, so it isn't made
// before it is asked for: many items that are set one after the other cost one list.
// A nil *contextItems has none.
type contextItems struct {
	made atomic.Pointer[madeBaggage]
	own  madeBaggage // the storage of made, where it is known from the start

	base  *madeBaggage // nil: empty
	added *addedItem   // what was set since, the last one first
	count int          // of added
	limit int          // count at which items that were set again are left out

	fits atomic.Int32 // what fitW3C has found; 0: it wasn't asked
}

// madeBaggage is baggage, and the same as OpenTelemetry keeps it in a context.
type madeBaggage struct {
	baggage baggage.Baggage
	state   any
}

type addedItem struct {
	item   baggage.Member
	before *addedItem
}

// newContextItems returns the items of bag, nil for none.
func newContextItems(bag baggage.Baggage) *contextItems {
	if bag.Len() == 0 {
		return nil
	}
	return newMadeItems(bag, baggageStateOf(bag))
}

// newMadeItems is newContextItems for baggage that came from a context.
func newMadeItems(bag baggage.Baggage, state any) *contextItems {
	c := &contextItems{own: madeBaggage{bag, state}}
	c.made.Store(&c.own)
	return c
}

const fewItems = 32

// with returns the items with one more.
func (c *contextItems) with(item baggage.Member) *contextItems {
	changed := &contextItems{added: &addedItem{item: item}, count: 1, limit: fewItems}
	if c == nil {
		return changed
	}
	if made := c.made.Load(); made != nil {
		changed.base = made
		return changed
	}
	changed.base, changed.added.before, changed.count, changed.limit = c.base, c.added, c.count+1, c.limit
	if changed.count >= changed.limit {
		changed.compact()
	}
	return changed
}

// compact leaves out items that were set again since, so that they don't pile up on a
// span that is never asked for its baggage. The next time is when there are twice as
// many, so that it costs little for each.
func (c *contextItems) compact() {
	latest := c.latest()
	c.added = nil
	for _, item := range latest {
		c.added = &addedItem{item, c.added}
	}
	c.count, c.limit = len(latest), max(fewItems, 2*len(latest))
}

// latest returns what was set, each key once, in any order that gives the same items.
func (c *contextItems) latest() []baggage.Member {
	if c.count == 1 {
		return []baggage.Member{c.added.item}
	}
	latest := make([]baggage.Member, 0, c.count)
	seen := make(map[string]struct{}, c.count)
	for a := c.added; a != nil; a = a.before {
		if _, again := seen[a.item.Key()]; !again {
			seen[a.item.Key()] = struct{}{}
			latest = append(latest, a.item)
		}
	}
	return latest
}

// whole makes the baggage, once. Where two do so at a time, they make the same.
func (c *contextItems) whole() madeBaggage {
	if c == nil {
		return madeBaggage{}
	}
	if made := c.made.Load(); made != nil {
		return *made
	}
	var bag baggage.Baggage
	if c.base != nil {
		bag = c.base.baggage
	}
	bag = addItems(bag, c.latest())
	c.made.CompareAndSwap(nil, &madeBaggage{bag, baggageStateOf(bag)})
	return *c.made.Load()
}

// member returns one item, the zero one where there is none. It doesn't make the
// baggage.
func (c *contextItems) member(key string) baggage.Member {
	if c == nil {
		return baggage.Member{}
	}
	if made := c.made.Load(); made != nil {
		return made.baggage.Member(key)
	}
	for a := c.added; a != nil; a = a.before {
		if a.item.Key() == key {
			return a.item
		}
	}
	if c.base == nil {
		return baggage.Member{}
	}
	return c.base.baggage.Member(key)
}

// members returns the items, in any order. It doesn't make the baggage.
func (c *contextItems) members() []baggage.Member {
	if c == nil {
		return nil
	}
	if made := c.made.Load(); made != nil {
		return made.baggage.Members()
	}
	members := c.latest()
	if c.base == nil || c.base.baggage.Len() == 0 {
		return members
	}
	set := make(map[string]struct{}, len(members))
	for _, m := range members {
		set[m.Key()] = struct{}{}
	}
	for _, m := range c.base.baggage.Members() {
		if _, again := set[m.Key()]; !again {
			members = append(members, m)
		}
	}
	return members
}

// fitW3C is fitsW3C for the items, which don't change: it looks once.
func (c *contextItems) fitW3C() bool {
	const yes, no = 1, 2
	if c == nil {
		return true
	}
	if found := c.fits.Load(); found != 0 {
		return found == yes
	}
	if fitsW3C(c.members()) {
		c.fits.Store(yes)
		return true
	}
	c.fits.Store(no)
	return false
}

// maxMembers is how many items the API makes baggage of at once: as many as W3C's
// header has.
const maxMembers = 64

// addItems returns bag with items set, of which no two have the same key.
func addItems(bag baggage.Baggage, items []baggage.Member) baggage.Baggage {
	if len(items) > 1 && bag.Len()+len(items) <= maxMembers {
		// It refuses more bytes than that header has, too.
		if made, err := baggage.New(append(bag.Members(), items...)...); err == nil {
			return made
		}
	}
	for _, item := range items {
		bag = withItem(bag, item)
	}
	return bag
}
