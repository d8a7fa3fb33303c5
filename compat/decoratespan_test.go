// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// clientSpan is a span of another client, as code asserts it.
type clientSpan struct{ opentracing.Span }

func (s *clientSpan) Unwrap() opentracing.Span   { return s.Span }
func (s *clientSpan) Tracer() opentracing.Tracer { return opentracing.GlobalTracer() }

// clientTracer is a tracer of another client, over one of this package.
type clientTracer struct {
	*Tracer
	starts int
}

func (t *clientTracer) CompatTracer(of opentracing.Tracer) *Tracer {
	if of != opentracing.Tracer(t) {
		return nil
	}
	return t.Tracer
}

func (t *clientTracer) StartSpan(operationName string, opts ...opentracing.StartSpanOption) opentracing.Span {
	t.starts++
	return t.Tracer.StartSpan(operationName, opts...)
}

// installClientTracer makes a tracer with spans of its own type the global one.
func installClientTracer(t *testing.T) *clientTracer {
	t.Helper()
	var spans sync.Map
	tracer := &clientTracer{Tracer: NewTracer(sdktrace.NewTracerProvider(), &Options{
		TextMap: propagation.TraceContext{},
		DecorateSpan: func(span opentracing.Span, otelSpan trace.Span) opentracing.Span {
			decorated, _ := spans.LoadOrStore(otelSpan, &clientSpan{span})
			return decorated.(*clientSpan)
		},
	})}
	before := opentracing.GlobalTracer()
	opentracing.SetGlobalTracer(tracer)
	t.Cleanup(func() { opentracing.SetGlobalTracer(before) })
	return tracer
}

func TestDecorateSpan(t *testing.T) {
	tracer := installClientTracer(t)
	root := tracer.StartSpan("root")
	want := OTelSpan(root).SpanContext().TraceID()
	rootContext := opentracing.ContextWithSpan(context.Background(), root)
	nativeContext, native := tracer.TracerProvider().Tracer("").Start(rootContext, "native")
	started, startedContext := StartSpanFromContext(nativeContext, "below native")
	if tracer.starts != 2 {
		t.Errorf("the decorating tracer started %d spans, want the root and that of StartSpanFromContext", tracer.starts)
	}
	for _, c := range []struct {
		explanation string
		span        opentracing.Span
		same        opentracing.Span // nil: not known
	}{
		{"a started span", root, nil},
		{"the active span", opentracing.SpanFromContext(rootContext), root},
		{"the active span of either API", SpanFromContext(rootContext), root},
		{"an active native span", opentracing.SpanFromContext(nativeContext), OpenTracingSpan(native)},
		{"one of StartSpanFromContext", started, opentracing.SpanFromContext(startedContext)},
		{"a span translated at the border", OpenTracingSpan(OTelSpan(root)), root},
		{"the span that a span context makes active", opentracing.SpanFromContext(ContextWithSpanContext(context.Background(), root.Context())), root},
	} {
		if _, ok := c.span.(*clientSpan); !ok {
			t.Errorf("%s: is a %T", c.explanation, c.span)
			continue
		}
		if c.same != nil && c.same != c.span {
			t.Errorf("%s: is another span", c.explanation)
		}
		if got := OTelSpan(c.span).SpanContext().TraceID(); got != want {
			t.Errorf("%s: trace %s, want %s", c.explanation, got, want)
		}
	}
	if parent := OTelSpan(started).(sdktrace.ReadOnlySpan).Parent(); parent.SpanID() != native.SpanContext().SpanID() {
		t.Error("StartSpanFromContext has another parent than the active native span")
	}
	if got := SpanFromContext(context.Background()); got != nil {
		t.Errorf("without a span in the context: %v", got)
	}
}

// TestDecorateSpanHTTP makes sure that the HTTP layer knows such a tracer.
func TestDecorateSpanHTTP(t *testing.T) {
	tracer := installClientTracer(t)
	tracing := NewTracing(tracer, nil)
	var sent http.Header
	client := tracing.Transport(roundTripperFunc(func(r *http.Request) (*http.Response, error) {
		sent = r.Header
		if _, ok := opentracing.SpanFromContext(r.Context()).(*clientSpan); !ok {
			t.Errorf("the client's span is a %T", opentracing.SpanFromContext(r.Context()))
		}
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: r}, nil
	}))
	handler := tracing.TraceAll(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if got := tracing.GetSpan(r); got != opentracing.SpanFromContext(r.Context()) {
			t.Errorf("GetSpan returns a %T, and %T is active", got, opentracing.SpanFromContext(r.Context()))
		}
		if _, ok := tracing.GetSpan(r).(*clientSpan); !ok {
			t.Errorf("the request's span is a %T", tracing.GetSpan(r))
		}
		request, _ := http.NewRequestWithContext(r.Context(), http.MethodGet, "http://example.com/", nil)
		response, err := client.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
	}))
	request := httptest.NewRequest(http.MethodGet, "/", nil)
	request.Header.Set("traceparent", "00-0000000000000000000000000000000a-000000000000000b-01")
	handler.ServeHTTP(httptest.NewRecorder(), request)
	sc := trace.SpanContextFromContext(propagation.TraceContext{}.Extract(context.Background(), propagation.HeaderCarrier(sent)))
	if got, want := sc.TraceID().String(), "0000000000000000000000000000000a"; got != want {
		t.Errorf("the outgoing request is of the trace %s, want %s", got, want)
	}
}

// TestEmbeddedTracer has a tracer that embeds one over compat's, and starts spans itself.
func TestEmbeddedTracer(t *testing.T) {
	tracer := &embeddingTracer{clientTracer: installClientTracer(t)}
	opentracing.SetGlobalTracer(tracer)
	NewTracing(tracer, nil).TraceAll(http.NotFoundHandler()).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	StartSpanFromContext(context.Background(), "span")
	if tracer.own != 2 {
		t.Errorf("it started %d spans of 2", tracer.own)
	}
}

type embeddingTracer struct {
	*clientTracer
	own int
}

func (t *embeddingTracer) StartSpan(operationName string, opts ...opentracing.StartSpanOption) opentracing.Span {
	t.own++
	return t.clientTracer.StartSpan(operationName, opts...)
}

// TestPropagator has what the global propagator of Install has, without a global.
func TestPropagator(t *testing.T) {
	tracer := NewTracer(sdktrace.NewTracerProvider(), nil)
	span := tracer.StartSpan("span").SetBaggageItem("early", "1")
	item, _ := baggage.NewMemberRaw("native", "2")
	bag, _ := baggage.New(item)
	ctx := opentracing.ContextWithSpan(context.Background(), span)
	ctx = baggage.ContextWithBaggage(ctx, unionOf(baggage.FromContext(ctx), bag))
	span.SetBaggageItem("late", "3")
	carrier := propagation.MapCarrier{}
	tracer.Propagator(nil).Inject(ctx, carrier)
	got, err := baggage.Parse(carrier["baggage"])
	if err != nil || got.Len() != 3 {
		t.Errorf("the header baggage is %q, want the items early, native and late", carrier["baggage"])
	}
	if carrier["traceparent"] == "" {
		t.Error("there is no header traceparent")
	}
}
