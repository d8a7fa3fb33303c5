// SPDX-License-Identifier: Apache-2.0

package mocktracer

import (
	"maps"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
)

// MockSpanContext names a span. It is a value: what is set on the span later doesn't
// change it.
//
// TraceID and SpanID are numbers. Those of spans that are started here are counted, and are
// OpenTelemetry's IDs of the same value. An ID that came from outside and is larger than 31
// bits has a number too, which the process remembers. A small number that a test writes by
// hand may be that of a span too, as it may in opentracing-go's mocktracer. 0 is no ID: a
// context with it names no span, and its child is a root.
type MockSpanContext struct {
	TraceID int
	SpanID  int
	Sampled bool
	Baggage map[string]string
}

var _ opentracing.SpanContext = MockSpanContext{}

// ForeachBaggageItem calls handler for each baggage item until it returns false.
func (c MockSpanContext) ForeachBaggageItem(handler func(k, v string) bool) {
	for key, value := range c.Baggage {
		if !handler(key, value) {
			return
		}
	}
}

// WithBaggageItem returns a context with one more item.
func (c MockSpanContext) WithBaggageItem(key, value string) MockSpanContext {
	items := make(map[string]string, len(c.Baggage)+1)
	maps.Copy(items, c.Baggage)
	items[key] = value
	c.Baggage = items
	return c
}

// Unwrap returns the context as package compat knows it.
func (c MockSpanContext) Unwrap() opentracing.SpanContext {
	if active, ok := numbers.active.Load(c.SpanID); ok {
		if sc := active.(*MockSpan).issuedAs(c); sc != nil {
			return sc
		}
	}
	return &namedContext{c.otel(), c}
}

func (c MockSpanContext) equal(other MockSpanContext) bool {
	return c.TraceID == other.TraceID && c.SpanID == other.SpanID && c.Sampled == other.Sampled && maps.Equal(c.Baggage, other.Baggage)
}

// otel returns OpenTelemetry's span context. It is remote unless the span was started in
// this process.
func (c MockSpanContext) otel() trace.SpanContext {
	traceID, spanID := numbers.idsOf(c.TraceID, c.SpanID)
	return trace.NewSpanContext(trace.SpanContextConfig{
		TraceID:    traceID,
		SpanID:     spanID,
		TraceFlags: trace.TraceFlags(0).WithSampled(c.Sampled),
		Remote:     !numbers.started(c.SpanID),
	})
}

// namedContext is the context of a span that has finished, or that is not of this process.
// compat knows it by the methods of OpenTelemetry's.
type namedContext struct {
	trace.SpanContext
	mock MockSpanContext
}

func (c *namedContext) ForeachBaggageItem(handler func(k, v string) bool) {
	c.mock.ForeachBaggageItem(handler)
}

// contextOf returns the context for one of OpenTelemetry's, with the items of sc.
func contextOf(identity trace.SpanContext, sc opentracing.SpanContext) MockSpanContext {
	c := MockSpanContext{Sampled: identity.IsSampled(), Baggage: itemsOf(sc)}
	c.TraceID, c.SpanID = numbers.numbersOf(identity)
	return c
}

// itemsOf returns the baggage of sc; nil for none.
func itemsOf(sc opentracing.SpanContext) (items map[string]string) {
	sc.ForeachBaggageItem(func(key, value string) bool {
		if items == nil {
			items = make(map[string]string)
		}
		items[key] = value
		return true
	})
	return items
}

// asMock returns sc as a MockSpanContext: the context of a span of either API and any
// provider. False is for a context of a tracer that has nothing to do with OpenTelemetry.
func asMock(sc opentracing.SpanContext) (MockSpanContext, bool) {
	if own, ok := sc.(MockSpanContext); ok {
		return own, true
	}
	identity, ok := compat.OTelSpanContext(sc)
	if !ok {
		return MockSpanContext{}, false
	}
	return contextOf(identity, sc), true
}
