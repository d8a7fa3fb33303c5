// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// brokenError has an Error method that panics, as a struct has that embeds a nil
// error.
type brokenError struct{ error }

func TestErrorsThatCantSpeakAreRecorded(t *testing.T) {
	tracer, recorder := newRecorded(t, nil)
	s := tracer.StartSpan("s")
	s.LogFields(log.Event("error"), log.Error(brokenError{}))
	s.LogKV("event", "error", "error.object", &brokenError{})
	s.LogFields(log.String("event", "lazy"), log.Lazy(nil))
	s.LogKV("event", "lazy", "lazy", log.LazyLogger(nil))
	s.Finish()
	events := namedSpans(recorder)["s"].Events()
	if len(events) != 4 {
		t.Fatalf("events %v, want 4", events)
	}
	for i, wanted := range []string{"github.com/ot2otel/ot2otel/compat.brokenError", "*compat.brokenError"} {
		if got := events[i].Attributes[0]; events[i].Name != "exception" || got.Key != "exception.type" || got.Value.AsString() != wanted {
			t.Errorf("event %v, want an exception of type %s", events[i], wanted)
		}
	}
}

// nilDecorator decorates a span context, and is a nil pointer in the test.
type nilDecorator struct{ inner opentracing.SpanContext }

func (*nilDecorator) ForeachBaggageItem(func(key, value string) bool) {}
func (d *nilDecorator) Unwrap() opentracing.SpanContext               { return d.inner }

// nilPropagator returns no context, which the interface doesn't allow.
type nilPropagator struct{ propagation.TraceContext }

func (nilPropagator) Extract(context.Context, propagation.TextMapCarrier) context.Context { return nil }

func TestNilsArePassedByTheirUsers(t *testing.T) {
	tracer, _ := newRecorded(t, &Options{TextMap: nilPropagator{}})
	decorated := (*nilDecorator)(nil)
	parent := tracer.StartSpan("parent")
	span := tracer.StartSpan("s", opentracing.ChildOf(decorated), opentracing.FollowsFrom(parent.Context()))
	if got, want := OTelSpan(span).SpanContext().TraceID(), OTelSpan(parent).SpanContext().TraceID(); got != want {
		t.Errorf("trace %v, want %v of the reference that isn't nil", got, want)
	}
	tracer.StartSpan("root", opentracing.ChildOf(decorated)).Finish()
	if err := tracer.Inject(decorated, opentracing.TextMap, opentracing.TextMapCarrier{}); err != opentracing.ErrInvalidSpanContext {
		t.Errorf("inject a nil decorator: %v", err)
	}
	if _, ok := OTelSpanContext(decorated); ok {
		t.Error("an OTelSpanContext of a nil decorator")
	}
	if _, err := tracer.Extract(opentracing.TextMap, opentracing.TextMapCarrier{}); err != opentracing.ErrSpanContextNotFound {
		t.Errorf("extract by a propagator that returns a nil context: %v", err)
	}
	if got := OpenTracingSpan((*embeddedSpan)(nil)); got != nil {
		t.Errorf("OpenTracingSpan of a nil pointer is %v", got)
	}
	var none context.Context
	tracer.newLivePropagator(propagation.TraceContext{}).Inject(none, propagation.MapCarrier{}) //nolint:staticcheck // what OpenTelemetry's own takes
	if ctx := tracer.ContextWithSpanHook(none, span); trace.SpanFromContext(ctx) != OTelSpan(span) {
		t.Error("the span isn't active in a context made from nil")
	}
}

// embeddedContext decorates a span context by embedding; nothing in the test.
type embeddedContext struct{ opentracing.SpanContext }

func TestContextsThatPanicHaveNoBaggage(t *testing.T) {
	tracer, recorder := newRecorded(t, nil)
	reports := reportsOf(func() {
		tracer.StartSpan("s", opentracing.ChildOf(embeddedContext{})).Finish()
		if err := tracer.Inject(embeddedContext{}, opentracing.TextMap, opentracing.TextMapCarrier{}); err != opentracing.ErrInvalidSpanContext {
			t.Errorf("inject: %v", err)
		}
	})
	if namedSpans(recorder)["s"] == nil || len(reports) == 0 || !strings.Contains(reports[0], "ForeachBaggageItem") {
		t.Errorf("spans %v, reports %q, want the span and what panicked", namedSpans(recorder), reports)
	}
}

