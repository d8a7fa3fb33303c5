// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"github.com/ot2otel/ot2otel/internal/printable"
)

// page is the text of a block in the making.
type page struct {
	strings.Builder
	*printer
	columns int // of a line; 0: no limit
}

// style is how a piece of text is coloured.
type style string

const (
	plain  style = ""
	bold   style = "1"
	dim    style = "2"
	red    style = "31"
	green  style = "32"
	yellow style = "33"
	blue   style = "34"
	cyan   style = "36"
)

// piece is text in one style. Its text is safe to print.
type piece struct {
	style style
	value string
	link  string // where a click goes; "": nowhere
}

func (s style) text(value string) piece { return piece{style: s, value: value} }

// line writes pieces as one line, whose end is clipped to the page.
func (o *page) line(pieces ...piece) {
	left := o.columns
	var b strings.Builder
	for _, piece := range pieces {
		text := piece.value
		if o.columns > 0 {
			if text = clip(text, left, o.glyphs.more); text == "" && piece.value != "" {
				break
			}
			left -= textWidth(text)
		}
		text = o.paint(piece.style, text)
		if piece.link != "" {
			text = hyperlink(piece.link, text)
		}
		b.WriteString(text)
	}
	o.WriteString(strings.TrimRight(b.String(), " "))
	o.WriteByte('\n')
}

// wholeLine writes a line that is not clipped, so that it can be copied.
func (o *page) wholeLine(pieces ...piece) {
	whole := page{printer: o.printer}
	whole.line(pieces...)
	o.WriteString(whole.String())
}

func (o *page) paint(s style, text string) string {
	if s == plain || !o.terminal.colour || strings.Trim(text, " ") == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}

// safe returns s without secrets and without what could drive a terminal.
func (o *page) safe(s string) string {
	s = o.redact.text(s)
	if o.terminal.ascii {
		return printable.ASCII(s)
	}
	return printable.Text(s)
}

// attribute is the text of kv, without secrets.
func (o *page) attribute(kv attribute.KeyValue) string {
	text := string(appendAttribute(nil, o.redact.attribute(kv)))
	if o.terminal.ascii {
		text = printable.ASCII(text)
	}
	return text
}

// attributes are the texts of several, each after a space.
func (o *page) attributes(kvs []attribute.KeyValue) string {
	var b strings.Builder
	for _, kv := range kvs {
		b.WriteString(" " + o.attribute(kv))
	}
	return b.String()
}

// block writes the lines of b.
func (o *page) block(b block) {
	if b.late {
		o.late(b)
		return
	}
	l := newLayout(o, b, 0)
	for i, root := range b.roots {
		l.tree(root, "", "", 0, i == 0)
	}
}

// late writes spans whose parents were printed before. A single one joins its
// header.
func (o *page) late(b block) {
	l := newLayout(o, b, 1)
	header := []piece{dim.text(o.glyphs.late), yellow.text("late"), plain.text("  "),
		dim.text("trace "), o.traceID(b.trace, b.trace.String()[:8]+o.glyphs.more)}
	after := o.afterRoot(b)
	if n := b.roots[0]; len(b.roots) == 1 && len(n.children) == 0 && !o.opts.Verbose {
		l.names = 0 // one line has no columns
		header = append(header, plain.text("  "))
		header = append(header, l.spanPieces(n, o.glyphs.last, 1, false)...)
		if after != "" {
			header = append(header, plain.text("  "), dim.text("("+after+")"))
		}
		o.line(header...)
		return
	}
	if after != "" {
		header = append(header, plain.text("  "), dim.text(after))
	}
	o.line(header...)
	for i, root := range b.roots {
		first, rest := o.glyphs.branch, o.glyphs.through
		if i == len(b.roots)-1 {
			first, rest = o.glyphs.last, o.glyphs.blank
		}
		l.tree(root, first, rest, 1, false)
	}
}

// afterRoot says how much later than its root the last of the late spans ended.
func (o *page) afterRoot(b block) string {
	var last time.Time
	for _, root := range b.roots {
		root.each(func(n *node) {
			if end := n.span.EndTime(); end.After(last) {
				last = end
			}
		})
	}
	if b.rootEnd.IsZero() || !last.After(b.rootEnd) {
		return ""
	}
	return "ended " + o.duration(last.Sub(b.rootEnd)) + " after its root"
}

// duration is durationText in the characters that the terminal has.
func (o *page) duration(d time.Duration) string {
	text := durationText(d)
	if o.terminal.ascii {
		text = strings.Replace(text, "µ", "u", 1)
	}
	return text
}
