// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"go/token"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// A Site is what one rule does: it covers one or more uses and converts with all of
// its nodes' groups, or not at all.
type Site struct {
	run     *Run // from when groups are made
	File    *source.File
	Rule    string
	Pos     token.Pos
	Symbol  string
	Uses    []*Use
	Nodes   []*flow.Node
	Span    *flow.Node // that it calls, where it does so
	Refusal *flow.Pin
	besides []*flow.Pin // further reasons
	Note    string
	// Changes says how the spans differ afterwards, if they do.
	Changes string
	// StaysChange says how spans of other code differ afterwards, while it stays.
	StaysChange string
	Adapter     bool
	// KeepsBaggage says that the adapter is for a span context that stays for its baggage.
	KeepsBaggage bool
	// Provides says that it makes OpenTelemetry's provider of a tracer that stays.
	Provides bool
	// OnTwin says that the adapter is in a test on a twin, which holds nothing back.
	OnTwin  bool
	written bool // its new text has an adapter
	// HandsGlobal says that code which stays gets the global tracer in the place of a value.
	HandsGlobal bool
	// Activates is set where a span is put into a context, which only an adapter
	// does for OpenTracing code below.
	Activates bool
	// AsksNoop tells whether it asks a value for its type NoopTracer.
	AsksNoop bool
	// Reads tells whether it looks at the span of a context.
	Reads bool
	// AsksNil tells whether it asks whether a context has a span; exact, that one that
	// does nothing is found, too.
	AsksNil, Exact bool
	// LeavesNil tells whether a span may be nil where there is none.
	LeavesNil bool
	// Hides says why the span that it puts into a context, as long as it is
	// OpenTracing code, is none that OpenTelemetry code can see there.
	Hides *flow.Pin
	// MayHide tells whether that span is one of NoopTracer at times.
	MayHide bool
	Facts   flow.Facts
	// Final says that the end of the span follows, so no error tag can come after it.
	Final bool
	// Baggage says what a span's baggage is to the site; loses, that it starts a
	// span which does not get its parent's.
	Baggage BaggageUse
	Loses   bool
	// Detached says that it starts the span in a context without baggage.
	Detached bool
	// ShowsBaggage says that an adapter is asked for a span context, which has the
	// baggage that a native one has not.
	ShowsBaggage bool
	// Parent is the span context that it starts a child of, if that is its only
	// reference, or that it asks for baggage. A span is carriable: an adapter knows its
	// baggage, and carries says that it is asked.
	Parent    *flow.Node
	Carriable bool
	Carries   bool
	// Sends says that it injects its parent, in the place of a start.
	Sends  bool
	Errors ErrorUse
	// Kept is the site that keeps the calls on the span by an adapter, where this one can't
	// rewrite them; instead is the way back.
	Kept, Instead *Site
	Apart         bool // what the calls are given may have to stay
}

// Edits tells whether the site's edits are made.
func (s *Site) Edits() bool { return s.run.On(s) }

// Adapting is told that an edit of the site writes an adapter.
func (s *Site) Adapting() { s.written = true }

// Adapted tells whether OpenTracing is left behind an adapter.
func (s *Site) Adapted() bool { return s.Adapter || s.written }

func (s *Site) Need(nodes ...*flow.Node) {
	for _, n := range nodes {
		if n != nil {
			s.Nodes = append(s.Nodes, n)
		}
	}
}

// Change says how the spans differ afterwards, in addition to what was said already.
func (s *Site) Change(what string) {
	if s.Changes != "" {
		what = s.Changes + "; " + what
	}
	s.Changes = what
}

// Deny refuses a site. The first reason is the one that is told of it.
func (s *Site) Deny(category *refusal.Category, pos token.Pos, reason string) {
	why := &flow.Pin{Category: category, Pos: pos, Reason: reason}
	if s.Refusal == nil {
		s.Refusal = why
	} else if len(s.besides) < reasonsOfSite {
		s.besides = append(s.besides, why)
	}
}

// reasonsOfSite is as many as a reader could look at.
const reasonsOfSite = 16

// reasons returns why a site is refused itself.
func (s *Site) reasons() []*flow.Pin {
	if s.Refusal == nil {
		return nil
	}
	return append([]*flow.Pin{s.Refusal}, s.besides...)
}

// BaggageUse says what a site has to do with the baggage of a span.
type BaggageUse uint8

const (
	// baggageInContext: the context that has the item is known here.
	BaggageInContext BaggageUse = iota + 1
	// baggageInSpan: only the span is, which an adapter asks.
	BaggageInSpan
	// baggageStored: only a span context is, which has to stay OpenTracing for that.
	BaggageStored
)

// StayForBaggage has the span context that a site refers to stay OpenTracing, and tells
// whether that is a declaration that can.
func (rw *Run) StayForBaggage(s *Site) bool {
	n := s.Parent
	if n == nil || n.Obj == nil || !n.Obj.Pos().IsValid() || n.Pinned() != nil {
		return false
	}
	rw.stay(n.Obj.Pos(), &flow.Pin{Category: RefusedBaggage, Pos: n.Obj.Pos(), Reason: "the code needs the baggage of this span context, and OpenTelemetry's span contexts have none"})
	return true
}

// HandedOn counts the places where the context of a span is handed on: each needs an
// adapter where span contexts stay.
func (g *Group) HandedOn() (n int) {
	for _, s := range g.Sites {
		if s.Symbol == "opentracing.Span.Context" {
			n++
		}
	}
	return n
}
