// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"bytes"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/mocktracer"

	"github.com/ot2otel/ot2otel/compat"
)

var errBoom = errors.New("boom")

// panickingPart has a name to be looked for in stacks.
func panickingPart(value any) { panic(value) }

func TestPanic(t *testing.T) {
	for _, tc := range []struct {
		name    string
		handler http.HandlerFunc
		value   any // what goes on
		want    map[string]any
		message string
	}{
		{"an error", func(http.ResponseWriter, *http.Request) { panickingPart(errBoom) },
			errBoom, serverTags(500, map[string]any{"error": true}), "boom"},
		{"a text", func(http.ResponseWriter, *http.Request) { panickingPart("out of cheese") },
			"out of cheese", serverTags(500, map[string]any{"error": true}), "out of cheese"},
		{"a number", func(http.ResponseWriter, *http.Request) { panickingPart(42) },
			42, serverTags(500, map[string]any{"error": true}), "42"},
		{"after a status was sent", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusAccepted)
			panickingPart("late")
		},
			"late", serverTags(202, map[string]any{"error": true}), "late"},
		{"an abort", func(http.ResponseWriter, *http.Request) { panickingPart(http.ErrAbortHandler) },
			http.ErrAbortHandler, serverTags(0, nil), ""},
		{"an abort in the midst of a response", func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, "half")
			panickingPart(http.ErrAbortHandler)
		}, http.ErrAbortHandler, serverTags(200, nil), ""},
	} {
		for _, nested := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/nested=%t", tc.name, nested), func(t *testing.T) {
				tracer := mocktracer.New()
				tracing := compat.NewTracing(tracer, nil)
				handler := tracing.TraceAll(tc.handler)
				if nested {
					handler = tracing.TraceAll(tracing.Trace(tc.handler))
				}
				func() {
					defer func() {
						if got := recover(); got != tc.value {
							t.Errorf("the panic went on with %v, want %v", got, tc.value)
						}
					}()
					get(t, handler, "/test")
				}()
				span := onlySpan(t, tracer)
				if diff := cmp.Diff(tc.want, span.Tags()); diff != "" {
					t.Errorf("tags (-want +got):\n%s", diff)
				}
				logs := logsOf(span)
				if tc.message == "" {
					if len(logs) != 0 {
						t.Errorf("logs = %v, want none: an abort is meant", logs)
					}
					return
				}
				if len(logs) != 1 {
					t.Fatalf("%d logs, want one: %v", len(logs), logs)
				}
				stack := logs[0]["stack"]
				delete(logs[0], "stack")
				want := map[string]string{"event": "error", "error.object": tc.message, "message": tc.message}
				if diff := cmp.Diff(want, logs[0]); diff != "" {
					t.Errorf("log (-want +got):\n%s", diff)
				}
				if !strings.Contains(stack, "panickingPart") {
					t.Errorf("the stack doesn't show where the panic came from:\n%s", stack)
				}
			})
		}
	}
}

func TestPanicKeepsItsStack(t *testing.T) {
	var printed bytes.Buffer
	server := httptest.NewUnstartedServer(compat.NewTracing(mocktracer.New(), nil).TraceAll(
		http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panickingPart("seen by the server") })))
	server.Config.ErrorLog = log.New(&printed, "", 0)
	server.Start()
	if res, err := server.Client().Get(server.URL); err == nil {
		res.Body.Close()
		t.Errorf("status %d, want a broken connection as without tracing", res.StatusCode)
	}
	server.Close() // waits for the connection, so that printed is complete
	for _, want := range []string{"seen by the server", "panickingPart"} {
		if !strings.Contains(printed.String(), want) {
			t.Errorf("the server's log lacks %q:\n%s", want, printed.String())
		}
	}
}

func TestGoexit(t *testing.T) {
	tracer := mocktracer.New()
	handler := compat.NewTracing(tracer, nil).TraceAll(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { runtime.Goexit() }))
	done := make(chan struct{})
	go func() {
		defer close(done)
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/test", nil))
		t.Error("the goroutine went on after runtime.Goexit")
	}()
	<-done
	span := onlySpan(t, tracer)
	if diff := cmp.Diff(serverTags(0, nil), span.Tags()); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
}

// brokenTracer panics where it is told to.
type brokenTracer struct {
	opentracing.Tracer
	at string
}

func (b brokenTracer) Extract(format, carrier any) (opentracing.SpanContext, error) {
	if b.at == "extract" {
		panic("extract")
	}
	return b.Tracer.Extract(format, carrier)
}

func (b brokenTracer) StartSpan(name string, opts ...opentracing.StartSpanOption) opentracing.Span {
	if b.at == "start" {
		panic("start")
	}
	return brokenSpan{b.Tracer.StartSpan(name, opts...), b.at}
}

type brokenSpan struct {
	opentracing.Span
	at string
}

func (b brokenSpan) Finish() {
	if b.at == "finish" {
		panic("finish")
	}
	b.Span.Finish()
}

func TestBrokenTracerNeverBreaksRequests(t *testing.T) {
	for _, at := range []string{"extract", "start", "finish"} {
		t.Run(at, func(t *testing.T) {
			reports := catchReports(t)
			tracing := compat.NewTracing(brokenTracer{mocktracer.New(), at}, nil)
			if got := get(t, tracing.TraceAll(answer(204)), "/test").Code; got != 204 {
				t.Errorf("status %d, want 204", got)
			}
			if got := reports(); len(got) != 1 || !strings.Contains(got[0], at) {
				t.Errorf("reports = %q, want one of the panic %q", got, at)
			}
		})
	}
}

func TestHooksThatPanic(t *testing.T) {
	reports := catchReports(t)
	tracer := mocktracer.New()
	tracing := compat.NewTracing(tracer, &compat.TracingOptions{
		OperationName:  func(*http.Request) string { panic("OperationName") },
		Skip:           func(*http.Request) bool { panic("Skip") },
		PublicEndpoint: func(*http.Request) bool { panic("PublicEndpoint") },
	})
	if got := get(t, tracing.TraceAll(answer(204)), "/test").Code; got != 204 {
		t.Errorf("status %d, want 204", got)
	}
	if span := onlySpan(t, tracer); span.OperationName != "GET" {
		t.Errorf("operation name %q, want the default", span.OperationName)
	}
	got := strings.Join(reports(), "\n")
	for _, hook := range []string{"OperationName", "Skip", "PublicEndpoint"} {
		if !strings.Contains(got, "panic in TracingOptions."+hook+": "+hook) {
			t.Errorf("no report of the panic in %s in:\n%s", hook, got)
		}
	}
}

func TestNilHandler(t *testing.T) {
	var nilFunc http.HandlerFunc
	var nilMux *http.ServeMux
	for _, next := range []http.Handler{nil, nilFunc, nilMux} {
		reports := catchReports(t)
		tracer := mocktracer.New()
		handler := compat.NewTracing(tracer, nil).TraceAll(next)
		for range 2 {
			if got := get(t, handler, "/test").Code; got != 500 {
				t.Errorf("%T: status %d, want 500", next, got)
			}
		}
		if got := reports(); len(got) != 1 || !strings.Contains(got[0], "nil http.Handler") {
			t.Errorf("%T: reports = %q, want one", next, got)
		}
		if got := len(tracer.FinishedSpans()); got != 2 {
			t.Errorf("%T: %d spans, want 2", next, got)
		}
	}
}
