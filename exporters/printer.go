// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/internal/printable"
)

// block is what one Write prints: trees of one trace.
type block struct {
	trace trace.TraceID
	roots []*node
	ended int       // how many of the spans have ended
	bytes int       // and how many bytes they have, about
	at    time.Time // when the block was put together

	late      bool // the parents of the roots are in an earlier block …
	rootEnd   time.Time
	continued bool // an earlier block showed other spans of the trace
	dropped   int  // how many spans got lost before
}

// printer writes blocks. It isn't safe for concurrent use.
type printer struct {
	w         io.Writer
	opts      TreeOptions
	terminal  terminal
	redact    redactor
	link      traceLink
	glyphs    glyphs
	resources map[attribute.Distinct]bool // those printed
	written   bool                        // a block was
	last      trace.TraceID               // that of the last one
	failed    bool
}

// glyphs are the characters a tree is drawn with.
type glyphs struct {
	branch, last, through, blank    string
	more, remote, late, event, link string
	barStart, bar, times            string
}

func newPrinter(w io.Writer, o TreeOptions) *printer {
	p := &printer{
		w: w, opts: o,
		terminal:  newTerminal(w, o),
		redact:    newRedactor(o.Redact),
		link:      newTraceLink(o),
		resources: make(map[attribute.Distinct]bool),
		glyphs: glyphs{
			branch: "├─ ", last: "└─ ", through: "│  ", blank: "   ",
			more: "…", remote: "↖ ", late: "⋯ ", event: "· ", link: "→ ",
			barStart: "▏", bar: "█", times: "×",
		},
	}
	if p.terminal.ascii {
		p.glyphs = glyphs{
			branch: "|- ", last: "`- ", through: "|  ", blank: "   ",
			more: "...", remote: "^ ", late: "... ", event: "* ", link: "> ",
			barStart: "|", bar: "#", times: "x",
		}
	}
	return p
}

// write writes the block unless a filter holds it back, after an empty line unless
// it is the first one, or adds what is late to the trace above it. Of several failed
// writes only the first is returned.
func (p *printer) write(b block) error {
	out := &page{printer: p, columns: p.terminal.columns()}
	if b.dropped > 0 {
		out.line(red.text(fmt.Sprintf("%s%d spans dropped: the output could not keep up", p.glyphs.late, b.dropped)))
	}
	if p.wanted(b) {
		p.describeResources(out, b)
		out.block(b)
	}
	if out.Len() == 0 {
		return nil
	}
	text := out.String()
	if p.written && !(b.late && b.trace == p.last) {
		text = "\n" + text
	}
	p.written, p.last = true, b.trace
	if _, err := io.WriteString(p.w, text); err != nil && !p.failed {
		p.failed = true
		return fmt.Errorf("exporters: tree: %w", printable.Error(err))
	}
	return nil
}

// wanted applies the filters.
func (p *printer) wanted(b block) bool {
	var longest time.Duration
	failed, named := !p.opts.ErrorsOnly, p.opts.Name == nil
	for _, root := range b.roots {
		root.each(func(n *node) {
			longest = max(longest, n.duration(b.at))
			failed = failed || n.span.Status().Code == codes.Error
			named = named || p.opts.Name.MatchString(n.span.Name())
		})
	}
	return len(b.roots) > 0 && failed && named && longest >= p.opts.MinDuration
}

// describeResources prints the resources that were not printed before.
func (p *printer) describeResources(out *page, b block) {
	for _, root := range b.roots {
		root.each(func(n *node) {
			r := n.span.Resource()
			if r == nil || r.Len() == 0 || p.resources[r.Equivalent()] {
				return
			}
			p.resources[r.Equivalent()] = true
			shown := r.Attributes()
			if !p.opts.Verbose {
				shown = slices.DeleteFunc(shown, func(kv attribute.KeyValue) bool { return isPlumbing(kv.Key) })
			}
			text := "resource" + out.attributes(shown)
			if hidden := r.Len() - len(shown); hidden > 0 {
				text += " +" + strconv.Itoa(hidden)
			}
			out.line(dim.text(text))
		})
	}
}

// isPlumbing reports whether a resource attribute says what every program of
// this machine and language says.
func isPlumbing(key attribute.Key) bool {
	for _, prefix := range []string{"telemetry.", "process.", "os.", "host.", "container."} {
		if strings.HasPrefix(string(key), prefix) {
			return true
		}
	}
	return false
}

// httpStatus returns the status code of an HTTP span, old or new convention.
func httpStatus(span sdktrace.ReadOnlySpan) (string, bool) {
	for _, kv := range span.Attributes() {
		if isHTTPStatus(kv.Key) {
			return printable.Text(kv.Value.String()), true
		}
	}
	return "", false
}

func isHTTPStatus(key attribute.Key) bool {
	return key == "http.status_code" || key == "http.response.status_code"
}

// errorText is the first line of what the span says about its error.
func errorText(span sdktrace.ReadOnlySpan) string {
	text := span.Status().Description
	if text == "" {
		for _, event := range slices.Backward(span.Events()) {
			if text = exceptionMessage(event); text != "" {
				break
			}
		}
	}
	return firstLine(text)
}
