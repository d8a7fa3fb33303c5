// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"errors"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/trace"
)

// newRemoteSpan returns the span of another process, which does nothing.
func newRemoteSpan(p *legacyProvider, sc opentracing.SpanContext, under opentracing.Span) *legacySpan {
	s := &legacySpan{provider: p, under: under}
	s.state.Store(&legacySpanState{extracted: sc})
	s.ended.Store(true)
	return s
}

// unknownTracer is the provider of span contexts of which nobody said whose they are.
var unknownTracer = newLegacyProvider(opentracing.NoopTracer{})

// newReferredSpan returns a span that does nothing for a context of a tracer that isn't
// of this package: a provider whose tracer takes it finds it there. known are its IDs,
// which it has for all others.
func newReferredSpan(sc opentracing.SpanContext, known trace.SpanContext) *legacySpan {
	if p := globalLegacyProvider(); p != nil && p.takes(sc) {
		return newRemoteSpan(p, sc, nil)
	}
	s := newRemoteSpan(unknownTracer, sc, nil)
	s.identity.Store(&known)
	return s
}

// globalLegacyProvider returns OpenTelemetry's global provider if it is one of ProviderOf.
func globalLegacyProvider() *legacyProvider {
	p, _ := otel.GetTracerProvider().(*legacyProvider)
	return p
}

// drop returns what Start does where the tracer starts no span: a span that does nothing,
// and is its parent for those below.
func (p *legacyProvider) drop(ctx context.Context, active *activeLegacy, parent opentracing.SpanContext) (context.Context, trace.Span) {
	if parent == nil {
		return closedTracer.Start(ctx, "")
	}
	s := newRemoteSpan(p, parent, active.openTracing)
	s.kept().local = true
	if !active.isOpenTracings() {
		known := active.otel.SpanContext()
		s.identity.Store(&known)
	}
	return s.activate(ctx, parent, baggage.FromContext(ctx)), s
}

// takes reports whether p's tracer takes a context that OpenTracing code has as one of its
// own: it sends it, to nowhere. One that can't send any is asked nothing.
func (p *legacyProvider) takes(sc opentracing.SpanContext) (taken bool) {
	defer func() { _ = recover() }() // of a tracer that asserts its own type
	for _, format := range []opentracing.BuiltinFormat{opentracing.TextMap, opentracing.HTTPHeaders} {
		err := p.tracer.Inject(sc, format, new(contextAsked))
		if !errors.Is(err, opentracing.ErrUnsupportedFormat) {
			return err == nil
		}
	}
	return true
}

// sends reports whether a context that was extracted has something to send. One that hasn't
// is what some tracers return where there are no headers.
func (p *legacyProvider) sends(sc opentracing.SpanContext) bool {
	defer p.reportPanic("Inject")
	fields := opentracing.TextMapCarrier{}
	if err := p.tracer.Inject(sc, opentracing.HTTPHeaders, fields); err != nil {
		return true
	}
	for _, value := range fields {
		if value != "" {
			return true
		}
	}
	return false
}

// legacyView is a span that no OpenTracing tracer has started, as a remote one, for code of
// such a tracer. It has a context of the tracer's, and does what the span does.
type legacyView struct {
	opentracing.Span
	otel   trace.Span
	remote *legacySpan // has the context
}

// newRemoteView returns a view of a remote span, which does nothing.
func newRemoteView(s *legacySpan) opentracing.Span { return &legacyView{noopOpenTracingSpan, s, s} }

// Context returns the context of the tracer's.
func (v *legacyView) Context() opentracing.SpanContext { return v.remote.context() }

// Tracer returns the tracer.
func (v *legacyView) Tracer() opentracing.Tracer {
	if v.remote.provider == unknownTracer {
		return opentracing.GlobalTracer()
	}
	return v.remote.provider.tracer
}

// BaggageItem returns an item of the context.
func (v *legacyView) BaggageItem(key string) (value string) {
	defer v.remote.provider.reportPanic("ForeachBaggageItem")
	v.Context().ForeachBaggageItem(func(k, item string) bool {
		if k == key {
			value = item
		}
		return k != key
	})
	return value
}

// SetTag and its siblings return the view, and not the span that it embeds.
func (v *legacyView) SetTag(key string, value any) opentracing.Span {
	v.Span.SetTag(key, value)
	return v
}

// SetOperationName sets the span's name.
func (v *legacyView) SetOperationName(name string) opentracing.Span {
	v.Span.SetOperationName(name)
	return v
}

// SetBaggageItem sets nothing: a context that was extracted doesn't change.
func (v *legacyView) SetBaggageItem(string, string) opentracing.Span { return v }
