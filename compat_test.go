// SPDX-License-Identifier: Apache-2.0

package ot2otel_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	stdlog "log"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/goleak"

	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/exporters"
)

// waitLimit is how long a test waits for spans that another goroutine ends.
const waitLimit = 5 * time.Second

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// install makes a service's provider over the memory, and compat its tracer.
func install(t *testing.T, memory *exporters.Memory) *compat.Tracer {
	t.Helper()
	global, propagator := opentracing.GlobalTracer(), otel.GetTextMapPropagator()
	provider, err := exporters.NewProvider(t.Context(), &exporters.Config{ServiceName: "shop", Memory: memory, Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	tracer := compat.Install(provider, nil)
	t.Cleanup(func() {
		if err := tracer.Close(); err != nil {
			t.Error(err)
		}
		opentracing.SetGlobalTracer(global)
		otel.SetTextMapPropagator(propagator)
	})
	return tracer
}

// serve starts a server on loopback that ends with the test.
func serve(t *testing.T, handler http.Handler) *httptest.Server {
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = stdlog.New(io.Discard, "", 0) // a handler's panic is meant
	server.Start()
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		server.Close()
	})
	return server
}

// want is all that a span has to say.
type want struct {
	kind   trace.SpanKind
	parent string // "" for a root
	remote bool   // the parent came over the wire
	tags   map[string]any
	logs   []string
	status codes.Code
	text   string // of the status
}

// verify compares all spans with what is wanted, by name.
func verify(t *testing.T, memory *exporters.Memory, wanted map[string]want) {
	t.Helper()
	waitFor, cancel := context.WithTimeout(t.Context(), waitLimit)
	defer cancel()
	spans, err := memory.WaitFor(waitFor, len(wanted))
	if err != nil {
		t.Fatal(err)
	}
	names := map[trace.SpanID]string{}
	for _, s := range spans {
		names[s.SpanContext.SpanID()] = s.Name
	}
	got := map[string]want{}
	for _, s := range spans {
		w := want{kind: s.SpanKind, parent: names[s.ParentID], remote: s.Parent.IsRemote(), status: s.Status.Code, text: s.Status.Description}
		for _, kv := range s.Attributes {
			if w.tags == nil {
				w.tags = map[string]any{}
			}
			w.tags[string(kv.Key)] = kv.Value.AsInterface()
		}
		for _, event := range s.Events {
			w.logs = append(w.logs, event.Name+": "+withoutStack(event.Attributes))
		}
		got[s.Name] = w
	}
	if diff := cmp.Diff(wanted, got, cmp.AllowUnexported(want{})); diff != "" {
		t.Errorf("spans (-want +got):\n%s", diff)
	}
}

func withoutStack(attributes []attribute.KeyValue) string {
	var rest []string
	for _, kv := range attributes {
		if kv.Key != "exception.stacktrace" {
			rest = append(rest, fmt.Sprintf("%s=%s", kv.Key, kv.Value.String()))
		}
	}
	return strings.Join(rest, " ")
}

