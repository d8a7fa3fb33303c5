// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
)

// An errorTag is an op that sets the error tag of a span.
//
// On compat false waits for the end of the span, where a later error overrules it, and
// a bare true leaves the description that is there. OpenTelemetry's Ok is final, and
// its last error wins. Where tags of one span may come in an order that makes this a
// difference, those that decide are kept: they go by the OpenTracing view of the span.
type errorTag struct {
	*op
	p      *spanFile
	span   *node
	base   ast.Expr // the span, or nil for one that has just been started
	moment moment
	*tagPlace
	index int // among those of its file
	// last is whether nobody else gets at the span after it: see precedesElsewhere.
	last *bool
	once *bool // see straight
}

// keepErrorTags finds the error tags to keep.
func (rw *spanRun) keepErrorTags() {
	rw.contents()
	tags := rw.errorTags()
	rw.status = newTagOrder(rw, tags)
	for _, a := range tags {
		if a.mayBeFalse() && rw.status.follows(a, tagFailing) || a.mayBeBare() && rw.status.precedes(a, tagDescribing) {
			rw.status.keep(a)
		}
		if a.facts&tagsUnseen != 0 && rw.status.follows(a, tagBare) {
			a.site.changes = "where other modules start it with an error text among the tags, a bare true that follows takes the description from the status"
		}
	}
	for changed := true; changed; {
		changed = false
		for _, a := range tags {
			if !a.kept && a.mayFail() && rw.status.follows(a, tagKeptFalse) { // which takes it back
				rw.status.keep(a)
				changed = true
			}
		}
	}
	rw.status.tie(tags)
	rw.noteKept(tags)
}

// keepBesides keeps the tags of a span that OpenTracing code gets out of the context,
// where that has tags that decide together with them. It tells whether it refused a
// group.
func (rw *spanRun) keepBesides() (refused bool) {
	left := rw.status.left(rw.on)
	for _, a := range rw.status.tags {
		if a.kept || !rw.on(a.site) || !left(a) {
			continue
		}
		g := rw.groups[a.span.find()]
		g.adapters++
		switch {
		case a.keep == nil:
			g.refuse(&pin{"error-false", a.site.pos, keptOrder})
			refused = true
		case g.adapters > rw.maxAdapters(g):
			g.refuse(&pin{"too-many-adapters", a.site.pos, "it sets the error tag of spans that code which stays OpenTracing gets out of contexts in too many places"})
			refused = true
		default:
			a.kept = true
			a.adapt()
		}
	}
	return refused
}

func (t *errorTag) stays() bool { return t.site.refusal != nil }

// adapt makes the site one of an adapter, for the call that sets the tag.
func (t *errorTag) adapt() {
	t.site.adapter = true
	if symbol := t.p.symbolOf(t.call.Fun); symbol != "" {
		t.site.symbol = symbol
	}
}

// mayBeBare tells whether it may be a true without a description.
func (t *errorTag) mayBeBare() bool { return t.facts&(setsErrorTrue|setsErrorMaybe) != 0 }

// errorTags returns the error tags. Those of sites that stay are as good as kept.
func (rw *spanRun) errorTags() (tags []*errorTag) {
	for _, p := range rw.files {
		for i, t := range p.errorTags {
			if t.facts != 0 {
				t.kept, t.index = t.stays(), i
				tags = append(tags, t)
			}
		}
	}
	return tags
}

const keptOrder = "what the span's status is depends on the order of its error tags, of which OpenTelemetry's Ok is final"

// noteKept makes the sites of kept tags adapters. Too many of them, or one that can't
// be kept, refuse the group.
func (rw *spanRun) noteKept(tags []*errorTag) {
	kept := make(map[*group]map[*site]bool)
	for _, t := range tags {
		if !t.kept || t.stays() {
			continue
		}
		t.adapt()
		if t.keep == nil {
			t.site.deny("error-false", t.site.pos, keptOrder)
		}
		g := rw.groups[t.span.find()]
		if kept[g] == nil {
			kept[g] = make(map[*site]bool)
		}
		kept[g][t.site] = true
	}
	for g, sites := range kept {
		if len(sites) <= rw.maxAdapters(g) {
			continue
		}
		for s := range sites {
			s.deny("error-false", s.pos, keptOrder)
		}
	}
}

func meet(a, b map[*node]bool) bool {
	for n := range a {
		if b[n] {
			return true
		}
	}
	return false
}

// repeats tells whether a tag is set again on the same span, by a loop.
func (t *errorTag) repeats() bool {
	return t.moment.at != nil && t.p.repeated(t.moment.at, t.moment.at, t.own)
}

func (t *errorTag) mayBeFalse() bool { return t.facts&(setsErrorFalse|setsErrorMaybe) != 0 }

func (t *errorTag) mayFail() bool {
	return t.facts&(setsErrorTrue|setsErrorText|setsErrorMaybe) != 0
}

// mayPrecede tells whether b may be set after t, when both may be on one span.
func (t *errorTag) mayPrecede(b *errorTag) bool {
	switch {
	case t.site == b.site && t != b:
		return t.index < b.index
	case t.site.final:
		return false // the span ends
	case t.moment.fn == nil || !startedIn(t.own, t.moment.fn):
		return true
	case b.moment.fn == t.moment.fn:
		return t.p.comesAfter(t.moment, b.moment) || t.p.repeated(t.moment.at, b.moment.at, t.own)
	}
	return t.precedesElsewhere()
}

// precedesElsewhere tells whether tags of other functions may be set after it.
func (t *errorTag) precedesElsewhere() bool {
	if t.last == nil {
		last := t.site.final || t.moment.fn != nil && startedIn(t.own, t.moment.fn) && t.p.closes(t.moment, t.base)
		t.last = &last
	}
	return !*t.last
}
