// SPDX-License-Identifier: Apache-2.0

// Package latekind knows spans whose kind was set after their start.
package latekind

import (
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Key is the attribute by which OpenTracing code sets the kind of a span that has started.
// OpenTelemetry fixes the kind at the start.
const Key attribute.Key = "span.kind"

// Of returns the ended span with the kind that its attribute span.kind names, and without
// that attribute: client, server, producer or consumer, in any case. Any other span is
// returned as it is.
func Of(span sdktrace.ReadOnlySpan) sdktrace.ReadOnlySpan {
	attributes := span.Attributes()
	i := slices.IndexFunc(attributes, func(kv attribute.KeyValue) bool { return kv.Key == Key })
	if i < 0 || attributes[i].Value.Type() != attribute.STRING {
		return span
	}
	kind, ok := parse(attributes[i].Value.AsString())
	if !ok {
		return span
	}
	others := make([]attribute.KeyValue, 0, len(attributes)-1)
	others = append(others, attributes[:i]...)
	others = append(others, attributes[i+1:]...)
	return &spanWithKind{span, kind, others}
}

// parse knows the four kinds that OpenTracing's ext package names.
func parse(s string) (trace.SpanKind, bool) {
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
