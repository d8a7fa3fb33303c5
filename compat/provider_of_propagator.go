// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// PropagatorOf returns a propagator for OpenTelemetry code that speaks an OpenTracing
// tracer's own format for HTTP headers. It belongs to [ProviderOf]: instrumentation such
// as otelhttp and otelgrpc sends and continues the traces of that tracer by it, with their
// baggage.
//
//	otel.SetTextMapPropagator(compat.PropagatorOf(opentracing.GlobalTracer()))
//
// It sets no global. To speak W3C's format too, put it last in a
// propagation.NewCompositeTextMapPropagator, after propagation.TraceContext{}: the last
// one that finds a trace wins. The propagator of a [Tracer] is the one that [Install]
// would set. A nil tracer is reported through otel.Handle, and its propagator does nothing,
// as that of opentracing.NoopTracer.
//
// Inject writes the active span of either API, with the baggage of its context. A tracer
// without baggage, and a context without a span, carry none. What a client sends, and
// doesn't make sense, is left out without a report. Fields has the keys that are always written.
func PropagatorOf(tracer opentracing.Tracer) propagation.TextMapPropagator {
	switch tracer := recordingTracer(tracer).(type) {
	case nil:
		otel.Handle(errors.New("compat: PropagatorOf: nil Tracer: no trace is propagated; pass a tracer such as opentracing.GlobalTracer()"))
		return propagation.NewCompositeTextMapPropagator()
	case interface{ TracerProvider() trace.TracerProvider }:
		if own, ok := tracer.TracerProvider().(*provider); ok {
			return own.propagator(own.headers)
		}
		return orDefault(otel.GetTextMapPropagator()) // what the spans of its provider are propagated by
	case opentracing.NoopTracer, *opentracing.NoopTracer:
		return propagation.NewCompositeTextMapPropagator()
	default:
		return newLegacyPropagator(newLegacyProvider(tracer), opentracing.HTTPHeaders)
	}
}

// Propagator returns a propagator that speaks the tracer's format for HTTP headers.
func (t *legacyTracer) Propagator() propagation.TextMapPropagator {
	return newLegacyPropagator(t.provider, opentracing.HTTPHeaders)
}

// TextMapPropagator returns a propagator that speaks the tracer's format for text maps.
func (t *legacyTracer) TextMapPropagator() propagation.TextMapPropagator {
	return newLegacyPropagator(t.provider, opentracing.TextMap)
}

// legacyPropagator propagates as an OpenTracing tracer does.
type legacyPropagator struct {
	provider *legacyProvider
	format   opentracing.BuiltinFormat
	fields   func() []string
}

func newLegacyPropagator(provider *legacyProvider, format opentracing.BuiltinFormat) *legacyPropagator {
	p := &legacyPropagator{provider: provider, format: format}
	p.fields = sync.OnceValue(p.learnFields)
	return p
}

var _ propagation.TextMapPropagator = (*legacyPropagator)(nil)

// Inject writes the context of the active span by the tracer.
func (p *legacyPropagator) Inject(ctx context.Context, carrier propagation.TextMapCarrier) {
	if ctx == nil || carrier == nil {
		return
	}
	defer p.provider.reportPanic("Inject")
	active := activeLegacyIn(ctx)
	sc := p.provider.contextOf(&active)
	if sc == nil {
		p.injectOther(ctx, carrier)
		return
	}
	sc = p.provider.withBaggage(sc, baggage.FromContext(ctx))
	if err := p.provider.tracer.Inject(sc, p.format, textMapOf{carrier}); err != nil {
		p.provider.reportOnce(fmt.Sprintf("compat: PropagatorOf: Inject of %T: %v", p.provider.tracer, err))
	}
}

// injectOther hands the tracer the context of a span that it can't be told, as OpenTracing
// code does: one that only adds to what is sent doesn't look at it. Others refuse it.
func (p *legacyPropagator) injectOther(ctx context.Context, carrier propagation.TextMapCarrier) {
	defer func() { _ = recover() }() // of a tracer that asserts its own type
	if active := SpanFromContext(ctx); active != nil {
		_ = p.provider.tracer.Inject(active.Context(), p.format, textMapOf{carrier})
	}
}

