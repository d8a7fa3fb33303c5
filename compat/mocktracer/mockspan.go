// SPDX-License-Identifier: Apache-2.0

package mocktracer

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// MockSpan is a span of either API, with all that was set on it. Its methods are safe for
// concurrent use; the mutex guards its fields, which are best read once it has finished.
type MockSpan struct {
	sync.RWMutex

	// ParentID is the number of the parent's span, 0 for a root.
	ParentID int

	OperationName string
	StartTime     time.Time
	// FinishTime is zero until the span finishes.
	FinishTime time.Time

	SpanContext MockSpanContext

	tags     map[string]any
	logs     []MockLogRecord
	finished bool
	tracer   *MockTracer
	// span is compat's, by which OpenTelemetry's has what OpenTracing code does; nil in a
	// span that no provider started.
	span   opentracing.Span
	issued atomic.Pointer[issuedContext]
}

var _ opentracing.Span = (*MockSpan)(nil)

// issuedContext is a context of a span as callers and as compat have it.
type issuedContext struct {
	mock MockSpanContext
	of   opentracing.SpanContext
}

// newMockSpan returns the MockSpan of a span that the SDK has started.
func newMockSpan(tracer *MockTracer, recorded sdktrace.ReadWriteSpan) *MockSpan {
	s := &MockSpan{OperationName: recorded.Name(), StartTime: recorded.StartTime(), tracer: tracer, tags: make(map[string]any)}
	s.SpanContext.TraceID, s.SpanContext.SpanID = numbers.numbersOf(recorded.SpanContext())
	s.SpanContext.Sampled = recorded.SpanContext().IsSampled()
	if parent := recorded.Parent(); parent.IsValid() {
		_, s.ParentID = numbers.numbersOf(parent)
	}
	if kind := kindTag(recorded.SpanKind()); kind != nil {
		s.tags[string(ext.SpanKind)] = kind
	}
	for _, kv := range recorded.Attributes() {
		s.tags[string(kv.Key)] = nativeTag(kv)
	}
	numbers.active.Store(s.SpanContext.SpanID, s)
	return s
}

// newLooseSpan returns a span that no provider has started.
func newLooseSpan(tracer *MockTracer, operationName string, start *opentracing.StartSpanOptions) *MockSpan {
	s := &MockSpan{OperationName: operationName, StartTime: start.StartTime, tracer: tracer, tags: make(map[string]any)}
	if s.StartTime.IsZero() {
		s.StartTime = time.Now()
	}
	s.SpanContext.Sampled = true
	for _, reference := range start.References {
		if parent, ok := asMock(reference.ReferencedContext); ok && parent.TraceID != 0 {
			s.SpanContext, s.ParentID = parent, parent.SpanID
			break
		}
	}
	if s.SpanContext.TraceID == 0 {
		s.SpanContext.TraceID = numbers.next()
	}
	s.SpanContext.SpanID = numbers.next()
	s.started(operationName, start.Tags)
	return s
}

// started takes over what OpenTracing code has started the span with, in its types.
func (s *MockSpan) started(operationName string, tags map[string]any) {
	s.Lock()
	defer s.Unlock()
	s.OperationName = operationName
	for key, value := range tags {
		s.replaceTag(key, value)
	}
}

// Tags returns a copy of the tags.
func (s *MockSpan) Tags() map[string]any {
	s.RLock()
	defer s.RUnlock()
	return maps.Clone(s.tags)
}

// Tag returns one tag, nil for none.
func (s *MockSpan) Tag(k string) any {
	s.RLock()
	defer s.RUnlock()
	return s.tags[k]
}

// Logs returns a copy of the logs.
func (s *MockSpan) Logs() []MockLogRecord {
	s.RLock()
	defer s.RUnlock()
	return append(make([]MockLogRecord, 0, len(s.logs)), s.logs...)
}

// Context returns the span's context, a [MockSpanContext].
func (s *MockSpan) Context() opentracing.SpanContext {
	if s.span != nil {
		return s.span.Context() // what issue returns
	}
	s.RLock()
	defer s.RUnlock()
	return s.SpanContext
}

