// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"
	"github.com/opentracing/opentracing-go/mocktracer"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/ot2otel/ot2otel/compat"
)

// useAll calls all that a span of OpenTelemetry can, and its context.
func useAll(tracer trace.Tracer) {
	ctx, s := tracer.Start(context.Background(), "s", trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(attribute.Int("n", 1)))
	s.SetName("n")
	s.SetAttributes(attribute.Int("n", 1))
	s.AddEvent("e", trace.WithTimestamp(time.Unix(1, 0)))
	s.AddEvent("e")
	s.AddLink(trace.Link{})
	s.RecordError(errors.New("boom"))
	s.SetStatus(codes.Error, "boom!")
	_, _, _ = s.SpanContext(), s.IsRecording(), s.TracerProvider()
	member, _ := baggage.NewMemberRaw("tenant", "acme")
	bag, _ := baggage.New(member)
	_, child := tracer.Start(baggage.ContextWithBaggage(ctx, bag), "child", trace.WithLinks(trace.Link{SpanContext: s.SpanContext()}))
	child.End()
	_ = baggage.FromContext(ctx)
	_ = compat.SpanFromContext(ctx)
	s.End()
	s.SetAttributes(attribute.Int("n", 1))
	s.SetStatus(codes.Ok, "")
	_ = s.SpanContext()
}

// useBoth also propagates.
func useBoth(tracer opentracing.Tracer) {
	native := compat.ProviderOf(tracer).Tracer("")
	useAll(native)
	propagator := compat.PropagatorOf(tracer)
	ctx, s := native.Start(context.Background(), "s")
	carrier := propagation.MapCarrier{}
	propagator.Inject(ctx, carrier)
	_, below := native.Start(propagator.Extract(context.Background(), carrier), "below")
	below.End()
	_ = propagator.Fields()
	s.End()
}

// nilTracer returns nothing.
type nilTracer struct{}

func (nilTracer) StartSpan(string, ...opentracing.StartSpanOption) opentracing.Span { return nil }
func (nilTracer) Inject(opentracing.SpanContext, any, any) error                    { return nil }
func (nilTracer) Extract(any, any) (opentracing.SpanContext, error)                 { return nil, nil }

// typedNilTracer returns nil pointers.
type typedNilTracer struct{ nilTracer }

func (typedNilTracer) StartSpan(string, ...opentracing.StartSpanOption) opentracing.Span {
	return (*mocktracer.MockSpan)(nil)
}

// nilContextTracer's spans have no contexts, and a type that can't be compared.
type nilContextTracer struct {
	nilTracer
	_ []int
}

func (t nilContextTracer) StartSpan(string, ...opentracing.StartSpanOption) opentracing.Span {
	return nilContextSpan{tracer: t}
}

type nilContextSpan struct {
	tracer opentracing.Tracer
	_      []int
}

func (nilContextSpan) Context() opentracing.SpanContext                 { return nil }
func (s nilContextSpan) SetBaggageItem(string, string) opentracing.Span { return s }
func (nilContextSpan) BaggageItem(string) string                        { return "" }
func (s nilContextSpan) SetTag(string, any) opentracing.Span            { return s }
func (s nilContextSpan) SetOperationName(string) opentracing.Span       { return s }
func (nilContextSpan) LogFields(...log.Field)                           {}
func (nilContextSpan) LogKV(...any)                                     {}
func (nilContextSpan) LogEvent(string)                                  {}
func (nilContextSpan) LogEventWithPayload(string, any)                  {}
func (nilContextSpan) Log(opentracing.LogData)                          {}
func (nilContextSpan) Finish()                                          {}
func (nilContextSpan) FinishWithOptions(opentracing.FinishOptions)      {}
func (s nilContextSpan) Tracer() opentracing.Tracer                     { return s.tracer }

// panickingTracer panics where it is called.
type panickingTracer struct{}

func (panickingTracer) StartSpan(string, ...opentracing.StartSpanOption) opentracing.Span {
	panic("no span")
}
func (panickingTracer) Inject(opentracing.SpanContext, any, any) error { panic("no inject") }
func (panickingTracer) Extract(any, any) (opentracing.SpanContext, error) {
	panic("no extract")
}

// panickingSpans starts spans that panic where they are called: their methods are those
// of a nil interface.
type panickingSpans struct{ panickingTracer }

func (panickingSpans) StartSpan(string, ...opentracing.StartSpanOption) opentracing.Span {
	return struct{ opentracing.Span }{}
}

// panickingContexts starts spans whose contexts panic.
type panickingContexts struct{ *mocktracer.MockTracer }

func (t panickingContexts) StartSpan(name string, _ ...opentracing.StartSpanOption) opentracing.Span {
	return panickingContextSpan{t.MockTracer.StartSpan(name)}
}

