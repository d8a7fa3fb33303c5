// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/mocktracer"

	"github.com/ot2otel/ot2otel/compat"
)

func TestLazyTracerConcurrentSafe(t *testing.T) {
	var calls atomic.Int32
	tracer := mocktracer.New()
	tracing := compat.NewLazyTracing(func() opentracing.Tracer { calls.Add(1); return tracer }, nil)
	handler := tracing.TraceAll(answer(200))
	var served sync.WaitGroup
	for range 20 {
		served.Go(func() { get(t, handler, "/test") })
	}
	served.Wait()
	if calls.Load() != 1 || len(tracer.FinishedSpans()) != 20 {
		t.Errorf("called %d times for %d spans, want once for 20", calls.Load(), len(tracer.FinishedSpans()))
	}
}

// TestRequestConcurrentSafe uses a request from goroutines that outlive it.
func TestRequestConcurrentSafe(t *testing.T) {
	own, _ := recorded(t)
	for name, tracer := range map[string]opentracing.Tracer{"mock": mocktracer.New(), "own": own} {
		t.Run(name, func(t *testing.T) {
			tracing := compat.NewTracing(tracer, &compat.TracingOptions{Conventions: compat.Both})
			var background sync.WaitGroup
			handler := tracing.TraceAll(passing(muxOf("GET /test", tracing.Trace(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				for range 4 {
					background.Go(func() {
						for range 50 {
							if span := tracing.GetSpan(r); span != nil {
								span.SetTag("background", true)
							}
							if err := tracing.Inject(r.Context(), http.Header{}); err != nil {
								t.Error(err)
							}
							ctx, cancel := context.WithCancel(r.Context())
							cancel()
							<-ctx.Done()
						}
					})
				}
			}), "PathValue.id", "url"))))
			for range 20 {
				get(t, handler, "/test")
			}
			background.Wait()
		})
	}
}

// TestTransportConcurrentSafe sends the same request many times at once, as a
// client that hedges does.
func TestTransportConcurrentSafe(t *testing.T) {
	tracer := mocktracer.New()
	transport := compat.NewTracing(tracer, &compat.TracingOptions{ConnectionEvents: true}).Transport(nil)
	backend := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("hello")) }))
	req, err := http.NewRequest(http.MethodGet, backend.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	var sent sync.WaitGroup
	for range 20 {
		sent.Go(func() {
			res, err := transport.RoundTrip(req)
			if err != nil {
				t.Error(err)
				return
			}
			// The body is read and closed from two sides, as when a caller gives up.
			var done sync.WaitGroup
			done.Go(func() { res.Body.Close() })
			_, _ = res.Body.Read(make([]byte, 2))
			done.Wait()
		})
	}
	sent.Wait()
	if got := len(tracer.FinishedSpans()); got != 20 {
		t.Errorf("%d spans, want 20", got)
	}
}
