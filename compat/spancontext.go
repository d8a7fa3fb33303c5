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
	// span is the local span that this is the context of, and foreign one of somebody
	// else, such as that by which a propagator tells a remote parent; both are nil
	// where no trace is named.
	span    *span
	foreign trace.Span
	items   *contextItems // nil: no baggage
	// extracted is the context that a propagator returned for the headers by which the
	// trace came in. Samplers, span processors and propagators see what else it put
	// there. Children inherit it; it isn't a request's context, so that no request is
	// kept alive. Nil where there were no headers.
	extracted context.Context
}

// otel returns the OpenTelemetry span context.
func (c *spanContext) otel() trace.SpanContext {
	switch {
	case c.span != nil:
		return c.span.otel.SpanContext()
	case c.foreign != nil:
		return c.foreign.SpanContext()
	}
	return trace.SpanContext{}
}

// baggage returns the items of the context.
func (c *spanContext) baggage() baggage.Baggage { return c.items.whole().baggage }

// baggageState returns them as OpenTelemetry keeps them in a context; nil for
// none.
func (c *spanContext) baggageState() any { return c.items.whole().state }

// OTelSpanContext returns the OpenTelemetry span context of sc: its trace and
// span ID, for logs and for joins with other telemetry. It accepts contexts of
// this package and of a raw bridge tracer; for any other, for nil and for an
// invalid context the result is false.
func OTelSpanContext(sc opentracing.SpanContext) (trace.SpanContext, bool) {
	var found trace.SpanContext
	switch sc := undecorated(sc).(type) {
	case *spanContext:
		if sc != nil {
			found = sc.otel()
		}
	case otelIdentity:
		found = identityOf(sc)
	}
	return found, found.IsValid()
}

// ForeachBaggageItem calls handler for every baggage item until it returns
// false.
func (c *spanContext) ForeachBaggageItem(handler func(key, value string) bool) {
	for _, member := range c.items.members() {
		if !handler(member.Key(), member.Value()) {
			return
		}
	}
}

// TraceID and its siblings make the context readable for code that asserts an
// interface of the OpenTelemetry span context's methods, as the bridge's own
// contexts are.
func (c *spanContext) TraceID() trace.TraceID       { return c.otel().TraceID() }
func (c *spanContext) SpanID() trace.SpanID         { return c.otel().SpanID() }
func (c *spanContext) TraceFlags() trace.TraceFlags { return c.otel().TraceFlags() }
func (c *spanContext) TraceState() trace.TraceState { return c.otel().TraceState() }
func (c *spanContext) IsRemote() bool               { return c.otel().IsRemote() }
func (c *spanContext) IsValid() bool                { return c.otel().IsValid() }
func (c *spanContext) IsSampled() bool              { return c.otel().IsSampled() }

// String returns the trace and span ID, for logs.
func (c *spanContext) String() string {
	return fmt.Sprintf("%s:%s", c.otel().TraceID(), c.otel().SpanID())
}

// withBaggage returns a context of the same span with other baggage.
func (c *spanContext) withBaggage(bag baggage.Baggage) *spanContext {
	return c.withItems(newContextItems(bag))
}

func (c *spanContext) withItems(items *contextItems) *spanContext {
	changed := *c
	changed.items = items
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
	}
	return nil
}

// contextSpan is a span context as a span that does nothing, for APIs that want a
// span.
type contextSpan struct {
	trace.Span
	context trace.SpanContext
}

func (s *contextSpan) SpanContext() trace.SpanContext { return s.context }

// valueIn returns what ctx has under key, else what the propagator that extracted the
// trace's headers put there.
func (c *spanContext) valueIn(ctx context.Context, key any) any {
	if value := ctx.Value(key); value != nil {
		return value
	}
	return c.extractedValue(key)
}

// extractedValue returns what the propagator that extracted the trace's headers put
// into the context under key; nil for nothing.
func (c *spanContext) extractedValue(key any) any {
	if c.extracted == nil {
		return nil
	}
	return c.extracted.Value(key)
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

// identityOf returns the OpenTelemetry span context that has the same identity.
func identityOf(other otelIdentity) trace.SpanContext {
	return trace.NewSpanContext(trace.SpanContextConfig{
		TraceID:    other.TraceID(),
		SpanID:     other.SpanID(),
		TraceFlags: other.TraceFlags(),
		TraceState: other.TraceState(),
		Remote:     other.IsRemote(),
	})
}

// decorated returns sc as [Options.DecorateContext] has it for callers.
func (t *Tracer) decorated(sc *spanContext, otelSpan trace.Span) opentracing.SpanContext {
	if t.options.DecorateContext == nil {
		return sc
	}
	return t.options.DecorateContext(sc, otelSpan)
}

// undecorated returns sc, or what it decorates by a method Unwrap; nil where
// nothing is in it.
func undecorated(sc opentracing.SpanContext) opentracing.SpanContext {
	for range maxDecorators {
		if _, own := sc.(*spanContext); own {
			return sc
		}
		if sc == nil || isNilPointer(sc) {
			return nil
		}
		decorator, ok := sc.(interface {
			Unwrap() opentracing.SpanContext
		})
		if !ok {
			return sc
		}
		sc = decorator.Unwrap()
	}
	return sc
}

// ownSpanContext returns sc as a context of this package. Contexts of a raw
// bridge tracer are converted. Of any other context only the baggage can be kept;
// known is false then. The result is nil for nil alone.
func ownSpanContext(sc opentracing.SpanContext) (own *spanContext, known bool) {
	sc = undecorated(sc)
	if own, ok := sc.(*spanContext); ok {
		return own, own != nil
	}
	if sc == nil {
		return nil, false
	}
	items := foreignItems(sc)
	other, known := sc.(otelIdentity)
	if !known {
		return &spanContext{items: items}, false
	}
	return &spanContext{foreign: &contextSpan{noopSpan, identityOf(other)}, items: items}, true
}

// foreignItems returns the items of a context that isn't this package's. One that
// panics, as a decorator of nil does, has those that it told before.
func foreignItems(sc opentracing.SpanContext) (items *contextItems) {
	defer reportPanic("ForeachBaggageItem of a span context that isn't this tracer's")
	sc.ForeachBaggageItem(func(key, value string) bool {
		if item, ok := newItem(key, value); ok {
			items = items.with(item)
		}
		return true
	})
	return items
}
