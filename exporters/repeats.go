// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// fewestRepeats is how many spans in a row one line may stand for, at least.
const fewestRepeats = 3

// rows sets the lines that n and what is below it are printed as: a line for each
// child, or one for several of them in a row that repeat each other.
func (n *node) setRows(verbose bool) {
	n.rows = n.children
	if !verbose {
		n.rows = collapse(n.children)
	}
	for _, row := range n.rows {
		row.setRows(verbose)
	}
}

// collapse returns siblings with a node of its own for each run of repeats.
func collapse(siblings []*node) []*node {
	rows := make([]*node, 0, len(siblings))
	for from := 0; from < len(siblings); {
		to := from + 1
		for to < len(siblings) && repeats(siblings[from], siblings[to]) {
			to++
		}
		if to-from < fewestRepeats {
			rows = append(rows, siblings[from:to]...)
		} else {
			rows = append(rows, &node{span: siblings[from].span, parent: siblings[from].parent, repeats: siblings[from:to]})
		}
		from = to
	}
	return rows
}

// repeats reports whether a line for a can stand for b, too: both have ended well,
// did the same for the same service, and have nothing below them.
func repeats(a, b *node) bool {
	return a.plain() && b.plain() &&
		a.span.Name() == b.span.Name() && a.span.SpanKind() == b.span.SpanKind() &&
		serviceName(a.span) == serviceName(b.span) && sameStatus(a.span, b.span)
}

// plain reports whether a span has nothing that needs a line of its own.
func (n *node) plain() bool {
	return !n.open && len(n.children) == 0 && n.span.Status().Code != codes.Error
}

func sameStatus(a, b sdktrace.ReadOnlySpan) bool {
	s, _ := httpStatus(a)
	t, _ := httpStatus(b)
	return s == t
}

// spans are those that the line of n stands for.
func (n *node) spans() []sdktrace.ReadOnlySpan {
	if n.repeats == nil {
		return []sdktrace.ReadOnlySpan{n.span}
	}
	spans := make([]sdktrace.ReadOnlySpan, len(n.repeats))
	for i, repeat := range n.repeats {
		spans[i] = repeat.span
	}
	return spans
}

// times is what follows the name of a line that stands for several spans.
func (l *layout) times(n *node) string {
	if n.repeats == nil {
		return ""
	}
	return " " + l.glyphs.times + strconv.Itoa(len(n.repeats))
}

// end is when the last span of the line ended, or now while it is open.
func (n *node) end(now time.Time) time.Time {
	if n.open {
		return now
	}
	end := n.span.EndTime()
	for _, repeat := range n.repeats {
		if at := repeat.span.EndTime(); at.After(end) {
			end = at
		}
	}
	return end
}

// duration is how long the spans of the line took in sum, or have taken until now.
func (n *node) duration(now time.Time) time.Duration {
	if n.repeats == nil {
		return n.end(now).Sub(n.span.StartTime())
	}
	var sum time.Duration
	for _, repeat := range n.repeats {
		sum += repeat.duration(now)
	}
	return sum
}

// common returns the attributes that all spans have alike, in the order of the
// first one, and how many keys there are besides.
func common(spans []sdktrace.ReadOnlySpan) (alike []attribute.KeyValue, differing int) {
	if len(spans) == 1 {
		return spans[0].Attributes(), 0
	}
	have := make(map[attribute.KeyValue]int)
	keys := make(map[attribute.Key]bool)
	for _, span := range spans {
		for _, kv := range span.Attributes() {
			have[kv]++
			keys[kv.Key] = true
		}
	}
	for _, kv := range spans[0].Attributes() {
		if have[kv] == len(spans) {
			alike = append(alike, kv)
			delete(keys, kv.Key)
		}
	}
	return alike, len(keys)
}
