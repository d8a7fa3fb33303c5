// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/propagation"

	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/exporters"
)

// A service in the middle whose tracing is off is not seen in the trace: what its
// caller sends is what the next service gets, whichever way it is sent on.
func TestDisabledServiceIsTransparent(t *testing.T) {
	t.Setenv("OTEL_SDK_DISABLED", "true")
	provider, err := exporters.NewProvider(context.Background(), &exporters.Config{Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	tracer := compat.NewTracer(provider, nil)
	tracing := compat.NewTracing(tracer, nil)
	before := opentracing.GlobalTracer()
	opentracing.SetGlobalTracer(tracer) // for StartSpanFromContext
	t.Cleanup(func() { opentracing.SetGlobalTracer(before) })

	const (
		sampled   = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
		unsampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"
	)
	tests := []struct{ explanation, traceparent, tracestate, baggage string }{
		{"a sampled trace", sampled, "vendor=opaque", "tenant=acme"},
		{"one that is not sampled", unsampled, "", ""},
		{"baggage alone", "", "", "tenant=acme"},
		{"nothing", "", "", ""},
	}
	ways := []struct {
		name string
		send func(r *http.Request, out http.Header)
	}{
		{"Inject", func(r *http.Request, out http.Header) {
			if err := tracing.Inject(r.Context(), out); err != nil {
				t.Error(err)
			}
		}},
		{"Inject below StartSpanFromContext", func(r *http.Request, out http.Header) {
			span, ctx := compat.StartSpanFromContext(r.Context(), "work")
			defer span.Finish()
			if err := tracing.Inject(ctx, out); err != nil {
				t.Error(err)
			}
		}},
		{"StartSpan and the tracer's Inject", func(r *http.Request, out http.Header) {
			var options []opentracing.StartSpanOption
			if active := compat.SpanFromContext(r.Context()); active != nil {
				options = append(options, opentracing.ChildOf(active.Context()))
			}
			span := tracer.StartSpan("work", options...)
			defer span.Finish()
			span.SetTag("k", "v").LogKV("event", "e")
			if err := tracer.Inject(span.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(out)); err != nil {
				t.Error(err)
			}
		}},
		{"Transport", func(r *http.Request, out http.Header) {
			transport := tracing.Transport(roundTripper(func(sent *http.Request) (*http.Response, error) {
				maps.Copy(out, sent.Header)
				return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: sent}, nil
			}))
			request, err := http.NewRequestWithContext(r.Context(), http.MethodGet, "http://leaf/", nil)
			if err != nil {
				t.Error(err)
				return
			}
			response, err := transport.RoundTrip(request)
			if err != nil {
				t.Error(err)
				return
			}
			response.Body.Close()
		}},
		{"spans of OpenTelemetry code", func(r *http.Request, out http.Header) {
			ctx, span := tracer.TracerProvider().Tracer("t").Start(r.Context(), "work")
			defer span.End()
			propagator().Inject(ctx, propagation.HeaderCarrier(out))
		}},
	}
	for _, tt := range tests {
		for _, way := range ways {
			t.Run(tt.explanation+"/"+way.name, func(t *testing.T) {
				in := make(http.Header)
				for name, value := range map[string]string{"Traceparent": tt.traceparent, "Tracestate": tt.tracestate, "Baggage": tt.baggage} {
					if value != "" {
						in.Set(name, value)
					}
				}
				out := make(http.Header)
				request := httptest.NewRequest(http.MethodGet, "http://middle/", nil)
				request.Header = in.Clone()
				tracing.TraceAll(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { way.send(r, out) })).ServeHTTP(httptest.NewRecorder(), request)
				if diff := cmp.Diff(in, out); diff != "" {
					t.Errorf("the next service gets other headers (-in +out):\n%s", diff)
				}
			})
		}
	}
	if err := tracer.ForceFlush(context.Background()); err != nil {
		t.Errorf("ForceFlush = %v", err)
	}
	if err := tracer.Close(); err != nil {
		t.Errorf("Close = %v", err)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func propagator() propagation.TextMapPropagator {
	return propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{})
}
