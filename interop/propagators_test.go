// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing-contrib/go-stdlib/nethttp"
	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/contrib/propagators/b3"
	"go.opentelemetry.io/contrib/propagators/jaeger"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/ot2otel/ot2otel/compat"
)

// TestDebugFlagIsSentOn receives a trace with the debug flag of Jaeger's format or of
// B3, which their propagators keep in the context, and sends it on by every client.
func TestDebugFlagIsSentOn(t *testing.T) {
	for _, tc := range []struct {
		name       string
		propagator propagation.TextMapPropagator
		header     http.Header
		debug      func(http.Header) bool
	}{
		{
			"Jaeger", jaeger.Jaeger{},
			http.Header{"Uber-Trace-Id": {"af7651916cd43dd8448eb211c80319c:b7ad6b7169203331:0:3"}},
			func(h http.Header) bool { return strings.HasSuffix(h.Get("Uber-Trace-Id"), ":3") },
		},
		{
			"B3", b3.New(b3.WithInjectEncoding(b3.B3MultipleHeader)),
			http.Header{"X-B3-Traceid": {"0af7651916cd43dd8448eb211c80319c"}, "X-B3-Spanid": {"b7ad6b7169203331"}, "X-B3-Flags": {"1"}},
			func(h http.Header) bool { return h.Get("X-B3-Flags") == "1" },
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tracer := installed(t, tc.propagator)
			tracing := compat.NewTracing(nil, nil)
			got := map[string]bool{}
			back := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				got[r.URL.Path] = tc.debug(r.Header)
			}))
			defer back.Close()
			send := func(ctx context.Context, name string, transport http.RoundTripper, header http.Header) {
				r, err := http.NewRequestWithContext(ctx, http.MethodGet, back.URL+"/"+name, nil)
				if err != nil {
					t.Error(err)
					return
				}
				if header != nil {
					r.Header = header
				}
				res, err := (&http.Client{Transport: transport}).Do(r)
				if err != nil {
					t.Error(err)
					return
				}
				res.Body.Close()
			}
			use := func(layer string) http.Handler {
				return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					ctx := r.Context()
					active := opentracing.SpanFromContext(ctx)
					if active == nil {
						t.Errorf("%s: no span is active", layer)
						return
					}
					send(ctx, layer+" Transport", tracing.Transport(http.DefaultTransport), nil)
					send(ctx, layer+" otelhttp", otelhttp.NewTransport(http.DefaultTransport), nil)
					header := http.Header{}
					if err := tracing.Inject(ctx, header); err != nil {
						t.Error(err)
					}
					send(ctx, layer+" Inject", http.DefaultTransport, header)
					header = http.Header{}
					if err := tracer.Inject(active.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header)); err != nil {
						t.Error(err)
					}
					send(ctx, layer+" legacy Inject", http.DefaultTransport, header)

					r2, err := http.NewRequestWithContext(ctx, http.MethodGet, back.URL+"/"+layer+" go-stdlib", nil)
					if err != nil {
						t.Error(err)
						return
					}
					r2, finished := nethttp.TraceRequest(tracer, r2)
					res, err := (&http.Client{Transport: &nethttp.Transport{}}).Do(r2)
					if err != nil {
						t.Error(err)
						return
					}
					res.Body.Close()
					finished.Finish()
				})
			}
			want := map[string]bool{}
			for layer, handler := range map[string]http.Handler{
				"TraceAll":  tracing.TraceAll(use("TraceAll")),
				"go-stdlib": nethttp.Middleware(tracer, use("go-stdlib")),
			} {
				r := httptest.NewRequest(http.MethodGet, "/", nil)
				r.Header = tc.header.Clone()
				handler.ServeHTTP(httptest.NewRecorder(), r)
				for _, client := range []string{"Transport", "otelhttp", "Inject", "legacy Inject", "go-stdlib"} {
					want["/"+layer+" "+client] = true
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("requests with the debug flag (-want +got):\n%s", diff)
			}
		})
	}
}

// installed installs compat with a propagator until the test ends.
func installed(t *testing.T, propagator propagation.TextMapPropagator) *compat.Tracer {
	t.Helper()
	tracer, before := opentracing.GlobalTracer(), otel.GetTextMapPropagator()
	t.Cleanup(func() {
		opentracing.SetGlobalTracer(tracer)
		otel.SetTextMapPropagator(before)
	})
	return compat.Install(sdktrace.NewTracerProvider(), &compat.Options{TextMap: propagator})
}
