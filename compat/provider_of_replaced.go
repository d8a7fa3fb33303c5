// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"encoding/binary"
	"math/rand/v2"
	"reflect"
	"runtime"
	"sync"
	"weak"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/trace"
)

// maxReplaced is how many contexts are found again by IDs that stand for them after their
// spans are gone: code keeps the IDs of a span to link to it.
const maxReplaced = 4096

// replacedIDs are the IDs of contexts whose tracers tell none. OpenTelemetry code asks by
// them whether there is a span, and hands on a parent. They are kept as long as the span is
// in use, and are those of one span whichever way it is looked at.
type replacedIDs struct {
	mu     sync.Mutex
	spans  map[trace.SpanID]weak.Pointer[legacySpan]
	tracer map[weak.Pointer[byte]]replacedSpan // by the tracer's spans
	recent map[trace.SpanID]*replacedContext
	order  [maxReplaced]*replacedContext
	next   int
}

// replacedSpan is a span of a tracer. Some use the memory of one that has ended for
// another one, which is told by what was started.
type replacedSpan struct {
	memory  weak.Pointer[byte]
	started weak.Pointer[legacySpan] // nil for a span of OpenTracing code
	ids     trace.SpanContext
}

type replacedContext struct {
	context  opentracing.SpanContext
	provider *legacyProvider
	id       trace.SpanID
}

// replace returns IDs for s, whose context is sc.
func (r *replacedIDs) replace(s *legacySpan, sc opentracing.SpanContext) trace.SpanContext {
	var ids trace.SpanContext
	switch {
	case s.openTracing != nil:
		ids = r.replaceSpan(s.openTracing, s, s.parentTrace)
	default:
		if ids = extractedWith(s); !ids.IsValid() {
			ids = newIDs(trace.TraceID{})
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keep(s, sc, ids)
	return ids
}

// replaceSpan returns the IDs of a tracer's span; new ones are in the trace of its parent.
// s is what it is looked at by, if anything.
func (r *replacedIDs) replaceSpan(sp opentracing.Span, s *legacySpan, parent func() trace.TraceID) trace.SpanContext {
	memory := memoryOf(sp)
	if memory == nil {
		return newIDs(parent())
	}
	seen := replacedSpan{memory: weak.Make(memory)}
	if s != nil && s.active.span == s {
		seen.started = weak.Make(s)
	}
	if known, ok := r.tracers(seen); ok {
		return known
	}
	seen.ids = newIDs(parent()) // which asks for other IDs
	if known, ok := r.tracers(seen); ok {
		return known // another one was faster
	}
	runtime.AddCleanup(memory, r.forgetTracers, seen.memory)
	return seen.ids
}

// tracers returns the IDs of a tracer's span, if it has some. Else it has those of seen
// from now on, if there are any.
func (r *replacedIDs) tracers(seen replacedSpan) (known trace.SpanContext, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var none weak.Pointer[legacySpan]
	before, ok := r.tracer[seen.memory]
	switch {
	case ok && seen.started == none, ok && seen.started == before.started:
		return before.ids, true
	case ok && before.started == none:
		before.started = seen.started
		r.tracer[seen.memory] = before
		return before.ids, true
	case !seen.ids.IsValid():
		return trace.SpanContext{}, false
	case r.tracer == nil:
		r.tracer = make(map[weak.Pointer[byte]]replacedSpan)
	}
	r.tracer[seen.memory] = seen
	return trace.SpanContext{}, false
}

// keep has the context of s found by its IDs.
func (r *replacedIDs) keep(s *legacySpan, sc opentracing.SpanContext, ids trace.SpanContext) {
	if r.spans == nil {
		r.spans, r.recent = make(map[trace.SpanID]weak.Pointer[legacySpan]), make(map[trace.SpanID]*replacedContext)
	}
	id := ids.SpanID()
	if known := r.spans[id].Value(); known == nil || known.active.span != known { // the one that was started is kept the longest
		r.spans[id] = weak.Make(s)
		runtime.AddCleanup(s, r.forget, replacedKey{id, weak.Make(s)})
	}
	if oldest := r.order[r.next]; oldest != nil && r.recent[oldest.id] == oldest {
		delete(r.recent, oldest.id)
	}
	kept := &replacedContext{sc, s.provider, id}
	r.recent[id], r.order[r.next] = kept, kept
	r.next = (r.next + 1) % maxReplaced
}

type replacedKey struct {
	id   trace.SpanID
	span weak.Pointer[legacySpan]
}

func (r *replacedIDs) forget(key replacedKey) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.spans[key.id] == key.span {
		delete(r.spans, key.id)
	}
}

func (r *replacedIDs) forgetTracers(key weak.Pointer[byte]) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.tracer, key)
}