type panickingContextSpan struct{ opentracing.Span }

func (panickingContextSpan) Context() opentracing.SpanContext { return panickingContext{} }

type panickingContext struct{}

func (panickingContext) ForeachBaggageItem(func(k, v string) bool) { panic("no baggage") }
func (panickingContext) IsSampled() bool                           { panic("not sampled") }

func TestProviderOfBadTracers(t *testing.T) {
	for _, tc := range []struct {
		explanation string
		tracer      opentracing.Tracer
		want        []string // parts of what is reported
	}{
		{"nil", nil, []string{"nil Tracer"}},
		{"a nil pointer", (*mocktracer.MockTracer)(nil), []string{"nil Tracer"}},
		{"a nil *Tracer", (*compat.Tracer)(nil), []string{"nil Tracer"}},
		{"the zero Tracer", new(compat.Tracer), nil},
		{"a decorator of nothing", wrappedTracer{}, []string{"panic in StartSpan"}},
		{"nil spans", nilTracer{}, []string{"nil spans"}},
		{"spans that are nil pointers", typedNilTracer{}, []string{"nil spans"}},
		{"spans without contexts", nilContextTracer{}, nil},
		{"a tracer that panics", panickingTracer{}, []string{"panic in StartSpan", "no span", "no extract"}},
		{"spans that panic", panickingSpans{}, []string{"panic in SetTag", "panic in Finish", "panic in LogFields", "panic in Context of a span", "panic in SetOperationName"}},
		{"contexts that panic", panickingContexts{mocktracer.New()}, []string{"no baggage", "not sampled"}},
	} {
		t.Run(tc.explanation, func(t *testing.T) {
			reports := catchReports(t)
			useBoth(tc.tracer)
			got := strings.Join(reports(), "\n")
			if len(tc.want) == 0 && got != "" {
				t.Errorf("reported\n%s", got)
			}
			for _, part := range tc.want {
				if !strings.Contains(got, part) {
					t.Errorf("%q is missing in the reports\n%s", part, got)
				}
			}
			if n := len(reports()); n > 60 {
				t.Errorf("%d reports", n)
			}
		})
	}
}

func TestProviderOfNilContext(t *testing.T) {
	mock, tracer := mocked()
	propagator := compat.PropagatorOf(mock)
	var none context.Context
	ctx, s := tracer.Start(none, "s")
	propagator.Inject(ctx, nil)
	propagator.Extract(ctx, nil)
	propagator.Inject(none, propagation.MapCarrier{})
	if ctx == nil || propagator.Extract(none, propagation.MapCarrier{}) == nil || !s.SpanContext().IsValid() {
		t.Error("a nil context is not the background")
	}
}

// TestProviderOfPanicsAreReportedOnce has a tracer fail as often as there are spans.
func TestProviderOfPanicsAreReportedOnce(t *testing.T) {
	reports := catchReports(t)
	tracer := compat.ProviderOf(panickingSpans{}).Tracer("")
	useAll(tracer)
	before := len(reports())
	for range 100 {
		useAll(tracer)
	}
	if got := len(reports()); got != before {
		t.Errorf("%d reports, %d after the first span", got, before)
	}
}

func TestProviderOfNoopTracer(t *testing.T) {
	reports := catchReports(t)
	for _, tracer := range []opentracing.Tracer{opentracing.NoopTracer{}, &opentracing.NoopTracer{}} {
		useBoth(tracer)
		_, s := compat.ProviderOf(tracer).Tracer("").Start(context.Background(), "s")
		if s.IsRecording() {
			t.Errorf("%T: a span is recording", tracer)
		}
	}
	for _, report := range reports() {
		if opentracing.IsGlobalTracerRegistered() || !strings.Contains(report, "after opentracing.SetGlobalTracer") {
			t.Errorf("reported %q", report)
		}
	}
}

// loopTracer starts its spans by OpenTelemetry's global provider, as a bridge does that was
// made of otel.Tracer.
type loopTracer struct {
	nilTracer
	otel trace.Tracer
}

func (t *loopTracer) StartSpan(name string, _ ...opentracing.StartSpanOption) opentracing.Span {
	_, s := t.otel.Start(context.Background(), name)
	return compat.OpenTracingSpan(s)
}

func TestProviderOfDoesNotLoop(t *testing.T) {
	reports := catchReports(t)
	looping := &loopTracer{}
	provider := compat.ProviderOf(looping)
	looping.otel = provider.Tracer("")
	for range 3 {
		_, s := looping.otel.Start(context.Background(), "s")
		s.End()
	}
	if got := reports(); len(got) != 1 || !strings.Contains(got[0], "its own provider") {
		t.Errorf("reports %q, want one", got)
	}
}