type embeddedSpan struct{ trace.Span }

// TestPrintedSpan guards against fmt, which reads fields without their lock.
func TestPrintedSpan(t *testing.T) {
	tracer, _ := newRecorded(t, nil)
	span := tracer.StartSpan("s")
	if got, want := fmt.Sprintf("%v %+v %#v", span, span, span), fmt.Sprintf("%[1]v %[1]v %[1]v", span.Context()); got != want {
		t.Errorf("printed: %s, want %s", got, want)
	}
}

// spanLoop and contextLoop are decorators that unwrap to themselves.
type (
	spanLoop    struct{ opentracing.Span }
	contextLoop struct{ opentracing.SpanContext }
)

func (l spanLoop) Unwrap() opentracing.Span           { return l }
func (l contextLoop) Unwrap() opentracing.SpanContext { return l }

func TestDecoratorsThatUnwrapToThemselvesEnd(t *testing.T) {
	tracer, _ := newRecorded(t, nil)
	s := tracer.StartSpan("s")
	if got := OTelSpan(spanLoop{s}).SpanContext().SpanID(); got != s.Context().(*spanContext).SpanID() {
		t.Errorf("the decorated span is %v, want %v by its context", got, s)
	}
	opentracing.ContextWithSpan(context.Background(), spanLoop{s})
	tracer.StartSpan("child", opentracing.ChildOf(contextLoop{s.Context()})).Finish()
}

func TestZeroTracerDoesNothing(t *testing.T) {
	var tracer Tracer
	span := tracer.StartSpan("s").SetTag("k", "v").SetBaggageItem("user id", "7")
	if got := span.BaggageItem("user id"); got != "7" {
		t.Errorf("baggage %q, want 7", got)
	}
	header := opentracing.HTTPHeadersCarrier{}
	if err := tracer.Inject(span.Context(), opentracing.HTTPHeaders, header); err != nil {
		t.Error(err)
	}
	span.(interface{ Unwrap() opentracing.Span }).Unwrap().Finish()
	_, native := tracer.TracerProvider().Tracer("t").Start(context.Background(), "native")
	native.End()
	span.Finish()
	if err := tracer.Close(); err != nil {
		t.Error(err)
	}
}

// TestUncarriedBaggageKeysAreReportedOnce: W3C's propagator drops such an item
// without a word.
func TestUncarriedBaggageKeysAreReportedOnce(t *testing.T) {
	var reports []string
	previous := otel.GetErrorHandler()
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { reports = append(reports, err.Error()) }))
	defer otel.SetErrorHandler(previous)
	w3cTracer, _ := newRecorded(t, &Options{TextMap: w3c})
	other, _ := newRecorded(t, &Options{TextMap: propagation.TraceContext{}})
	for range 2 {
		w3cTracer.StartSpan("s").SetBaggageItem("user id", "7").SetBaggageItem("tenant", "acme")
		other.StartSpan("s").SetBaggageItem("user id", "7")
	}
	if len(reports) != 1 || !strings.Contains(reports[0], `"user id"`) {
		t.Errorf("reports %q, want one of user id", reports)
	}
}

func TestReportsAreBounded(t *testing.T) {
	tracer, _ := newRecorded(t, &Options{TextMap: w3c})
	reports := reportsOf(func() {
		for i := range 3 * maxReports {
			tracer.StartSpan("s").SetBaggageItem(fmt.Sprint("user ", i), "v")
		}
	})
	remembered := 0
	tracer.reported.Range(func(any, any) bool {
		remembered++
		return true
	})
	if len(reports) != maxReports || remembered != maxReports || !strings.Contains(reports[maxReports-1], "the last of 100") {
		t.Errorf("%d reports, %d remembered, the last: %s", len(reports), remembered, reports[len(reports)-1])
	}
}