// find returns the context that IDs stand for, and the provider of its tracer; nil for
// others.
func (r *replacedIDs) find(id trace.SpanID) (opentracing.SpanContext, *legacyProvider) {
	r.mu.Lock()
	recent, s := r.recent[id], r.spans[id].Value()
	r.mu.Unlock()
	switch {
	case recent != nil:
		return recent.context, recent.provider
	case s != nil:
		return s.context(), s.provider
	}
	return nil, nil
}

// legacyIDs are those of all tracers: a tracer may have several providers, and code hands
// contexts from one to another.
var legacyIDs replacedIDs

// newIDs returns random IDs, in a trace if it is one.
func newIDs(parent trace.TraceID) trace.SpanContext {
	var id trace.SpanID
	binary.BigEndian.PutUint64(id[:], rand.Uint64()|1) // which is not zero
	for !parent.IsValid() {
		binary.BigEndian.PutUint64(parent[:8], rand.Uint64())
		binary.BigEndian.PutUint64(parent[8:], rand.Uint64())
	}
	return trace.NewSpanContext(trace.SpanContextConfig{TraceID: parent, SpanID: id, TraceFlags: trace.FlagsSampled})
}

// memoryOf returns where a span is; nil for one that isn't a pointer, or has no size.
func memoryOf(sp opentracing.Span) *byte {
	value := reflect.ValueOf(sp)
	if value.Kind() != reflect.Pointer || value.Type().Elem().Size() == 0 {
		return nil
	}
	return (*byte)(value.UnsafePointer())
}

// extractedWith returns the IDs that another propagator extracted from the headers of a
// remote span, such as W3C's beside the tracer's; invalid ones for none.
func extractedWith(s *legacySpan) trace.SpanContext {
	if s.active.span != s {
		return trace.SpanContext{}
	}
	other := trace.SpanFromContext(s.active.Context)
	if _, legacy := other.(*legacySpan); legacy || !other.SpanContext().IsRemote() {
		return trace.SpanContext{}
	}
	return other.SpanContext()
}

// parentTrace returns the ID of the trace of the span that s was started below, or that
// it is linked to in the place of one; an invalid one for a root.
func (s *legacySpan) parentTrace() trace.TraceID {
	if s.active.inherited == nil {
		if state := s.state.Load(); state != nil {
			return state.linked
		}
		return trace.TraceID{}
	}
	active := activeLegacyIn(s.active.Context)
	if !active.isOpenTracings() {
		return active.otel.SpanContext().TraceID()
	}
	// OpenTracing code doesn't tell a span's parent: most are below what was active.
	return legacyIDs.replaceSpan(active.openTracing, nil, func() trace.TraceID { return active.otel.SpanContext().TraceID() }).TraceID()
}

// follow has a root be in the trace of what it is linked to, which is its parent for the
// tracer, if that has IDs that stand for its own.
func (s *legacySpan) follow(links []trace.Link) {
	for _, link := range links {
		if linked, _ := legacyIDs.find(link.SpanContext.SpanID()); linked != nil {
			s.kept().linked = link.SpanContext.TraceID()
			return
		}
	}
}