// TestProviderOfManyAtOnce starts more spans at a time than are taken for a loop.
func TestProviderOfManyAtOnce(t *testing.T) {
	reports := catchReports(t)
	const many = 1100
	slow := &slowTracer{MockTracer: mocktracer.New(), entered: make(chan struct{}, many), goOn: make(chan struct{})}
	tracer := compat.ProviderOf(slow).Tracer("")
	recording := make(chan bool, many)
	for range many {
		go func() {
			_, s := tracer.Start(context.Background(), "s")
			recording <- s.IsRecording()
		}()
	}
	for range many {
		<-slow.entered
	}
	close(slow.goOn)
	for range many {
		if !<-recording {
			t.Fatal("a span isn't recording")
		}
	}
	if got := reports(); len(got) != 0 {
		t.Errorf("reports %q", got)
	}
}

type slowTracer struct {
	*mocktracer.MockTracer
	entered, goOn chan struct{}
}

func (t *slowTracer) StartSpan(name string, opts ...opentracing.StartSpanOption) opentracing.Span {
	t.entered <- struct{}{}
	<-t.goOn
	return t.MockTracer.StartSpan(name, opts...)
}

// TestProviderOfHostileBaggage extracts as many items as a client likes to send.
func TestProviderOfHostileBaggage(t *testing.T) {
	catchReports(t)
	mock := mocktracer.New()
	tracer, propagator := compat.ProviderOf(mock).Tracer(""), compat.PropagatorOf(mock)
	carrier := propagation.MapCarrier{"mockpfx-ids-traceid": "7", "mockpfx-ids-spanid": "8"}
	for i := range 20_000 {
		carrier[fmt.Sprint("mockpfx-baggage-", i)] = "x"
	}
	ctx := propagator.Extract(context.Background(), carrier)
	ctx, s := tracer.Start(ctx, "s")
	if got := baggage.FromContext(ctx).Len(); got == 0 || got > 128 {
		t.Errorf("OpenTelemetry code finds %d items, want a few", got)
	}
	s.End()
	if got := len(finished(mock)["s"].SpanContext.Baggage); got != 20_000 {
		t.Errorf("the span has %d items, want those that came in", got)
	}
}

func TestPropagatorOfIgnoresMalformed(t *testing.T) {
	reports := catchReports(t)
	mock := mocktracer.New()
	propagator := compat.PropagatorOf(mock)
	for _, carrier := range []propagation.MapCarrier{
		{}, {"mockpfx-ids-traceid": "x", "mockpfx-ids-spanid": "8"}, {"mockpfx-ids-traceid": ""},
	} {
		ctx := context.Background()
		if got := propagator.Extract(ctx, carrier); got != ctx {
			t.Errorf("extracted %v from %v", trace.SpanContextFromContext(got), carrier)
		}
	}
	if got := reports(); len(got) != 0 {
		t.Errorf("reports %q: a client could fill the log", got)
	}
}

// panickingTracerOfSpan is a span that panics where it is asked for its tracer.
type panickingTracerOfSpan struct{ opentracing.Span }

func (panickingTracerOfSpan) Tracer() opentracing.Tracer { panic("no tracer") }

// panickingDecorator is a span that panics where it is asked what it decorates.
type panickingDecorator struct{ opentracing.Span }

func (panickingDecorator) Unwrap() opentracing.Span { panic("no span") }

// What fix writes where a span of OpenTracing code is handed to OpenTelemetry code.
func TestOTelSpanOfBadSpans(t *testing.T) {
	mock := mocktracer.New()
	for _, behind := range []struct {
		explanation string
		provider    trace.TracerProvider
	}{
		{"no provider", noop.NewTracerProvider()},
		{"the provider of the tracer", compat.ProviderOf(mock)},
		{"the provider of another tracer", compat.ProviderOf(panickingSpans{})},
	} {
		for _, tc := range []struct {
			explanation string
			sp          opentracing.Span
		}{
			{"all panics", struct{ opentracing.Span }{}},
			{"the context panics when it is asked", panickingContextSpan{mock.StartSpan("s")}},
			{"the tracer panics", panickingTracerOfSpan{mock.StartSpan("s")}},
			{"the decorator panics", panickingDecorator{mock.StartSpan("s")}},
			{"no context", nilContextSpan{}},
		} {
			t.Run(behind.explanation+"/"+tc.explanation, func(t *testing.T) {
				catchReports(t)
				globals(t, mock)
				otel.SetTracerProvider(behind.provider)
				s := compat.OTelSpan(tc.sp)
				s.SetAttributes(attribute.Int("n", 1))
				_, _ = s.SpanContext(), s.IsRecording()
				s.End()
			})
		}
	}
}
