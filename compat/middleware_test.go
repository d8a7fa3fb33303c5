// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/mocktracer"

	"github.com/ot2otel/ot2otel/compat"
)

// serverTags are the tags of a request to http://example.com/test, with others
// added; the status 0 is none.
func serverTags(status int, others map[string]any) map[string]any {
	tags := map[string]any{
		"component":   "net/http",
		"http.method": "GET",
		"http.url":    "http://example.com/test",
		"span.kind":   ext.SpanKindRPCServerEnum,
	}
	if status != 0 {
		tags["http.status_code"] = uint16(status) //nolint:gosec // three digits
	}
	maps.Copy(tags, others)
	return tags
}

// get has a handler serve one request, and returns the response.
func get(t *testing.T, h http.Handler, target string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
	return w
}

// onlySpan returns the one span that has finished.
func onlySpan(t *testing.T, tracer *mocktracer.MockTracer) *mocktracer.MockSpan {
	t.Helper()
	spans := tracer.FinishedSpans()
	if len(spans) != 1 {
		t.Fatalf("%d spans have finished, want one: %v", len(spans), spans)
	}
	return spans[0]
}

// logsOf returns the logs of a span, each as its fields.
func logsOf(span *mocktracer.MockSpan) []map[string]string {
	var logs []map[string]string
	for _, record := range span.Logs() {
		fields := map[string]string{}
		for _, field := range record.Fields {
			fields[field.Key] = field.ValueString
		}
		logs = append(logs, fields)
	}
	return logs
}

func answer(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

func TestTracerInUse(t *testing.T) {
	given, global := mocktracer.New(), mocktracer.New()
	var calls atomic.Int32
	lazily := func(tracer opentracing.Tracer) func() opentracing.Tracer {
		calls.Store(0)
		return func() opentracing.Tracer { calls.Add(1); return tracer }
	}
	var nilMock *mocktracer.MockTracer
	for _, tc := range []struct {
		name        string
		tracing     *compat.Tracing
		want        *mocktracer.MockTracer
		calls       int32
		explanation string
	}{
		{"given", compat.NewTracing(given, nil), given, 0, "the tracer given is the tracer used"},
		{"none", compat.NewTracing(nil, nil), global, 0, "no tracer is the global one, looked up at the request"},
		{"nil pointer", compat.NewTracing(nilMock, nil), global, 0, "a nil pointer is no tracer"},
		{"zero value", &compat.Tracing{}, global, 0, "the zero value is ready to use"},
		{"lazy", compat.NewLazyTracing(lazily(given), nil), given, 1, "the function is called once, at the first request"},
		{"lazy nil", compat.NewLazyTracing(lazily(nil), nil), global, 1, "a function without a tracer is the global one"},
		{"lazy nil function", compat.NewLazyTracing(nil, nil), global, 0, "no function is the global tracer"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			calls.Store(0)
			handler := tc.tracing.TraceAll(answer(http.StatusOK))
			previous := opentracing.GlobalTracer()
			opentracing.SetGlobalTracer(global)
			t.Cleanup(func() { opentracing.SetGlobalTracer(previous) })
			if got := calls.Load(); got != 0 {
				t.Errorf("called %d times before the first request: %s", got, tc.explanation)
			}
			for range 3 {
				get(t, handler, "/test")
			}
			if got := len(tc.want.FinishedSpans()); got != 3 {
				t.Errorf("%d spans of the tracer wanted, want 3: %s", got, tc.explanation)
			}
			if got := tc.tracing.Tracer(); got != tc.want {
				t.Errorf("Tracer() = %v: %s", got, tc.explanation)
			}
			if got := calls.Load(); got != tc.calls {
				t.Errorf("called %d times, want %d: %s", got, tc.calls, tc.explanation)
			}
			given.Reset()
			global.Reset()
		})
	}
}

func TestLazyTracerThatPanics(t *testing.T) {
	reports := catchReports(t)
	tracing := compat.NewLazyTracing(func() opentracing.Tracer { panic("no tracer today") }, nil)
	handler := tracing.TraceAll(answer(http.StatusNoContent))
	for range 2 {
		if got := get(t, handler, "/test").Code; got != http.StatusNoContent {
			t.Errorf("status %d, want 204: a tracer that can't be made never breaks a request", got)
		}
	}
	if got := reports(); len(got) != 1 || !strings.Contains(got[0], "no tracer today") {
		t.Errorf("reports = %q, want one with the panic value", got)
	}
}

