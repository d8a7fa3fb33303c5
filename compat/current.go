// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"reflect"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/trace"
)

// noopSpan is what OTelSpan returns for no span: OpenTelemetry code never gets
// nil.
var noopSpan = trace.SpanFromContext(context.Background())

// SpanFromContext returns the active span of ctx, nil if there is none: test for nil. Unlike
// opentracing.SpanFromContext it also finds a span that only OpenTelemetry
// knows: one of a provider that was never wrapped, or a remote one that a
// propagator extracted. Where no tracer is installed that includes the spans that OpenTelemetry
// code starts there, which do nothing, as those of OpenTracing do.
func SpanFromContext(ctx context.Context) opentracing.Span {
	active := activeSpan(ctx)
	if active != nil || ctx == nil {
		return active
	}
	switch opentracing.GlobalTracer().(type) {
	case opentracing.NoopTracer, *opentracing.NoopTracer:
	default:
		return nil
	}
	if otelSpan := trace.SpanFromContext(ctx); otelSpan != noopSpan {
		return noopOpenTracingSpan
	}
	return nil
}

// activeSpan is SpanFromContext but for spans that do nothing.
func activeSpan(ctx context.Context) opentracing.Span {
	if ctx == nil {
		return nil
	}
	active := opentracing.SpanFromContext(ctx)
	otelSpan := trace.SpanFromContext(ctx)
	if found, ok := legacyActiveIn(ctx); ok {
		return found
	}
	if !otelSpan.SpanContext().IsValid() {
		return active
	}
	if active != nil {
		s := spanOf(active)
		foreign := s == nil && active != noopOpenTracingSpan
		if foreign || s != nil && (s == ownSpan(otelSpan) || s.isOver(otelSpan)) {
			return active
		}
	}
	// OpenTelemetry code made another span the active one, below the OpenTracing
	// span.
	return openTracingSpan(otelSpan, contextBaggage(ctx))
}

// isOver reports whether otelSpan is the span as its provider started it. Spans of
// other SDKs may be of a type that can't be compared.
func (s *span) isOver(otelSpan trace.Span) bool {
	return reflect.ValueOf(otelSpan).Comparable() && s.otel == otelSpan
}

var noopOpenTracingSpan = opentracing.NoopTracer{}.StartSpan("")

// StartSpanFromContext starts a span as a child of the active one, and returns it
// with a context in which it is active. It differs from
// opentracing.StartSpanFromContext in what it takes as active: see
// [SpanFromContext]. The values of ctx reach samplers and span processors, as by
// OpenTelemetry's own Start. The span is started by the global tracer.
func StartSpanFromContext(ctx context.Context, operationName string, opts ...opentracing.StartSpanOption) (opentracing.Span, context.Context) {
	if ctx == nil {
		ctx = context.Background()
	}
	global := opentracing.GlobalTracer()
	t := tracerOf(global)
	if t == nil {
		parent := legacyParentIn(ctx)
		if parent == nil {
			return opentracing.StartSpanFromContext(ctx, operationName, opts...)
		}
		started := global.StartSpan(operationName, append(opts[:len(opts):len(opts)], opentracing.ChildOf(parent))...)
		return started, opentracing.ContextWithSpan(ctx, started)
	}
	if parent := t.parentIn(ctx); parent != noParent {
		opts = append(opts[:len(opts):len(opts)], opentracing.ChildOf(parent))
	}
	if global != opentracing.Tracer(t) {
		// It decorates t's spans, and may keep of opts what t doesn't.
		started := global.StartSpan(operationName, opts...)
		return started, opentracing.ContextWithSpan(ctx, started)
	}
	started := t.startSpan(ctx, operationName, opts).decorated()
	return started, opentracing.ContextWithSpan(ctx, started)
}

// parentIn returns what a span that is started in ctx has as its parent: the active
// span with the baggage of ctx, or the baggage alone; noParent for neither.
func (t *Tracer) parentIn(ctx context.Context) *spanContext {
	if active := activeSpan(ctx); active != nil {
		return t.activeParent(ctx, active)
	}
	return baggageIn(ctx)
}

// activeParent is parentIn where the active span is known.
func (t *Tracer) activeParent(ctx context.Context, active opentracing.Span) *spanContext {
	if sc := t.referenced(active.Context()); sc != nil {
		return sc.in(ctx)
	}
	return baggageIn(ctx)
}

// baggageIn returns a context with the baggage of ctx and no span; noParent where
// there is no baggage.
func baggageIn(ctx context.Context) *spanContext {
	bag := contextBaggage(ctx)
	if bag.Len() == 0 {
		return noParent
	}
	return &spanContext{items: newContextItems(bag)}
}