// issue returns the span's context, of being compat's. The field is written where the
// baggage has changed alone, so that reading it is safe otherwise.
func (s *MockSpan) issue(of opentracing.SpanContext) MockSpanContext {
	items := itemsOf(of)
	s.RLock()
	current := s.SpanContext
	s.RUnlock()
	if !maps.Equal(items, current.Baggage) {
		s.Lock()
		s.SpanContext.Baggage = items
		current = s.SpanContext
		s.Unlock()
	}
	s.issued.Store(&issuedContext{current, of})
	return current
}

// issuedAs returns compat's context for one that issue has returned, nil where the span has
// another one by now.
func (s *MockSpan) issuedAs(c MockSpanContext) opentracing.SpanContext {
	issued := s.issued.Load()
	if issued == nil || !issued.mock.equal(c) || s.sampled() != c.Sampled {
		return nil
	}
	return issued.of
}

func (s *MockSpan) sampled() bool {
	s.RLock()
	defer s.RUnlock()
	return s.SpanContext.Sampled
}

// Unwrap returns the span as package compat knows it.
func (s *MockSpan) Unwrap() opentracing.Span { return s.span }

// SetOperationName changes the span's name.
func (s *MockSpan) SetOperationName(operationName string) opentracing.Span {
	if s.span != nil {
		s.span.SetOperationName(operationName)
	}
	s.rename(operationName)
	return s
}

func (s *MockSpan) rename(operationName string) {
	s.Lock()
	defer s.Unlock()
	s.OperationName = operationName
}

// SetTag sets a tag. The tag sampling.priority, a uint16 or an int, changes the context's
// flag Sampled in its place, and with it what children and headers have.
func (s *MockSpan) SetTag(key string, value any) opentracing.Span {
	if s.span != nil && (key != string(ext.SamplingPriority) || isPriority(value)) {
		s.span.SetTag(key, value) // it comes back by keepTag or keepStatus, in a native type
	}
	s.keepTag(key, value)
	return s
}

func isPriority(value any) bool {
	switch value.(type) {
	case uint16, int:
		return true
	}
	return false
}

func (s *MockSpan) keepTag(key string, value any) {
	s.Lock()
	defer s.Unlock()
	if key == string(ext.SamplingPriority) {
		switch v := value.(type) {
		case uint16:
			s.SpanContext.Sampled = v > 0
			return
		case int:
			s.SpanContext.Sampled = v > 0
			return
		}
	}
	s.replaceTag(key, value)
}

// replaceTag sets a tag in the place of the attribute that it became, of which the key is
// valid UTF-8.
func (s *MockSpan) replaceTag(key string, value any) {
	if !utf8.ValidString(key) {
		delete(s.tags, strings.ToValidUTF8(key, string(utf8.RuneError)))
	}
	s.tags[key] = value
}

func (s *MockSpan) keepStatus(code codes.Code) {
	s.Lock()
	defer s.Unlock()
	s.tags[string(ext.Error)] = errorTag(s.tags[string(ext.Error)], code)
}

// SetBaggageItem sets an item of the span's context.
func (s *MockSpan) SetBaggageItem(key, val string) opentracing.Span {
	if s.span != nil {
		s.span.SetBaggageItem(key, val)
		s.Context() // which updates the field
		return s
	}
	s.Lock()
	defer s.Unlock()
	s.SpanContext = s.SpanContext.WithBaggageItem(key, val)
	return s
}

// BaggageItem returns an item of the span's context, "" for none.
func (s *MockSpan) BaggageItem(key string) string {
	if s.span != nil {
		return s.span.BaggageItem(key)
	}
	s.RLock()
	defer s.RUnlock()
	return s.SpanContext.Baggage[key]
}

// LogFields adds a log.
func (s *MockSpan) LogFields(fields ...log.Field) {
	kept, evaluated := logged(fields)
	s.keepLog(MockLogRecord{time.Now(), kept})
	if s.span != nil {
		s.span.LogFields(marked(evaluated)...)
	}
}

// marked returns the fields of a log that the span has already.
func marked(fields []log.Field) []log.Field {
	return append(slices.Clip(fields), log.Bool(string(ofOpenTracing.Key), true))
}

func (s *MockSpan) keepLog(record MockLogRecord) {
	s.Lock()
	defer s.Unlock()
	s.logs = append(s.logs, record)
}