// Extract returns ctx with what the tracer reads: a span and baggage; ctx as it is where
// the tracer finds nothing.
func (p *legacyPropagator) Extract(ctx context.Context, carrier propagation.TextMapCarrier) context.Context {
	if ctx == nil {
		ctx = context.Background()
	}
	if carrier == nil {
		return ctx
	}
	sc := p.extract(textMapOf{carrier})
	if sc == nil {
		return ctx
	}
	return newRemoteSpan(p.provider, sc, opentracing.SpanFromContext(ctx)).activate(ctx, sc, baggage.FromContext(ctx))
}

func (p *legacyPropagator) extract(carrier textMapOf) opentracing.SpanContext {
	defer p.provider.reportPanic("Extract")
	sc, err := p.provider.tracer.Extract(p.format, carrier)
	if err != nil || sc == nil || isNilPointer(sc) {
		return nil
	}
	return sc
}

// Fields returns the keys that Inject writes of a span without baggage.
func (p *legacyPropagator) Fields() []string { return slices.Clone(p.fields()) }

// learnFields has the tracer read a trace of all formats, and write it.
func (p *legacyPropagator) learnFields() []string {
	defer p.provider.reportPanic("Inject")
	fields := propagation.MapCarrier{}
	sample := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{15: 1}, SpanID: trace.SpanID{7: 1}})
	for _, format := range wireFormats {
		format.write(sample, fields)
	}
	sc := p.extract(textMapOf{fields})
	if sc == nil {
		return nil
	}
	written := propagation.MapCarrier{}
	if p.provider.tracer.Inject(sc, p.format, textMapOf{written}) != nil {
		return nil
	}
	return slices.Sorted(maps.Keys(written))
}

// withBaggage returns sc with the items of bag that it lacks.
func (p *legacyProvider) withBaggage(sc opentracing.SpanContext, bag baggage.Baggage) opentracing.SpanContext {
	if bag.Len() == 0 {
		return sc
	}
	has := map[string]string{}
	sc.ForeachBaggageItem(func(key, value string) bool {
		has[key] = value
		return true
	})
	for _, item := range bag.Members() {
		if value, ok := has[item.Key()]; ok && value == item.Value() {
			continue
		}
		changed, ok := withBaggageItem(sc, item)
		if !ok {
			p.reportOnce(fmt.Sprintf("compat: PropagatorOf: baggage that was put into a context below a span is not sent: contexts of %T have no method WithBaggageItem; "+
				"start a span with that context first", p.tracer))
			return sc
		}
		sc = changed
	}
	return sc
}

// withBaggageItem calls the method WithBaggageItem(key, value string) that contexts of
// Jaeger's client, basictracer and mocktracer have. It returns their own type, so no
// interface has it.
func withBaggageItem(sc opentracing.SpanContext, item baggage.Member) (changed opentracing.SpanContext, ok bool) {
	method := reflect.ValueOf(sc).MethodByName("WithBaggageItem")
	text := reflect.TypeFor[string]()
	if !method.IsValid() || method.Type().NumOut() != 1 || method.Type().NumIn() != 2 || method.Type().In(0) != text || method.Type().In(1) != text {
		return nil, false
	}
	result := method.Call([]reflect.Value{reflect.ValueOf(item.Key()), reflect.ValueOf(item.Value())})
	changed, ok = result[0].Interface().(opentracing.SpanContext)
	return changed, ok
}

// textMapOf is a carrier of OpenTelemetry as one of OpenTracing.
type textMapOf struct{ carrier propagation.TextMapCarrier }

var (
	_ opentracing.TextMapWriter = textMapOf{}
	_ opentracing.TextMapReader = textMapOf{}
)

func (t textMapOf) Set(key, value string) { t.carrier.Set(key, value) }

// ForeachKey calls handler for each value of each key until it returns an error.
func (t textMapOf) ForeachKey(handler func(key, value string) error) error {
	several, _ := t.carrier.(propagation.ValuesGetter)
	for _, key := range t.carrier.Keys() {
		values := []string{}
		if several != nil {
			values = several.Values(key)
		} else {
			values = append(values, t.carrier.Get(key))
		}
		for _, value := range values {
			if err := handler(key, value); err != nil {
				return err
			}
		}
	}
	return nil
}
