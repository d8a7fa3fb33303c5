// SPDX-License-Identifier: Apache-2.0

package migrate

import "go/token"

// A site is what one rule does: it covers one or more uses and converts with all of
// its nodes' groups, or not at all.
type site struct {
	run     *rewriter // from when groups are made
	file    *sourceFile
	rule    string
	pos     token.Pos
	symbol  string
	uses    []*use
	nodes   []*node
	span    *node // that it calls, where it does so
	refusal *pin
	note    string
	// changes says how the spans differ afterwards, if they do.
	changes string
	// staysChange says how spans of other code differ afterwards, while it stays.
	staysChange string
	adapter     bool
	written     bool // its new text has an adapter
	// activates is set where a span is put into a context, which only an adapter
	// does for OpenTracing code below.
	activates bool
	// asksNoop tells whether it asks a value for its type NoopTracer.
	asksNoop bool
	// reads tells whether it looks at the span of a context.
	reads bool
	// asksNil tells whether it asks whether a context has a span; exact, that one that
	// does nothing is found, too.
	asksNil, exact bool
	// leavesNil tells whether a span may be nil where there is none.
	leavesNil bool
	// hides says why the span that it puts into a context, as long as it is
	// OpenTracing code, is none that OpenTelemetry code can see there.
	hides *pin
	// mayHide tells whether that span is one of NoopTracer at times.
	mayHide bool
	facts   facts
	// final says that the end of the span follows, so no error tag can come after it.
	final bool
	// baggage says what a span's baggage is to the site; loses, that it starts a
	// span which does not get its parent's.
	baggage baggageUse
	loses   bool
	// showsBaggage says that an adapter is asked for a span context, which has the
	// baggage that a native one has not.
	showsBaggage bool
	// parent is the span context that it starts a child of, if that is its only
	// reference. A span is carriable: an adapter knows its baggage, and carries says that
	// it is asked.
	parent    *node
	carriable bool
	carries   bool
	// sends says that it injects its parent, in the place of a start.
	sends  bool
	errors errorUse
	// kept is the site that keeps the calls on the span by an adapter, where this one can't
	// rewrite them; instead is the way back.
	kept, instead *site
	apart         bool // what the calls are given may have to stay
}

// edits tells whether the site's edits are made.
func (s *site) edits() bool { return s.run.on(s) }

// adapting is told that an edit of the site writes an adapter.
func (s *site) adapting() { s.written = true }

// adapted tells whether OpenTracing is left behind an adapter.
func (s *site) adapted() bool { return s.adapter || s.written }

func (s *site) need(nodes ...*node) {
	for _, n := range nodes {
		if n != nil {
			s.nodes = append(s.nodes, n)
		}
	}
}

// change says how the spans differ afterwards, in addition to what was said already.
func (s *site) change(what string) {
	if s.changes != "" {
		what = s.changes + "; " + what
	}
	s.changes = what
}

func (s *site) deny(category string, pos token.Pos, reason string) {
	if s.refusal == nil {
		s.refusal = &pin{category: category, pos: pos, reason: reason}
	}
}
