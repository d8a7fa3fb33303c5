// SPDX-License-Identifier: Apache-2.0

package mocktracer_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/compat/mocktracer"
)

// deprecatedLogger has the methods of a span that OpenTracing has deprecated.
type deprecatedLogger interface {
	LogEvent(event string)
	LogEventWithPayload(event string, payload any)
	Log(data opentracing.LogData)
}

// useSpan calls every method of a span.
func useSpan(span opentracing.Span) {
	span.SetTag("tag", 1).SetBaggageItem("item", "value").SetOperationName("renamed")
	span.LogFields(log.String("key", "value"), log.Lazy(nil), log.Error(nil), log.Object("nil", nil))
	span.LogKV("key", nil)
	span.LogKV(1, 2)
	deprecated := span.(deprecatedLogger)
	deprecated.LogEvent("event")
	deprecated.LogEventWithPayload("event", 7)
	deprecated.Log(opentracing.LogData{Event: "e"})
	_ = span.BaggageItem("item")
	span.Context().ForeachBaggageItem(func(_, _ string) bool { return true })
	_ = fmt.Sprint(span)
	opentracing.ContextWithSpan(context.Background(), span)
	span.Tracer().StartSpan("child", opentracing.ChildOf(span.Context())).Finish()
	span.Finish()
	span.FinishWithOptions(opentracing.FinishOptions{BulkLogData: []opentracing.LogData{{Event: "late"}}})
}

// TestNilTracer uses a tracer that was never made.
func TestNilTracer(t *testing.T) {
	var mock *mocktracer.MockTracer
	parent := mocktracer.New().StartSpan("parent").(*mocktracer.MockSpan)
	span := mock.StartSpan("span", opentracing.ChildOf(parent.Context()), opentracing.Tag{Key: "start", Value: 1}).(*mocktracer.MockSpan)
	useSpan(span)
	if span.ParentID != parent.SpanContext.SpanID || span.Tag("start") != 1 || span.FinishTime.IsZero() || span.OperationName != "renamed" || span.BaggageItem("item") != "value" {
		t.Errorf("%v has the tags %v", span, span.Tags())
	}
	mock.Reset()
	mock.RegisterInjector(1, nil)
	mock.RegisterExtractor(1, nil)
	if got := mock.FinishedSpans(); len(got) > 0 {
		t.Errorf("the finished spans are %v", got)
	}
	if err := mock.Inject(span.Context(), opentracing.TextMap, opentracing.TextMapCarrier{}); !errors.Is(err, opentracing.ErrUnsupportedFormat) {
		t.Errorf("Inject: %v", err)
	}
	if _, err := mock.Extract(opentracing.TextMap, opentracing.TextMapCarrier{}); !errors.Is(err, opentracing.ErrUnsupportedFormat) {
		t.Errorf("Extract: %v", err)
	}
	_, native := mock.TracerProvider().Tracer("").Start(context.Background(), "native")
	native.End()
	if mock.CompatTracer(mock) != nil {
		t.Error("a nil tracer has one of compat")
	}
	before := opentracing.GlobalTracer()
	defer opentracing.SetGlobalTracer(before)
	opentracing.SetGlobalTracer(mock)
	started, _ := compat.StartSpanFromContext(context.Background(), "span")
	started.Finish()
}

// TestZeroTracer uses a tracer that New didn't make.
func TestZeroTracer(t *testing.T) {
	var mock mocktracer.MockTracer
	mock.RegisterInjector(7, oneKey{})
	useSpan(mock.StartSpan("span"))
	if got := mock.FinishedSpans(); len(got) != 2 {
		t.Errorf("the finished spans are %v, want a child and its parent", got)
	}
	if err := mock.Inject(mock.StartSpan("").Context(), opentracing.TextMap, opentracing.TextMapCarrier{}); err != nil {
		t.Error(err)
	}
}

// TestReset has spans that were started before finish after it.
func TestReset(t *testing.T) {
	mock := mocktracer.New()
	_, native := mock.TracerProvider().Tracer("").Start(context.Background(), "native")
	legacy := mock.StartSpan("legacy")
	mock.StartSpan("before").Finish()
	mock.Reset()
	if got := mock.FinishedSpans(); got == nil || len(got) > 0 {
		t.Errorf("after Reset the finished spans are %v", got)
	}
	native.End()
	useSpan(legacy)
	if got := mock.FinishedSpans(); len(got) != 3 || got[0].OperationName != "native" {
		t.Errorf("the finished spans are %v", got)
	}
}

// badError panics when it is asked for its text.
type badError struct{}

func (*badError) Error() string { panic("no text") }

