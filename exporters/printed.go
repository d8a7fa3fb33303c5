// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"time"

	"go.opentelemetry.io/otel/trace"
)

// printedTraces remembers the last traces that were printed, so that spans
// that come later are told to be late.
type printedTraces struct {
	maxTraces, maxSpans int

	traces map[trace.TraceID]*printedTrace
	order  []trace.TraceID // the oldest first
	spans  int
}

type printedTrace struct {
	spans   map[trace.SpanID]bool
	rootEnd time.Time // of the root that ended last
}

// remember notes the spans of the tree, and forgets the oldest traces.
func (p *printedTraces) remember(root *node) {
	id := root.span.SpanContext().TraceID()
	if p.traces == nil {
		p.traces = make(map[trace.TraceID]*printedTrace)
	}
	t := p.traces[id]
	if t == nil {
		t = &printedTrace{spans: make(map[trace.SpanID]bool)}
		p.traces[id] = t
		p.order = append(p.order, id)
	}
	before := len(t.spans)
	root.eachEnded(func(n *node) { t.spans[n.span.SpanContext().SpanID()] = true })
	p.spans += len(t.spans) - before
	if !root.open && !t.spans[root.span.Parent().SpanID()] && root.span.EndTime().After(t.rootEnd) {
		t.rootEnd = root.span.EndTime()
	}
	for len(p.order) > 1 && (len(p.order) > p.maxTraces || p.spans > p.maxSpans) {
		p.spans -= len(p.traces[p.order[0]].spans)
		delete(p.traces, p.order[0])
		p.order = p.order[1:]
	}
	if p.spans > p.maxSpans { // one trace, without an end
		clear(t.spans)
		p.spans = 0
	}
}

func (p *printedTraces) knows(id trace.TraceID) bool { return p.traces[id] != nil }

func (p *printedTraces) has(id trace.TraceID, span trace.SpanID) bool {
	t := p.traces[id]
	return t != nil && t.spans[span]
}

func (p *printedTraces) rootEnd(id trace.TraceID) time.Time {
	if t := p.traces[id]; t != nil {
		return t.rootEnd
	}
	return time.Time{}
}
