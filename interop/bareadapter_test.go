// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"context"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// bareTracer is OpenTelemetry's API on an OpenTracing tracer, for the two spans of the
// benchmark alone: it converts their arguments and calls the tracer. It has no locks, no
// baggage, no IDs, no status, and no end; a panic of the tracer ends the program.
type bareTracer struct {
	noop.Tracer
	tracer opentracing.Tracer
}

// bareSpan is a span and the context in which it is active.
type bareSpan struct {
	noop.Span
	context.Context
	span   opentracing.Span
	parent [1]opentracing.StartSpanOption
}

func (t *bareTracer) Start(ctx context.Context, name string, opts ...trace.SpanStartOption) (context.Context, trace.Span) {
	config := trace.NewSpanStartConfig(opts...)
	s := &bareSpan{Context: ctx}
	if active, ok := ctx.(*bareSpan); ok {
		s.parent[0] = opentracing.ChildOf(active.span.Context())
		s.span = t.tracer.StartSpan(name, s.parent[:]...)
	} else {
		s.span = t.tracer.StartSpan(name)
	}
	if config.SpanKind() == trace.SpanKindServer {
		ext.SpanKindRPCServer.Set(s.span)
	}
	return s, s
}

func (s *bareSpan) SetAttributes(attributes ...attribute.KeyValue) {
	for _, kv := range attributes {
		s.span.SetTag(string(kv.Key), kv.Value.AsInterface())
	}
}

func (s *bareSpan) AddEvent(name string, opts ...trace.EventOption) {
	config := trace.NewEventConfig(opts...)
	fields := make([]log.Field, 1, 1+len(config.Attributes()))
	fields[0] = log.Event(name)
	for _, kv := range config.Attributes() {
		fields = append(fields, log.Int64(string(kv.Key), kv.Value.AsInt64()))
	}
	s.span.LogFields(fields...)
}

func (s *bareSpan) End(...trace.SpanEndOption) { s.span.Finish() }
