// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/mocktracer"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/ot2otel/ot2otel/compat"
)

// recorded returns a tracer of this package, and where its spans are recorded.
func recorded(t *testing.T, opts ...sdktrace.TracerProviderOption) (*compat.Tracer, *tracetest.SpanRecorder) {
	t.Helper()
	recorder := tracetest.NewSpanRecorder()
	tracer := compat.NewTracer(sdktrace.NewTracerProvider(append(opts, sdktrace.WithSpanProcessor(recorder))...),
		&compat.Options{TextMap: propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{})})
	t.Cleanup(func() {
		if err := tracer.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return tracer, recorder
}

// muxOf returns a mux with one pattern.
func muxOf(pattern string, h http.Handler) *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle(pattern, h)
	return mux
}

// passing is a middleware that does nothing, so that a mux isn't seen through it.
func passing(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(w, r) })
}

// copying is a middleware that hands a copy of the request on.
func copying(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(r.Context()))
	})
}

func TestOperationName(t *testing.T) {
	ok := answer(200)
	for _, tc := range []struct {
		name, method, target string
		opts                 *compat.TracingOptions
		handler              func(*compat.Tracing) http.Handler
		want                 string
		otel                 string // under Semconv, where it differs
	}{
		{name: "no route", target: "/x", handler: func(tr *compat.Tracing) http.Handler { return tr.TraceAll(ok) }, want: "GET"},
		{name: "mux", target: "/orders/7", handler: func(tr *compat.Tracing) http.Handler {
			return tr.TraceAll(muxOf("GET /orders/{id}", ok))
		}, want: "GET /orders/{id}"},
		{name: "pattern without a method", method: "PUT", target: "/orders/7", handler: func(tr *compat.Tracing) http.Handler {
			return tr.TraceAll(muxOf("/orders/{id}", ok))
		}, want: "PUT /orders/{id}"},
		{name: "HEAD by a GET pattern", method: "HEAD", target: "/orders/7", handler: func(tr *compat.Tracing) http.Handler {
			return tr.TraceAll(muxOf("GET /orders/{id}", ok))
		}, want: "HEAD /orders/{id}"},
		{name: "pattern with a host", target: "/orders/7", handler: func(tr *compat.Tracing) http.Handler {
			return tr.TraceAll(muxOf("GET example.com/orders/{id}", ok))
		}, want: "GET example.com/orders/{id}", otel: "GET /orders/{id}"},
		{name: "not found", target: "/nowhere", handler: func(tr *compat.Tracing) http.Handler {
			return tr.TraceAll(muxOf("GET /orders/{id}", ok))
		}, want: "GET"},
		{name: "mux behind a middleware", target: "/orders/7", handler: func(tr *compat.Tracing) http.Handler {
			return tr.TraceAll(passing(muxOf("GET /orders/{id}", ok)))
		}, want: "GET /orders/{id}"},
		{name: "mux behind a middleware that copies", target: "/orders/7", handler: func(tr *compat.Tracing) http.Handler {
			return tr.TraceAll(copying(muxOf("GET /orders/{id}", ok)))
		}, want: "GET"},
		{name: "the same, with a Trace", target: "/orders/7", handler: func(tr *compat.Tracing) http.Handler {
			return tr.TraceAll(copying(muxOf("GET /orders/{id}", tr.Trace(ok))))
		}, want: "GET /orders/{id}"},
		{name: "the same, with a TraceAll around the mux", target: "/orders/7", handler: func(tr *compat.Tracing) http.Handler {
			return tr.TraceAll(copying(tr.TraceAll(passing(muxOf("GET /orders/{id}", ok)))))
		}, want: "GET /orders/{id}"},
		{name: "a Trace between two muxes", target: "/api/orders/7", handler: func(tr *compat.Tracing) http.Handler {
			return tr.TraceAll(copying(muxOf("/api/", tr.Trace(muxOf("GET /api/orders/{id}", ok)))))
		}, want: "GET /api/orders/{id}"},
		{name: "the innermost Trace has it", target: "/api/orders/7", handler: func(tr *compat.Tracing) http.Handler {
			return tr.TraceAll(copying(tr.TraceAll(muxOf("/api/", http.StripPrefix("/api", muxOf("GET /orders/{id}", tr.Trace(ok)))))))
		}, want: "GET /orders/{id}"},
		{name: "selected", target: "/orders/7", handler: func(tr *compat.Tracing) http.Handler {
			return muxOf("GET /orders/{id}", tr.Trace(ok))
		}, want: "GET /orders/{id}"},
		{name: "a mux in a mux", target: "/api/orders/7", handler: func(tr *compat.Tracing) http.Handler {
			return tr.TraceAll(muxOf("/api/", muxOf("GET /api/orders/{id}", ok)))
		}, want: "GET /api/orders/{id}"},
		{name: "chosen", target: "/orders/7", opts: &compat.TracingOptions{OperationName: func(r *http.Request) string { return "op of " + r.Pattern }},
			handler: func(tr *compat.Tracing) http.Handler { return tr.TraceAll(muxOf("GET /orders/{id}", ok)) }, want: "op of GET /orders/{id}"},
		{name: "chosen, when the route is known", target: "/orders/7", opts: &compat.TracingOptions{OperationName: func(r *http.Request) string { return "op of " + r.Pattern }},
			handler: func(tr *compat.Tracing) http.Handler { return tr.TraceAll(passing(muxOf("GET /orders/{id}", ok))) }, want: "op of GET /orders/{id}"},
		{name: "chosen as nothing", target: "/orders/7", opts: &compat.TracingOptions{OperationName: func(*http.Request) string { return "" }},
			handler: func(tr *compat.Tracing) http.Handler { return tr.TraceAll(muxOf("GET /orders/{id}", ok)) }, want: "GET /orders/{id}"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, conventions := range []compat.Conventions{compat.OpenTracing, compat.Semconv} {
				want := tc.want
				if conventions == compat.Semconv && tc.otel != "" {
					want = tc.otel
				}
				opts := compat.TracingOptions{}
				if tc.opts != nil {
					opts = *tc.opts
				}
				opts.Conventions = conventions
				mock := mocktracer.New()
				own, recorder := recorded(t)
				for _, tracer := range []opentracing.Tracer{mock, own} {
					r := httptest.NewRequest(tc.method, tc.target, nil)
					tc.handler(compat.NewTracing(tracer, &opts)).ServeHTTP(httptest.NewRecorder(), r)
				}
				if got := onlySpan(t, mock).OperationName; got != want {
					t.Errorf("%v: %q, want %q", conventions, got, want)
				}
				if got := recorder.Ended()[0].Name(); got != want {
					t.Errorf("%v, tracer of this package: %q, want %q", conventions, got, want)
				}
			}
		})
	}
}