func TestSpanBeforeHandler(t *testing.T) {
	tracer := mocktracer.New()
	tracing := compat.NewTracing(tracer, nil)
	var seen opentracing.Span
	look := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		seen = tracing.GetSpan(r)
		if active := opentracing.SpanFromContext(r.Context()); active != seen {
			t.Errorf("GetSpan = %v, the active span = %v: they are the same", seen, active)
		}
	})
	for _, tc := range []struct {
		name    string
		handler http.Handler
		traced  bool
	}{
		{"trace all", tracing.TraceAll(look), true},
		{"selected", tracing.Trace(look), true},
		{"not selected", look, false},
		{"skipped", compat.NewTracing(tracer, &compat.TracingOptions{Skip: func(*http.Request) bool { return true }}).TraceAll(look), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			seen = nil
			tracer.Reset()
			get(t, tc.handler, "/test")
			if (seen != nil) != tc.traced {
				t.Errorf("the handler saw the span %v, want one: %t", seen, tc.traced)
			}
			if spans := len(tracer.FinishedSpans()); (spans == 1) != tc.traced {
				t.Errorf("%d spans, want one: %t", spans, tc.traced)
			}
		})
	}
}

func TestGetSpanAfterRequest(t *testing.T) {
	tracing := compat.NewTracing(mocktracer.New(), nil)
	var kept *http.Request
	get(t, tracing.TraceAll(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { kept = r })), "/test")
	if got := tracing.GetSpan(kept); got != nil {
		t.Errorf("GetSpan of a finished request = %v, want nil", got)
	}
	if got := tracing.GetSpan(nil); got != nil {
		t.Errorf("GetSpan(nil) = %v, want nil", got)
	}
	if got := tracing.GetSpan(httptest.NewRequest(http.MethodGet, "/", nil)); got != nil {
		t.Errorf("GetSpan of a request that isn't traced = %v, want nil", got)
	}
}

func TestNothingRetained(t *testing.T) {
	// A no-op tracer: the mock keeps its spans.
	tracing := compat.NewTracing(opentracing.NoopTracer{}, nil)
	var freed atomic.Int32
	handler := tracing.TraceAll(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		runtime.AddCleanup(r, func(int) { freed.Add(1) }, 0)
	}))
	const requests = 20
	for range requests {
		get(t, handler, "/test")
	}
	for range 10 {
		if runtime.GC(); freed.Load() == requests {
			return
		}
	}
	t.Errorf("%d of %d requests were freed after they were served", freed.Load(), requests)
}

func TestRequestsInFlight(t *testing.T) {
	tracer := mocktracer.New()
	tracing := compat.NewTracing(tracer, nil)
	const requests = 40
	var arrived sync.WaitGroup
	arrived.Add(requests)
	handler := tracing.TraceAll(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrived.Done()
		arrived.Wait()
		tracing.GetSpan(r).SetTag("path", r.URL.Path)
	}))
	var served sync.WaitGroup
	for i := range requests {
		served.Go(func() { get(t, handler, fmt.Sprintf("/%d", i)) })
	}
	served.Wait()
	traces := map[int]bool{}
	for _, span := range tracer.FinishedSpans() {
		traces[span.SpanContext.TraceID] = true
		if url := span.Tag("http.url"); url != "http://example.com"+span.Tag("path").(string) {
			t.Errorf("the span of %v was reached from %v", url, span.Tag("path"))
		}
	}
	if len(traces) != requests {
		t.Errorf("%d traces for %d requests", len(traces), requests)
	}
}

func TestServerTags(t *testing.T) {
	for _, tc := range []struct {
		name    string
		target  string
		handler http.HandlerFunc
		want    map[string]any
	}{
		{"no write", "/test", func(http.ResponseWriter, *http.Request) {}, serverTags(200, nil)},
		{"query", "/test?a=1&b=2", answer(200), serverTags(200, nil)},
		{"credentials", "http://user:secret@example.com/test?token=1", answer(200), serverTags(200, nil)},
		{"https", "https://example.com/test", answer(200), serverTags(200, map[string]any{"http.url": "https://example.com/test"})},
		{"not found", "/test", answer(404), serverTags(404, nil)},
		{"server error", "/test", answer(500), serverTags(500, map[string]any{"error": true})},
		{"unavailable", "/test", answer(503), serverTags(503, map[string]any{"error": true})},
		{"escaped path", "/user/%C3%A9%20x/7", answer(200), serverTags(200, map[string]any{"http.url": "http://example.com/user/%C3%A9%20x/7"})},
		{"raw bytes", "/caf\u00e9", answer(200), serverTags(200, map[string]any{"http.url": "http://example.com/caf%C3%A9"})},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tracer := mocktracer.New()
			get(t, compat.NewTracing(tracer, nil).TraceAll(tc.handler), tc.target)
			span := onlySpan(t, tracer)
			if diff := cmp.Diff(tc.want, span.Tags()); diff != "" {
				t.Errorf("tags (-want +got):\n%s", diff)
			}
			if len(span.Logs()) != 0 {
				t.Errorf("logs = %v, want none", logsOf(span))
			}
		})
	}
}

