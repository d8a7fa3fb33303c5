// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"context"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// wire notes what the cases inject into carriers, with the names of spans in the place of IDs. It
// generates the IDs, for it has to know those of spans that aren't sampled too, which no
// processor sees.
type wire struct {
	mu       sync.Mutex
	spans    map[trace.SpanID]string
	traces   map[trace.TraceID]string // by the span that each began with
	injected []string

	// starting is held from the generation of a span's ID until the sampler is asked,
	// which is told the span's name.
	starting sync.Mutex
	started  trace.SpanID
}

func (w *wire) reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.spans, w.traces, w.injected = make(map[trace.SpanID]string), make(map[trace.TraceID]string), nil
}

// NewIDs returns the IDs of a span that begins a trace.
func (w *wire) NewIDs(ctx context.Context) (id trace.TraceID, _ trace.SpanID) {
	binary.BigEndian.PutUint64(id[:], rand.Uint64()|1)
	binary.BigEndian.PutUint64(id[8:], rand.Uint64())
	return id, w.NewSpanID(ctx, id)
}

// NewSpanID returns the ID of a span.
func (w *wire) NewSpanID(context.Context, trace.TraceID) trace.SpanID {
	w.starting.Lock()
	binary.BigEndian.PutUint64(w.started[:], rand.Uint64()|1)
	return w.started
}

// sampled is a sampler that tells the wire the names of spans.
type sampled struct {
	sdktrace.Sampler
	wire *wire
}

func (s sampled) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	s.wire.mu.Lock()
	s.wire.spans[s.wire.started] = p.Name
	if s.wire.traces[p.TraceID] == "" {
		s.wire.traces[p.TraceID] = p.Name
	}
	s.wire.mu.Unlock()
	s.wire.starting.Unlock()
	return s.Sampler.ShouldSample(p)
}

// lines returns what was injected, sorted, so that goroutines do not matter.
func (w *wire) lines() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	slices.Sort(w.injected)
	return w.injected
}

// recordedPropagator is W3C's trace context and baggage, and notes what they inject.
type recordedPropagator struct {
	propagation.TextMapPropagator
	wire *wire
}

func newRecordedPropagator(w *wire) propagation.TextMapPropagator {
	return recordedPropagator{propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}), w}
}

func (p recordedPropagator) Inject(ctx context.Context, carrier propagation.TextMapCarrier) {
	c := &recordedCarrier{TextMapCarrier: carrier}
	p.TextMapPropagator.Inject(ctx, c)
	if len(c.fields) == 0 {
		return
	}
	p.wire.mu.Lock()
	defer p.wire.mu.Unlock()
	for i, field := range c.fields {
		key, value := field[0], field[1]
		switch key {
		case "traceparent":
			value = p.wire.name(trace.SpanContextFromContext(ctx), value)
		case "baggage":
			members := strings.Split(value, ",")
			slices.Sort(members)
			value = strings.Join(members, ",")
		}
		c.fields[i][1] = value
	}
	slices.SortFunc(c.fields, func(a, b [2]string) int { return cmp.Compare(a[0], b[0]) })
	var texts []string
	for _, field := range c.fields {
		texts = append(texts, field[0]+": "+field[1])
	}
	p.wire.injected = append(p.wire.injected, strings.Join(texts, "; "))
}

// name names the span of a traceparent: those of the case by their names, with the first span of
// the trace, and others, for which cases use fixed IDs, by their IDs.
func (w *wire) name(sc trace.SpanContext, value string) string {
	span, known := w.spans[sc.SpanID()]
	if !known || !strings.Contains(value, sc.SpanID().String()) {
		return value
	}
	first := cmp.Or(w.traces[sc.TraceID()], sc.TraceID().String())
	if first != span {
		span += " in the trace of " + first
	}
	if !sc.IsSampled() {
		span += ", unsampled"
	}
	return span
}

// recordedCarrier notes what is set in a carrier.
type recordedCarrier struct {
	propagation.TextMapCarrier
	fields [][2]string
}

func (c *recordedCarrier) Set(key, value string) {
	c.fields = append(c.fields, [2]string{key, value})
	c.TextMapCarrier.Set(key, value)
}
