// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	kitopentracing "github.com/go-kit/kit/tracing/opentracing"
	"github.com/google/go-cmp/cmp"
	"github.com/opentracing-contrib/go-stdlib/nethttp"
	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel"
	bridge "go.opentelemetry.io/otel/bridge/opentracing"
	"go.opentelemetry.io/otel/trace"

	"github.com/go-kit/kit/log"

	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/exporters"
)

// install makes compat the tracer of both APIs, over the memory.
func install(t *testing.T) (*compat.Tracer, *exporters.Memory) {
	t.Helper()
	global, propagator := opentracing.GlobalTracer(), otel.GetTextMapPropagator()
	memory := new(exporters.Memory)
	provider, err := exporters.NewProvider(t.Context(), &exporters.Config{ServiceName: "mixed", Memory: memory, Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	tracer := compat.Install(provider, nil)
	t.Cleanup(func() {
		closeQuietly(t, tracer)
		opentracing.SetGlobalTracer(global)
		otel.SetTextMapPropagator(propagator)
	})
	return tracer, memory
}

// chain waits for n spans of one trace, each with one child at most, and returns
// their names and scopes from root to leaf.
func chain(t *testing.T, memory *exporters.Memory, n int) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	spans, err := memory.WaitFor(ctx, n)
	if err != nil {
		t.Fatalf("%v\n%s", err, memory)
	}
	if roots := spans.Roots(); len(roots) != 1 || len(spans) != n {
		t.Fatalf("%d traces of %d spans, want 1 of %d:\n%s", len(roots), len(spans), n, memory)
	}
	var names []string
	for parent := spans.Roots(); len(parent) > 0; parent = spans.ChildrenOf(parent[0]) {
		if len(parent) > 1 {
			t.Fatalf("a span has %d children:\n%s", len(parent), memory)
		}
		names = append(names, parent[0].Name)
	}
	return names
}

func wantChain(t *testing.T, memory *exporters.Memory, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, chain(t, memory, len(want))); diff != "" {
		t.Errorf("from root to leaf (-want +got):\n%s\n%s", diff, memory)
	}
}

// get sends a request and reads the answer.
func get(t *testing.T, client *http.Client, ctx context.Context, url string) {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, response.Body)
	response.Body.Close()
	client.CloseIdleConnections()
}

// legacyWork is an OpenTracing handler.
func legacyWork(w http.ResponseWriter, r *http.Request) {
	span, _ := opentracing.StartSpanFromContext(r.Context(), "legacy work")
	defer span.Finish()
	span.SetTag("tenant", span.BaggageItem("tenant"))
}

func TestOTelHTTPAroundOpenTracing(t *testing.T) {
	tracer, memory := install(t)
	server := httptest.NewServer(otelhttp.NewHandler(http.HandlerFunc(legacyWork), "server"))
	defer server.Close()
	root, ctx := opentracing.StartSpanFromContextWithTracer(t.Context(), tracer, "legacy root")
	root.SetBaggageItem("tenant", "acme")
	get(t, &http.Client{Transport: otelhttp.NewTransport(http.DefaultTransport)}, ctx, server.URL)
	root.Finish()
	wantChain(t, memory, "legacy root", "HTTP GET", "GET", "legacy work")
	spans := memory.Spans()
	if got := spans.Named("legacy work")[0].Tag("tenant"); got != "acme" {
		t.Errorf("baggage that OpenTracing code set reaches the other side as %q", got)
	}
	if got := spans.Named("HTTP GET")[0].InstrumentationScope.Name; got != otelhttp.ScopeName {
		t.Errorf("scope of otelhttp's span is %q", got)
	}
}

func TestGoStdlibAroundOpenTelemetry(t *testing.T) {
	tracer, memory := install(t)
	native := otel.Tracer("native")
	server := httptest.NewServer(nethttp.Middleware(tracer, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, span := native.Start(r.Context(), "native work")
		span.End()
	})))
	defer server.Close()
	ctx, root := native.Start(t.Context(), "native root")
	request, _ := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
	request, traced := nethttp.TraceRequest(tracer, request, nethttp.ClientTrace(false))
	response, err := (&http.Client{Transport: &nethttp.Transport{}}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	traced.Finish()
	root.End()
	wantChain(t, memory, "native root", "HTTP Client", "HTTP GET", "HTTP GET", "native work")
}

func TestCompatAndOTelHTTPTakeTurns(t *testing.T) {
	_, memory := install(t)
	tracing := compat.NewTracing(nil, nil)
	inner := httptest.NewServer(otelhttp.NewHandler(http.HandlerFunc(legacyWork), "server"))
	defer inner.Close()
	outer := httptest.NewServer(tracing.TraceAll(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		get(t, &http.Client{Transport: otelhttp.NewTransport(nil)}, r.Context(), inner.URL)
	})))
	defer outer.Close()
	get(t, &http.Client{Transport: tracing.Transport(nil)}, t.Context(), outer.URL)
	wantChain(t, memory, "GET", "GET", "HTTP GET", "GET", "legacy work")
}

func TestRawBridgeSpanAsParent(t *testing.T) {
	tracer, memory := install(t)
	raw, _ := bridge.NewTracerPair(tracer.TracerProvider().Tracer("raw"))
	parent := raw.StartSpan("raw bridge")
	ctx := opentracing.ContextWithSpan(t.Context(), parent)
	child, _ := compat.StartSpanFromContext(ctx, "compat child")
	child.Finish()
	parent.Finish()
	wantChain(t, memory, "raw bridge", "compat child")
}

func TestGoKit(t *testing.T) {
	tracer, memory := install(t)
	endpoint := kitopentracing.TraceServer(tracer, "kit server")(func(ctx context.Context, _ any) (any, error) {
		_, span := otel.Tracer("native").Start(ctx, "native work")
		span.End()
		return nil, nil
	})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		ctx := kitopentracing.HTTPToContext(tracer, "kit server", log.NewNopLogger())(r.Context(), r)
		_, _ = endpoint(ctx, nil)
	}))
	defer server.Close()
	call := kitopentracing.TraceClient(tracer, "kit client")(func(ctx context.Context, _ any) (any, error) {
		request, _ := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
		kitopentracing.ContextToHTTP(tracer, log.NewNopLogger())(ctx, request)
		response, err := http.DefaultClient.Do(request)
		if err == nil {
			response.Body.Close()
		}
		return nil, err
	})
	ctx, root := otel.Tracer("native").Start(t.Context(), "native root")
	if _, err := call(ctx, nil); err != nil {
		t.Fatal(err)
	}
	root.End()
	wantChain(t, memory, "native root", "kit client", "kit server", "native work")
	for name, kind := range map[string]trace.SpanKind{"kit client": trace.SpanKindClient, "kit server": trace.SpanKindServer} {
		if got := memory.Spans().Named(name)[0].SpanKind; got != kind {
			t.Errorf("%s is a %v, want %v: its kind is set after the start", name, got, kind)
		}
	}
}
