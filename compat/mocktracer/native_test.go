// SPDX-License-Identifier: Apache-2.0

package mocktracer_test

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/compat/mocktracer"
)

// TestNativeSpans nests spans of both APIs, and finds all of them.
func TestNativeSpans(t *testing.T) {
	mock := mocktracer.New()
	native := mock.TracerProvider().Tracer("native", trace.WithInstrumentationVersion("v1"))
	root := mock.StartSpan("root")
	ctx, outer := native.Start(opentracing.ContextWithSpan(context.Background(), root), "outer", trace.WithSpanKind(trace.SpanKindServer))
	inner := mock.StartSpan("inner", opentracing.ChildOf(opentracing.SpanFromContext(ctx).Context()))
	_, leaf := native.Start(opentracing.ContextWithSpan(ctx, inner), "leaf")
	of := mocktracer.SpanOf(leaf)
	leaf.SetName("renamed leaf")
	leaf.End()
	leaf.SetName("too late")
	leaf.SetAttributes(attribute.Bool("late", true))
	leaf.AddEvent("late")
	leaf.RecordError(errors.New("late"))
	leaf.SetStatus(codes.Error, "late")
	leaf.End()
	inner.Finish()
	outer.End()
	root.Finish()
	end := root.(*mocktracer.MockSpan).FinishTime
	root.Finish()
	root.FinishWithOptions(opentracing.FinishOptions{FinishTime: end.Add(time.Hour), LogRecords: []opentracing.LogRecord{{Fields: []log.Field{log.Event("late")}}}})
	if got := root.(*mocktracer.MockSpan); !got.FinishTime.Equal(end) || len(got.Logs()) > 0 {
		t.Errorf("a second Finish has changed the span: %v, %v", got.FinishTime, got.Logs())
	}
	chain(t, mock, "root", "outer", "inner", "renamed leaf")
	spans := finished(t, mock)
	if spans["renamed leaf"] != of {
		t.Error("SpanOf returns another span than FinishedSpans")
	}
	if tags, logs := of.Tags(), of.Logs(); len(tags) > 0 || len(logs) > 0 {
		t.Errorf("what came after the end is kept: %v, %v", tags, logs)
	}
	if of.FinishTime.IsZero() || of.StartTime.IsZero() || of.FinishTime.Before(of.StartTime) {
		t.Errorf("it lasts from %v to %v", of.StartTime, of.FinishTime)
	}
	if of.Tracer() != opentracing.Tracer(mock) || spans["inner"].Tracer() != opentracing.Tracer(mock) {
		t.Error("a span has another tracer")
	}
}

// TestNativeTimes has the times that code gives.
func TestNativeTimes(t *testing.T) {
	mock := mocktracer.New()
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	_, span := mock.TracerProvider().Tracer("").Start(context.Background(), "native", trace.WithTimestamp(start))
	span.AddEvent("event", trace.WithTimestamp(start.Add(time.Second)))
	span.End(trace.WithTimestamp(start.Add(2 * time.Second)))
	legacy := mock.StartSpan("legacy", opentracing.StartTime(start))
	legacy.(deprecatedLogger).Log(opentracing.LogData{Timestamp: start.Add(time.Second), Event: "event", Payload: 7})
	legacy.FinishWithOptions(opentracing.FinishOptions{FinishTime: start.Add(2 * time.Second)})
	for _, finished := range mock.FinishedSpans() {
		logs := finished.Logs()
		if len(logs) != 1 {
			t.Fatalf("%v has %d logs, want 1: %v", finished, len(logs), logs)
		}
		got := []time.Time{finished.StartTime.UTC(), logs[0].Timestamp.UTC(), finished.FinishTime.UTC()}
		if diff := cmp.Diff([]time.Time{start, start.Add(time.Second), start.Add(2 * time.Second)}, got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", finished, diff)
		}
	}
	events := compat.OTelSpan(legacy).(sdktrace.ReadOnlySpan).Events()
	if len(events) != 1 || !events[0].Time.Equal(start.Add(time.Second)) || len(events[0].Attributes) != 1 || events[0].Attributes[0] != attribute.Int("payload", 7) {
		t.Errorf("the native span's events: %v", events)
	}
}

