// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"slices"
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
	// from are the places that the span may come from; own, those of a call that
	// starts it anew each time left out.
	from, own map[*node]bool
}

// keepErrorTags finds the error tags to keep.
func (rw *spanRun) keepErrorTags() {
	rw.contents()
	tags := rw.errorTags()
	together := make(map[*errorTag][]*errorTag)
	for i, a := range tags {
		for _, b := range tags[i:] {
			if rw.mayShare(a, b) {
				together[a] = append(together[a], b)
				if a != b {
					together[b] = append(together[b], a)
				}
			}
		}
	}
	for _, a := range tags {
		for _, b := range together[a] {
			if a.mayBeFalse() && b.mayFail() && a.mayPrecede(b) {
				a.kept = true
			}
			if a.facts&tagsUnseen != 0 && b.mayBeBare() && a.mayPrecede(b) {
				a.site.changes = "where other modules start it with an error text among the tags, a bare true that follows takes the description from the status"
			}
			if a.facts&setsErrorText != 0 && b.mayBeBare() && a.mayPrecede(b) {
				b.kept = true
			}
		}
	}
	for changed := true; changed; {
		changed = false
		for _, b := range tags {
			if !b.kept || !b.mayBeFalse() {
				continue
			}
			for _, a := range together[b] { // which false takes back
				if !a.kept && a.mayFail() && a.mayPrecede(b) {
					a.kept, changed = true, true
				}
			}
		}
	}
	for _, a := range tags {
		for _, b := range together[a] {
			if !a.decidesWith(b) && !b.decidesWith(a) {
				continue
			}
			// Across packages by contexts alone, one package would hold many others back.
			if a.site.file.unit == b.site.file.unit || flowTogether(a, b) {
				rw.tie(a, b)
			}
			rw.deciding = append(rw.deciding, [2]*errorTag{a, b})
		}
	}
	rw.noteKept(tags)
}

// keepBesides keeps the tags of a span that OpenTracing code gets out of the context,
// where that has tags that decide together with them. It tells whether it refused a
// group.
func (rw *spanRun) keepBesides() (refused bool) {
	for _, pair := range rw.deciding {
		a, b := pair[0], pair[1]
		if a.kept || !rw.on(a.site) || rw.on(b.site) {
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
			a.kept, a.site.adapter = true, true
		}
	}
	return refused
}

// tie makes two tags convert together: neither is right where the other one stays, and
// a later run would not see one that is converted.
func (rw *spanRun) tie(a, b *errorTag) {
	if !a.stays() && !b.stays() && a.span.find() != b.span.find() {
		a.site.need(b.span)
		b.site.need(a.span)
	}
}

func (t *errorTag) stays() bool { return t.site.refusal != nil }

// decidesWith tells whether the order of two tags matters, or would if one of them
// stayed.
func (t *errorTag) decidesWith(b *errorTag) bool {
	return t.mayBeFalse() && b.mayFail() || t.facts&setsErrorText != 0 && b.mayBeBare()
}

// mayBeBare tells whether it may be a true without a description.
func (t *errorTag) mayBeBare() bool { return t.facts&(setsErrorTrue|setsErrorMaybe) != 0 }

// errorTags returns the error tags. Those of sites that stay are as good as kept.
func (rw *spanRun) errorTags() (tags []*errorTag) {
	for _, p := range rw.files {
		for _, t := range p.errorTags {
			if t.facts != 0 {
				t.kept = t.stays()
				t.from, t.own = rw.sources(t.span, false), rw.sources(t.span, true)
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
		t.site.adapter = true
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

// mayShare tells whether two error tags may be set on one span: it flows to both, or
// one gets it out of a context that the other's is put into.
func (rw *spanRun) mayShare(a, b *errorTag) bool {
	if flowTogether(a, b) {
		return a != b || rw.repeats(a)
	}
	return rw.byContext(a, b) || rw.byContext(b, a)
}

// flowTogether tells whether one span may flow to both tags.
func flowTogether(a, b *errorTag) bool { return meet(a.own, b.from) || meet(a.from, b.own) }

func meet(a, b map[*node]bool) bool {
	for n := range a {
		if b[n] {
			return true
		}
	}
	return false
}

// repeats tells whether a tag is set again on the same span, by a loop.
func (rw *spanRun) repeats(t *errorTag) bool {
	return t.moment.at != nil && t.p.repeated(t.moment.at, t.moment.at, t.own)
}

// byContext tells whether code of the same package, or of one that it imports, may get
// the span of the first tag out of a context for the second.
func (rw *spanRun) byContext(a, b *errorTag) bool {
	if a == b || b.span.origin&originContext == 0 {
		return false
	}
	active := false
	for n := range a.from {
		active = active || n.active || n.origin&originContext != 0
	}
	from, to := a.site.file.unit, b.site.file.unit
	if !active || from == to {
		return active
	}
	below := map[string]bool{from.path: true}
	rw.reachable(from.pkg, below)
	return below[to.path]
}

func (t *errorTag) mayBeFalse() bool { return t.facts&(setsErrorFalse|setsErrorMaybe) != 0 }

func (t *errorTag) mayFail() bool {
	return t.facts&(setsErrorTrue|setsErrorText|setsErrorMaybe) != 0
}

// mayPrecede tells whether b may be set after t, when both may be on one span.
func (t *errorTag) mayPrecede(b *errorTag) bool {
	switch {
	case t.site == b.site && t != b:
		tags := t.p.errorTags
		return slices.Index(tags, t) < slices.Index(tags, b)
	case t.site.final:
		return false // the span ends
	case t.moment.fn == nil || !startedIn(t.own, t.moment.fn):
		return true
	case b.moment.fn == t.moment.fn:
		return t.p.comesAfter(t.moment, b.moment) || t.p.repeated(t.moment.at, b.moment.at, t.own)
	}
	return !t.p.closes(t.moment, t.base)
}
