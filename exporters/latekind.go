// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"context"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// spanKindKey is the one attribute that LateSpanKind knows.
const spanKindKey attribute.Key = "span.kind"

// LateSpanKind returns a processor that hands next each ended span with the
// kind that its attribute span.kind names, and without that attribute.
//
// OpenTelemetry fixes the kind of a span when it starts. Code written for
// OpenTracing may set the tag span.kind at any time, and such a late kind
// arrives as an attribute. The texts client, server, producer and consumer
// count, in any case; every other value, a text or not, stays an attribute
// and the kind stays as it was.
//
// [NewProvider] installs it in front of every exporter. To use it with a
// provider of your own:
//
//	sdktrace.WithSpanProcessor(exporters.LateSpanKind(sdktrace.NewBatchSpanProcessor(exporter)))
//
// A span without the attribute passes through as it is, without allocation;
// spans that are not recorded never reach a processor. A nil next makes a
// processor that does nothing. It is safe for concurrent use if next is.
func LateSpanKind(next sdktrace.SpanProcessor) sdktrace.SpanProcessor {
	if next == nil {
		next = discard{}
	}
	return lateSpanKind{next}
}

// lateSpanKind passes OnStart, ForceFlush and Shutdown through by embedding.
type lateSpanKind struct {
	sdktrace.SpanProcessor
}

func (p lateSpanKind) OnEnd(span sdktrace.ReadOnlySpan) {
	p.SpanProcessor.OnEnd(withLateKind(span))
}

func withLateKind(span sdktrace.ReadOnlySpan) sdktrace.ReadOnlySpan {
	attributes := span.Attributes()
	i := slices.IndexFunc(attributes, func(kv attribute.KeyValue) bool { return kv.Key == spanKindKey })
	if i < 0 || attributes[i].Value.Type() != attribute.STRING {
		return span
	}
	kind, ok := parseSpanKind(attributes[i].Value.AsString())
	if !ok {
		return span
	}
	others := make([]attribute.KeyValue, 0, len(attributes)-1)
	others = append(others, attributes[:i]...)
	others = append(others, attributes[i+1:]...)
	return &spanWithKind{span, kind, others}
}

// parseSpanKind knows the four kinds that OpenTracing's ext package names.
func parseSpanKind(s string) (trace.SpanKind, bool) {
	for _, kind := range [...]trace.SpanKind{
		trace.SpanKindClient, trace.SpanKindServer, trace.SpanKindProducer, trace.SpanKindConsumer,
	} {
		if strings.EqualFold(s, kind.String()) {
			return kind, true
		}
	}
	return trace.SpanKindUnspecified, false
}

// spanWithKind embeds the span because the SDK's interface has a private
// method: overriding an existing span is the way it leaves open.
type spanWithKind struct {
	sdktrace.ReadOnlySpan
	kind       trace.SpanKind
	attributes []attribute.KeyValue
}

func (s *spanWithKind) SpanKind() trace.SpanKind         { return s.kind }
func (s *spanWithKind) Attributes() []attribute.KeyValue { return s.attributes }

// discard is a processor that does nothing.
type discard struct{}

func (discard) OnStart(context.Context, sdktrace.ReadWriteSpan) {}
func (discard) OnEnd(sdktrace.ReadOnlySpan)                     {}
func (discard) Shutdown(context.Context) error                  { return nil }
func (discard) ForceFlush(context.Context) error                { return nil }
