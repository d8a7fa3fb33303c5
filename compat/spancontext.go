// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"fmt"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/trace"
)

// spanContext is an opentracing.SpanContext: an OpenTelemetry span context and
// its baggage. It never changes; setting a baggage item makes a new one
// (OpenTelemetry specification, compatibility/opentracing.md, "SpanContext
// Shim").
type spanContext struct {
	otel    trace.SpanContext
	baggage baggage.Baggage
	// baggageState is baggage as OpenTelemetry keeps it in a context.
	baggageState any
	// span is the local span that this is the context of; nil for a context that
	// was extracted.
	span *span
	// foreign is a span that was found in a context and isn't this package's, such
	// as the one by which a propagator tells a remote parent.
	foreign trace.Span
	// extracted is the context that a propagator returned: samplers and
	// propagators of a child see what else it put there. Nil for local spans, so
	// that a chain of spans is never kept alive.
	extracted context.Context
}

// OTelSpanContext returns the OpenTelemetry span context of sc: its trace and
// span ID, for logs and for joins with other telemetry. It accepts contexts of
// this package and of a raw bridge tracer; for any other, for nil and for an
// invalid context the result is false.
func OTelSpanContext(sc opentracing.SpanContext) (trace.SpanContext, bool) {
	own, known := ownSpanContext(sc)
	if !known || !own.otel.IsValid() {
		return trace.SpanContext{}, false
	}
	return own.otel, true
}

// ForeachBaggageItem calls handler for every baggage item until it returns
// false.
func (c *spanContext) ForeachBaggageItem(handler func(key, value string) bool) {
	for _, member := range c.baggage.Members() {
		if !handler(member.Key(), member.Value()) {
			return
		}
	}
}

// TraceID and its siblings make the context readable for code that asserts an
// interface of the OpenTelemetry span context's methods, as the bridge's own
// contexts are.
func (c *spanContext) TraceID() trace.TraceID       { return c.otel.TraceID() }
func (c *spanContext) SpanID() trace.SpanID         { return c.otel.SpanID() }
func (c *spanContext) TraceFlags() trace.TraceFlags { return c.otel.TraceFlags() }
func (c *spanContext) TraceState() trace.TraceState { return c.otel.TraceState() }
func (c *spanContext) IsRemote() bool               { return c.otel.IsRemote() }
func (c *spanContext) IsValid() bool                { return c.otel.IsValid() }
func (c *spanContext) IsSampled() bool              { return c.otel.IsSampled() }

// String returns the trace and span ID, for logs.
func (c *spanContext) String() string {
	return fmt.Sprintf("%s:%s", c.otel.TraceID(), c.otel.SpanID())
}

// withBaggage returns a context of the same span with other baggage.
func (c *spanContext) withBaggage(bag baggage.Baggage) *spanContext {
	changed := *c
	changed.baggage = bag
	changed.baggageState = baggageStateOf(bag)
	return &changed
}

// parentSpan returns what OpenTelemetry takes as the parent of a child of c; nil
// for none.
func (c *spanContext) parentSpan() trace.Span {
	switch {
	case c.span != nil:
		return c.span.otel
	case c.foreign != nil:
		return c.foreign
	case c.otel.IsValid() || c.otel.IsSampled():
		return contextSpan{Span: noopSpan, context: &c.otel}
	}
	return nil
}

// contextSpan is a span context as a span that does nothing, for APIs that want a
// span.
type contextSpan struct {
	trace.Span
	context *trace.SpanContext
}

func (s contextSpan) SpanContext() trace.SpanContext { return *s.context }

// propagated returns a context from which a propagator injects c.
func (c *spanContext) propagated() context.Context {
	if c.extracted != nil {
		return newStartContext(c.extracted, c)
	}
	return newStartContext(context.Background(), c)
}

// otelIdentity is what contexts of a raw bridge tracer have, although their type
// is private.
type otelIdentity interface {
	TraceID() trace.TraceID
	SpanID() trace.SpanID
	TraceFlags() trace.TraceFlags
	TraceState() trace.TraceState
	IsRemote() bool
}

// ownSpanContext returns sc as a context of this package. Contexts of a raw
// bridge tracer are converted. Of any other context only the baggage can be kept;
// known is false then. The result is nil for nil alone.
func ownSpanContext(sc opentracing.SpanContext) (own *spanContext, known bool) {
	switch sc := sc.(type) {
	case nil:
		return nil, false
	case *spanContext:
		return sc, sc != nil
	}
	if isNilPointer(sc) {
		return nil, false
	}
	if decorator, ok := sc.(interface {
		Unwrap() opentracing.SpanContext
	}); ok {
		return ownSpanContext(decorator.Unwrap())
	}
	own = &spanContext{}
	if identity, ok := sc.(otelIdentity); ok {
		known = true
		own.otel = trace.NewSpanContext(trace.SpanContextConfig{
			TraceID:    identity.TraceID(),
			SpanID:     identity.SpanID(),
			TraceFlags: identity.TraceFlags(),
			TraceState: identity.TraceState(),
			Remote:     identity.IsRemote(),
		})
	}
	bag := baggage.Baggage{}
	sc.ForeachBaggageItem(func(key, value string) bool {
		bag = withItem(bag, key, value)
		return true
	})
	own.baggage, own.baggageState = bag, baggageStateOf(bag)
	return own, known
}
