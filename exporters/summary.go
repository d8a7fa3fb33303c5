// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"slices"
	"strconv"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

const (
	inlineAttributes = 6  // how many a line shows at most
	inlineEvents     = 2  // and how many events
	inlineWidth      = 48 // columns of one of them
	worthClipping    = 24 // columns that the first one is rather clipped to than left out
)

// summary is what a line says of its spans after the essentials: as much as fits.
type summary struct {
	*layout
	attributes, events []piece // those shown, each after a space
	hidden             hidden
	left               int // columns
}

// summarize returns the pieces of the summary of n that fit in space columns, each
// after a space. Circumstances have the room that events leave.
func (l *layout) summarize(n *node, space int) []piece {
	spans := n.spans()
	attributes, differing := common(spans)
	attributes = inlineOrder(n.span, attributes)
	circumstances := slices.IndexFunc(attributes, func(kv attribute.KeyValue) bool { return interestOf(kv.Key) == circumstance })
	if circumstances < 0 {
		circumstances = len(attributes)
	}
	s := summary{layout: l, left: space, hidden: hiddenOf(spans, len(attributes), differing)}
	s.showAttributes(attributes[:circumstances])
	if n.repeats == nil {
		s.showEvents(untold(n.span))
	}
	s.showAttributes(attributes[circumstances:])

	others := s.hidden.others()
	more := s.hidden.more(true)
	if width(more)+width(others) > s.left {
		more = s.hidden.more(false)
	}
	for len(others) > 0 && width(more)+width(others) > s.left {
		others = others[:len(others)-2] // a part of a count would be another one
	}
	return slices.Concat(s.attributes, more, s.events, others)
}

// reserve is how many columns the summary of n has before a stamp or a self time may
// have them: those of its first attribute, unless that is a circumstance.
func (l *layout) reserve(n *node) int {
	ordered := inlineOrder(n.span, n.span.Attributes())
	if l.opts.Verbose || len(ordered) == 0 || interestOf(ordered[0].Key) == circumstance {
		return 0
	}
	return 1 + worthClipping
}

// showAttributes adds those that fit. A later one may, if it is shorter.
func (s *summary) showAttributes(attributes []attribute.KeyValue) {
	for _, kv := range attributes {
		if len(s.attributes) == 2*inlineAttributes {
			return
		}
		s.hidden.attributes--
		text := s.fit(s.attribute(kv), len(s.attributes) == 0)
		if text == "" {
			s.hidden.attributes++
			continue
		}
		s.attributes = append(s.attributes, plain.text(" "), plain.text(text))
	}
}

// showEvents adds those that fit, in their order.
func (s *summary) showEvents(events []sdktrace.Event) {
	for _, event := range events[:min(len(events), inlineEvents)] {
		before := s.hidden
		s.hidden.events--
		s.hidden.eventsShown = true
		text := s.fit(s.event(event), len(s.events) == 0)
		if text == "" {
			s.hidden = before
			return
		}
		s.events = append(s.events, plain.text(" "), plain.text(text))
	}
}

// fit takes the columns for text, as long as may be, besides those that say what is
// hidden. It returns "" where they are too few.
func (s *summary) fit(text string, mayClip bool) string {
	text = clip(text, inlineWidth, s.glyphs.more)
	room := s.left - 1 - width(s.hidden.more(false)) - width(s.hidden.others())
	if textWidth(text) > room {
		if !mayClip || room < worthClipping {
			return ""
		}
		text = clip(text, room, s.glyphs.more)
	}
	s.left -= 1 + textWidth(text)
	return text
}

// hidden is how much of its spans a line doesn't show.
type hidden struct {
	attributes, differing, events, links int
	lostAttributes, lostEvents           int
	eventsShown                          bool // some are
}

func hiddenOf(spans []sdktrace.ReadOnlySpan, attributes, differing int) hidden {
	h := hidden{attributes: attributes, differing: differing}
	for _, span := range spans {
		h.events += len(untold(span))
		h.links += len(span.Links())
		h.lostAttributes += span.DroppedAttributes()
		h.lostEvents += span.DroppedEvents()
	}
	return h
}

// more says how many attributes are hidden, with the noun if there is room.
func (h hidden) more(noun bool) []piece {
	if h.attributes == 0 {
		return nil
	}
	text := "+" + strconv.Itoa(h.attributes)
	if noun {
		text = "+" + plural(h.attributes, "attribute")
	}
	return []piece{plain.text(" "), dim.text(text)}
}

// others say how much is hidden of all else, each after a space or a comma.
func (h hidden) others() []piece {
	var pieces []piece
	separator := " "
	if h.attributes > 0 || h.eventsShown {
		separator = ", "
	}
	add := func(n int, style style, before, noun, after string) {
		if n > 0 {
			pieces = append(pieces, dim.text(separator), style.text(before+plural(n, noun)+after))
			separator = ", "
		}
	}
	vary, plus := " vary", ""
	if h.differing == 1 {
		vary = " varies"
	}
	if h.eventsShown {
		plus = "+"
	}
	add(h.differing, dim, "", "attribute", vary)
	add(h.events, dim, plus, "event", "")
	add(h.links, dim, "", "link", "")
	add(h.lostAttributes, yellow, "", "attribute", " lost")
	add(h.lostEvents, yellow, "", "event", " lost")
	return pieces
}
