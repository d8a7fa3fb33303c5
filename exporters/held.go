// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"container/list"
	"context"
	"slices"
	"time"

	"go.opentelemetry.io/otel/baggage"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// heldTrace is what TreeExporter knows of a trace and has not printed.
type heldTrace struct {
	id    trace.TraceID
	spans map[trace.SpanID]*heldSpan // with the parents that are only known by name
	open  int                        // how many are
	count int                        // how many have ended
	ended []*heldSpan                // those, as they came, and some that were printed
	tops  []*heldSpan                // those that ended and may be the top of a complete tree

	walk, round int // numbers of the last climb and of the last release

	timer   *time.Timer
	due     time.Time // when to look for complete trees; zero: not yet
	expires time.Time // when to print whatever there is; zero: nothing ended

	place *list.Element // among all traces
	ripe  *list.Element // among those in which something ended; nil if nothing has
}

// traceList holds *heldTrace, the oldest first.
type traceList struct{ list.List }

// start notes an open span. The caller holds mu.
func (e *TreeExporter) start(parent context.Context, span sdktrace.ReadWriteSpan) {
	if e.open >= e.opts.MaxSpans { // spans that never end must not pile up
		return
	}
	t := e.hold(span.SpanContext().TraceID())
	s := t.entry(span.SpanContext().SpanID())
	if s.span != nil { // twice
		return
	}
	e.numbered++
	s.span, s.open, s.number = span, true, e.numbered
	t.attach(s)
	t.open++
	e.open++
	if span.Parent().IsRemote() {
		s.baggage = baggage.FromContext(parent)
	}
}

// add takes an ended span. The caller holds mu.
func (e *TreeExporter) add(span sdktrace.ReadOnlySpan) {
	id := span.SpanContext().SpanID()
	t := e.hold(span.SpanContext().TraceID())
	s := t.entry(id)
	if s.held() && !s.open {
		return // exported twice
	}
	if s.open {
		s.open = false
		t.open--
		e.open--
	}
	if e.held >= 2*e.opts.MaxSpans || e.heldBytes >= 2*e.opts.MaxBytes { // the writer stalls
		e.dropped++
		t.remove(s)
		if t.count+t.open == 0 {
			e.forget(t)
		}
		return
	}
	e.numbered++
	s.span, s.number, s.bytes = span, e.numbered, spanBytes(span)
	if s.parent == nil { // it is new, or it was shown while it was open
		t.attach(s)
	}
	t.ended = append(t.ended, s)
	if t.count++; t.count == 1 {
		t.ripe = e.ripe.PushBack(t)
	}
	e.held++
	e.heldBytes += s.bytes

	now := time.Now()
	if t.expires.IsZero() {
		t.expires = now.Add(e.opts.MaxWait)
	}
	if e.mayComplete(t, s) {
		t.tops = append(t.tops, s)
		if t.due.IsZero() {
			t.due = now.Add(max(e.opts.Wait, 0))
		}
	}
	if e.atOnce() && !t.due.IsZero() {
		e.look(t, now)
	} else {
		e.arm(t, now)
	}
	e.makeRoom()
}

func setIn[K comparable, V any](m *map[K]V, key K, value V) {
	if *m == nil {
		*m = make(map[K]V)
	}
	(*m)[key] = value
}

// hold returns what is held of the trace.
func (e *TreeExporter) hold(id trace.TraceID) *heldTrace {
	if t := e.traces[id]; t != nil {
		return t
	}
	t := &heldTrace{id: id}
	e.traces[id] = t
	t.place = e.oldest.PushBack(t)
	if len(e.traces) > e.opts.MaxTraces {
		e.flush(e.oldest.Front().Value.(*heldTrace), false)
		if len(e.traces) > e.opts.MaxTraces { // only open spans in it
			e.forget(e.oldest.Front().Value.(*heldTrace))
		}
	}
	return t
}

// mayComplete reports whether the span can be the top of a complete tree: no
// span that could still end is above it.
func (e *TreeExporter) mayComplete(t *heldTrace, s *heldSpan) bool {
	return !s.parent.held() && e.complete(t, s.span)
}

// complete reports whether nothing that is known to come is above a span whose
// parent isn't held.
func (e *TreeExporter) complete(t *heldTrace, span sdktrace.ReadOnlySpan) bool {
	parent := span.Parent()
	return !parent.SpanID().IsValid() || parent.IsRemote() || e.stopped || e.printed.has(t.id, parent.SpanID())
}