// TestNativePanic has the panic that ends a native span.
func TestNativePanic(t *testing.T) {
	mock := mocktracer.New()
	func() {
		defer func() {
			if recover() != "boom" {
				t.Error("the panic doesn't go on")
			}
		}()
		_, span := mock.TracerProvider().Tracer("").Start(context.Background(), "native")
		defer span.End()
		panic("boom")
	}()
	spans := mock.FinishedSpans()
	if len(spans) != 1 || len(spans[0].Logs()) != 1 {
		t.Fatalf("want a span with one log, got %v", spans)
	}
	fields := spans[0].Logs()[0].Fields
	want := mocktracer.MockKeyValue{Key: "error.object", ValueKind: reflect.String, ValueString: "boom"}
	if fields[0] != (mocktracer.MockKeyValue{Key: "event", ValueKind: reflect.String, ValueString: "error"}) || fields[2] != want {
		t.Errorf("the log is %v", fields)
	}
}

// TestOpenTracingTypes has tags and logs as they were given, and each once.
func TestOpenTracingTypes(t *testing.T) {
	mock := mocktracer.New()
	problem := errors.New("boom")
	span := mock.StartSpan("span", opentracing.Tags{"start": int8(1), "error": "text"}, ext.SpanKindRPCClient).(*mocktracer.MockSpan)
	span.SetTag("n", uint32(2)).SetTag("problem", problem).SetTag("nil", nil).SetTag("bad\xffkey", 3)
	lazy := 0
	span.LogFields(log.String("event", "all"), log.Uint32("u", 3), log.Float32("f", 0.5), log.Error(problem), log.Lazy(func(e log.Encoder) {
		lazy++
		e.EmitInt("first", 1)
		e.EmitUint64("last", 2)
	}), log.Noop())
	ext.LogError(span, problem, log.Int("attempt", 2))
	span.LogKV("only a key")
	span.Finish()
	span.SetTag("after", "the end")

	wantTags := map[string]any{
		"start": int8(1), "error": true, "span.kind": ext.SpanKindRPCClientEnum, "n": uint32(2), "problem": problem, "nil": nil, "bad\xffkey": 3, "after": "the end",
	}
	if diff := cmp.Diff(wantTags, span.Tags(), cmp.Comparer(func(a, b error) bool { return errors.Is(a, b) })); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	var logs [][]mocktracer.MockKeyValue
	for _, record := range span.Logs() {
		logs = append(logs, record.Fields)
	}
	text := func(key, value string) mocktracer.MockKeyValue {
		return mocktracer.MockKeyValue{Key: key, ValueKind: reflect.String, ValueString: value}
	}
	wantLogs := [][]mocktracer.MockKeyValue{
		{text("event", "all"), {Key: "u", ValueKind: reflect.Uint32, ValueString: "3"}, {Key: "f", ValueKind: reflect.Float32, ValueString: "0.5"}, text("error.object", "boom"), {Key: "last", ValueKind: reflect.Uint64, ValueString: "2"}, {}},
		{text("event", "error"), text("error.object", "boom"), {Key: "attempt", ValueKind: reflect.Int, ValueString: "2"}},
		{text("error.object", "LogKV: 1 keys and values: the last key has no value")},
	}
	if diff := cmp.Diff(wantLogs, logs); diff != "" {
		t.Errorf("logs (-want +got):\n%s", diff)
	}
	if lazy != 1 {
		t.Errorf("the lazy field was evaluated %d times", lazy)
	}

	recorded := compat.OTelSpan(span).(sdktrace.ReadOnlySpan)
	if status := recorded.Status(); status.Code != codes.Error {
		t.Errorf("the native span's status is %v", status)
	}
	events := recorded.Events()
	if len(events) != 3 || events[0].Name != "all" || events[1].Name != "exception" || events[2].Name != "log" {
		t.Fatalf("the native span's events: %v", events)
	}
	for _, event := range events {
		for _, kv := range event.Attributes {
			if kv.Key == "\x00mocktracer" {
				t.Errorf("an event has the mark of this package: %v", event)
			}
		}
	}
	if got := len(events[0].Attributes); got != 5 {
		t.Errorf("the native event has %d attributes, want u, f, error.object, first and last: %v", got, events[0].Attributes)
	}
}

