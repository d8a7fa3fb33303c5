// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"slices"
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
	// partial says that there are more items than maxViewed.
	partial bool
}

// maxViewed bounds how many items OpenTelemetry's baggage is made of, since it costs a
// copy of all for each that is set. W3C's header holds a quarter of them.
const maxViewed = 256

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
	c := &contextItems{own: madeBaggage{baggage: bag, state: state}}
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
	made := c.made.Load()
	if made != nil && !made.partial {
		changed.base = made
		return changed
	}
	changed.base, changed.added.before, changed.count, changed.limit = c.base, c.added, c.count+1, c.limit
	if changed.count >= changed.limit {
		changed.compact()
	}
	if made != nil {
		// What it has was set first, so that one more doesn't make it anew.
		if hasItem(made.baggage, item.Key()) {
			bag := withItem(made.baggage, item)
			made = &madeBaggage{bag, baggageStateOf(bag), true}
		}
		changed.made.Store(made)
	}
	return changed
}

// many reports whether there are more items than OpenTelemetry's baggage is made of.
func (c *contextItems) many() bool {
	items := c.count
	if c.base != nil {
		items += c.base.baggage.Len()
	}
	return items > maxViewed
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
	if c.count <= maxViewed && c.limit > maxViewed {
		c.limit = maxViewed + 1 // many has to be exact
	}
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
	whole := new(madeBaggage)
	if c.base != nil {
		whole.baggage = c.base.baggage
	}
	items := c.latest()
	slices.Reverse(items)
	whole.baggage, whole.partial = addItems(whole.baggage, items)
	whole.state = baggageStateOf(whole.baggage)
	c.made.CompareAndSwap(nil, whole)
	return *c.made.Load()
}

// member returns one item, the zero one where there is none. It doesn't make the
// baggage.
func (c *contextItems) member(key string) baggage.Member {
	if c == nil {
		return baggage.Member{}
	}
	if made := c.made.Load(); made != nil && !made.partial {
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
	if made := c.made.Load(); made != nil && !made.partial {
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

// addItems returns bag with items set, of which no two have the same key. New ones
// beyond maxViewed are left out; then partial is true.
func addItems(bag baggage.Baggage, items []baggage.Member) (_ baggage.Baggage, partial bool) {
	if len(items) > 1 && bag.Len()+len(items) <= maxW3CItems {
		// At once; it refuses more than W3C's header has.
		if made, err := baggage.New(append(bag.Members(), items...)...); err == nil {
			return made, false
		}
	}
	for _, item := range items {
		if bag.Len() >= maxViewed && !hasItem(bag, item.Key()) {
			partial = true
			continue
		}
		bag = withItem(bag, item)
	}
	return bag, partial
}