// arm sets the timer for what comes first.
func (e *TreeExporter) arm(t *heldTrace, now time.Time) {
	at := t.expires
	if !t.due.IsZero() && t.due.Before(at) {
		at = t.due
	}
	if t.timer == nil {
		t.timer = time.AfterFunc(at.Sub(now), func() {
			e.mu.Lock()
			defer e.mu.Unlock()
			if e.traces[t.id] == t {
				e.look(t, time.Now())
			}
		})
		return
	}
	t.timer.Reset(at.Sub(now))
}

// look prints the complete trees of the trace, all of it when it expired.
func (e *TreeExporter) look(t *heldTrace, now time.Time) {
	if !t.expires.IsZero() && !now.Before(t.expires) {
		e.flush(t, false)
		return
	}
	t.round++
	var trees []*heldSpan
	for _, s := range t.tops {
		// A parent may have come since, which is the top then.
		if s.held() && e.mayComplete(t, s) {
			trees = t.gather(trees, s)
		}
	}
	e.release(t, trees)
}

// flush prints all of the trace that has ended; with running, also what is
// open.
func (e *TreeExporter) flush(t *heldTrace, running bool) {
	t.round++
	var trees []*heldSpan
	if running {
		for _, s := range t.spans {
			if s.held() {
				trees = append(trees, s)
			}
		}
	} else {
		for _, s := range t.ended {
			if s.held() && s.round != t.round {
				trees = t.gather(trees, t.top(s))
			}
		}
	}
	e.release(t, trees)
}

// flushAll flushes every trace.
func (e *TreeExporter) flushAll(running bool) {
	traces := &e.ripe
	if running {
		traces = &e.oldest
	}
	for _, place := range traces.elements() {
		t := place.Value.(*heldTrace)
		e.flush(t, running)
		if running && e.traces[t.id] == t {
			e.forget(t)
		}
	}
	if e.dropped > 0 && len(e.queue) == 0 {
		e.enqueue(block{})
	}
}

func (l *traceList) elements() []*list.Element {
	elements := make([]*list.Element, 0, l.Len())
	for place := l.Front(); place != nil; place = place.Next() {
		elements = append(elements, place)
	}
	return elements
}

// makeRoom flushes the traces that wait longest until the limits are kept.
func (e *TreeExporter) makeRoom() {
	for e.ripe.Len() > 0 && (e.held-e.queued > e.opts.MaxSpans || e.heldBytes-e.queuedBytes > e.opts.MaxBytes) {
		e.flush(e.ripe.Front().Value.(*heldTrace), false)
	}
}

// release enqueues trees of the trace, forgets what of them has ended, and keeps
// the rest.
func (e *TreeExporter) release(t *heldTrace, trees []*heldSpan) {
	t.due, t.tops = time.Time{}, nil
	now := block{trace: t.id, at: time.Now(), continued: e.printed.knows(t.id)}
	late := block{trace: t.id, late: true, at: now.at, rootEnd: e.printed.rootEnd(t.id)}
	for _, root := range forest(nodesOf(trees)) {
		if e.printed.has(t.id, root.span.Parent().SpanID()) {
			late.roots = append(late.roots, root)
		} else {
			now.roots = append(now.roots, root)
		}
	}
	for _, b := range []*block{&now, &late} {
		if len(b.roots) == 0 {
			continue
		}
		for _, root := range b.roots {
			root.eachEnded(func(n *node) { b.ended++; b.bytes += n.bytes })
			e.printed.remember(root)
		}
		e.enqueue(*b)
	}
	for _, s := range trees {
		if s.open {
			t.detach(s)
			continue
		}
		t.count--
		t.remove(s)
	}
	e.settle(t, now.at)
}

// settle sees to it that what is left of the trace is looked at, or forgotten.
func (e *TreeExporter) settle(t *heldTrace, now time.Time) {
	if t.count == 0 {
		t.expires, t.ended = time.Time{}, nil
		if t.ripe != nil {
			e.ripe.Remove(t.ripe)
			t.ripe = nil
		}
	} else if len(t.ended) > 2*t.count {
		t.ended = slices.DeleteFunc(t.ended, func(s *heldSpan) bool { return !s.held() })
	}
	switch {
	case t.count > 0:
		e.arm(t, now)
	case t.open == 0:
		e.forget(t)
	}
}

// forget ends the holding of a trace.
func (e *TreeExporter) forget(t *heldTrace) {
	if t.timer != nil {
		t.timer.Stop()
	}
	if t.ripe != nil {
		e.ripe.Remove(t.ripe)
	}
	e.open -= t.open
	e.oldest.Remove(t.place)
	delete(e.traces, t.id)
}
