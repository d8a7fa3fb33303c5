// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"

	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/compat/mocktracer"
)

// TestMockHTTP has otelhttp and compat's middleware, on both sides of a request, in one trace
// of a MockTracer.
func TestMockHTTP(t *testing.T) {
	tracing := compat.NewTracing(nil, nil)
	servers := map[string]func(http.Handler) http.Handler{
		"otelhttp": func(next http.Handler) http.Handler { return otelhttp.NewHandler(next, "server") },
		"compat":   tracing.TraceAll,
	}
	clients := map[string]func() http.RoundTripper{
		"otelhttp": func() http.RoundTripper { return otelhttp.NewTransport(nil) },
		"compat":   func() http.RoundTripper { return tracing.Transport(nil) },
	}
	for server, traced := range servers {
		for client, newTransport := range clients {
			t.Run(client+" to "+server, func(t *testing.T) {
				mock := mocktracer.New()
				t.Cleanup(mocktracer.Install(mock))
				backend := httptest.NewServer(traced(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					span, _ := opentracing.StartSpanFromContext(r.Context(), "inside")
					span.SetTag("tenant", span.BaggageItem("tenant"))
					span.Finish()
				})))
				defer backend.Close()
				root := mock.StartSpan("root").SetBaggageItem("tenant", "acme")
				request, _ := http.NewRequestWithContext(opentracing.ContextWithSpan(t.Context(), root), http.MethodGet, backend.URL, nil)
				response, err := (&http.Client{Transport: newTransport()}).Do(request)
				if err != nil {
					t.Fatal(err)
				}
				response.Body.Close()
				root.Finish()
				backend.Close()
				http.DefaultTransport.(*http.Transport).CloseIdleConnections()

				byID := make(map[int]*mocktracer.MockSpan)
				var inside *mocktracer.MockSpan
				for _, span := range mock.FinishedSpans() {
					byID[span.SpanContext.SpanID] = span
					if span.OperationName == "inside" {
						inside = span
					}
				}
				if inside == nil || len(byID) != 4 {
					t.Fatalf("the finished spans are %v, want root, client, server and inside", mock.FinishedSpans())
				}
				if got := inside.Tag("tenant"); got != "acme" {
					t.Errorf("the baggage item inside is %v", got)
				}
				serverSpan := byID[inside.ParentID]
				clientSpan := byID[serverSpan.ParentID]
				if clientSpan == nil || byID[clientSpan.ParentID] == nil || byID[clientSpan.ParentID].OperationName != "root" {
					t.Fatalf("the spans are not a chain: %v", mock.FinishedSpans())
				}
				if serverSpan.Tag("span.kind") != ext.SpanKindRPCServerEnum || clientSpan.Tag("span.kind") != ext.SpanKindRPCClientEnum {
					t.Errorf("the kinds are %v and %v", serverSpan.Tag("span.kind"), clientSpan.Tag("span.kind"))
				}
			})
		}
	}
}
