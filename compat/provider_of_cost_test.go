// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/mocktracer"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// costlessTracer starts spans at no cost of its own.
type costlessTracer struct {
	opentracing.NoopTracer
	span opentracing.Span
}

func (t *costlessTracer) StartSpan(_ string, opts ...opentracing.StartSpanOption) opentracing.Span {
	var options opentracing.StartSpanOptions
	for _, opt := range opts {
		opt.Apply(&options)
	}
	return t.span
}

type costlessSpan struct {
	opentracing.Span
	context opentracing.SpanContext
}

func (s *costlessSpan) Context() opentracing.SpanContext { return s.context }

// TestProviderOfAllocations pins what ProviderOf allocates beside its tracer.
func TestProviderOfAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("sync.Pool drops what it holds under -race; run without it")
	}
	span := &costlessSpan{opentracing.NoopTracer{}.StartSpan(""), mocktracer.MockSpanContext{}}
	tracer := ProviderOf(&costlessTracer{span: span}).Tracer("")
	background := context.Background()
	active, s := tracer.Start(background, "active")
	attributes := []attribute.KeyValue{attribute.Bool("cached", true)}
	kind := []trace.SpanStartOption{trace.WithSpanKind(trace.SpanKindClient)}
	event := []trace.EventOption{trace.WithAttributes(attributes...)}
	for _, tc := range []struct {
		name string
		want float64
		run  func()
	}{
		{"a root", 2, func() { // the span with its context, the tracer's options
			_, s := tracer.Start(background, "s")
			s.End()
		}},
		{"a child", 2, func() { _, s := tracer.Start(active, "s"); s.End() }},
		{"with a kind", 4, func() { _, s := tracer.Start(background, "s", kind...); s.End() }}, // and the tags
		{"a tag", 0, func() { s.SetAttributes(attributes...) }},
		{"an event", 2, func() { s.AddEvent("e", event...) }}, // the attributes, and the fields
		{"not recording", 0, func() { _ = s.IsRecording() }},
	} {
		if got := testing.AllocsPerRun(500, tc.run); got > tc.want {
			t.Errorf("%s: %v allocations, want at most %v", tc.name, got, tc.want)
		}
	}
}
