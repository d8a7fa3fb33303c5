// SPDX-License-Identifier: Apache-2.0

package spans

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/values"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// An errorTag is an op that sets the error tag of a span.
//
// On compat false waits for the end of the span, where a later error overrules it, and
// a bare true leaves the description that is there. OpenTelemetry's Ok is final, and
// its last error wins. Where tags of one span may come in an order that makes this a
// difference, those that decide are kept: they go by the OpenTracing view of the span.
type errorTag struct {
	*Op
	p      *File
	span   *flow.Node
	base   ast.Expr // the span, or nil for one that has just been started
	moment syntax.Moment
	*tagPlace
	index int // among those of its file
	// last is whether nobody else gets at the span after it: see precedesElsewhere.
	last *bool
	once *bool // see straight
	// takesBack is whether it is of tagTakesBack.
	takesBack bool
}

// keepErrorTags finds the error tags to keep.
func (rw *Run) keepErrorTags() {
	rw.contents()
	tags := rw.errorTags()
	rw.status = newTagOrder(rw, tags)
	for _, a := range tags {
		if a.mayBeFalse() && (rw.status.follows(a, tagFailing) || rw.status.follows(a, tagUnnamed)) || a.mayBeBare() && rw.status.precedes(a, tagDescribing) {
			rw.status.keep(a)
		}
		if a.Facts&flow.TagsUnseen != 0 && rw.status.follows(a, tagBare) {
			a.site.Changes = "if another module starts the span with an error text among its tags, a later error=true removes the description of the status"
		}
	}
	for changed := true; changed; {
		changed = false
		for _, a := range tags {
			if !a.kept && (a.mayFail() || a.unnamed) && (rw.status.follows(a, tagKeptFalse) || rw.status.precedes(a, tagTakesBack)) {
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
func (rw *Run) keepBesides() (refused bool) {
	left := rw.status.left(rw.On)
	for _, a := range rw.status.tags {
		if a.kept || !rw.On(a.site) || !left(a) {
			continue
		}
		g := rw.Groups[a.span.Find()]
		g.Adapters++
		switch {
		case a.Keep == nil:
			g.Refuse(&flow.Pin{Category: RefusedErrorFalse, Pos: a.site.Pos, Reason: keptOrder})
			refused = true
		case g.Adapters > rw.MaxAdapters(g):
			g.Refuse(&flow.Pin{Category: plan.RefusedTooManyAdapters, Pos: a.site.Pos, Reason: "it sets the error tag of spans that OpenTracing code reads from contexts in too many places"})
			refused = true
		default:
			a.kept = true
			a.adapt()
		}
	}
	return refused
}

func (t *errorTag) stays() bool { return t.site.Refusal != nil }

// adapt makes the site one of an adapter, for the call that sets the tag.
func (t *errorTag) adapt() {
	t.site.Adapter = true
	if symbol := t.p.SymbolOf(t.Call.Fun); symbol != "" {
		t.site.Symbol = symbol
	}
}

// mayBeBare tells whether it may be a true without a description.
func (t *errorTag) mayBeBare() bool { return t.Facts&(flow.SetsErrorTrue|flow.SetsErrorMaybe) != 0 }

// errorTags returns the error tags. Those of sites that stay are as good as kept.
func (rw *Run) errorTags() (tags []*errorTag) {
	for _, p := range rw.files {
		for i, t := range p.errorTags {
			if t.Facts != 0 || t.unnamed {
				t.kept, t.index = t.stays(), i
				tags = append(tags, t)
			}
		}
	}
	return tags
}

const keptOrder = "the order of the error tags decides the status of the span, and OpenTelemetry's Ok is final"

// noteKept makes the sites of kept tags adapters. Too many of them, or one that can't
// be kept, refuse the group.
func (rw *Run) noteKept(tags []*errorTag) {
	kept := make(map[*plan.Group]map[*plan.Site]bool)
	for _, t := range tags {
		if !t.kept || t.stays() {
			continue
		}
		t.adapt()
		if t.Keep == nil {
			t.site.Deny(RefusedErrorFalse, t.site.Pos, keptOrder)
		}
		g := rw.Groups[t.span.Find()]
		if kept[g] == nil {
			kept[g] = make(map[*plan.Site]bool)
		}
		kept[g][t.site] = true
	}
	for g, sites := range kept {
		if len(sites) <= rw.MaxAdapters(g) {
			continue
		}
		for s := range sites {
			s.Deny(RefusedErrorFalse, s.Pos, keptOrder)
		}
	}
}

// repeats tells whether a tag is set again on the same span, by a loop.
func (t *errorTag) repeats() bool {
	return t.moment.At != nil && t.p.repeated(t.moment.At, t.moment.At, t.own)
}

func (t *errorTag) mayBeFalse() bool { return t.Facts&(flow.SetsErrorFalse|flow.SetsErrorMaybe) != 0 }

// mayTakeBack tells whether one that is kept may be false, also by a name that is known at run
// time only. Where such a one stays with its site, no other tag is kept because of it: most
// are never of an error.
func (t *errorTag) mayTakeBack() bool {
	return t.mayBeFalse() || t.unnamed && t.Tags == nil && !t.stays()
}

func (t *errorTag) mayFail() bool {
	return t.Facts&(flow.SetsErrorTrue|flow.SetsErrorText|flow.SetsErrorMaybe) != 0
}

// mayPrecede tells whether b may be set after t, when both may be on one span.
func (t *errorTag) mayPrecede(b *errorTag) bool {
	switch {
	case t.site == b.site && t != b:
		return t.index < b.index
	case t.site.Final:
		return false // the span ends
	case t.moment.Fn == nil || !flow.StartedIn(t.own, t.moment.Fn):
		return true
	case b.moment.Fn == t.moment.Fn:
		return t.p.ComesAfter(t.moment, b.moment) || t.p.repeated(t.moment.At, b.moment.At, t.own)
	}
	return t.precedesElsewhere()
}

// precedesElsewhere tells whether tags of other functions may be set after it.
func (t *errorTag) precedesElsewhere() bool {
	if t.last == nil {
		last := t.site.Final || t.moment.Fn != nil && flow.StartedIn(t.own, t.moment.Fn) && t.p.closes(t.moment, t.base)
		t.last = &last
	}
	return !*t.last
}

// Settled drops the error tags that have no say, so that what is left can be done
// in order. On compat false waits for the end of the span, and a bare true leaves
// the description that is there; in OpenTelemetry Ok is final, and the last error wins.
func (p *File) Settled(s *plan.Site, span *flow.Node, base ast.Expr, ops []*Op) []*Op {
	row := &statusRow{gone: make(map[*Op]bool)}
	for _, o := range ops {
		if o.void {
			continue
		}
		if o.Facts == flow.SetsErrorTrue && (row.isDescribed() || p.keepsDescription(base, o)) {
			if o.unstated == nil {
				continue
			}
			bare := *o
			bare.Stmt, bare.single, bare.Several, bare.Facts = o.unstated, o.unstated, false, o.Facts&^flow.SetsStatus
			row.ops = append(row.ops, &bare)
			continue
		}
		row.add(o, p.PureArguments(o.Call))
	}
	out := slices.DeleteFunc(row.ops, func(o *Op) bool { return row.gone[o] })
	for _, o := range out {
		if o.Facts&flow.SetsStatus == 0 && !o.unnamed || span == nil {
			continue
		}
		if call, ok := base.(*ast.CallExpr); ok && p.Adapts(call) && o.Keep != nil {
			o.kept, s.Adapter = true, true // by an earlier run
			continue
		}
		p.errorTags = append(p.errorTags, &errorTag{Op: o, p: p, span: span, base: base, moment: p.MomentOf(o.Call)})
	}
	return out
}

// A statusRow is a row of calls on a span, with the error tags that have a say so far.
type statusRow struct {
	ops       []*Op
	gone      map[*Op]bool // of these, as a later one leaves no trace of them
	open      []*Op        // of these, the error tags that a later one may overrule
	described bool         // by one that is never overruled
}

func (r *statusRow) isDescribed() bool {
	return r.described || slices.ContainsFunc(r.open, describes)
}

// describes tells whether a call sets the error tag to a description for sure.
func describes(o *Op) bool { return o.Facts == flow.SetsErrorText && o.Decides }

// add adds a call to the row. Pure says that its arguments may go.
func (r *statusRow) add(o *Op, pure bool) {
	r.ops = append(r.ops, o)
	if o.Facts&flow.SetsStatus == 0 {
		return
	}
	if o.Decides {
		var open []*Op
		for _, earlier := range r.open {
			if o.Facts&(flow.SetsErrorTrue|flow.SetsErrorMaybe) != 0 && earlier.Facts&flow.SetsErrorText != 0 {
				open = append(open, earlier) // its description stays
			} else {
				r.gone[earlier] = true
			}
		}
		r.open = open
	}
	if o.tag && o.Tags == nil && pure {
		r.open = append(r.open, o)
	} else {
		r.described = r.described || describes(o)
	}
}

// A spanName is what the spans of calls are told apart by first: the variable that leads to
// one, and its own.
type spanName struct{ root, last types.Object }

func (p *File) spanNameOf(e ast.Expr) (name spanName) {
	for {
		var id *ast.Ident
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			id = x
		case *ast.SelectorExpr:
			id, e = x.Sel, x.X
		case *ast.CallExpr:
			if e = syntax.ReceiverOf(x); e == nil {
				return name
			}
			continue
		default:
			return name
		}
		name.root = p.Info.ObjectOf(id)
		if name.last == nil {
			name.last = name.root
		}
		if id == ast.Unparen(e) {
			return name
		}
	}
}

// keepsDescription tells whether a bare true always follows a described error in the
// statements before its row.
func (p *File) keepsDescription(base ast.Expr, o *Op) bool {
	fn := p.EnclosingFunc(o.Call)
	if base == nil || fn == nil || !p.Repeatable(base) {
		return false
	}
	found, name := p.descriptions(fn), p.spanNameOf(base)
	for n := p.Parent[o.Call]; n != nil && n != fn; n = p.Parent[n] {
		p.steps++
		for _, call := range found[n][name] {
			p.steps++
			if call.Pos() >= o.Call.Pos() {
				break
			}
			if p.Same(syntax.ReceiverOf(call), base) && p.Reaches(call, o.Call) {
				return true
			}
		}
	}
	return false
}

// descriptions returns the calls in a function that set the error tag of a span to a
// description, each a statement, by what has the list that it stands in.
func (p *File) descriptions(fn ast.Node) map[ast.Node]map[spanName][]*ast.CallExpr {
	if found, known := p.described[fn]; known {
		return found
	}
	found := make(map[ast.Node]map[spanName][]*ast.CallExpr)
	p.described[fn] = found
	if p.Jumps(p.OutermostFunc(fn)) {
		return found
	}
	ast.Inspect(fn, func(n ast.Node) bool {
		stmt, ok := n.(*ast.ExprStmt)
		if !ok {
			return true
		}
		call, ok := ast.Unparen(stmt.X).(*ast.CallExpr)
		if list, _ := p.Siblings(stmt); !ok || list == nil || !p.isDescription(call) {
			return true
		}
		around, name := p.Parent[stmt], p.spanNameOf(syntax.ReceiverOf(call))
		if found[around] == nil {
			found[around] = make(map[spanName][]*ast.CallExpr)
		}
		found[around][name] = append(found[around][name], call)
		return true
	})
	return found
}

// isDescription tells whether a call sets the error tag of a span to a description.
func (p *File) isDescription(call *ast.CallExpr) bool {
	if p.SymbolOf(call.Fun) != "opentracing.Span.SetTag" || len(call.Args) != 2 {
		return false
	}
	if key, known := syntax.ConstantText(p.Info, call.Args[0]); !known || key != "error" {
		return false
	}
	return describes(p.ErrorTagOp(values.KeyValue{Value: call.Args[1]}))
}
