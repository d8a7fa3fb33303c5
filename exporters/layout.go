// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/codes"
)

const (
	unlimitedNames = 72 // columns that longer names may pass
	barsFrom       = 80
	middleBarsFrom = 100
	wideBarsFrom   = 140
	onlyNames      = 40 // columns: less is for names and durations
)

// layout is the page with the columns of a block.
type layout struct {
	*page
	block block

	maxDepth  int // how deep the indentation goes
	names     int
	services  int // 0: all spans are of one service
	bar       int // 0: no bars
	durations int

	start time.Time // of the first span
	total time.Duration
}

// newLayout measures the block. Its trees are indented by depth steps.
func newLayout(o *page, b block, depth int) *layout {
	l := &layout{page: o, block: b, maxDepth: 20}
	nameLimit := unlimitedNames
	if o.columns > 0 {
		nameLimit = o.columns * 45 / 100
		if o.columns < onlyNames {
			nameLimit = o.columns - len("  100.0ms")
		}
		l.maxDepth = min(l.maxDepth, nameLimit*2/9) // a third is left for the name
	}
	var lines int
	var end time.Time
	services := make(map[string]bool)
	var measure func(n *node, depth int)
	measure = func(n *node, depth int) {
		lines++
		if width := 3*min(depth, l.maxDepth) + textWidth(l.name(n, depth)+l.times(n)); width <= nameLimit {
			l.names = max(l.names, width)
		} else if o.columns > 0 {
			l.names = nameLimit
		}
		service := serviceName(n.span)
		services[service] = true
		l.services = max(l.services, textWidth(o.safe(service)))
		l.durations = max(l.durations, textWidth(l.took(n)))
		if l.start.IsZero() || n.span.StartTime().Before(l.start) {
			l.start = n.span.StartTime()
		}
		if at := n.end(b.at); at.After(end) {
			end = at
		}
		for _, child := range n.rows {
			measure(child, depth+1)
		}
	}
	for _, root := range b.roots {
		root.setRows(o.opts.Verbose)
		measure(root, depth)
	}
	l.total = end.Sub(l.start)
	if len(services) == 1 || o.columns > 0 && o.columns < onlyNames {
		l.services = 0
	}
	l.services = min(l.services, 20)
	switch {
	case lines < 2 || o.columns < barsFrom || l.total <= 0:
	case o.columns < middleBarsFrom:
		l.bar = 8
	case o.columns < wideBarsFrom:
		l.bar = 12
	default:
		l.bar = 24
	}
	return l
}

// name is the name of the span with its mark and, too deep to be indented
// further, its depth.
func (l *layout) name(n *node, depth int) string {
	name := l.safe(n.span.Name())
	if n.span.Status().Code == codes.Error {
		name = "! " + name
	}
	if depth > l.maxDepth {
		name = "(" + strconv.Itoa(depth) + ") " + name
	}
	return name
}

func (l *layout) took(n *node) string { return l.duration(n.duration(l.block.at)) }

// tree writes n and what is below it. The first line starts with first, every
// other one with rest.
func (l *layout) tree(n *node, first, rest string, depth int, header bool) {
	l.line(l.spanPieces(n, first, depth, header)...)
	below := rest + l.glyphs.blank
	if len(n.children) > 0 {
		below = rest + l.glyphs.through
	}
	if header && !l.stampFits(n) {
		l.stampLines(n, below)
	}
	if l.opts.Verbose {
		l.verbose(n, below)
	}
	for i, child := range n.rows {
		branch, through := l.glyphs.branch, l.glyphs.through
		if i == len(n.rows)-1 {
			branch, through = l.glyphs.last, l.glyphs.blank
		}
		if depth >= l.maxDepth { // as deep as the indentation goes
			l.tree(child, first, rest, depth+1, false)
			continue
		}
		l.tree(child, rest+branch, rest+through, depth+1, false)
	}
	if n.parent == nil {
		l.origin(n, rest+l.glyphs.blank)
	}
}

// origin says where a span without a parent in the block comes from.
func (l *layout) origin(n *node, prefix string) {
	parent := n.span.Parent()
	if l.block.late || !parent.SpanID().IsValid() {
		return
	}
	text := "remote parent " + parent.SpanID().String()
	if !parent.IsRemote() {
		text = "parent " + parent.SpanID().String() + " has not ended"
	}
	text += l.baggageText(n.baggage)
	l.line(plain.text(prefix), dim.text(l.glyphs.remote+text))
}

func (l *layout) baggageText(b baggage.Baggage) string {
	if b.Len() == 0 {
		return ""
	}
	items := make([]string, 0, b.Len())
	for _, member := range b.Members() { // in no order
		items = append(items, l.attribute(attribute.String(member.Key(), member.Value())))
	}
	slices.Sort(items)
	return "   baggage " + strings.Join(items, " ")
}

// spanPieces is the line of the span.
func (l *layout) spanPieces(n *node, first string, depth int, header bool) []piece {
	name, times := l.name(n, depth), l.times(n)
	room := max(l.names-textWidth(first), 0)
	if l.columns > 0 && l.names > 0 {
		name = clip(name, room-textWidth(times), l.glyphs.more)
	}
	name += times
	style := plain
	switch {
	case n.span.Status().Code == codes.Error:
		style = red
	case header:
		style = bold
	}
	pieces := []piece{dim.text(first), style.text(padRight(name, room)), plain.text("  ")}
	if l.services > 0 {
		service := clip(l.safe(serviceName(n.span)), l.services, l.glyphs.more)
		pieces = append(pieces, cyan.text(padRight(service, l.services)), plain.text("  "))
	}
	if l.bar > 0 {
		pieces = append(pieces, l.barPieces(n, header)...)
	}
	pieces = append(pieces, plain.text(padLeft(l.took(n), l.durations)))
	if details := l.details(n, header); len(details) > 0 {
		pieces = append(pieces, plain.text("  "))
		pieces = append(pieces, details...)
	}
	return pieces
}

// barPieces draws when the span ran; not for the header, which is the whole.
func (l *layout) barPieces(n *node, header bool) []piece {
	if header && len(l.block.roots) == 1 {
		return []piece{plain.text(strings.Repeat(" ", l.bar+2))}
	}
	cells := float64(l.bar)
	from := int(cells * float64(n.span.StartTime().Sub(l.start)) / float64(l.total))
	to := int(cells*float64(n.end(l.block.at).Sub(l.start))/float64(l.total) + 0.5)
	from = min(max(from, 0), l.bar-1)
	to = min(max(to, from+1), l.bar)
	style := blue
	if n.span.Status().Code == codes.Error {
		style = red
	}
	return []piece{
		dim.text(l.glyphs.barStart),
		style.text(strings.Repeat(" ", from) + strings.Repeat(l.glyphs.bar, to-from)),
		plain.text(strings.Repeat(" ", l.bar-to+1)),
	}
}

// before is how many columns come before the details.
func (l *layout) before() int {
	width := l.names + 2 + l.durations + 2
	if l.services > 0 {
		width += l.services + 2
	}
	if l.bar > 0 {
		width += l.bar + 2
	}
	return width
}
