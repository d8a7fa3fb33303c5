// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"fmt"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"
	"go.opentelemetry.io/otel/attribute"
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
	newLivePropagator(propagation.TraceContext{}).Inject(none, propagation.MapCarrier{}) //nolint:staticcheck // what OpenTelemetry's own takes
	if ctx := tracer.ContextWithSpanHook(none, span); trace.SpanFromContext(ctx) != OTelSpan(span) {
		t.Error("the span isn't active in a context made from nil")
	}
}

type embeddedSpan struct{ trace.Span }

// keepingSpan keeps the slices that it is given, as a span of another SDK may.
type keepingSpan struct {
	trace.Span
	kept [][]attribute.KeyValue
}

func (*keepingSpan) IsRecording() bool { return true }
func (s *keepingSpan) SetAttributes(attributes ...attribute.KeyValue) {
	s.kept = append(s.kept, attributes)
}

func TestSpansOfOtherSDKsMayKeepAttributes(t *testing.T) {
	tracer, _ := newRecorded(t, nil)
	keeping := &keepingSpan{Span: noopSpan}
	newSpan(tracer, keeping, nil).SetTag("k", "v")
	if got := keeping.kept[0][0].Value.AsString(); got != "v" {
		t.Errorf("the kept attribute is %q, want v", got)
	}
}

// TestPrintedSpan guards against fmt, which reads fields without their lock.
func TestPrintedSpan(t *testing.T) {
	tracer, _ := newRecorded(t, nil)
	span := tracer.StartSpan("s")
	if got, want := fmt.Sprintf("%v %+v", span, span), fmt.Sprintf("%v %v", span.Context(), span.Context()); got != want {
		t.Errorf("printed: %s, want %s", got, want)
	}
}