// in returns the context of a parent that is active in ctx, with the baggage that
// a child has: that of ctx, which OpenTelemetry code may have added to and taken
// from.
func (c *spanContext) in(ctx context.Context) *spanContext {
	bag := contextBaggage(ctx)
	if active := activeIn(ctx); active == nil || active.span != c.span {
		bag = unionOf(bag, c.baggage()) // activated by other means, without its baggage
	}
	if bag.Len() == 0 && c.baggage().Len() == 0 {
		return c
	}
	return c.withBaggage(bag)
}

// OTelSpan returns the same span by the other API, for the border between
// OpenTracing code and code that was migrated. A span of a tracer that has nothing to do
// with OpenTelemetry is recorded by that tracer: the result is a span of its [ProviderOf].
// So is one that decorates a span of this package, but tells such a tracer by its method
// Tracer. For nil, and for a span that tells no tracer or panics, the result is a no-op
// span, never nil.
func OTelSpan(sp opentracing.Span) trace.Span {
	if sp == nil || isNilPointer(sp) {
		return noopSpan
	}
	if s := spanOf(sp); s != nil {
		if sp != opentracing.Span(s) {
			if p := legacyProviderOf(sp); p != nil {
				return p.viewOf(sp)
			}
		}
		return s.view
	}
	if view, ok := sp.(*legacyView); ok {
		return view.otel
	}
	if p := globalLegacyProvider(); p != nil && p.records(p.tracerOf(sp)) {
		return p.viewOf(sp)
	}
	return bridgedSpan(sp)
}

// bridgedSpan is OTelSpan for a span of a tracer that isn't of this package. One that
// panics is a no-op.
func bridgedSpan(sp opentracing.Span) (view trace.Span) {
	view = noopSpan
	defer func() { _ = recover() }()
	// A raw bridge tracer tells its span when it activates it.
	if found := trace.SpanFromContext(opentracing.ContextWithSpan(context.Background(), sp)); found.SpanContext().IsValid() {
		return found
	}
	if p := legacyProviderOf(sp); p != nil {
		return p.viewOf(sp)
	}
	if sc, ok := OTelSpanContext(sp.Context()); ok {
		return trace.SpanFromContext(trace.ContextWithSpanContext(context.Background(), sc))
	}
	return noopSpan
}

// OpenTracingSpan returns the same span by the other API, for the border between
// migrated code and OpenTracing code. Nil is nil; a span that records nothing is
// one that records nothing in OpenTracing too. Its tracer is the global one if
// that is of this package.
func OpenTracingSpan(otelSpan trace.Span) opentracing.Span {
	return openTracingSpan(otelSpan, baggage.Baggage{})
}

// openTracingSpan is OpenTracingSpan; a span of a provider that was never wrapped
// gets the baggage.
func openTracingSpan(otelSpan trace.Span, bag baggage.Baggage) opentracing.Span {
	if otelSpan == nil || isNilPointer(otelSpan) {
		return nil
	}
	t := tracerOf(opentracing.GlobalTracer())
	switch s := otelSpan.(type) {
	case *sdkSpan, *apiSpan:
		return ownSpan(s).decorated()
	case *legacySpan:
		if s.openTracing != nil {
			return s.openTracing
		}
		if t == nil {
			return newRemoteView(s)
		}
	}
	if t == nil {
		t = NewTracer(otelSpan.TracerProvider(), nil)
	}
	return newSpan(t, otelSpan, &spanContext{items: newContextItems(bag)}).decorated()
}

// spanOf returns the span of this package that sp is or decorates, or nil. A
// decorator is looked through by its method Unwrap, or by its context. One that panics is
// not of this package.
func spanOf(sp opentracing.Span) (own *span) {
	if s, ok := sp.(*span); ok {
		return s
	}
	defer func() { _ = recover() }()
	for range maxDecorators {
		if sp == nil {
			return nil
		}
		if s, ok := sp.(*span); ok {
			return s
		}
		if isNilPointer(sp) {
			return nil
		}
		decorator, ok := sp.(interface{ Unwrap() opentracing.Span })
		if !ok {
			sc, ok := undecorated(sp.Context()).(*spanContext)
			if !ok || sc == nil {
				return nil
			}
			return sc.span
		}
		sp = decorator.Unwrap()
	}
	return nil
}

// maxDecorators ends the search through decorators of which one unwraps to
// itself.
const maxDecorators = 64
