// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"slices"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// essentials are the details that a line always shows: the kind, the HTTP
// status, whether the span is open, and its error.
func (l *layout) essentials(n *node, header bool) []piece {
	var pieces []piece
	if kind := n.span.SpanKind(); kind > trace.SpanKindInternal {
		pieces = append(pieces, dim.text(kind.String()))
	}
	if status, ok := httpStatus(n.span); ok {
		style := green
		switch {
		case strings.HasPrefix(status, "5"):
			style = red
		case strings.HasPrefix(status, "4"):
			style = yellow
		}
		pieces = append(pieces, style.text(l.safe(status)))
	}
	if n.open {
		pieces = append(pieces, yellow.text("open"))
	}
	if header && l.block.continued {
		pieces = append(pieces, yellow.text("continued"))
	}
	if n.span.Status().Code == codes.Error {
		text := "ERROR"
		if message := errorText(n.span); message != "" {
			text += " " + l.safe(message)
		}
		pieces = append(pieces, red.text(text))
	}
	return pieces
}

// details are what comes after the duration: the self time, the essentials, a few
// attributes and events, how much isn't shown, and in the header the stamp.
func (l *layout) details(n *node, header bool) []piece {
	space := 1 << 20
	if l.columns > 0 {
		space = l.columns - l.before()
	}
	var stamp []piece
	if header && l.stampFits(n) {
		stamp = append(stamp, plain.text("  "))
		stamp = append(stamp, l.stamp(n)...)
		space -= width(stamp)
	}
	first := l.essentials(n, header)
	if self := l.selfText(n); self != "" && width(spaced(first))+1+textWidth(self)+l.reserve(n) <= space {
		first = slices.Insert(first, 0, dim.text(self))
	}
	pieces := spaced(first)
	if !l.opts.Verbose {
		pieces = append(pieces, l.summarize(n, space-width(pieces))...)
	}
	pieces = append(pieces, stamp...)
	if len(pieces) > 0 && strings.Trim(pieces[0].value, " ") == "" {
		return pieces[1:] // the space before the first
	}
	return pieces
}

// verbose writes everything else that is known of the span, each thing in a
// line of its own, which may be as long as it is. The instrumentation scope is
// left out where it is that of the parent.
func (l *layout) verbose(n *node, prefix string) {
	o := l.page
	line := func(pieces ...piece) {
		o.wholeLine(append([]piece{dim.text(prefix)}, pieces...)...)
	}
	span := n.span
	for _, kv := range span.Attributes() {
		line(plain.text(o.attribute(kv)))
	}
	if n := span.DroppedAttributes(); n > 0 {
		line(yellow.text(plural(n, "attribute") + " lost"))
	}
	for _, event := range span.Events() {
		text := o.glyphs.event + "+" + o.duration(event.Time.Sub(span.StartTime())) + " " + o.safe(event.Name)
		line(plain.text(text + o.attributes(event.Attributes)))
	}
	if n := span.DroppedEvents(); n > 0 {
		line(yellow.text(plural(n, "event") + " lost"))
	}
	for _, link := range span.Links() {
		text := o.glyphs.link + "span " + link.SpanContext.SpanID().String()
		if link.SpanContext.TraceID() != span.SpanContext().TraceID() {
			text += " of trace " + link.SpanContext.TraceID().String()
		}
		line(plain.text(text + o.attributes(link.Attributes)))
	}
	if scope := span.InstrumentationScope(); scope.Name != "" && (n.parent == nil || n.parent.span.InstrumentationScope() != scope) {
		line(dim.text("scope " + strings.TrimSpace(o.safe(scope.Name)+" "+o.safe(scope.Version))))
	}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// join appends p after a space.
func join(pieces []piece, p piece) []piece {
	if len(pieces) > 0 {
		pieces = append(pieces, plain.text(" "))
	}
	return append(pieces, p)
}

// spaced puts a space between each two pieces.
func spaced(pieces []piece) []piece {
	result := make([]piece, 0, 2*len(pieces))
	for _, p := range pieces {
		result = join(result, p)
	}
	return result
}

func width(pieces []piece) int {
	sum := 0
	for _, p := range pieces {
		sum += textWidth(p.value)
	}
	return sum
}
