// SPDX-License-Identifier: Apache-2.0

package mocktracer

import (
	"context"
	"slices"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/embedded"
)

// recorder is the provider that records a MockTracer's spans, for package compat. Its spans
// are the SDK's; what is done to them is done to their MockSpan too.
type recorder struct {
	embedded.TracerProvider
	tracer *MockTracer
	sdk    *sdktrace.TracerProvider
}

func newRecorder(tracer *MockTracer) *recorder {
	unlimited := sdktrace.SpanLimits{
		AttributeValueLengthLimit: -1, AttributeCountLimit: -1, EventCountLimit: -1, LinkCountLimit: -1,
		AttributePerEventCountLimit: -1, AttributePerLinkCountLimit: -1,
	}
	options := []sdktrace.TracerProviderOption{
		sdktrace.WithSampler(everySpan{}),
		sdktrace.WithIDGenerator(idGenerator{}),
		sdktrace.WithRawSpanLimits(unlimited),
		sdktrace.WithResource(resource.Empty()),
	}
	if recorded := recordingOfProcess(); recorded != nil {
		options = append(options, sdktrace.WithSpanProcessor(recorded))
	}
	return &recorder{tracer: tracer, sdk: sdktrace.NewTracerProvider(options...)}
}

func (r *recorder) Tracer(name string, opts ...trace.TracerOption) trace.Tracer {
	return &recorderTracer{tracer: r.tracer, sdk: r.sdk.Tracer(name, opts...)}
}

// everySpan records all spans. They are sampled as their parent is; roots are.
type everySpan struct{}

func (everySpan) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	parent := trace.SpanContextFromContext(p.ParentContext)
	result := sdktrace.SamplingResult{Decision: sdktrace.RecordAndSample, Tracestate: parent.TraceState()}
	if parent.IsValid() && !parent.IsSampled() {
		result.Decision = sdktrace.RecordOnly
	}
	return result
}

func (everySpan) Description() string { return "mocktracer" }

type recorderTracer struct {
	embedded.Tracer
	tracer *MockTracer
	sdk    trace.Tracer
}

func (t *recorderTracer) Start(ctx context.Context, name string, opts ...trace.SpanStartOption) (context.Context, trace.Span) {
	ctx, started := t.sdk.Start(ctx, name, opts...)
	recorded, ok := started.(sdktrace.ReadWriteSpan)
	if !ok {
		return ctx, started // not reached: every span is recorded
	}
	span := &recordedSpan{recorded, newMockSpan(t.tracer, recorded)}
	return trace.ContextWithSpan(ctx, span), span
}

// recordedSpan is a span of the SDK that tells its MockSpan what is done to it. What
// OpenTracing code does to the MockSpan comes here as well, by way of compat; the MockSpan
// has it in the types of OpenTracing code then.
type recordedSpan struct {
	sdktrace.ReadWriteSpan
	mock *MockSpan
}

// ofOpenTracing marks an event that the MockSpan has already.
var ofOpenTracing = attribute.Bool("\x00mocktracer", true)

// SpanContext returns the SDK's with the flag that the MockSpan has.
func (s *recordedSpan) SpanContext() trace.SpanContext {
	sc := s.ReadWriteSpan.SpanContext()
	return sc.WithTraceFlags(sc.TraceFlags().WithSampled(s.mock.sampled()))
}

// TracerProvider returns the provider whose spans OpenTracing code sees.
func (s *recordedSpan) TracerProvider() trace.TracerProvider { return s.mock.tracer.TracerProvider() }

func (s *recordedSpan) SetName(name string) {
	if s.IsRecording() {
		s.ReadWriteSpan.SetName(name)
		s.mock.rename(name)
	}
}

func (s *recordedSpan) SetAttributes(attributes ...attribute.KeyValue) {
	if !s.IsRecording() {
		return
	}
	s.ReadWriteSpan.SetAttributes(attributes...)
	for _, kv := range attributes {
		if kv.Valid() {
			s.mock.keepTag(string(kv.Key), nativeTag(kv))
		}
	}
}

func (s *recordedSpan) SetStatus(code codes.Code, description string) {
	if !s.IsRecording() {
		return
	}
	s.ReadWriteSpan.SetStatus(code, description)
	if code := s.Status().Code; code != codes.Unset { // the SDK's rules say which counts
		s.mock.keepStatus(code)
	}
}

func (s *recordedSpan) AddEvent(name string, opts ...trace.EventOption) {
	if !s.IsRecording() {
		return
	}
	config := trace.NewEventConfig(opts...)
	if clean, marked := withoutMark(config); marked {
		s.ReadWriteSpan.AddEvent(name, clean...)
		return
	}
	s.ReadWriteSpan.AddEvent(name, withTime(opts, config.Timestamp())...)
	s.mock.keepLog(MockLogRecord{config.Timestamp(), eventFields(name, config.Attributes())})
}

func (s *recordedSpan) RecordError(err error, opts ...trace.EventOption) {
	if !s.IsRecording() || err == nil {
		return
	}
	config := trace.NewEventConfig(opts...)
	if clean, marked := withoutMark(config); marked {
		s.ReadWriteSpan.RecordError(err, clean...)
		return
	}
	s.ReadWriteSpan.RecordError(err, withTime(opts, config.Timestamp())...)
	s.mock.keepLog(MockLogRecord{config.Timestamp(), errorFields(err, config.Attributes())})
}

// withTime returns the options with the time that the MockSpan has, too.
func withTime(opts []trace.EventOption, at time.Time) []trace.EventOption {
	return append(slices.Clip(opts), trace.WithTimestamp(at))
}

// withoutMark returns the options of an event that the MockSpan has already; false for
// another one.
func withoutMark(config trace.EventConfig) ([]trace.EventOption, bool) {
	attributes := config.Attributes()
	at := slices.IndexFunc(attributes, func(kv attribute.KeyValue) bool { return kv.Key == ofOpenTracing.Key })
	if at < 0 {
		return nil, false
	}
	return []trace.EventOption{
		trace.WithAttributes(slices.Delete(slices.Clone(attributes), at, at+1)...),
		trace.WithTimestamp(config.Timestamp()),
	}, true
}

// End ends the span, once. As the SDK's End, it records a panic when it is deferred, and
// lets it go on.
func (s *recordedSpan) End(opts ...trace.SpanEndOption) {
	if recovered := recover(); recovered != nil {
		before := len(s.Events())
		defer func() {
			for _, event := range s.Events()[before:] {
				s.mock.keepLog(MockLogRecord{event.Time, eventFields(event.Name, event.Attributes)})
			}
			s.ended()
		}()
		defer s.ReadWriteSpan.End(opts...)
		panic(recovered)
	}
	s.ReadWriteSpan.End(opts...)
	s.ended()
}

func (s *recordedSpan) ended() { s.mock.finish(s.EndTime()) }
