// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
)

// semconvSpans sends requests from a traced client to a traced server, and returns
// of each span its name, its status, and its attributes with their types.
func semconvSpans(t *testing.T, use func(*instrumentation, trace.TracerProvider), begin func(*httptest.Server)) map[string]map[string]string {
	t.Helper()
	in := newInstrumentation(t, use)
	mux := http.NewServeMux()
	mux.HandleFunc("/orders/{id}", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, "an order")
	})
	mux.HandleFunc("GET /broken", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	p := start(t, begin, in.server(mux))
	base := p.Client().Transport.(*http.Transport)
	base.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, p.Listener.Addr().String())
	}
	scheme, _, _ := strings.Cut(p.URL, ":")
	client := in.client(p)
	found := map[string]map[string]string{}
	for _, r := range []struct{ name, method, target string }{
		{"query", http.MethodGet, "://example.com:8080/orders/7?a=1&b=%C3%BC"},
		{"default port", http.MethodPost, "://example.com/orders/7"},
		{"unknown method", "PURGE", "://example.com/orders/7"},
		{"not found", http.MethodGet, "://example.com/nowhere"},
		{"method not allowed", http.MethodPut, "://example.com/broken"},
		{"unavailable", http.MethodGet, "://example.com/broken"},
	} {
		in.recorder.Reset()
		var body io.Reader
		if r.method == http.MethodPost {
			body = strings.NewReader("a body")
		}
		req, err := http.NewRequest(r.method, scheme+r.target, body)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Forwarded-For", "203.0.113.9")
		req.Header.Set("User-Agent", "curl/8.5.0")
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		res.Body.Close()
		p.await(t)
		for _, kind := range []trace.SpanKind{trace.SpanKindServer, trace.SpanKindClient} {
			span := in.span(t, kind)
			told := map[string]string{"name": span.Name(), "status": span.Status().Code.String()}
			for _, kv := range span.Attributes() {
				told[string(kv.Key)] = fmt.Sprintf("%v %s", kv.Value.Type(), kv.Value.String())
			}
			if told["network.peer.port"] != "" {
				told["network.peer.port"] = "another one each time"
			}
			found[fmt.Sprintf("%s, %v", r.name, kind)] = told
		}
	}
	return found
}

// beyondOTelHTTP are attributes of the conventions that otelhttp doesn't record, for
// all spans or for some.
var beyondOTelHTTP = []string{"error.type", "http.request.body.size", "http.response.body.size", "http.route", "url.query"}

// TestSemconvAgreesWithOTelHTTP compares what both record of the same requests
// under OpenTelemetry's semantic conventions. Where they differ otherwise, it is
// otelhttp that differs from the conventions: there the version is "2", and a
// client's span is named after the method alone.
func TestSemconvAgreesWithOTelHTTP(t *testing.T) {
	for name, begin := range map[string]func(*httptest.Server){"HTTP/1.1": protocolHTTP1, "HTTP/2": protocolHTTP2} {
		t.Run(name, func(t *testing.T) {
			got := semconvSpans(t, func(in *instrumentation, provider trace.TracerProvider) {
				in.useCompatWith(provider, compat.Semconv)
			}, begin)
			want := semconvSpans(t, (*instrumentation).useOTelHTTP, begin)
			for span, told := range want {
				told["network.protocol.version"] = strings.TrimSuffix(told["network.protocol.version"], ".0")
				if strings.HasSuffix(span, "client") {
					told["name"] = strings.TrimPrefix(told["name"], "HTTP ")
				}
				if told["name"] == "PURGE" {
					told["name"] = "HTTP" // as otelhttp has it on the server
				}
				for _, key := range beyondOTelHTTP {
					if _, both := told[key]; !both {
						delete(got[span], key)
					}
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-otelhttp +compat):\n%s", diff)
			}
		})
	}
}
