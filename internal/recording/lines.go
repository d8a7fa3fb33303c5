// SPDX-License-Identifier: Apache-2.0

package recording

import (
	"context"
	"io"
	"math"
	"slices"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/stdout/stdouttrace"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/ot2otel/ot2otel/internal/printable"
)

// Lines exports every span as one line of JSON, in the format of OpenTelemetry's
// stdouttrace. Numbers that JSON cannot hold (NaN and the infinities), for which
// stdouttrace would drop the whole span, are texts.
type Lines struct {
	*stdouttrace.Exporter
}

// NewLines returns an exporter that writes to w, with one Write a span and never two at once.
func NewLines(w io.Writer) *Lines {
	exporter, err := stdouttrace.New(stdouttrace.WithWriter(w))
	if err != nil {
		// stdouttrace fails only to set up its metrics about itself
		// (OTEL_GO_X_OBSERVABILITY); the exporter it returns still works.
		otel.Handle(err)
	}
	return &Lines{Exporter: exporter}
}

// ExportSpans writes spans.
func (l *Lines) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
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
	return printable.Error(l.Exporter.ExportSpans(ctx, spans))
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
