// SPDX-License-Identifier: Apache-2.0

package exporters

import "time"

const (
	selfFrom  = 80 // columns
	selfShare = 20 // self time or that of the children below a 20th of the duration says nothing
)

// selfText is the time that a span spent outside of its children, "" where the
// durations say as much: it has none, they took all or nearly nothing of it, or some
// are still open.
func (l *layout) selfText(n *node) string {
	if n.open || l.columns > 0 && l.columns < selfFrom {
		return ""
	}
	covered, known := n.covered()
	duration := n.duration(l.block.at)
	self := duration - covered
	if !known || self < duration/selfShare || covered < duration/selfShare {
		return ""
	}
	return "(self " + l.duration(self) + ")"
}

// covered is how much of the span's time its children cover: what several share
// counts once, what is outside of the span doesn't. It is unknown without children,
// or while one is open.
func (n *node) covered() (sum time.Duration, known bool) {
	at, end := n.span.StartTime(), n.span.EndTime()
	for _, child := range n.children { // by their start
		if child.open {
			return 0, false
		}
		from, to := child.span.StartTime(), child.span.EndTime()
		if from.Before(at) {
			from = at
		}
		if to.After(end) {
			to = end
		}
		if to.After(from) {
			sum += to.Sub(from)
			at = to
		}
	}
	return sum, len(n.children) > 0
}
