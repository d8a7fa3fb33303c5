// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/embedded"
)

// legacySpan is OpenTelemetry's view of a span of an OpenTracing tracer. All methods are
// safe for concurrent use where the tracer's are, and do nothing after End.
type legacySpan struct {
	embedded.Span
	provider *legacyProvider
	// openTracing is the tracer's span; nil for a remote one, whose context is extracted.
	openTracing opentracing.Span
	// under is the span that OpenTracing code found where this one was started, or extracted.
	under opentracing.Span

	ended    atomic.Bool
	identity atomic.Pointer[trace.SpanContext]

	state atomic.Pointer[legacySpanState] // nil until there is something to keep

	// active is the context that Start returns, and parent has the references, if there
	// is one, in the same allocation. The tracer may keep either.
	active legacyContext
	parent [1]opentracing.SpanReference
}

// legacySpanState is what most spans don't have.
type legacySpanState struct {
	extracted opentracing.SpanContext // of a remote span; it doesn't change
	local     bool                    // of one whose context is of this process
	linked    trace.TraceID           // of a root that is linked to a span whose IDs stand for it

	mu      sync.Mutex
	status  codes.Code
	failure string                  // the text of the last error that was recorded
	logs    []opentracing.LogRecord // those with a time of their own, which wait for the end
}

var _ trace.Span = (*legacySpan)(nil)

// kept returns the state to read or change.
func (s *legacySpan) kept() *legacySpanState {
	if s.state.Load() == nil {
		s.state.CompareAndSwap(nil, new(legacySpanState))
	}
	return s.state.Load()
}

// is reports whether s is an OpenTelemetry span.
func (s *legacySpan) is(otelSpan trace.Span) bool {
	same, ok := otelSpan.(*legacySpan)
	return ok && same == s
}

// context returns the tracer's span context; nil where it has none.
func (s *legacySpan) context() opentracing.SpanContext {
	if s.openTracing == nil {
		return s.kept().extracted
	}
	return s.provider.spanContext(s.openTracing)
}

// SpanContext returns the IDs of the tracer's span, where it tells them, and whether it
// is sampled; an invalid one otherwise. It has no trace state.
func (s *legacySpan) SpanContext() trace.SpanContext {
	sc := s.context()
	known := s.identity.Load()
	if known == nil {
		found, told := s.provider.identityOf(sc)
		if !told && (s.openTracing != nil || s.provider.sends(sc)) {
			found = legacyIDs.replace(s, sc)
		}
		found = found.WithRemote(s.openTracing == nil && !s.kept().local)
		known = &found
		if !s.identity.CompareAndSwap(nil, known) { // another one was faster
			if first := s.identity.Load(); first != nil {
				known = first
			}
		}
	}
	if sampled, tells := s.provider.isSampled(sc); tells { // which may change
		return known.WithTraceFlags(known.TraceFlags().WithSampled(sampled))
	}
	return *known
}

// IsRecording reports whether the tracer keeps what is set. Where it doesn't tell that a
// span isn't sampled, as Jaeger's contexts do, it is true until the end.
func (s *legacySpan) IsRecording() bool {
	return !s.ended.Load() && s.provider.keeps(s.context())
}

// TracerProvider returns the provider of the span's tracer: the one that started it, but where
// that decorates another one, whose spans name that and which takes their contexts.
func (s *legacySpan) TracerProvider() trace.TracerProvider {
	switch {
	case s.provider == unknownTracer:
		return otel.GetTracerProvider()
	case s.openTracing == nil:
		return s.provider
	}
	return s.provider.named(s.openTracing)
}

// SetName sets the operation name.
func (s *legacySpan) SetName(name string) {
	if s.ended.Load() {
		return
	}
	defer s.provider.reportPanic("SetOperationName")
	s.openTracing.SetOperationName(name)
}

// SetAttributes sets each attribute as a tag.
func (s *legacySpan) SetAttributes(attributes ...attribute.KeyValue) {
	for _, kv := range attributes {
		s.setTag(string(kv.Key), tagValue(kv))
	}
}

func (s *legacySpan) setTag(key string, value any) {
	if s.ended.Load() {
		return
	}
	defer s.provider.reportPanic("SetTag")
	s.openTracing.SetTag(key, value)
	if known := s.identity.Load(); known != nil && key == string(ext.SamplingPriority) {
		if replaced, _ := legacyIDs.find(known.SpanID()); replaced == nil {
			s.identity.Store(nil)
		}
	}
}

func (s *legacySpan) setBaggageItem(key, value string) {
	defer s.provider.reportPanic("SetBaggageItem")
	s.openTracing.SetBaggageItem(key, value)
}