// TestTwoServices has a service with selected handlers call one that traces all,
// by Inject, over a real connection.
func TestTwoServices(t *testing.T) {
	memory := new(exporters.Memory)
	install(t, memory)

	all := compat.NewTracing(nil, nil)
	backend := http.NewServeMux()
	backend.HandleFunc("GET /stock/{id}", func(w http.ResponseWriter, r *http.Request) {
		span, _ := opentracing.StartSpanFromContext(r.Context(), "query stock", ext.SpanKindRPCClient, opentracing.Tags{
			string(ext.DBType): "sql", "rows": 3, "ratio": 0.5, "cached": false, "size": uint64(1 << 40),
		})
		span.LogFields(log.String("event", "rows read"), log.Int("n", 3))
		span.Finish()
		if all.GetSpan(r) != opentracing.SpanFromContext(r.Context()) {
			t.Error("GetSpan isn't the active span of the request's context")
		}
		all.GetSpan(r).SetTag("tenant", all.GetSpan(r).BaggageItem("tenant"))
	})
	backend.HandleFunc("GET /broken", func(http.ResponseWriter, *http.Request) { panic(errors.New("no stock table")) })
	stock := serve(t, all.TraceAll(backend))

	selected := compat.NewTracing(nil, &compat.TracingOptions{Attributes: []string{"UserAgent"}})
	call := func(ctx context.Context, path string) {
		span, ctx := opentracing.StartSpanFromContext(ctx, "call "+path, ext.SpanKindRPCClient)
		defer span.Finish()
		request, _ := http.NewRequestWithContext(ctx, http.MethodGet, stock.URL+path, nil)
		if err := selected.Inject(ctx, request.Header); err != nil {
			t.Error(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			ext.LogError(span, err)
			return
		}
		defer response.Body.Close()
		_, _ = io.Copy(io.Discard, response.Body)
	}
	frontend := http.NewServeMux()
	frontend.Handle("GET /order/{id}", selected.Trace(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		selected.GetSpan(r).SetBaggageItem("tenant", "acme")
		call(r.Context(), "/stock/7")
		call(r.Context(), "/broken")
		w.WriteHeader(http.StatusAccepted)
	}), "PathValue.id"))
	frontend.HandleFunc("GET /health", func(_ http.ResponseWriter, r *http.Request) {
		if span := selected.GetSpan(r); span != nil {
			t.Error("an undecorated handler has a span")
		}
	})
	shop := serve(t, frontend)

	get(t, shop.URL+"/health")
	get(t, shop.URL+"/order/42?token=secret")

	server := func(url, path string, code int64, more map[string]any) map[string]any {
		tags := map[string]any{"component": "net/http", "http.method": "GET", "http.url": url + path, "http.status_code": code}
		maps.Copy(tags, more)
		return tags
	}
	verify(t, memory, map[string]want{
		"GET /order/{id}": {kind: trace.SpanKindServer, tags: server(shop.URL, "/order/42", 202, map[string]any{"UserAgent": "Go-http-client/1.1", "PathValue.id": "42"})},
		"call /stock/7":   {kind: trace.SpanKindClient, parent: "GET /order/{id}"},
		"GET /stock/{id}": {kind: trace.SpanKindServer, parent: "call /stock/7", remote: true, tags: server(stock.URL, "/stock/7", 200, map[string]any{"tenant": "acme"})},
		"query stock": {
			kind: trace.SpanKindClient, parent: "GET /stock/{id}",
			tags: map[string]any{"db.type": "sql", "rows": int64(3), "ratio": 0.5, "cached": false, "size": int64(1 << 40)},
			logs: []string{"rows read: n=3"},
		},
		"call /broken": {kind: trace.SpanKindClient, parent: "GET /order/{id}", status: codes.Error, logs: []string{
			fmt.Sprintf(`exception: exception.type=*url.Error exception.message=Get "%s/broken": EOF`, stock.URL),
		}},
		"GET /broken": {
			kind: trace.SpanKindServer, parent: "call /broken", remote: true, status: codes.Error,
			tags: server(stock.URL, "/broken", 500, nil),
			logs: []string{"exception: message=no stock table exception.type=*errors.errorString exception.message=no stock table"},
		},
	})
}

// TestBothAPIs nests OpenTelemetry code under an OpenTracing handler and the other
// way round, in one process and over the wire.
func TestBothAPIs(t *testing.T) {
	memory := new(exporters.Memory)
	install(t, memory)
	native := otel.Tracer("native library")
	tracing := compat.NewTracing(nil, nil)

	handler := tracing.TraceAll(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, span := native.Start(r.Context(), "native", trace.WithAttributes(attribute.Int("n", 1)))
		defer span.End()
		legacy, ctx := opentracing.StartSpanFromContext(ctx, "legacy in native")
		defer legacy.Finish()
		_, inner := native.Start(ctx, "native in legacy")
		inner.RecordError(errors.New("not found"))
		inner.SetStatus(codes.Error, "not found")
		inner.End()
	}))
	server := serve(t, handler)

	ctx, root := native.Start(t.Context(), "native root")
	client := &http.Client{Transport: tracing.Transport(nil)}
	request, _ := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/x", nil)
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, response.Body)
	response.Body.Close()
	client.CloseIdleConnections()
	root.End()

	spans := memory.Spans()
	if len(spans.Roots()) != 1 {
		t.Fatalf("%d traces, want 1:\n%s", len(spans.Roots()), memory)
	}
	chain := []string{"native root"}
	for parent := spans.Roots()[0]; ; {
		children := spans.ChildrenOf(parent)
		if len(children) == 0 {
			break
		}
		if len(children) > 1 {
			t.Fatalf("%d children of %q:\n%s", len(children), parent.Name, memory)
		}
		parent = children[0]
		chain = append(chain, parent.Name)
	}
	wanted := []string{"native root", "GET", "GET", "native", "legacy in native", "native in legacy"}
	if diff := cmp.Diff(wanted, chain); diff != "" {
		t.Errorf("from parent to child (-want +got):\n%s\n%s", diff, memory)
	}
	failed := spans.Failed()
	if len(failed) != 1 || failed[0].Name != "native in legacy" || failed[0].Status.Description != "not found" {
		t.Errorf("failed spans: %v", failed)
	}
}

func get(t *testing.T, url string) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, response.Body)
	response.Body.Close()
}
