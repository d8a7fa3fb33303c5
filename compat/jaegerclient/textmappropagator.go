// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"context"
	"fmt"
	"maps"
	"slices"

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
// opentracing.ErrInvalidCarrier. Of the baggage, 64 items of 64 KiB together are written,
// those whose keys come first; an error says that there are more.
func (p *TextMapPropagator) Inject(sc SpanContext, abstractCarrier any) error {
	writer, ok := abstractCarrier.(opentracing.TextMapWriter)
	if !ok {
		return opentracing.ErrInvalidCarrier
	}
	ctx, err := contextWith(context.Background(), sc)
	written := propagation.MapCarrier{}
	p.format.Inject(ctx, written)
	for key, value := range written {
		writer.Set(key, value)
	}
	return err
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

// What is taken of a span context's baggage: as much as compat/jaeger reads of a request.
const (
	maxItems        = 64
	maxBaggageBytes = 64 << 10
)

// contextWith returns ctx with a span context and its baggage as a propagator extracts them:
// Jaeger's keeps the flags for the next hop. The error says what was too much.
func contextWith(ctx context.Context, sc SpanContext) (context.Context, error) {
	if sc.IsValid() {
		ctx = jaeger.Propagator{}.Extract(ctx, propagation.MapCarrier{jaeger.TraceContextHeaderName: sc.String()})
	}
	given := sc.baggage()
	items := baggage.FromContext(ctx)
	taken, size := 0, 0
	for _, key := range slices.Sorted(maps.Keys(given)) {
		more := len(key) + len(given[key])
		if taken == maxItems || size+more > maxBaggageBytes {
			continue
		}
		taken, size = taken+1, size+more
		if item, err := baggage.NewMemberRaw(key, given[key]); err == nil {
			if changed, err := items.SetMember(item); err == nil {
				items = changed
			}
		}
	}
	ctx = baggage.ContextWithBaggage(ctx, items)
	if left := len(given) - taken; left > 0 {
		return ctx, fmt.Errorf("%d of %d baggage items are left out: at most %d and %d bytes are taken, those whose keys come first", left, len(given), maxItems, maxBaggageBytes)
	}
	return ctx, nil
}
