// SPDX-License-Identifier: Apache-2.0

package conformance_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/internal/document"
)

// counterpart says which attributes of the two conventions tell the same.
type counterpart struct {
	what                 string
	openTracing, semconv []attribute.Key
}

type keys = []attribute.Key

var (
	serverCounterparts = []counterpart{
		{"instrumentation", keys{"component"}, nil},
		{"method", keys{"http.method"}, keys{"http.request.method"}},
		{"method, where it isn't a known one", nil, keys{"http.request.method_original"}},
		{"URL", keys{"http.url"}, keys{"url.scheme", "url.path", "url.query"}},
		{"host and port asked", nil, keys{"server.address", "server.port"}},
		{"route", nil, keys{"http.route"}},
		{"status code", keys{"http.status_code"}, keys{"http.response.status_code"}},
		{"kind of error", nil, keys{"error.type"}},
		{"peer of the connection", nil, keys{"network.peer.address", "network.peer.port"}},
		{"client", nil, keys{"client.address", "user_agent.original"}},
		{"version of HTTP", nil, keys{"network.protocol.version"}},
		{"bytes of the bodies", nil, keys{"http.request.body.size", "http.response.body.size"}},
	}
	clientCounterparts = []counterpart{
		{"instrumentation", keys{"component"}, nil},
		{"method", keys{"http.method"}, keys{"http.request.method"}},
		{"method, where it isn't a known one", nil, keys{"http.request.method_original"}},
		{"URL", keys{"http.url"}, keys{"url.full"}},
		{"host and port asked", keys{"peer.address"}, keys{"server.address", "server.port"}},
		{"status code", keys{"http.status_code"}, keys{"http.response.status_code"}},
		{"kind of error", nil, keys{"error.type"}},
		{"version of HTTP", nil, keys{"network.protocol.version"}},
		{"bytes of the bodies", nil, keys{"http.request.body.size", "http.response.body.size"}},
	}
)

// TestConventionsTable derives the tables of HTTP attributes in docs/attributes.md from
// requests that a traced client sends to a traced server.
func TestConventionsTable(t *testing.T) {
	openTracing, semconv, both := requests(t, compat.OpenTracing), requests(t, compat.Semconv), requests(t, compat.Both)
	var section strings.Builder
	for _, side := range []struct {
		kind         trace.SpanKind
		title        string
		counterparts []counterpart
	}{
		{trace.SpanKindServer, "server", serverCounterparts},
		{trace.SpanKindClient, "client", clientCounterparts},
	} {
		before, after, together := openTracing[side.kind], semconv[side.kind], both[side.kind]
		fmt.Fprintf(&section, "| %s | `compat.OpenTracing` | `compat.Semconv` |\n|---|---|---|\n", side.title)
		for i, r := range conventionsRequests[:2] {
			fmt.Fprintf(&section, "| span's name, %s | `%s` | `%s` |\n", r.method, before[i].Name, after[i].Name)
		}
		var old, stable keys
		for _, c := range side.counterparts {
			fmt.Fprintf(&section, "| %s | %s | %s |\n", c.what, before.cell(c.openTracing), after.cell(c.semconv))
			old, stable = append(old, c.openTracing...), append(stable, c.semconv...)
		}
		for i, r := range conventionsRequests {
			fmt.Fprintf(&section, "| span's status, HTTP status %d | %s | %s |\n", r.status, before[i].Status.Code, after[i].Status.Code)
		}
		section.WriteString("\n")

		for name, set := range map[string]struct {
			spans httpSpans
			want  keys
		}{
			"OpenTracing": {before, old},
			"Semconv":     {after, stable},
			"Both":        {together, slices.Concat(old, stable)},
		} {
			slices.Sort(set.want)
			if diff := cmp.Diff(set.want, set.spans.keys()); diff != "" {
				t.Errorf("%s, %s: attributes (-table +exported):\n%s", side.title, name, diff)
			}
		}
		for _, key := range together.keys() {
			alone := before
			if slices.Contains(stable, key) {
				alone = after
			}
			if got, want := together.cell(keys{key}), alone.cell(keys{key}); got != want {
				t.Errorf("%s, Both: %s, want %s as in the convention alone", side.title, got, want)
			}
		}
	}
	document.Check(t, "../../docs/attributes.md", "conventions", strings.TrimSuffix(section.String(), "\n"), *updateDocs)
}