// TestBadInput has values and spans that code under test may well come with.
func TestBadInput(t *testing.T) {
	said := reports(t)
	mock := mocktracer.New()
	mock.RegisterInjector([]int{1}, oneKey{})
	if errs := said(); len(errs) != 1 || !strings.Contains(errs[0].Error(), "[]int") {
		t.Errorf("a format that can't be compared: %v", errs)
	}
	span := mock.StartSpan("bad\xffname", nil, opentracing.ChildOf(nil), opentracing.Tags(nil), opentracing.ChildOf(opentracing.NoopTracer{}.StartSpan("").Context())).(*mocktracer.MockSpan)
	var nilError *badError
	span.LogFields(log.Error(nilError), log.Error(&badError{}))
	if got := span.Logs()[0].Fields; len(got) != 2 || got[0].Key != "error.object" || !strings.Contains(got[1].ValueString, "no text") {
		t.Errorf("errors that panic are %v", got)
	}
	useSpan(span)

	for what, other := range map[string]trace.Span{
		"nil":                    nil,
		"no span":                trace.SpanFromContext(context.Background()),
		"a no-op":                noop.Span{},
		"a span of nobody's":     trace.SpanFromContext(remote()),
		"one that embeds nil":    struct{ trace.Span }{},
		"a compat tracer's span": compat.OTelSpan(compat.NewTracer(noop.NewTracerProvider(), nil).StartSpan("")),
	} {
		if got := mocktracer.SpanOf(other); got != nil {
			t.Errorf("SpanOf(%s) is %v", what, got)
		}
	}
	var noContext context.Context
	_, native := mock.TracerProvider().Tracer("").Start(noContext, "without a context")
	native.RecordError(nil)
	native.SetAttributes(attribute.KeyValue{}, attribute.String("", "no key"))
	native.SetStatus(codes.Unset, "")
	native.AddEvent("")
	if got := mocktracer.SpanOf(native); len(got.Tags()) > 0 || len(got.Logs()) != 1 {
		t.Errorf("the native span has the tags %v and the logs %v", got.Tags(), got.Logs())
	}

	// Code under test that shuts its provider down ends the provider, not the test.
	stopper, ok := mock.TracerProvider().(interface{ Shutdown(context.Context) error })
	if !ok {
		t.Fatal("the provider has no Shutdown, which code asserts")
	}
	if err := stopper.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
	mock.Reset()
	useSpan(mock.StartSpan("after the end"))
	if got := mock.FinishedSpans(); len(got) != 2 {
		t.Errorf("after Shutdown the finished spans are %v", got)
	}
}

// TestConcurrency uses one tracer and one span from many goroutines, of both APIs.
func TestConcurrency(t *testing.T) {
	mock := mocktracer.New()
	native := mock.TracerProvider().Tracer("")
	shared := mock.StartSpan("shared").(*mocktracer.MockSpan)
	ctx := opentracing.ContextWithSpan(context.Background(), shared)
	const goroutines = 8
	var wg sync.WaitGroup
	for i := range goroutines {
		wg.Go(func() {
			for range 20 {
				_, child := native.Start(ctx, "native")
				child.SetAttributes(attribute.Int("i", i))
				child.End()
				mock.StartSpan("legacy", opentracing.ChildOf(shared.Context())).SetTag("i", i).Finish()
				shared.SetTag("i", i).SetBaggageItem("i", fmt.Sprint(i)).SetOperationName("shared")
				shared.LogKV("event", "tick", "i", i)
				compat.OTelSpan(shared).AddEvent("native tick")
				_, _, _, _ = shared.Tags(), shared.Logs(), shared.String(), mock.FinishedSpans()
				_ = mock.Inject(shared.Context(), opentracing.TextMap, opentracing.TextMapCarrier{})
				mock.RegisterInjector(i, oneKey{})
			}
		})
	}
	wg.Wait()
	shared.Finish()
	if got := len(mock.FinishedSpans()); got != goroutines*20*2+1 {
		t.Errorf("%d spans have finished", got)
	}
	if got := len(shared.Logs()); got != goroutines*20*2 {
		t.Errorf("the shared span has %d logs", got)
	}
}

// TestParallel has tests with a tracer each at the same time.
func TestParallel(t *testing.T) {
	for i := range 8 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			mock := mocktracer.New()
			root := mock.StartSpan("root")
			_, native := mock.TracerProvider().Tracer("").Start(opentracing.ContextWithSpan(context.Background(), root), "native")
			native.End()
			root.Finish()
			chain(t, mock, "root", "native")
		})
	}
}

// TestParallelInstall has tests install a tracer at the same time, which is a mistake: the
// last one is global, and nothing panics. opentracing-go itself has no lock for its global
// tracer, so nothing uses that here.
func TestParallelInstall(t *testing.T) {
	before := opentracing.GlobalTracer()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 10 {
				restore := mocktracer.Install(mocktracer.New())
				startByVariable("somebody's")
				restore()
			}
		})
	}
	wg.Wait()
	if got := opentracing.GlobalTracer(); got != before {
		t.Errorf("the global tracer is %v of %T", got, got)
	}
}
