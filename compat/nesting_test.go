// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/mocktracer"

	"github.com/ot2otel/ot2otel/compat"
)

func TestClientDisconnect(t *testing.T) {
	for _, p := range protocols {
		t.Run(p.name, func(t *testing.T) {
			started := make(chan struct{})
			c := connect(t, nil, p.start, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				close(started)
				<-r.Context().Done()
			}))
			ctx, cancel := context.WithCancel(context.Background())
			go func() {
				<-started
				cancel()
			}()
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			if res, err := c.Client().Do(req); err == nil {
				res.Body.Close()
				t.Fatal("the request that was canceled had a response")
			}
			c.span(t) // the handler was told, and its span has ended
		})
	}
}

func TestAbortOnTheWire(t *testing.T) {
	for _, p := range protocols {
		t.Run(p.name, func(t *testing.T) {
			c := connect(t, nil, p.start, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprint(w, "half")
				w.(http.Flusher).Flush()
				panic(http.ErrAbortHandler)
			}))
			res, err := c.Client().Get(c.URL)
			if err != nil {
				t.Fatal(err)
			}
			if body, err := io.ReadAll(res.Body); err == nil {
				t.Errorf("read %q without an error, want the response to break off", body)
			}
			res.Body.Close()
			span := c.span(t)
			if span.Tag("http.status_code") != uint16(200) || span.Tag("error") != nil || len(span.Logs()) != 0 {
				t.Errorf("tags %v, logs %v, want the status that was sent and no error", span.Tags(), logsOf(span))
			}
		})
	}
}

func TestTrailers(t *testing.T) {
	for _, p := range protocols {
		t.Run(p.name, func(t *testing.T) {
			c := connect(t, nil, p.start, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Trailer", "X-Declared")
				fmt.Fprint(w, "body")
				w.(http.Flusher).Flush()
				w.Header().Set("X-Declared", "1")
				w.Header().Set(http.TrailerPrefix+"X-Late", "2")
			}))
			res := c.get(context.Background(), t)
			want := http.Header{"X-Declared": {"1"}, "X-Late": {"2"}}
			if diff := cmp.Diff(want, res.trailer); diff != "" {
				t.Errorf("trailers (-want +got):\n%s", diff)
			}
			c.span(t)
		})
	}
}

func TestTimeoutHandler(t *testing.T) {
	for _, tc := range []struct {
		name string
		// wrap puts the handler, the tracing and the timeout into one another.
		wrap        func(trace func(http.Handler) http.Handler, h http.Handler) http.Handler
		slow        bool
		status      int
		explanation string
	}{
		{"inside, in time", func(trace func(http.Handler) http.Handler, h http.Handler) http.Handler {
			return trace(http.TimeoutHandler(h, time.Minute, "too slow"))
		}, false, 202, "the handler's status"},
		{"outside, in time", func(trace func(http.Handler) http.Handler, h http.Handler) http.Handler {
			return http.TimeoutHandler(trace(h), time.Minute, "too slow")
		}, false, 202, "the handler's status"},
		{"inside, timed out", func(trace func(http.Handler) http.Handler, h http.Handler) http.Handler {
			return trace(http.TimeoutHandler(h, time.Millisecond, "too slow"))
		}, true, 503, "the timeout handler has answered"},
		{"outside, timed out", func(trace func(http.Handler) http.Handler, h http.Handler) http.Handler {
			return http.TimeoutHandler(trace(h), time.Millisecond, "too slow")
		}, true, 503, "the timeout handler has answered, and the traced one is told when it writes"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tracer := mocktracer.New()
			done := make(chan struct{})
			trace := func(h http.Handler) http.Handler {
				traced := compat.NewTracing(tracer, nil).TraceAll(h)
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					defer close(done)
					traced.ServeHTTP(w, r)
				})
			}
			handler := tc.wrap(trace, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if tc.slow {
					<-r.Context().Done()
					// TimeoutHandler answers at the same moment: write until it has.
					for {
						if _, err := w.Write([]byte("late")); err != nil {
							return
						}
					}
				}
				w.WriteHeader(http.StatusAccepted)
			}))
			res, err := http.Get(serve(t, handler).URL)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if res.StatusCode != tc.status {
				t.Errorf("the client got %d, want %d", res.StatusCode, tc.status)
			}
			<-done
			span := onlySpan(t, tracer)
			if got := span.Tag("http.status_code"); got != uint16(tc.status) { //nolint:gosec // three digits
				t.Errorf("http.status_code = %v, want %d: %s", got, tc.status, tc.explanation)
			}
			if failed := span.Tag("error") == true; failed != (tc.status >= 500) {
				t.Errorf("error = %t", failed)
			}
		})
	}
}

func TestPanicThroughTimeoutHandler(t *testing.T) {
	tracer := mocktracer.New()
	handler := compat.NewTracing(tracer, nil).TraceAll(http.TimeoutHandler(
		http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(errBoom) }), time.Minute, ""))
	func() {
		defer func() {
			if got := recover(); got != errBoom { //nolint:errorlint // the very same
				t.Errorf("the panic went on with %v", got)
			}
		}()
		get(t, handler, "/test")
	}()
	span := onlySpan(t, tracer)
	if diff := cmp.Diff(serverTags(500, map[string]any{"error": true}), span.Tags()); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
}

