// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"fmt"
	"unicode/utf8"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/embedded"
)

// provider is the OpenTelemetry side of a Tracer: its spans are seen by
// OpenTracing code that is called with their context. It starts them through the
// bridge, which passes them on to the provider that records.
type provider struct {
	embedded.TracerProvider
	tracer  *Tracer
	records trace.TracerProvider
	bridge  otelBridge
	// headers and textMap are those of the tracer's options; nil for the global propagator.
	headers, textMap propagation.TextMapPropagator
}

var _ trace.TracerProvider = (*provider)(nil)

func newProvider(t *Tracer, records trace.TracerProvider) *provider {
	p := &provider{tracer: t, records: records, bridge: newOTelBridge(records)}
	if t.options.TextMap != nil {
		p.textMap = t.newLivePropagator(t.options.TextMap)
		p.headers = p.textMap
	}
	if t.options.HTTPHeaders != nil {
		p.headers = t.newLivePropagator(t.options.HTTPHeaders)
	}
	return p
}

// propagator returns what the options say, else the global propagator.
func (p *provider) propagator(own propagation.TextMapPropagator) propagation.TextMapPropagator {
	if own != nil {
		return own
	}
	return p.tracer.newLivePropagator(orDefault(otel.GetTextMapPropagator()))
}

// Tracer returns a tracer of the wrapped provider. Name, version and the other
// options are passed on.
func (p *provider) Tracer(name string, opts ...trace.TracerOption) trace.Tracer {
	return &otelTracer{provider: p, tracer: p.tracer, starts: p.bridge.otelTracer(name, opts...)}
}

// ForceFlush is [Tracer.ForceFlush].
func (p *provider) ForceFlush(ctx context.Context) error { return p.tracer.ForceFlush(ctx) }

// Shutdown is [Tracer.Shutdown].
func (p *provider) Shutdown(ctx context.Context) error { return p.tracer.Shutdown(ctx) }

type otelTracer struct {
	embedded.Tracer
	provider *provider
	tracer   *Tracer
	starts   trace.Tracer
}

// Propagator returns the propagator for HTTP headers, as a tracer of [ProviderOf] does: code
// that was handed this tracer alone propagates by the options of the tracer it is of.
func (t *otelTracer) Propagator() propagation.TextMapPropagator {
	return t.provider.propagator(t.provider.headers)
}

// TextMapPropagator returns the propagator for text maps and the binary format.
func (t *otelTracer) TextMapPropagator() propagation.TextMapPropagator {
	return t.provider.propagator(t.provider.textMap)
}

// Start starts a span and activates it in the returned context for both APIs.
func (t *otelTracer) Start(ctx context.Context, name string, opts ...trace.SpanStartOption) (context.Context, trace.Span) {
	if ctx == nil {
		ctx = context.Background()
	}
	parent := contextOf(ctx)
	if t.tracer.closed.Load() {
		return closedTracer.Start(ctx, name, opts...)
	}
	started, otelSpan := t.starts.Start(newStartContext(ctx, parent, false), name, opts...)
	s := newSpan(t.tracer, otelSpan, parent)
	return activate(started, s), s.view
}

// contextOf returns what a span that is started with ctx has as its parent: the
// active OpenTelemetry span and the baggage.
func contextOf(ctx context.Context) *spanContext {
	active := trace.SpanFromContext(ctx)
	bag := contextBaggage(ctx)
	if s := ownSpan(active); s != nil {
		if sc := s.current(); sc.baggage().Len() == 0 && bag.Len() == 0 {
			return sc
		}
		return s.current().withBaggage(bag)
	}
	if active == noopSpan && bag.Len() == 0 {
		return noParent
	}
	return &spanContext{foreign: active, items: newContextItems(bag)}
}

// sdkSpan is what OpenTelemetry code sees of a span of the SDK. It embeds the
// SDK's interface, so assertions of sdktrace.ReadOnlySpan and ReadWriteSpan hold.
type sdkSpan struct {
	sdktrace.ReadWriteSpan
	span *span
}

// apiSpan is the same for a span that isn't sampled, and for other SDKs.
type apiSpan struct {
	trace.Span
	span *span
}

// newViewedSpan returns a span with what OpenTelemetry code sees of otelSpan, in
// one allocation.
func newViewedSpan(otelSpan trace.Span) *span {
	if sdk, ok := otelSpan.(sdktrace.ReadWriteSpan); ok {
		viewed := &struct {
			span
			view sdkSpan
		}{}
		viewed.view = sdkSpan{ReadWriteSpan: sdk, span: &viewed.span}
		viewed.span.view, viewed.span.sdk = &viewed.view, true
		return &viewed.span
	}
	viewed := &struct {
		span
		view apiSpan
	}{}
	viewed.view = apiSpan{Span: otelSpan, span: &viewed.span}
	viewed.span.view = &viewed.view
	return &viewed.span
}

// ownSpan returns the span that an OpenTelemetry span of this package is the view
// of, or nil.
func ownSpan(otelSpan trace.Span) *span {
	switch view := otelSpan.(type) {
	case *sdkSpan:
		return view.span
	case *apiSpan:
		return view.span
	}
	return nil
}

// TracerProvider returns the provider whose spans OpenTracing code sees:
// instrumentation that takes it from a span, as otelhttp's transport does, stays
// in the trace.
func (v *sdkSpan) TracerProvider() trace.TracerProvider { return v.span.tracer.TracerProvider() }

// TracerProvider is the same as sdkSpan's.
func (v *apiSpan) TracerProvider() trace.TracerProvider { return v.span.tracer.TracerProvider() }

// End settles the status that OpenTracing tags left open, and ends the span. As
// the SDK's End, it records a panic when it is deferred, and lets it go on.
func (v *sdkSpan) End(opts ...trace.SpanEndOption) { v.span.end(recover(), opts) }

// End is the same as sdkSpan's for a span of another SDK.
func (v *apiSpan) End(opts ...trace.SpanEndOption) {
	if !v.span.recording {
		v.Span.End(opts...)
		return
	}
	v.span.end(recover(), opts)
}

func (s *span) end(recovered any, opts []trace.SpanEndOption) {
	s.settleStatus()
	if recovered == nil {
		s.otel.End(opts...)
		return
	}
	defer panic(recovered)
	endInPanic(s.otel, recovered, opts)
}

// endInPanic ends a span as deferred in a function that panics, so that its SDK
// records the panic or, where it was told not to, doesn't. Called from End it could
// not recover. A text that isn't UTF-8 would cost the batch.
func endInPanic(otelSpan trace.Span, recovered any, opts []trace.SpanEndOption) {
	defer func() { _ = recover() }() // the caller lets it go on
	defer otelSpan.End(opts...)
	if text := fmt.Sprint(recovered); !utf8.ValidString(text) {
		recovered = validUTF8(text)
	}
	panic(recovered)
}