func (s *legacySpan) baggageItem(key string) string {
	defer s.provider.reportPanic("BaggageItem")
	return s.openTracing.BaggageItem(key)
}

// SetStatus sets the tag error: true for Error, which is final unless an Ok follows, and
// false for Ok, which is final. A description is logged, unless it is the text of an error
// that was recorded.
func (s *legacySpan) SetStatus(code codes.Code, description string) {
	if s.ended.Load() || code != codes.Error && code != codes.Ok {
		return
	}
	state := s.kept()
	state.mu.Lock()
	ignored := state.status == codes.Ok
	if !ignored {
		state.status = code
	}
	logged := code == codes.Error && description != "" && description != state.failure
	state.mu.Unlock()
	if ignored {
		return
	}
	s.setTag(errorKey, code == codes.Error)
	if logged {
		s.log(time.Time{}, []log.Field{log.Event(errorEvent), log.Message(description)})
	}
}

// AddEvent logs the event.
func (s *legacySpan) AddEvent(name string, opts ...trace.EventOption) {
	if s.ended.Load() {
		return
	}
	if len(opts) == 0 && name != exceptionEvent {
		s.log(time.Time{}, []log.Field{log.Event(name)})
		return
	}
	attributes, timestamp, _ := eventOptions(opts)
	fields := make([]log.Field, 1, 1+len(attributes))
	if name == exceptionEvent {
		fields[0] = log.Event(errorEvent)
		fields = appendExceptionFields(fields, attributes)
	} else {
		fields[0] = log.Event(name)
		fields = appendFields(fields, attributes)
	}
	s.log(timestamp, fields)
}

// RecordError logs an error as opentracing-go's ext.LogError does, without the tag error.
func (s *legacySpan) RecordError(err error, opts ...trace.EventOption) {
	if err == nil || s.ended.Load() {
		return
	}
	attributes, timestamp, stack := eventOptions(opts)
	s.recordError(err, timestamp, attributes, stack)
}

func (s *legacySpan) recordError(err error, timestamp time.Time, attributes []attribute.KeyValue, stack bool) {
	fields := make([]log.Field, 0, 3+len(attributes))
	text, object := errorText(err)
	fields = append(fields, log.Event(errorEvent), object)
	fields = appendExceptionFields(fields, attributes)
	if stack {
		fields = append(fields, log.String(stackField, string(debug.Stack())))
	}
	state := s.kept()
	state.mu.Lock()
	state.failure = text
	state.mu.Unlock()
	s.log(timestamp, fields)
}

// AddLink logs a link: OpenTracing has references at the start only.
func (s *legacySpan) AddLink(link trace.Link) {
	if s.ended.Load() {
		return
	}
	fields := make([]log.Field, 0, 3+len(link.Attributes))
	fields = append(fields, log.Event("link"),
		log.String("trace_id", link.SpanContext.TraceID().String()), log.String("span_id", link.SpanContext.SpanID().String()))
	s.log(time.Time{}, appendFields(fields, link.Attributes))
}

// log logs fields now. OpenTracing has logs with a time of their own at the end only.
func (s *legacySpan) log(timestamp time.Time, fields []log.Field) {
	if !timestamp.IsZero() {
		state := s.kept()
		state.mu.Lock()
		defer state.mu.Unlock()
		if !s.ended.Load() {
			state.logs = append(state.logs, opentracing.LogRecord{Timestamp: timestamp, Fields: fields})
		}
		return
	}
	defer s.provider.reportPanic("LogFields")
	s.openTracing.LogFields(fields...)
}

// End finishes the span. Deferred in a function that panics, it logs the panic and lets it
// go on.
func (s *legacySpan) End(opts ...trace.SpanEndOption) {
	config := trace.NewSpanEndConfig(opts...)
	if recovered := recover(); recovered != nil {
		defer panic(recovered)
		if !s.ended.Load() {
			s.recordError(panicAsError(recovered), time.Time{}, nil, config.StackTrace())
		}
	}
	if s.ended.Swap(true) {
		return
	}
	var logs []opentracing.LogRecord
	if state := s.state.Load(); state != nil {
		state.mu.Lock()
		logs, state.logs = state.logs, nil
		state.mu.Unlock()
	}
	defer s.provider.reportPanic("Finish")
	options := opentracing.FinishOptions{FinishTime: config.Timestamp(), LogRecords: logs}
	if options.FinishTime.IsZero() {
		if len(logs) == 0 {
			s.openTracing.Finish()
			return
		}
		options.FinishTime = time.Now() // mocktracer takes a zero time as it is
	}
	s.openTracing.FinishWithOptions(options)
}
