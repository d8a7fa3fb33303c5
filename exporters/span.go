// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

// Span is an ended span as [Memory] gives it to a test: the fields of
// OpenTelemetry's tracetest.SpanStub (Name, SpanKind, Attributes, Events,
// Status …), and beside them what users of OpenTracing's mocktracer know from
// its MockSpan.
//
// It is a copy: a test may change it.
type Span struct {
	tracetest.SpanStub

	OperationName string       // Name
	FinishTime    time.Time    // EndTime
	ParentID      trace.SpanID // Parent.SpanID(); the zero ID for a root
}

func newSpan(stub tracetest.SpanStub) *Span {
	stub.Attributes = slices.Clone(stub.Attributes)
	stub.Events = slices.Clone(stub.Events)
	stub.Links = slices.Clone(stub.Links)
	return &Span{
		SpanStub:      stub,
		OperationName: stub.Name,
		FinishTime:    stub.EndTime,
		ParentID:      stub.Parent.SpanID(),
	}
}

// SpanOf returns what a span has recorded so far, ended or not; nil for one that is not the
// SDK's, or not recorded.
func SpanOf(span trace.Span) (recorded *Span) {
	defer func() { _ = recover() }() // of a span that embeds nil
	readable, ok := span.(sdktrace.ReadOnlySpan)
	if !ok {
		return nil
	}
	return newSpan(tracetest.SpanStubFromReadOnlySpan(readable))
}

// Attribute returns the value of the attribute, or the empty Value, whose Type
// is attribute.EMPTY, when the span has none of that key.
func (s *Span) Attribute(key attribute.Key) attribute.Value {
	for _, kv := range s.Attributes {
		if kv.Key == key {
			return kv.Value
		}
	}
	return attribute.Value{}
}

// Tag returns a tag as a mocktracer test looks it up, or nil: the attribute of
// that key in its Go type (string, bool, int64, float64, or a slice of these),
// and the two tags that OpenTelemetry holds elsewhere: "error" is true for the
// status Error and false for Ok; "span.kind" is client, server, producer or
// consumer. An attribute of that very key comes first.
func (s *Span) Tag(key string) any {
	if v := s.Attribute(attribute.Key(key)); v.Type() != attribute.EMPTY {
		return v.AsInterface()
	}
	switch {
	case key == "error" && s.Status.Code == codes.Error:
		return true
	case key == "error" && s.Status.Code == codes.Ok:
		return false
	case key == "span.kind" && s.SpanKind > trace.SpanKindInternal:
		return s.SpanKind.String()
	}
	return nil
}

// Tags returns every tag that [Span.Tag] would.
func (s *Span) Tags() map[string]any {
	tags := make(map[string]any, len(s.Attributes)+2)
	for _, key := range []string{"error", "span.kind"} {
		if v := s.Tag(key); v != nil {
			tags[key] = v
		}
	}
	for _, kv := range s.Attributes {
		tags[string(kv.Key)] = kv.Value.AsInterface()
	}
	return tags
}

// LogRecord is an event of a span in the form of mocktracer's MockLogRecord.
type LogRecord struct {
	Timestamp time.Time
	Fields    []LogField
}

// LogField is a field of a log record in the form of mocktracer's MockKeyValue.
type LogField struct {
	Key         string
	ValueKind   reflect.Kind // of the value's Go type
	ValueString string
}

// Logs returns the events of the span as OpenTracing's log records, in order.
// The name of an event is its field "event", first, unless there is an
// attribute of that key, or the name is "log", which stands for records
// without such a field.
func (s *Span) Logs() []LogRecord {
	records := make([]LogRecord, 0, len(s.Events))
	for _, event := range s.Events {
		fields := make([]LogField, 0, len(event.Attributes)+1)
		named := slices.ContainsFunc(event.Attributes, func(kv attribute.KeyValue) bool { return kv.Key == "event" })
		if !named && event.Name != "log" {
			fields = append(fields, LogField{"event", reflect.String, event.Name})
		}
		for _, kv := range event.Attributes {
			kind := reflect.Invalid
			if v := kv.Value.AsInterface(); v != nil {
				kind = reflect.TypeOf(v).Kind()
			}
			fields = append(fields, LogField{string(kv.Key), kind, kv.Value.String()})
		}
		records = append(records, LogRecord{event.Time, fields})
	}
	return records
}

// Duration is the time from the span's start to its end.
func (s *Span) Duration() time.Duration { return s.EndTime.Sub(s.StartTime) }

// String is the span's line in [Spans.String], where nothing is redacted.
func (s *Span) String() string {
	var o outline
	o.head(s.Snapshot())
	o.status(s.Status)
	o.attributes(s.Attributes)
	return strings.TrimSuffix(o.String(), "\n")
}
