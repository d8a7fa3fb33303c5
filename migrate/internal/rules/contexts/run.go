// SPDX-License-Identifier: Apache-2.0

package contexts

import (
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
)

// lookBelow tells whether code that stays OpenTracing reads spans out of contexts:
// then those that are put there need to be put there for both APIs. So do those whose
// baggage goes by adapters, or would be lost otherwise. Where no code sets or asks for an
// item, this concerns the spans alone that would lose what came with the trace.
func (rw *Run) lookBelow() {
	rw.Opentracing, rw.native, rw.hidden = rw.Others, false, make(map[string]bool)
	for _, s := range rw.Sites {
		if s.Hides != nil && s.Hides.Category == flow.RefusedNoopTracer && !s.File.Test && !rw.On(s) && !rw.hidden[s.File.Unit.Path] {
			rw.hidden[s.File.Unit.Path] = true
			rw.Reachable(s.File.Unit.Pkg, rw.hidden)
		}
		switch path := s.File.Unit.Path; {
		case rw.On(s):
			rw.native = rw.native || slices.ContainsFunc(s.Uses, func(u *plan.Use) bool {
				return u.Sym.Area == opentracing.AreaStart && u.Sym.Kind != opentracing.KindType
			})
			rw.Opentracing = rw.Opentracing || s.Baggage == plan.BaggageInSpan || rw.Looked[path] && (s.Carries || s.Activates && s.Loses)
		case !s.File.Test:
			rw.Opentracing = rw.Opentracing || slices.ContainsFunc(s.Uses, func(u *plan.Use) bool { return u.Sym.ReadsContext() })
		}
	}
	for _, s := range rw.Sites {
		switch {
		case s.Activates:
			s.Carries = s.Loses && rw.Baggage[s.File.Unit.Path]
			s.Adapter = rw.Opentracing || s.Carries
		case s.Baggage == 0 && s.Loses && !s.Carries && rw.Baggage[s.File.Unit.Path] && s.Changes == "":
			switch {
			case s.Sends:
				s.Changes = baggageNotSent
			case s.Detached:
				s.Changes = baggageDetached
			default:
				s.Changes = baggageParentLost
			}
		}
	}
}

// holdReaders refuses the groups that look at the span of a context where OpenTracing
// code of the same package, or of one that imports it, puts hidden ones there, and
// tells whether there were any. What only tests put there is for them to see.
//
// A span of NoopTracer is one for code that asks whether there is any, and none
// afterwards, so where such code is below it stays OpenTracing, and then hides it.
func (rw *Run) holdReaders() bool {
	held := false
	for _, s := range rw.Sites {
		if s.Hides == nil || s.File.Test || rw.On(s) && s.Hides.Category != flow.RefusedNoopTracer {
			continue
		}
		below := map[string]bool{s.File.Unit.Path: true}
		rw.Reachable(s.File.Unit.Pkg, below)
		for _, reader := range rw.Sites {
			switch {
			case !below[reader.File.Unit.Path] || !rw.On(reader):
			case rw.On(s) && reader.AsksNil:
				held = rw.RefuseSite(s, s.Hides) || held
			case !rw.On(s) && (reader.Reads || reader.AsksNil):
				held = rw.RefuseSite(reader, s.Hides) || held
			}
		}
	}
	return held
}

// noteNoops notes where a span that may be one of NoopTracer is put into a context
// below which code asks whether there is any. Most of these tracers are what a program
// has when nothing else was configured, so the place is listed, not refused.
func (rw *Run) noteNoops() {
	for _, s := range rw.Sites {
		if !s.MayHide || !rw.On(s) || s.File.Test {
			continue
		}
		below := map[string]bool{s.File.Unit.Path: true}
		rw.Reachable(s.File.Unit.Pkg, below)
		if slices.ContainsFunc(rw.Sites, func(asks *plan.Site) bool {
			return asks.AsksNil && !asks.Exact && below[asks.File.Unit.Path] && rw.On(asks)
		}) {
			s.Changes = "if the tracer is NoopTracer, code below that checks the context for a span finds none"
		}
	}
}

// severalNoops finds a question for NoopTracer in a group that gets a type of its
// own for it in each of several packages.
func severalNoops(g *plan.Group) *flow.Pin {
	if !g.Root.Rooted {
		return nil
	}
	for _, s := range g.Sites {
		if s.AsksNoop && slices.ContainsFunc(g.Sites, func(other *plan.Site) bool { return other.File.Unit != s.File.Unit }) {
			return &flow.Pin{Category: flow.RefusedNoopTracer, Pos: s.Pos, Reason: "this checks for it here, and another package makes it"}
		}
	}
	return nil
}

const baggageParentLost = "the child gets the baggage of the context, not of its parent: the parent may not be the active span of that context"

const baggageNotSent = "the baggage of the span is not sent, because no known context has it"

const baggageDetached = "the baggage of the parent is lost here: this span and its children send none, because the span starts in a new context"