// TestErrorTags has the tag error in the words of who set it last.
func TestErrorTags(t *testing.T) {
	for _, c := range []struct {
		explanation string
		do          func(opentracing.Span, trace.Span)
		want        any
	}{
		{"never set", func(opentracing.Span, trace.Span) {}, nil},
		{"a text", func(legacy opentracing.Span, _ trace.Span) { legacy.SetTag("error", "boom") }, "boom"},
		{"the text false, which the end settles", func(legacy opentracing.Span, _ trace.Span) { legacy.SetTag("error", "false") }, "false"},
		{"false", func(legacy opentracing.Span, _ trace.Span) { legacy.SetTag("error", false) }, false},
		{"true, then false", func(legacy opentracing.Span, _ trace.Span) { legacy.SetTag("error", true).SetTag("error", false) }, false},
		{"a text, then a status that says the same", func(legacy opentracing.Span, native trace.Span) {
			legacy.SetTag("error", "boom")
			native.SetStatus(codes.Error, "")
		}, "boom"},
		{"false, then a status Error", func(legacy opentracing.Span, native trace.Span) {
			legacy.SetTag("error", false)
			native.SetStatus(codes.Error, "")
		}, true},
		{"Error, then Ok", func(_ opentracing.Span, native trace.Span) {
			native.SetStatus(codes.Error, "")
			native.SetStatus(codes.Ok, "")
		}, false},
		{"Ok, which is final", func(_ opentracing.Span, native trace.Span) {
			native.SetStatus(codes.Ok, "")
			native.SetStatus(codes.Error, "")
		}, false},
	} {
		mock := mocktracer.New()
		legacy := mock.StartSpan("span")
		c.do(legacy, compat.OTelSpan(legacy))
		legacy.Finish()
		if got := mock.FinishedSpans()[0].Tag("error"); got != c.want {
			t.Errorf("%s: %v of %T, want %v", c.explanation, got, got, c.want)
		}
	}
}

// TestBaggage has items of both APIs in spans of both.
func TestBaggage(t *testing.T) {
	mock := mocktracer.New()
	root := mock.StartSpan("root").(*mocktracer.MockSpan)
	before := root.Context().(mocktracer.MockSpanContext)
	root.SetBaggageItem("legacy", "1")
	if before.Baggage != nil || root.SpanContext.Baggage["legacy"] != "1" {
		t.Errorf("baggage before: %v, after: %v", before.Baggage, root.SpanContext.Baggage)
	}
	item, _ := baggage.NewMemberRaw("native", "2")
	bag, _ := baggage.New(item)
	ctx := opentracing.ContextWithSpan(baggage.ContextWithBaggage(context.Background(), bag), root)
	ctx, native := mock.TracerProvider().Tracer("").Start(ctx, "native")
	want := map[string]string{"legacy": "1", "native": "2"}
	for what, sc := range map[string]opentracing.SpanContext{
		"the active span":                        root.Context(),
		"a native child":                         mocktracer.SpanOf(native).Context(),
		"a child of that":                        mock.StartSpan("", opentracing.ChildOf(opentracing.SpanFromContext(ctx).Context())).Context(),
		"a child by a value made by hand":        mock.StartSpan("", opentracing.ChildOf(mocktracer.MockSpanContext{TraceID: 1, SpanID: 2, Baggage: want})).Context(),
		"a child by a context with another item": mock.StartSpan("", opentracing.ChildOf(before.WithBaggageItem("legacy", "1").WithBaggageItem("native", "2"))).Context(),
	} {
		if diff := cmp.Diff(want, sc.(mocktracer.MockSpanContext).Baggage); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	if got := baggage.FromContext(ctx).Len(); got != 2 {
		t.Errorf("native code sees %d items, want 2", got)
	}
}

// TestReferences has parents and links as compat has them.
func TestReferences(t *testing.T) {
	mock := mocktracer.New()
	first, second := mock.StartSpan("first"), mock.StartSpan("second")
	child := mock.StartSpan("child", opentracing.FollowsFrom(first.Context()), opentracing.ChildOf(second.Context())).(*mocktracer.MockSpan)
	if child.ParentID != second.(*mocktracer.MockSpan).SpanContext.SpanID {
		t.Errorf("%v is not a child of %v", child, second)
	}
	links := compat.OTelSpan(child).(sdktrace.ReadOnlySpan).Links()
	if len(links) != 1 || links[0].SpanContext.SpanID() != compat.OTelSpan(first).SpanContext().SpanID() {
		t.Errorf("the links are %v", links)
	}
}