func TestParentFromHeaders(t *testing.T) {
	tracer := mocktracer.New()
	tracing := compat.NewTracing(tracer, nil)
	caller := tracer.StartSpan("caller")
	caller.SetBaggageItem("who", "me")
	r := httptest.NewRequest(http.MethodGet, "/test", nil)
	if err := tracing.Inject(opentracing.ContextWithSpan(context.Background(), caller), r.Header); err != nil {
		t.Fatal(err)
	}
	var baggage string
	tracing.TraceAll(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		baggage = tracing.GetSpan(r).BaggageItem("who")
		child, _ := opentracing.StartSpanFromContextWithTracer(r.Context(), tracer, "child")
		child.Finish()
	})).ServeHTTP(httptest.NewRecorder(), r)

	spans := tracer.FinishedSpans()
	want := caller.Context().(mocktracer.MockSpanContext)
	child, server := spans[0], spans[1]
	if server.SpanContext.TraceID != want.TraceID || server.ParentID != want.SpanID {
		t.Errorf("the server's span %v isn't a child of the caller's %+v", server, want)
	}
	if child.SpanContext.TraceID != want.TraceID || child.ParentID != server.SpanContext.SpanID {
		t.Errorf("the span %v started in the handler isn't a child of the request's %v", child, server)
	}
	if baggage != "me" {
		t.Errorf("baggage who = %q, want the caller's", baggage)
	}
}

func TestCorruptHeaders(t *testing.T) {
	for _, headers := range []map[string]string{
		{},
		{"Mockpfx-Ids-Traceid": "1"},
		{"Mockpfx-Ids-Traceid": "not a number", "Mockpfx-Ids-Spanid": "q"},
		{"Mockpfx-Ids-Traceid": "1", "Mockpfx-Ids-Spanid": "2", "Mockpfx-Ids-Sampled": "perhaps"},
	} {
		tracer := mocktracer.New()
		r := httptest.NewRequest(http.MethodGet, "/test", nil)
		for name, value := range headers {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		compat.NewTracing(tracer, nil).TraceAll(answer(204)).ServeHTTP(w, r)
		if w.Code != 204 {
			t.Errorf("headers %v: status %d, want 204", headers, w.Code)
		}
		if span := onlySpan(t, tracer); span.ParentID != 0 {
			t.Errorf("headers %v: parent %d, want a new trace", headers, span.ParentID)
		}
	}
}

func TestOnStart(t *testing.T) {
	for _, tc := range []struct {
		name    string
		onStart func(opentracing.Span, *http.Request)
		want    map[string]any
		op      string
		reports int
	}{
		{"sets and overrides tags, and the name", func(span opentracing.Span, r *http.Request) {
			span.SetTag("component", "shop").SetTag("mytag", r.Method).SetOperationName("chosen")
		}, map[string]any{"component": "shop", "mytag": "GET"}, "chosen", 0},
		{"panics", func(span opentracing.Span, _ *http.Request) {
			span.SetTag("before", 1)
			panic(errors.New("in the callback"))
		}, map[string]any{"before": 1}, "GET /test", 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			reports := catchReports(t)
			tracer := mocktracer.New()
			mux := http.NewServeMux()
			mux.Handle("/test", answer(200))
			handler := compat.NewTracing(tracer, &compat.TracingOptions{OnStart: tc.onStart}).TraceAll(mux)
			if got := get(t, handler, "/test").Code; got != 200 {
				t.Errorf("status %d, want 200", got)
			}
			span := onlySpan(t, tracer)
			if diff := cmp.Diff(serverTags(200, tc.want), span.Tags()); diff != "" {
				t.Errorf("tags (-want +got):\n%s", diff)
			}
			if span.OperationName != tc.op {
				t.Errorf("operation name %q, want %q", span.OperationName, tc.op)
			}
			if got := reports(); len(got) != tc.reports {
				t.Errorf("reports = %q, want %d", got, tc.reports)
			}
		})
	}
}

func TestInject(t *testing.T) {
	tracer := mocktracer.New()
	tracing := compat.NewTracing(tracer, nil)
	ctx := opentracing.ContextWithSpan(context.Background(), tracer.StartSpan("active"))
	for _, tc := range []struct {
		name    string
		ctx     context.Context
		header  http.Header
		headers int
		err     string
	}{
		{"active span", ctx, http.Header{}, 3, ""},
		{"no span", context.Background(), http.Header{}, 0, ""},
		{"nil context", nil, http.Header{}, 0, ""},
		{"nil header", ctx, nil, 0, "compat: Inject: nil http.Header"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := tracing.Inject(tc.ctx, tc.header)
			if tc.err == "" && err != nil || tc.err != "" && (err == nil || !strings.Contains(err.Error(), tc.err)) {
				t.Errorf("error = %v, want %q", err, tc.err)
			}
			if len(tc.header) != tc.headers {
				t.Errorf("headers = %v, want %d", tc.header, tc.headers)
			}
		})
	}
}