// conventionsRequests bring about every attribute there is.
var conventionsRequests = []struct {
	method, target string
	status         int
}{
	{http.MethodPost, "/orders/7?page=2", http.StatusCreated},
	{"PURGE", "/orders/7", http.StatusMethodNotAllowed},
	{http.MethodGet, "/broken", http.StatusServiceUnavailable},
}

// httpSpans are the exported spans of one kind, in the order of conventionsRequests.
type httpSpans tracetest.SpanStubs

// requests sends the requests, and returns what was exported.
func requests(t *testing.T, conventions compat.Conventions) map[trace.SpanKind]httpSpans {
	t.Helper()
	exporter := tracetest.NewInMemoryExporter()
	tracer := compat.NewTracer(sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter)), &compat.Options{TextMap: w3c})
	tracing := compat.NewTracing(tracer, &compat.TracingOptions{Conventions: conventions})
	mux := http.NewServeMux()
	mux.HandleFunc("POST /orders/{id}", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
		fmt.Fprint(w, "created")
	})
	mux.HandleFunc("GET /broken", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	server := httptest.NewServer(tracing.TraceAll(mux))
	base := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
	}}
	client := http.Client{Transport: tracing.Transport(base)}
	for _, r := range conventionsRequests {
		req, err := http.NewRequestWithContext(t.Context(), r.method, "http://shop.example:8080"+r.target, strings.NewReader("body"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("User-Agent", "curl/8.5.0")
		req.Header.Set("X-Forwarded-For", "203.0.113.9")
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		res.Body.Close()
		if res.StatusCode != r.status {
			t.Fatalf("%s %s: status %d, want %d", r.method, r.target, res.StatusCode, r.status)
		}
	}
	base.CloseIdleConnections()
	server.Close()
	spans := map[trace.SpanKind]httpSpans{}
	for _, span := range exporter.GetSpans() {
		spans[span.SpanKind] = append(spans[span.SpanKind], span)
	}
	for _, kind := range []trace.SpanKind{trace.SpanKindServer, trace.SpanKindClient} {
		if len(spans[kind]) != len(conventionsRequests) {
			t.Fatalf("%v: %d %v spans, want one for each request", conventions, len(spans[kind]), kind)
		}
	}
	if err := tracer.Close(); err != nil {
		t.Error(err)
	}
	return spans
}

// keys returns the keys of all attributes, sorted.
func (s httpSpans) keys() keys {
	var all keys
	for _, span := range s {
		for _, kv := range span.Attributes {
			all = append(all, kv.Key)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// cell writes each key with its type and the first value that there is.
func (s httpSpans) cell(of keys) string {
	if len(of) == 0 {
		return "–"
	}
	var parts []string
	for _, key := range of {
		parts = append(parts, s.attribute(key))
	}
	return strings.Join(parts, ", ")
}

func (s httpSpans) attribute(key attribute.Key) string {
	for _, span := range s {
		for _, kv := range span.Attributes {
			if kv.Key != key {
				continue
			}
			typ := map[attribute.Type]string{attribute.STRING: "string", attribute.INT64: "int"}[kv.Value.Type()]
			if key == "network.peer.port" { // another one each time
				return fmt.Sprintf("`%s` %s", key, typ)
			}
			return fmt.Sprintf("`%s` %s `%s`", key, typ, kv.Value.String())
		}
	}
	return "`" + string(key) + "` is missing"
}