// TestLateAttributesBehindACopy reads what only the inner of two traced handlers
// sees: the outer one's request is another one.
func TestLateAttributesBehindACopy(t *testing.T) {
	tracer := mocktracer.New()
	tracing := compat.NewTracing(tracer, &compat.TracingOptions{Attributes: []string{"PathValue.id", "FormValue.a", "Pattern"}})
	handler := tracing.TraceAll(copying(tracing.TraceAll(passing(muxOf("GET /orders/{id}", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
	}))))))
	get(t, handler, "/orders/7?a=1")
	want := map[string]any{"PathValue.id": "7", "FormValue.a": "1", "Pattern": "GET /orders/{id}"}
	tags := onlySpan(t, tracer).Tags()
	for key, value := range want {
		if tags[key] != value {
			t.Errorf("%s = %v, want %v", key, tags[key], value)
		}
	}
}

// TestRouteIsKnownToSamplers pins that the route is in the name, and in the
// attributes, when the sampler decides.
func TestRouteIsKnownToSamplers(t *testing.T) {
	sampler := &askedSampler{}
	tracer, _ := recorded(t, sdktrace.WithSampler(sampler))
	handler := compat.NewTracing(tracer, &compat.TracingOptions{Conventions: compat.Both}).TraceAll(muxOf("GET /orders/{id}", answer(200)))
	get(t, handler, "/orders/7")
	if got := sampler.asked.Name; got != "GET /orders/{id}" {
		t.Errorf("the sampler was asked about %q", got)
	}
	attributes := map[string]any{}
	for _, kv := range sampler.asked.Attributes {
		attributes[string(kv.Key)] = kv.Value.AsInterface()
	}
	if attributes["http.route"] != "/orders/{id}" || attributes["http.url"] != "http://example.com/orders/7" {
		t.Errorf("the sampler saw %v", attributes)
	}
}

type askedSampler struct{ asked sdktrace.SamplingParameters }

func (s *askedSampler) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	s.asked = p
	return sdktrace.SamplingResult{Decision: sdktrace.RecordAndSample}
}

func (s *askedSampler) Description() string { return "asked" }

func TestNamesThatHandlersSet(t *testing.T) {
	for _, tc := range []struct {
		name string
		wrap func(http.Handler) http.Handler
		mock string // what becomes of the name where the tracer's spans don't tell it
	}{
		{"mux", func(h http.Handler) http.Handler { return muxOf("GET /orders/{id}", h) }, "renamed"},
		{"mux behind a middleware", func(h http.Handler) http.Handler { return passing(muxOf("GET /orders/{id}", h)) }, "GET /orders/{id}"},
		{"no route", func(h http.Handler) http.Handler { return h }, "renamed"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			mock := mocktracer.New()
			own, recorder := recorded(t)
			for _, tracer := range []opentracing.Tracer{mock, own} {
				tracing := compat.NewTracing(tracer, nil)
				get(t, tracing.TraceAll(tc.wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					tracing.GetSpan(r).SetOperationName("renamed")
				}))), "/orders/7")
			}
			if got := onlySpan(t, mock).OperationName; got != tc.mock {
				t.Errorf("%q, want %q", got, tc.mock)
			}
			if got := recorder.Ended()[0].Name(); got != "renamed" {
				t.Errorf("tracer of this package: %q, want the handler's", got)
			}
		})
	}
}
