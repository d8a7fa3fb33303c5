// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/internal/latekind"
)

// Span is a span that has ended, as reporters get it, of either API. It never changes:
// methods that set something do nothing. Its baggage is not kept.
type Span struct {
	recorded sdktrace.ReadOnlySpan
	tracer   *compat.Tracer // nil where it isn't known
}

var _ opentracing.Span = (*Span)(nil)

func newSpan(recorded sdktrace.ReadOnlySpan, tracer *compat.Tracer) *Span {
	return &Span{latekind.Of(recorded), tracer}
}

// OTelSpan returns the span as the SDK recorded it, for an exporter.
func (s *Span) OTelSpan() sdktrace.ReadOnlySpan { return s.recorded }

// OperationName returns the span's name.
func (s *Span) OperationName() string { return s.recorded.Name() }

// StartTime returns when the span started.
func (s *Span) StartTime() time.Time { return s.recorded.StartTime() }

// Duration returns how long the span took.
func (s *Span) Duration() time.Duration { return s.recorded.EndTime().Sub(s.recorded.StartTime()) }

// Tags returns the span's attributes, with span.kind of all kinds but internal and
// error=true of a span with an error. Integers are int64.
func (s *Span) Tags() opentracing.Tags {
	tags := opentracing.Tags{}
	for _, kv := range s.recorded.Attributes() {
		tags[string(kv.Key)] = kv.Value.AsInterface()
	}
	if kind := s.recorded.SpanKind(); kind > trace.SpanKindInternal {
		tags[string(ext.SpanKind)] = ext.SpanKindEnum(kind.String())
	}
	if s.recorded.Status().Code == codes.Error {
		tags[string(ext.Error)] = true
	}
	return tags
}

// Logs returns the span's events: a field event with the name, and the attributes.
func (s *Span) Logs() []opentracing.LogRecord {
	var records []opentracing.LogRecord
	for _, event := range s.recorded.Events() {
		fields := []log.Field{log.String("event", event.Name)}
		for _, kv := range event.Attributes {
			fields = append(fields, logField(kv))
		}
		records = append(records, opentracing.LogRecord{Timestamp: event.Time, Fields: fields})
	}
	return records
}

func logField(kv attribute.KeyValue) log.Field {
	key := string(kv.Key)
	switch kv.Value.Type() {
	case attribute.BOOL:
		return log.Bool(key, kv.Value.AsBool())
	case attribute.INT64:
		return log.Int64(key, kv.Value.AsInt64())
	case attribute.FLOAT64:
		return log.Float64(key, kv.Value.AsFloat64())
	case attribute.STRING:
		return log.String(key, kv.Value.AsString())
	}
	return log.Object(key, kv.Value.AsInterface())
}

// References returns the span's parent, and its links as FollowsFrom.
func (s *Span) References() []opentracing.SpanReference {
	var references []opentracing.SpanReference
	if parent := s.recorded.Parent(); parent.IsValid() {
		references = append(references, opentracing.ChildOf(spanContextOf(parent, 0)))
	}
	for _, link := range s.recorded.Links() {
		if !link.SpanContext.Equal(s.recorded.Parent()) {
			references = append(references, opentracing.FollowsFrom(spanContextOf(link.SpanContext, 0)))
		}
	}
	return references
}

// SpanContext returns the span's context.
func (s *Span) SpanContext() SpanContext {
	return spanContextOf(s.recorded.SpanContext(), spanIDOf(s.recorded.Parent().SpanID()))
}

func spanContextOf(sc trace.SpanContext, parent SpanID) SpanContext {
	return NewSpanContext(traceIDOf(sc.TraceID()), spanIDOf(sc.SpanID()), parent, sc.IsSampled(), nil)
}

// Context is SpanContext.
func (s *Span) Context() opentracing.SpanContext { return s.SpanContext() }

// Tracer returns the tracer that started the span; a no-op where it isn't known.
func (s *Span) Tracer() opentracing.Tracer {
	if s.tracer == nil {
		return opentracing.NoopTracer{}
	}
	return s.tracer
}

// String is that of the span's context.
func (s *Span) String() string { return s.SpanContext().String() }

// Retain returns s. No span is used again.
func (s *Span) Retain() *Span { return s }

// Release does nothing.
func (s *Span) Release() {}

// BaggageItem returns "".
func (s *Span) BaggageItem(string) string { return "" }

// SetBaggageItem does nothing.
func (s *Span) SetBaggageItem(_, _ string) opentracing.Span { return s }

// SetOperationName does nothing.
func (s *Span) SetOperationName(string) opentracing.Span { return s }

// SetTag does nothing.
func (s *Span) SetTag(string, any) opentracing.Span { return s }

// LogFields does nothing.
func (s *Span) LogFields(...log.Field) {}

// LogKV does nothing.
func (s *Span) LogKV(...any) {}

// LogEvent does nothing.
func (s *Span) LogEvent(string) {}

// LogEventWithPayload does nothing.
func (s *Span) LogEventWithPayload(string, any) {}

// Log does nothing.
func (s *Span) Log(opentracing.LogData) {}

// Finish does nothing.
func (s *Span) Finish() {}

// FinishWithOptions does nothing.
func (s *Span) FinishWithOptions(opentracing.FinishOptions) {}