func TestPanicWithARecoverer(t *testing.T) {
	recoverer := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				if recover() != nil {
					w.WriteHeader(http.StatusBadGateway)
				}
			}()
			next.ServeHTTP(w, r)
		})
	}
	broken := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(errBoom) })
	for _, tc := range []struct {
		name   string
		wrap   func(*compat.Tracing) http.Handler
		status int
		logs   int
	}{
		{"outside", func(tr *compat.Tracing) http.Handler { return recoverer(tr.TraceAll(broken)) }, 500, 1},
		{"inside", func(tr *compat.Tracing) http.Handler { return tr.TraceAll(recoverer(broken)) }, 502, 0},
		{"between", func(tr *compat.Tracing) http.Handler { return tr.TraceAll(recoverer(tr.Trace(broken))) }, 502, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tracer := mocktracer.New()
			if got := get(t, tc.wrap(compat.NewTracing(tracer, nil)), "/test").Code; got != http.StatusBadGateway {
				t.Errorf("the client got %d, want the recoverer's 502", got)
			}
			span := onlySpan(t, tracer)
			if diff := cmp.Diff(serverTags(tc.status, map[string]any{"error": true}), span.Tags()); diff != "" {
				t.Errorf("tags (-want +got):\n%s", diff)
			}
			if got := len(span.Logs()); got != tc.logs {
				t.Errorf("%d logs, want %d: %v", got, tc.logs, logsOf(span))
			}
		})
	}
}

func TestWhatHandlersSetReachesOuterHandlers(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /orders/{id}", func(_ http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
	})
	r := httptest.NewRequest(http.MethodPost, "/orders/7?a=1", nil)
	compat.NewTracing(mocktracer.New(), nil).TraceAll(mux).ServeHTTP(httptest.NewRecorder(), r)
	if r.Pattern != "POST /orders/{id}" || r.Form.Get("a") != "1" {
		t.Errorf("Pattern %q, Form %v, want what the handlers inside have set, as without tracing", r.Pattern, r.Form)
	}
}

func TestOneSpanForNestedHandlers(t *testing.T) {
	tracer := mocktracer.New()
	tracing := compat.NewTracing(tracer, &compat.TracingOptions{Attributes: []string{"host"}})
	other := compat.NewTracing(tracer, &compat.TracingOptions{Attributes: []string{"Proto"}})
	cloned := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(w, r.Clone(r.Context())) })
	}
	for _, tc := range []struct {
		name    string
		handler http.Handler
		want    map[string]any
	}{
		{"Trace in TraceAll", tracing.TraceAll(tracing.Trace(answer(200), "method", "path")),
			map[string]any{"host": "example.com", "method": "GET", "path": "/test"}},
		{"TraceAll twice", tracing.TraceAll(tracing.TraceAll(answer(200))), map[string]any{"host": "example.com"}},
		{"two of one tracer", tracing.TraceAll(other.Trace(answer(200), "method")),
			map[string]any{"host": "example.com", "Proto": "HTTP/1.1", "method": "GET"}},
		{"a clone between", tracing.TraceAll(cloned(tracing.Trace(answer(200), "path"))),
			map[string]any{"host": "example.com", "path": "/test"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tracer.Reset()
			get(t, tc.handler, "/test")
			if diff := cmp.Diff(serverTags(200, tc.want), onlySpan(t, tracer).Tags()); diff != "" {
				t.Errorf("tags (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNestedHandlerThatComesTooLate(t *testing.T) {
	tracer := mocktracer.New()
	tracing := compat.NewTracing(tracer, nil)
	var late *http.Request
	// As an http.TimeoutHandler does that has answered before its handler began.
	get(t, tracing.TraceAll(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { late = r.WithContext(r.Context()) })), "/test")
	served := false
	tracing.Trace(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { served = true }), "method").
		ServeHTTP(httptest.NewRecorder(), late)
	if !served {
		t.Error("the request wasn't served")
	}
	if diff := cmp.Diff(serverTags(200, nil), onlySpan(t, tracer).Tags()); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
}

// tracerOfParts can't be compared: its dynamic value has a slice in it.
type tracerOfParts struct {
	opentracing.Tracer
	_ []string
}

func TestTwoTracersForNestedHandlers(t *testing.T) {
	outer, inner := mocktracer.New(), mocktracer.New()
	for _, tracer := range []opentracing.Tracer{inner, tracerOfParts{Tracer: inner}} {
		outer.Reset()
		inner.Reset()
		handler := compat.NewTracing(outer, nil).TraceAll(compat.NewTracing(tracer, nil).TraceAll(answer(200)))
		get(t, handler, "/test")
		onlySpan(t, outer)
		onlySpan(t, inner) // another tracer has a trace of its own
	}
}

func TestRequestOfItsOwnInTracedRequest(t *testing.T) {
	for _, tc := range []struct {
		name string
		part func(batch *http.Request) *http.Request
	}{
		{"with a header of its own", func(*http.Request) *http.Request {
			return httptest.NewRequest(http.MethodGet, "/part", nil)
		}},
		{"with the batch's header", func(batch *http.Request) *http.Request {
			part := &http.Request{Method: http.MethodGet, Header: batch.Header}
			part.URL = batch.URL.JoinPath("../part")
			return part
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tracer := mocktracer.New()
			tracing := compat.NewTracing(tracer, nil)
			var handler http.Handler
			handler = tracing.TraceAll(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/batch" {
					handler.ServeHTTP(httptest.NewRecorder(), tc.part(r).WithContext(r.Context()))
				}
			}))
			get(t, handler, "/batch")
			spans := tracer.FinishedSpans()
			if len(spans) != 2 {
				t.Fatalf("%d spans, want 2: a part of a batch is a request of its own", len(spans))
			}
			if spans[0].ParentID != spans[1].SpanContext.SpanID {
				t.Errorf("the part's parent is %d, want the batch's span %d", spans[0].ParentID, spans[1].SpanContext.SpanID)
			}
		})
	}
}
