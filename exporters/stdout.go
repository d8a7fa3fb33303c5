// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"context"
	"io"
	"math"
	"os"
	"slices"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/stdout/stdouttrace"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/ot2otel/ot2otel/exporters/internal/printable"
)

// Stdout returns an exporter that writes every span to w as one line of JSON,
// in the format of OpenTelemetry's stdouttrace, when it is exported. A nil w
// is standard output. It is made for machines: jq, log collectors, diffs;
// people read [Tree].
//
// Numbers that JSON cannot hold (NaN and the infinities), for which
// stdouttrace would drop the whole span, are written as the texts NaN,
// Infinity and -Infinity.
//
// Nothing is redacted: names, attributes, events, links and the resource are
// written whole, with the passwords and tokens that a service put into them.
//
// A failed write is the error of ExportSpans; the SDK hands it to the error
// handler. The exporter may be shared by several providers and goroutines; w
// sees one Write a span and never two at once. After Shutdown, spans are
// ignored.
func Stdout(w io.Writer) sdktrace.SpanExporter {
	if w == nil {
		w = os.Stdout
	}
	exporter, err := stdouttrace.New(stdouttrace.WithWriter(w))
	if err != nil {
		// stdouttrace fails only to set up its metrics about itself
		// (OTEL_GO_X_OBSERVABILITY); the exporter it returns still works.
		otel.Handle(err)
	}
	return &jsonLines{Exporter: exporter}
}

// jsonLines is stdouttrace for spans with any number in them.
type jsonLines struct {
	*stdouttrace.Exporter
}

func (j *jsonLines) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	owned := false
	for i, span := range spans {
		finite, changed := finiteSpan(span)
		if !changed {
			continue
		}
		if !owned { // the slice belongs to the caller
			spans, owned = slices.Clone(spans), true
		}
		spans[i] = finite
	}
	return printable.Error(j.Exporter.ExportSpans(ctx, spans))
}

// spanWithData is a span some of whose data were replaced.
type spanWithData struct {
	sdktrace.ReadOnlySpan
	attributes []attribute.KeyValue
	events     []sdktrace.Event
	links      []sdktrace.Link
}

func (s *spanWithData) Attributes() []attribute.KeyValue { return s.attributes }
func (s *spanWithData) Events() []sdktrace.Event         { return s.events }
func (s *spanWithData) Links() []sdktrace.Link           { return s.links }

// finiteSpan returns the span with every non-finite number as text, and
// whether there was one.
func finiteSpan(span sdktrace.ReadOnlySpan) (sdktrace.ReadOnlySpan, bool) {
	attributes, changed := finiteAttributes(span.Attributes())
	events := span.Events()
	for i, event := range events {
		if finite, ok := finiteAttributes(event.Attributes); ok {
			changed = true
			events = slices.Clone(events)
			events[i].Attributes = finite
		}
	}
	links := span.Links()
	for i, link := range links {
		if finite, ok := finiteAttributes(link.Attributes); ok {
			changed = true
			links = slices.Clone(links)
			links[i].Attributes = finite
		}
	}
	if !changed {
		return span, false
	}
	return &spanWithData{span, attributes, events, links}, true
}

func finiteAttributes(attributes []attribute.KeyValue) ([]attribute.KeyValue, bool) {
	changed := false
	for i, kv := range attributes {
		if isFinite(kv.Value) {
			continue
		}
		if !changed {
			attributes, changed = slices.Clone(attributes), true
		}
		attributes[i].Value = attribute.StringValue(kv.Value.String())
	}
	return attributes, changed
}

func isFinite(v attribute.Value) bool {
	switch v.Type() {
	case attribute.FLOAT64:
		return finite(v.AsFloat64())
	case attribute.FLOAT64SLICE:
		return !slices.ContainsFunc(v.AsFloat64Slice(), func(f float64) bool { return !finite(f) })
	case attribute.SLICE:
		return !slices.ContainsFunc(v.AsSlice(), func(v attribute.Value) bool { return !isFinite(v) })
	case attribute.MAP:
		return !slices.ContainsFunc(v.AsMap(), func(kv attribute.KeyValue) bool { return !isFinite(kv.Value) })
	}
	return true
}

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }
