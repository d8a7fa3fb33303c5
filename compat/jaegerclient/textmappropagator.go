// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"context"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat/jaeger"
)

// TextMapPropagator is an [Injector] and an [Extractor] of Jaeger's format, for headers of
// other names beside the usual ones. Make it with [NewHTTPHeaderPropagator] or
// [NewTextMapPropagator]. It is safe for concurrent use.
type TextMapPropagator struct{ format jaeger.Propagator }

// NewHTTPHeaderPropagator returns a propagator for opentracing.HTTPHeaders, whose values are
// URL-encoded. Nil names are the usual ones. The metrics are not used.
func NewHTTPHeaderPropagator(headerKeys *HeadersConfig, _ Metrics) *TextMapPropagator {
	return &TextMapPropagator{headerKeys.format(false)}
}

// NewTextMapPropagator returns a propagator for opentracing.TextMap. Nil names are the usual
// ones. The metrics are not used.
func NewTextMapPropagator(headerKeys *HeadersConfig, _ Metrics) *TextMapPropagator {
	return &TextMapPropagator{headerKeys.format(true)}
}

// Inject writes sc. The carrier is an opentracing.TextMapWriter; else the error is
// opentracing.ErrInvalidCarrier.
func (p *TextMapPropagator) Inject(sc SpanContext, abstractCarrier any) error {
	writer, ok := abstractCarrier.(opentracing.TextMapWriter)
	if !ok {
		return opentracing.ErrInvalidCarrier
	}
	written := propagation.MapCarrier{}
	p.format.Inject(contextWith(context.Background(), sc), written)
	for key, value := range written {
		writer.Set(key, value)
	}
	return nil
}

// Extract reads a context. The carrier is an opentracing.TextMapReader; else the error is
// opentracing.ErrInvalidCarrier. Without a trace and baggage it is
// opentracing.ErrSpanContextNotFound. The tracer's own propagator reads jaeger-debug-id.
func (p *TextMapPropagator) Extract(abstractCarrier any) (SpanContext, error) {
	reader, ok := abstractCarrier.(opentracing.TextMapReader)
	if !ok {
		return SpanContext{}, opentracing.ErrInvalidCarrier
	}
	read := propagation.MapCarrier{}
	if err := reader.ForeachKey(func(key, value string) error {
		read.Set(key, value)
		return nil
	}); err != nil {
		return SpanContext{}, err
	}
	found := contextIn(p.format.Extract(context.Background(), read))
	if !found.IsValid() && len(found.made.baggage) == 0 {
		return SpanContext{}, opentracing.ErrSpanContextNotFound
	}
	return found, nil
}

// contextIn returns what a propagator extracted into ctx, or is to inject of it.
func contextIn(ctx context.Context) SpanContext {
	items := make(map[string]string)
	for _, item := range baggage.FromContext(ctx).Members() {
		items[item.Key()] = item.Value()
	}
	sc := trace.SpanContextFromContext(ctx)
	return newSpanContext(traceIDOf(sc.TraceID()), spanIDOf(sc.SpanID()), 0, flagsIn(ctx), items)
}

// contextWith returns ctx with a span context and its baggage as a propagator extracts them:
// Jaeger's keeps the flags for the next hop.
func contextWith(ctx context.Context, sc SpanContext) context.Context {
	if sc.IsValid() {
		ctx = jaeger.Propagator{}.Extract(ctx, propagation.MapCarrier{jaeger.TraceContextHeaderName: sc.String()})
	}
	items := baggage.FromContext(ctx)
	sc.ForeachBaggageItem(func(key, value string) bool {
		if item, err := baggage.NewMemberRaw(key, value); err == nil {
			if more, err := items.SetMember(item); err == nil {
				items = more
			}
		}
		return true
	})
	return baggage.ContextWithBaggage(ctx, items)
}
