// SPDX-License-Identifier: Apache-2.0

package mocktracer

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// propagator is a format of a MockTracer's for OpenTelemetry code. Where no Injector or no
// Extractor is registered, it does nothing.
type propagator struct {
	tracer *MockTracer
	format opentracing.BuiltinFormat
}

var _ propagation.TextMapPropagator = (*propagator)(nil)

// Fields returns the keys of a [TextMapPropagator].
func (p *propagator) Fields() []string { return []string{traceIDKey, spanIDKey, sampledKey} }

// Inject writes the span and the baggage of ctx, nothing where no span is active.
func (p *propagator) Inject(ctx context.Context, carrier propagation.TextMapCarrier) {
	identity := trace.SpanContextFromContext(ctx)
	if !identity.IsValid() {
		return
	}
	sc := MockSpanContext{Sampled: identity.IsSampled()}
	sc.TraceID, sc.SpanID = numbers.numbersOf(identity)
	for _, item := range baggage.FromContext(ctx).Members() {
		sc = sc.WithBaggageItem(item.Key(), item.Value())
	}
	if err := p.tracer.Inject(sc, p.format, openTracingCarrier(carrier)); err != nil && !errors.Is(err, opentracing.ErrUnsupportedFormat) {
		otel.Handle(fmt.Errorf("mocktracer: inject: %w", err))
	}
}

// Extract returns ctx with the span and the baggage that the carrier has, beside the baggage
// of ctx.
func (p *propagator) Extract(ctx context.Context, carrier propagation.TextMapCarrier) context.Context {
	found, err := p.tracer.Extract(p.format, openTracingCarrier(carrier))
	sc, ok := found.(MockSpanContext)
	if err != nil || !ok {
		return ctx
	}
	identity, before := sc.otel(), trace.SpanContextFromContext(ctx)
	if identity.TraceID() != before.TraceID() || identity.SpanID() != before.SpanID() {
		ctx = trace.ContextWithRemoteSpanContext(ctx, identity) // else what ctx has says more
	}
	bag := baggage.FromContext(ctx)
	for key, value := range sc.Baggage {
		if bag.Member(key).Key() != "" {
			continue
		}
		if item, err := baggage.NewMemberRaw(key, value); err == nil {
			bag, _ = bag.SetMember(item) // which fails for the zero item alone
		}
	}
	if bag.Len() == 0 {
		return ctx
	}
	return baggage.ContextWithBaggage(ctx, bag)
}

// openTracingCarrier returns a carrier as OpenTracing has them.
func openTracingCarrier(carrier propagation.TextMapCarrier) any {
	switch carrier := carrier.(type) {
	case propagation.HeaderCarrier:
		return opentracing.HTTPHeadersCarrier(carrier)
	case interface{ Header() http.Header }: // compat's
		return opentracing.HTTPHeadersCarrier(carrier.Header())
	}
	return textMap{carrier}
}

type textMap struct{ propagation.TextMapCarrier }

func (m textMap) ForeachKey(handler func(key, value string) error) error {
	for _, key := range m.Keys() {
		if err := handler(key, m.Get(key)); err != nil {
			return err
		}
	}
	return nil
}

// installedPropagator is what [Install] makes global: what a test has registered, else all.
type installedPropagator struct {
	tracer *MockTracer
	all    propagation.TextMapPropagator
}

var _ propagation.TextMapPropagator = (*installedPropagator)(nil)

func (p *installedPropagator) Fields() []string { return p.all.Fields() }

func (p *installedPropagator) Inject(ctx context.Context, carrier propagation.TextMapCarrier) {
	p.registered(func() map[any]bool { return p.tracer.own.injectors }, carrier).Inject(ctx, carrier)
}

func (p *installedPropagator) Extract(ctx context.Context, carrier propagation.TextMapCarrier) context.Context {
	return p.registered(func() map[any]bool { return p.tracer.own.extractors }, carrier).Extract(ctx, carrier)
}

// registered returns the format that a test has registered something for. Where it has for
// both, the carrier says which of them is meant.
func (p *installedPropagator) registered(of func() map[any]bool, carrier propagation.TextMapCarrier) propagation.TextMapPropagator {
	p.tracer.RLock()
	text, headers := of()[opentracing.TextMap], of()[opentracing.HTTPHeaders]
	p.tracer.RUnlock()
	if _, ok := openTracingCarrier(carrier).(opentracing.HTTPHeadersCarrier); headers && (ok || !text) {
		return &propagator{p.tracer, opentracing.HTTPHeaders}
	}
	if text {
		return &propagator{p.tracer, opentracing.TextMap}
	}
	return p.all
}
