// SPDX-License-Identifier: Apache-2.0

package spans

import (
	"go/ast"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// A tagPlace is where tags are set: the node of their span, in one package.
type tagPlace struct {
	node *flow.Node
	unit *source.Unit
	// from are the places that the span may come from; own, those of a call that
	// starts it anew each time left out.
	from, own map[*flow.Node]bool
	bag       *tagBag
	with      []*tagPlace // those that one span may flow to, itself among them
	// active tells whether the span is put into a context, reads whether it is taken out of one.
	active, reads bool
}

// A tagBag has tags that are alike to others, by class.
type tagBag [tagClasses]struct {
	all  []*errorTag
	byFn map[ast.Node][]*errorTag
	// elsewhere are up to two tags, of different functions, after which tags of other
	// functions may be set.
	elsewhere []*errorTag
	asked     bool
}

// precedes tells whether a tag of the class may be set before those of a function, in
// another one.
func (b *tagBag) precedes(class tagClass, fn ast.Node) bool {
	in := &b[class]
	if len(in.all) == len(in.byFn[fn]) {
		return false
	}
	if !in.asked {
		in.asked = true
		for _, t := range in.all {
			if (len(in.elsewhere) == 0 || len(in.elsewhere) == 1 && in.elsewhere[0].moment.Fn != t.moment.Fn) && t.precedesElsewhere() {
				in.elsewhere = append(in.elsewhere, t)
			}
		}
	}
	return slices.ContainsFunc(in.elsewhere, func(t *errorTag) bool { return t.moment.Fn != fn })
}

func (b *tagBag) add(t *errorTag, class tagClass) {
	in := &b[class]
	if in.byFn == nil {
		in.byFn = make(map[ast.Node][]*errorTag)
	}
	in.all = append(in.all, t)
	in.byFn[t.moment.Fn] = append(in.byFn[t.moment.Fn], t)
}

// A tagOrder knows which error tags may be set on one span. It asks no tag about each
// other one: those of other functions are alike to it.
type tagOrder struct {
	tags   []*errorTag
	places []*tagPlace
	// active and read are the tags of spans that are put into contexts and taken out of
	// them, by package; below, the packages that a package imports.
	active, read map[*source.Unit]*tagBag
	below, above map[*source.Unit][]*source.Unit
	steps        int // pairs that were compared
}

func newTagOrder(rw *Run, tags []*errorTag) *tagOrder {
	o := &tagOrder{
		tags: tags, active: make(map[*source.Unit]*tagBag), read: make(map[*source.Unit]*tagBag),
		below: make(map[*source.Unit][]*source.Unit), above: make(map[*source.Unit][]*source.Unit),
	}
	type key struct {
		node *flow.Node
		unit *source.Unit
	}
	byKey := make(map[key]*tagPlace)
	for _, t := range tags {
		at := key{t.span, t.site.File.Unit}
		if byKey[at] == nil {
			byKey[at] = o.place(rw, at.node, at.unit)
		}
		t.tagPlace = byKey[at]
		for class := range tagKeptFalse {
			o.add(t, class)
		}
		if t.kept {
			o.add(t, tagKeptFalse)
		}
		o.add(t, tagUnnamed)
	}
	o.flows()
	o.imports(rw)
	for _, t := range tags {
		if t.kept {
			o.noteTakingBack(t)
		}
	}
	return o
}

func (o *tagOrder) place(rw *Run, n *flow.Node, u *source.Unit) *tagPlace {
	p := &tagPlace{node: n, unit: u, from: rw.Sources(n, false), own: rw.Sources(n, true), bag: &tagBag{}}
	for m := range p.from {
		p.reads = p.reads || m.Origin&flow.OriginContext != 0
		p.active = p.active || p.reads || m.Active
	}
	o.places = append(o.places, p)
	return p
}

// add adds a tag to the bags of its place and of contexts, if it is of a class.
func (o *tagOrder) add(t *errorTag, class tagClass) {
	if !t.is(class) {
		return
	}
	t.bag.add(t, class)
	for bags, has := range map[*map[*source.Unit]*tagBag]bool{&o.active: t.tagPlace.active, &o.read: t.reads} {
		if has {
			if (*bags)[t.unit] == nil {
				(*bags)[t.unit] = &tagBag{}
			}
			(*bags)[t.unit].add(t, class)
		}
	}
}

// keep keeps a tag.
func (o *tagOrder) keep(t *errorTag) {
	if !t.kept {
		t.kept = true
		o.add(t, tagKeptFalse)
		o.noteTakingBack(t)
	}
}

// noteTakingBack notes a kept tag that may take an error back. The end of the span can't
// tell such an error from one that comes after it, unless that one is kept, too.
func (o *tagOrder) noteTakingBack(t *errorTag) {
	if t.mayTakeBack() && o.precedes(t, tagFailing) {
		t.takesBack = true
		o.add(t, tagTakesBack)
	}
}

// flows finds the places that one span may flow to.
func (o *tagOrder) flows() {
	from, own := make(map[*flow.Node][]*tagPlace), make(map[*flow.Node][]*tagPlace)
	for _, p := range o.places {
		for n := range p.from {
			from[n] = append(from[n], p)
		}
		for n := range p.own {
			own[n] = append(own[n], p)
		}
	}
	for _, p := range o.places {
		seen := make(map[*tagPlace]bool)
		add := func(list []*tagPlace) {
			for _, q := range list {
				if !seen[q] {
					seen[q] = true
					p.with = append(p.with, q)
				}
			}
		}
		for n := range p.own {
			add(from[n])
		}
		for n := range p.from {
			add(own[n])
		}
	}
}

// imports finds the packages that can hand contexts to each other.
func (o *tagOrder) imports(rw *Run) {
	for from := range o.active {
		below := map[string]bool{from.Path: true}
		rw.Reachable(from.Pkg, below)
		for to := range o.read {
			if below[to.Path] {
				o.below[from] = append(o.below[from], to)
				o.above[to] = append(o.above[to], from)
			}
		}
	}
}

// bags returns the bags that have the tags which may be set on the span of one.
func (o *tagOrder) bags(t *errorTag) (bags []*tagBag) {
	for _, p := range t.with {
		bags = append(bags, p.bag)
	}
	if t.tagPlace.active {
		for _, u := range o.below[t.unit] {
			bags = append(bags, o.read[u])
		}
	}
	if t.reads {
		for _, u := range o.above[t.unit] {
			bags = append(bags, o.active[u])
		}
	}
	return bags
}

// follows tells whether a tag of a class may be set after one, on the same span.
func (o *tagOrder) follows(a *errorTag, class tagClass) bool {
	for _, bag := range o.bags(a) {
		in := bag[class]
		same := in.byFn[a.moment.Fn]
		if len(in.all) > len(same) && a.precedesElsewhere() {
			return true
		}
		for i := len(same) - 1; i >= 0; i-- {
			b := same[i]
			o.steps++
			if a.certainlyAfter(b) {
				break
			}
			if (a != b || a.repeats()) && a.mayPrecede(b) {
				return true
			}
		}
	}
	return false
}

// precedes tells whether a tag of a class may be set before one, on the same span.
func (o *tagOrder) precedes(b *errorTag, class tagClass) bool {
	for _, bag := range o.bags(b) {
		if bag.precedes(class, b.moment.Fn) {
			return true
		}
		for _, a := range bag[class].byFn[b.moment.Fn] {
			o.steps++
			if b.certainlyBefore(a) {
				break
			}
			if (a != b || a.repeats()) && a.mayPrecede(b) {
				return true
			}
		}
	}
	return false
}

// straight tells whether a tag is set once in each run of its function, which starts the
// span: no loop and no goto leads back to it, and no defer puts it off.
func (t *errorTag) straight() bool {
	if t.once == nil {
		once := t.moment.Deferred == nil && t.moment.Fn != nil && flow.StartedIn(t.own, t.moment.Fn) && t.p.Once(t.moment.At)
		t.once = &once
	}
	return *t.once
}

// certainlyAfter tells whether all tags that stand before b are set before t, as b is.
func (t *errorTag) certainlyAfter(b *errorTag) bool {
	return t.straight() && b.moment.Deferred == nil && b.moment.At.Pos() < t.moment.At.Pos()
}

// certainlyBefore tells whether all tags that stand after a are set after t, as a is.
func (t *errorTag) certainlyBefore(a *errorTag) bool {
	return t.straight() && a.straight() && a.moment.At.Pos() > t.moment.At.Pos()
}

// tie makes tags convert together that decide together: neither is right where the
// other one stays, and a later run would not see one that is converted. Across packages
// by contexts alone, one package would hold many others back. Those whose names are known at
// run time only are no reason to, unless they are of a set that is written out: they are kept
// where the others stay, see keepBesides.
func (o *tagOrder) tie(tags []*errorTag) {
	known := make(map[*tagBag]*[tagClasses]*errorTag)
	converts := func(bag *tagBag, class tagClass) *errorTag {
		if known[bag] == nil {
			known[bag] = &[tagClasses]*errorTag{}
			for c := range tagKeptFalse {
				if i := slices.IndexFunc(bag[c].all, func(b *errorTag) bool { return !b.stays() && !b.isOpen() }); i >= 0 {
					known[bag][c] = bag[c].all[i]
				}
			}
		}
		return known[bag][class]
	}
	for _, a := range tags {
		if a.stays() || a.isOpen() {
			continue
		}
		for class := range tagKeptFalse {
			if !a.is(class) {
				continue
			}
			for _, p := range a.with {
				if b := converts(p.bag, class.decides()); b != nil {
					tie(a, b)
				}
			}
			if bag := o.read[a.unit]; bag != nil && a.tagPlace.active {
				if b := converts(bag, class.decides()); b != nil {
					tie(a, b)
				}
			}
			if bag := o.active[a.unit]; bag != nil && a.reads {
				if b := converts(bag, class.decides()); b != nil {
					tie(a, b)
				}
			}
		}
	}
}

// isOpen tells whether nothing is known of a tag before run time.
func (t *errorTag) isOpen() bool { return t.unnamed && t.Facts&flow.SetsStatus == 0 }

func tie(a, b *errorTag) {
	if a.span.Find() != b.span.Find() {
		a.site.Need(b.span)
		b.site.Need(a.span)
	}
}

// left returns a question: whether a tag that decides together with one is not converted.
func (o *tagOrder) left(on func(*plan.Site) bool) func(*errorTag) bool {
	off := make(map[*tagBag][tagClasses]bool)
	all := make(map[*tagBag]bool)
	for _, p := range o.places {
		all[p.bag] = true
	}
	for _, bags := range []map[*source.Unit]*tagBag{o.active, o.read} {
		for _, bag := range bags {
			all[bag] = true
		}
	}
	for bag := range all {
		var classes [tagClasses]bool
		for class := range tagKeptFalse {
			for _, t := range bag[class].all {
				classes[class] = classes[class] || !on(t.site)
			}
		}
		off[bag] = classes
	}
	return func(a *errorTag) bool {
		for class := range tagKeptFalse {
			if !a.is(class) {
				continue
			}
			for _, bag := range o.bags(a) {
				if off[bag][class.decides()] {
					return true
				}
			}
		}
		return false
	}
}

// Steps returns the number of the error tags that were put in order, and of the steps that
// this took.
func (rw *Run) Steps() (tags, steps int) {
	for _, p := range rw.files {
		steps += p.steps
	}
	return len(rw.status.tags), steps + rw.status.steps
}
