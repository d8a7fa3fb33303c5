// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"container/list"
	"context"
	"maps"
	"slices"
	"time"

	"go.opentelemetry.io/otel/baggage"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// heldTrace is what TreeExporter knows of a trace and has not printed.
type heldTrace struct {
	id      trace.TraceID
	ended   []sdktrace.ReadOnlySpan // in the order in which they came
	has     map[trace.SpanID]bool   // the ended ones
	open    map[trace.SpanID]openSpan
	baggage map[trace.SpanID]baggage.Baggage // that came with remote parents

	timer   *time.Timer
	due     time.Time // when to look for complete trees; zero: not yet
	expires time.Time // when to print whatever there is; zero: nothing ended

	place *list.Element
}

type openSpan struct {
	sdktrace.ReadWriteSpan
	number int // in the order of their start
}

// traceList holds *heldTrace, the oldest first.
type traceList struct{ list.List }

// start notes an open span. The caller holds mu.
func (e *TreeExporter) start(parent context.Context, span sdktrace.ReadWriteSpan) {
	if e.open >= e.opts.MaxSpans { // spans that never end must not pile up
		return
	}
	sc := span.SpanContext()
	t := e.hold(sc.TraceID())
	if _, twice := t.open[sc.SpanID()]; !twice {
		e.open++
	}
	e.started++
	setIn(&t.open, sc.SpanID(), openSpan{span, e.started})
	if span.Parent().IsRemote() {
		if b := baggage.FromContext(parent); b.Len() > 0 {
			setIn(&t.baggage, sc.SpanID(), b)
		}
	}
}

// add takes an ended span. The caller holds mu.
func (e *TreeExporter) add(span sdktrace.ReadOnlySpan) {
	sc := span.SpanContext()
	t := e.hold(sc.TraceID())
	if _, ok := t.open[sc.SpanID()]; ok {
		delete(t.open, sc.SpanID())
		e.open--
	}
	if e.held >= 2*e.opts.MaxSpans { // the writer stalls
		e.dropped++
		if len(t.ended)+len(t.open) == 0 {
			e.forget(t)
		}
		return
	}
	if t.has[sc.SpanID()] {
		return // exported twice
	}
	setIn(&t.has, sc.SpanID(), true)
	t.ended = append(t.ended, span)
	e.held++

	now := time.Now()
	if t.expires.IsZero() {
		t.expires = now.Add(e.opts.MaxWait)
	}
	if t.due.IsZero() && e.mayComplete(t, span) {
		t.due = now.Add(max(e.opts.Wait, 0))
	}
	if e.stopped || e.opts.Wait < 0 && !t.due.IsZero() {
		e.look(t, now)
	} else {
		e.arm(t, now)
	}
	if e.held-e.queued > e.opts.MaxSpans {
		e.makeRoom()
	}
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
// span that could still end is above it. It spares look the other spans.
func (e *TreeExporter) mayComplete(t *heldTrace, span sdktrace.ReadOnlySpan) bool {
	parent := span.Parent().SpanID()
	if !parent.IsValid() {
		return true
	}
	if _, open := t.open[parent]; open || t.has[parent] {
		return false
	}
	return span.Parent().IsRemote() || e.printed.has(t.id, parent)
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
	t.due = time.Time{}
	e.release(t, e.complete)
}

// complete reports whether nothing that is known to come is above the tree.
func (e *TreeExporter) complete(t *heldTrace, root *node) bool {
	parent := root.span.Parent()
	switch {
	case root.open:
		return false
	case !parent.SpanID().IsValid(), parent.IsRemote(), e.stopped:
		return true
	}
	return e.printed.has(t.id, parent.SpanID())
}

// flush prints all of the trace that has ended; with running, also trees in
// which nothing has.
func (e *TreeExporter) flush(t *heldTrace, running bool) {
	e.release(t, func(_ *heldTrace, root *node) bool { return running || root.anyEnded() })
}

// flushAll flushes every trace.
func (e *TreeExporter) flushAll(running bool) {
	for _, place := range e.oldest.elements() {
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

// makeRoom flushes the oldest trace in which something ended.
func (e *TreeExporter) makeRoom() {
	for place := e.oldest.Front(); place != nil; place = place.Next() {
		if t := place.Value.(*heldTrace); len(t.ended) > 0 {
			e.flush(t, false)
			return
		}
	}
}

// release enqueues the trees of the trace that ready chooses, and keeps the rest.
func (e *TreeExporter) release(t *heldTrace, ready func(*heldTrace, *node) bool) {
	nodes := t.nodes()
	now := block{trace: t.id, baggage: maps.Clone(t.baggage), at: time.Now(), continued: e.printed.knows(t.id)}
	late := block{trace: t.id, late: true, at: now.at, rootEnd: e.printed.rootEnd(t.id)}
	t.ended = nil
	for _, root := range forest(nodes) {
		switch {
		case !ready(t, root):
			root.eachEnded(func(n *node) { t.ended = append(t.ended, n.span) })
		case !root.open && e.printed.has(t.id, root.span.Parent().SpanID()):
			late.roots = append(late.roots, root)
		default:
			now.roots = append(now.roots, root)
		}
	}
	for _, b := range []*block{&now, &late} {
		if len(b.roots) == 0 {
			continue
		}
		for _, root := range b.roots {
			root.eachEnded(func(n *node) {
				b.ended++
				delete(t.has, n.span.SpanContext().SpanID())
			})
			e.printed.remember(root)
		}
		e.enqueue(*b)
	}

	switch {
	case len(t.ended) > 0:
		e.arm(t, now.at)
	case len(t.open) > 0:
		t.expires = time.Time{}
	default:
		e.forget(t)
	}
}

// nodes returns the ended spans as they came, then the open ones as they
// started.
func (t *heldTrace) nodes() []*node {
	nodes := make([]*node, 0, len(t.ended)+len(t.open))
	for _, span := range t.ended {
		nodes = append(nodes, &node{span: span})
	}
	open := slices.SortedFunc(maps.Values(t.open), func(a, b openSpan) int { return a.number - b.number })
	for _, span := range open {
		nodes = append(nodes, &node{span: span.ReadWriteSpan, open: true})
	}
	return nodes
}

// forget ends the holding of a trace.
func (e *TreeExporter) forget(t *heldTrace) {
	if t.timer != nil {
		t.timer.Stop()
	}
	e.open -= len(t.open)
	e.held -= len(t.ended)
	e.oldest.Remove(t.place)
	delete(e.traces, t.id)
}

// eachEnded calls f for every ended span of the tree, parents first.
func (n *node) eachEnded(f func(*node)) {
	if !n.open {
		f(n)
	}
	for _, child := range n.children {
		child.eachEnded(f)
	}
}

func (n *node) anyEnded() bool {
	found := false
	n.eachEnded(func(*node) { found = true })
	return found
}