// LogKV adds a log of alternating keys and values. One that isn't, is a log of an error.
func (s *MockSpan) LogKV(keyValues ...any) {
	if len(keyValues)%2 != 0 {
		s.LogFields(log.Error(fmt.Errorf("LogKV: %d keys and values: the last key has no value", len(keyValues))))
		return
	}
	fields, err := log.InterleavedKVToFields(keyValues...)
	if err != nil {
		s.LogFields(log.Error(err), log.String("function", "LogKV"))
		return
	}
	s.LogFields(fields...)
}

// LogEvent is deprecated in OpenTracing, and works.
func (s *MockSpan) LogEvent(event string) { s.LogFields(log.Event(event)) }

// LogEventWithPayload is deprecated in OpenTracing, and works.
func (s *MockSpan) LogEventWithPayload(event string, payload any) {
	s.LogFields(log.Event(event), log.Object("payload", payload))
}

// Log is deprecated in OpenTracing, and works; the record's time is kept.
func (s *MockSpan) Log(data opentracing.LogData) {
	record := data.ToLogRecord()
	kept, evaluated := logged(record.Fields)
	s.keepLog(MockLogRecord{record.Timestamp, kept})
	of, ok := s.span.(interface{ Log(opentracing.LogData) })
	if !ok {
		return
	}
	// A lazy logger is the one way to have more fields beside the time.
	of.Log(opentracing.LogData{Timestamp: record.Timestamp, Event: data.Event, Payload: log.LazyLogger(func(encoder log.Encoder) {
		for _, field := range marked(evaluated) {
			if field.Key() != eventField {
				field.Marshal(encoder)
			}
		}
	})})
}

func dataFields(data opentracing.LogData) []log.Field {
	fields := []log.Field{log.Event(data.Event)}
	if data.Payload != nil {
		fields = append(fields, log.Object("payload", data.Payload))
	}
	return fields
}

// Finish ends the span. A second time does nothing.
func (s *MockSpan) Finish() { s.FinishWithOptions(opentracing.FinishOptions{}) }

// FinishWithOptions adds logs and ends the span at a time, zero for now. A second time does
// nothing.
func (s *MockSpan) FinishWithOptions(opts opentracing.FinishOptions) {
	if s.hasFinished() {
		return
	}
	records := opts.LogRecords
	for _, data := range opts.BulkLogData {
		records = append(slices.Clip(records), opentracing.LogRecord{Timestamp: data.Timestamp, Fields: dataFields(data)})
	}
	end := opentracing.FinishOptions{FinishTime: opts.FinishTime}
	for _, record := range records {
		kept, evaluated := logged(record.Fields)
		s.keepLog(MockLogRecord{record.Timestamp, kept})
		end.LogRecords = append(end.LogRecords, opentracing.LogRecord{Timestamp: record.Timestamp, Fields: marked(evaluated)})
	}
	if s.span != nil {
		s.span.FinishWithOptions(end) // which calls finish
		return
	}
	if end.FinishTime.IsZero() {
		end.FinishTime = time.Now()
	}
	s.finish(end.FinishTime)
}

func (s *MockSpan) hasFinished() bool {
	s.RLock()
	defer s.RUnlock()
	return s.finished
}

// finish puts the span among the finished ones, once.
func (s *MockSpan) finish(at time.Time) {
	s.Lock()
	if s.finished {
		s.Unlock()
		return
	}
	s.finished, s.FinishTime = true, at
	spanID := s.SpanContext.SpanID
	s.Unlock()
	numbers.active.CompareAndDelete(spanID, s)
	s.tracer.keep(s)
}

// Tracer returns the MockTracer that started the span.
func (s *MockSpan) Tracer() opentracing.Tracer { return s.tracer }

// String returns the span's numbers and its name.
func (s *MockSpan) String() string {
	s.RLock()
	defer s.RUnlock()
	return fmt.Sprintf("traceId=%d, spanId=%d, parentId=%d, sampled=%t, name=%s",
		s.SpanContext.TraceID, s.SpanContext.SpanID, s.ParentID, s.SpanContext.Sampled, s.OperationName)
}
