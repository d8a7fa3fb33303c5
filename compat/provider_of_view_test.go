// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"context"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/mocktracer"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
)

// namingSpan and namingTracer are a tracer and its spans around those of another one. They
// count what goes through them.
type namingTracer struct {
	opentracing.Tracer
	started, tagged int
}

func (t *namingTracer) StartSpan(name string, opts ...opentracing.StartSpanOption) opentracing.Span {
	t.started++
	return &namingSpan{t.Tracer.StartSpan("own."+name, opts...), t}
}

type namingSpan struct {
	opentracing.Span
	tracer opentracing.Tracer
}

func (s *namingSpan) Tracer() opentracing.Tracer { return s.tracer }

func (s *namingSpan) SetTag(key string, value any) opentracing.Span {
	s.tracer.(*namingTracer).tagged++
	s.Span.SetTag(key, value)
	return s
}

// TestOTelSpanOfAnotherTracer shows spans of tracers that are not OpenTelemetry's to code
// that is, while the program's provider is the SDK's.
func TestOTelSpanOfAnotherTracer(t *testing.T) {
	mock := mocktracer.New()
	recorder := tracetest.NewSpanRecorder()
	own := compat.NewTracer(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder)), nil)
	for name, tracer := range map[string]*namingTracer{
		"over a tracer of another library": {Tracer: mock},
		"over one of this package":         {Tracer: own},
		"over one that is over this":       {Tracer: &namingTracer{Tracer: own}},
	} {
		t.Run(name, func(t *testing.T) {
			sp := tracer.StartSpan("parent")
			view := compat.OTelSpan(sp)
			view.SetAttributes(attribute.Int("rows", 3))
			if tracer.tagged != 1 {
				t.Errorf("%d tags went through the span, want 1", tracer.tagged)
			}
			if !view.SpanContext().IsValid() || !view.IsRecording() {
				t.Errorf("the span has %v and records %v, want a valid context and true", view.SpanContext(), view.IsRecording())
			}
			if got := compat.OpenTracingSpan(view); got != sp {
				t.Errorf("the way back ends at a %T, want the same span", got)
			}
			ctx := trace.ContextWithSpan(context.Background(), view)
			if got := compat.SpanFromContext(ctx); got != sp {
				t.Errorf("OpenTracing code finds a %T, want the same span", got)
			}
			_, child := view.TracerProvider().Tracer("rewritten").Start(ctx, "child")
			child.End()
			view.End()
			if tracer.started != 2 {
				t.Errorf("its tracer started %d spans, want the parent and the child", tracer.started)
			}
		})
	}
	spans := finished(mock)
	if got, want := spans["own.child"].ParentID, spans["own.parent"].SpanContext.SpanID; got != want {
		t.Errorf("the parent of the child is %d, want %d", got, want)
	}
	if got := spans["own.parent"].Tag("rows"); got != 3 {
		t.Errorf("rows = %v, want 3", got)
	}
	ended := recorder.Ended()
	if len(ended) != 4 {
		t.Fatalf("%d spans ended over the SDK, want 4", len(ended))
	}
	for i := 0; i < len(ended); i += 2 {
		if child, parent := ended[i], ended[i+1]; child.Parent().SpanID() != parent.SpanContext().SpanID() {
			t.Errorf("the parent of %s is %v, want %v", child.Name(), child.Parent().SpanID(), parent.SpanContext().SpanID())
		}
	}
}

// TestOTelSpanOfNoTracer has spans that no tracer records.
func TestOTelSpanOfNoTracer(t *testing.T) {
	var none *namingTracer
	noop := opentracing.NoopTracer{}.StartSpan("")
	for name, sp := range map[string]opentracing.Span{
		"of NoopTracer":         noop,
		"around one":            struct{ opentracing.Span }{noop},
		"that tells nil":        &namingSpan{noop, nil},
		"that tells a nil one":  &namingSpan{noop, none},
		"that tells NoopTracer": &namingSpan{noop, opentracing.NoopTracer{}},
	} {
		if got := compat.OTelSpan(sp); got.IsRecording() || got.SpanContext().IsValid() {
			t.Errorf("a span %s has %v, want a no-op span", name, got.SpanContext())
		}
	}
}
