// SPDX-License-Identifier: Apache-2.0

package exporters

import "go.opentelemetry.io/otel/trace"

// stamp is what the header of a block says of its trace: the time of day at which
// the first root started, where the program runs, and the ID.
func (l *layout) stamp(n *node) []piece {
	return []piece{l.clock(n), plain.text("  "), dim.text("trace "), l.traceID(l.block.trace, l.block.trace.String())}
}

// traceID is a text for the ID, which is a link where the terminal and the options
// have any.
func (o *page) traceID(id trace.TraceID, text string) piece {
	p := dim.text(text)
	if o.terminal.fd >= 0 && o.terminal.colour {
		p.link = o.link.to(id)
	}
	return p
}

func (l *layout) clock(n *node) piece {
	return dim.text(n.span.StartTime().Local().Format("15:04:05.000"))
}

// stampFits reports whether the line of the header has room for the stamp after its
// essentials and what most of its attributes are clipped to.
func (l *layout) stampFits(n *node) bool {
	if l.columns == 0 {
		return true
	}
	return l.before()+width(spaced(l.essentials(n, true)))+l.reserve(n)+2+width(l.stamp(n)) <= l.columns
}

// stampLines writes the stamp below the header, the ID in a line of its own where
// the page is too narrow. The ID is never cut: a user copies it.
func (l *layout) stampLines(n *node, prefix string) {
	stamp := l.stamp(n)
	if l.columns > 0 && textWidth(prefix)+width(stamp) > l.columns {
		l.line(dim.text(prefix), stamp[0])
		stamp = stamp[2:]
	}
	l.wholeLine(append([]piece{dim.text(prefix)}, stamp...)...)
}
