// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

// eventText describes an event: its name, then its attributes.
func eventText(event sdktrace.Event) string {
	var b strings.Builder
	b.WriteString(event.Name)
	for _, kv := range event.Attributes {
		fmt.Fprintf(&b, " %s=%s", kv.Key, kv.Value.String())
	}
	return b.String()
}

func TestLogs(t *testing.T) {
	boom := errors.New("boom")
	for _, c := range []struct {
		explanation string
		log         func(*span)
		want        string
	}{
		{"the stack of an error object", func(s *span) {
			s.LogFields(log.String("k", "v"), log.Error(boom), log.Event("error"), log.String("stack", "main.go:1"))
		}, "exception k=v exception.stacktrace=main.go:1 exception.type=*errors.errorString exception.message=boom"},
		{"an error object without its event", func(s *span) { s.LogFields(log.Error(boom), log.Event("retry")) }, "retry error.object=boom"},
		{"a nil pointer is no error object", func(s *span) { s.LogKV("event", "error", "error.object", (*brokenError)(nil)) }, "exception error.object=<nil>"},
		{"an empty event names nothing", func(s *span) { s.LogKV("event", "", "k", 1) }, "log event= k=1"},
		{"an event that is no text", func(s *span) { s.LogKV("event", 7) }, "log event=7"},
		{"a key without a value", func(s *span) { s.LogKV("k") }, "log argument 0=k error=LogKV: key k has no value function=LogKV"},
		{"fields of a log before don't come back", func(s *span) { s.LogFields() }, "log"},
	} {
		tracer, recorder := newRecorded(t, nil)
		s := tracer.StartSpan("s").(*span)
		c.log(s)
		s.Finish()
		events := namedSpans(recorder)["s"].Events()
		if len(events) != 1 || eventText(events[0]) != c.want {
			t.Errorf("%s: %v, want %s", c.explanation, events, c.want)
		}
	}
}

func TestPanicWithItsStack(t *testing.T) {
	tracer, recorder := newRecorded(t, nil)
	func() {
		defer func() { _ = recover() }()
		_, native := tracer.TracerProvider().Tracer("native").Start(context.Background(), "s")
		defer native.End(trace.WithStackTrace(true))
		panic(brokenError{errors.New("boom")})
	}()
	text := eventText(namedSpans(recorder)["s"].Events()[0])
	if !strings.Contains(text, "compat.brokenError exception.message=boom exception.stacktrace=") || !strings.Contains(text, "TestPanicWithItsStack") {
		t.Errorf("the event is %s", text)
	}
}

func TestPanicIsTheProvidersToRecord(t *testing.T) {
	recorder := tracetest.NewSpanRecorder()
	for name, c := range map[string]struct {
		options []sdktrace.TracerProviderOption
		value   any
		want    string
	}{
		"by default":     {nil, "boom", "exception exception.type=.string exception.message=boom"},
		"told not to":    {[]sdktrace.TracerProviderOption{sdktrace.WithoutPanicRecording()}, "boom", ""},
		"a text's bytes": {nil, errors.New("a\xff"), "exception exception.type=.string exception.message=a\uFFFD"},
	} {
		tracer := NewTracer(sdktrace.NewTracerProvider(append(c.options, sdktrace.WithSpanProcessor(recorder))...), nil)
		func() {
			defer func() {
				if got := recover(); got != c.value {
					t.Errorf("%s: recovered %v, want %v", name, got, c.value)
				}
			}()
			ctx, native := tracer.TracerProvider().Tracer("native").Start(context.Background(), name)
			opentracing.SpanFromContext(ctx).SetTag("error", false)
			defer native.End()
			panic(c.value)
		}()
		ended := namedSpans(recorder)[name]
		var got strings.Builder
		for _, event := range ended.Events() {
			got.WriteString(eventText(event))
		}
		if got.String() != c.want || ended.Status().Code != codes.Ok {
			t.Errorf("%s: events %q, status %v, want %q and the tag's", name, got.String(), ended.Status(), c.want)
		}
	}
}

// recoveringSpan is a span of another SDK whose End records a panic.
type recoveringSpan struct {
	trace.Span
	recovered any
}

func (*recoveringSpan) IsRecording() bool            { return true }
func (*recoveringSpan) SetStatus(codes.Code, string) {}
func (s *recoveringSpan) End(...trace.SpanEndOption) {
	if s.recovered = recover(); s.recovered != nil {
		panic(s.recovered)
	}
}

func TestPanicInASpanOfAnotherSDK(t *testing.T) {
	tracer, _ := newRecorded(t, nil)
	other := &recoveringSpan{Span: noopSpan}
	func() {
		defer func() {
			if got := recover(); got != "boom" {
				t.Errorf("recovered %v", got)
			}
		}()
		defer OTelSpan(newSpan(tracer, other, noParent)).End()
		panic("boom")
	}()
	if other.recovered != "boom" {
		t.Errorf("the SDK's End recovered %v, want what it gets when it is deferred itself", other.recovered)
	}
}
