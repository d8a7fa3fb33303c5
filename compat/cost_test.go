// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// plainWriter is a response writer with no optional interface, and next to no
// cost of its own.
type plainWriter struct{ header http.Header }

func (w *plainWriter) Header() http.Header         { return w.header }
func (w *plainWriter) Write(b []byte) (int, error) { return len(b), nil }
func (w *plainWriter) WriteHeader(int)             {}

// costTracer is a tracer to measure with, and what a caller of it sends.
type costTracer struct {
	name        string
	tracer      opentracing.Tracer
	traceparent string
}

const (
	sampledParent   = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	unsampledParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
)

func costTracers() []costTracer {
	// The SDK with its default sampler, and nothing behind it.
	tracer := NewTracer(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spanSink{})),
		&Options{TextMap: propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{})})
	return []costTracer{
		{"noop", opentracing.NoopTracer{}, ""},
		{"sampled", tracer, sampledParent},
		{"unsampled", tracer, unsampledParent},
	}
}

// spanSink is a span processor that does nothing.
type spanSink struct{}

func (spanSink) OnStart(context.Context, sdktrace.ReadWriteSpan) {}
func (spanSink) Shutdown(context.Context) error                  { return nil }
func (spanSink) ForceFlush(context.Context) error                { return nil }

func (spanSink) OnEnd(sdktrace.ReadOnlySpan) {}

// costRequest is a request with the parent in its headers.
func costRequest(traceparent string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "http://example.com/orders/7?a=1", nil)
	r.RequestURI = "/orders/7?a=1"
	if traceparent != "" {
		r.Header.Set("Traceparent", traceparent)
	}
	return r
}

func BenchmarkServer(b *testing.B) {
	body := []byte("ok")
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) })
	run := func(name string, h http.Handler, traceparent string) {
		b.Run(name, func(b *testing.B) {
			r := costRequest(traceparent)
			w := &plainWriter{http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				h.ServeHTTP(w, r)
			}
		})
	}
	run("bare", handler, "")
	mux := http.NewServeMux()
	mux.Handle("GET /orders/{id}", handler)
	run("bare mux", mux, "")
	for _, c := range costTracers() {
		tracing := NewTracing(c.tracer, nil)
		run(c.name, tracing.TraceAll(handler), c.traceparent)
		run(c.name+" mux", tracing.TraceAll(mux), c.traceparent)
		run(c.name+" semconv", NewTracing(c.tracer, &TracingOptions{Conventions: Semconv}).TraceAll(handler), c.traceparent)
	}
}

// TestServerAllocations pins what tracing a request allocates, beyond what the
// handler does.
func TestServerAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("sync.Pool drops what it holds under -race; run without it")
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	// The request and its context are one, the copy of the request, the context
	// with the span, the wrapped writer, and two for each of WriteHeader and Write.
	want := map[string]float64{"noop": 8, "sampled": 21, "unsampled": 18}
	for _, c := range costTracers() {
		traced := NewTracing(c.tracer, nil).TraceAll(handler)
		r := costRequest(c.traceparent)
		w := &plainWriter{http.Header{}}
		if got := testing.AllocsPerRun(500, func() { traced.ServeHTTP(w, r) }); got > want[c.name] {
			t.Errorf("%s: %v allocations a request, want at most %v", c.name, got, want[c.name])
		}
	}
}

// costless1 and costless2 can what the response writers of net/http's servers
// can, at no cost of their own.
type (
	costless1 struct{ costless }
	costless2 struct{ costless }
	// costless is what both have.
	costless struct{ plainWriter }
)

func (*costless) WriteString(s string) (int, error)    { return len(s), nil }
func (*costless) Flush()                               {}
func (*costless) FlushError() error                    { return nil }
func (*costless) CloseNotify() <-chan bool             { return nil }
func (*costless) SetReadDeadline(time.Time) error      { return nil }
func (*costless) SetWriteDeadline(time.Time) error     { return nil }
func (*costless) EnableFullDuplex() error              { return nil }
func (*costless1) ReadFrom(r io.Reader) (int64, error) { return io.Copy(io.Discard, r) }
func (*costless2) Push(string, *http.PushOptions) error {
	return http.ErrNotSupported
}

func (*costless1) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return nil, nil, http.ErrNotSupported
}

// TestServerWriterAllocations pins what recording the response of a real server
// allocates: the writer that records. Its many interfaces aren't paid for.
func TestServerWriterAllocations(t *testing.T) {
	for name, w := range map[string]http.ResponseWriter{
		"HTTP/1": &costless1{costless{plainWriter{http.Header{}}}},
		"HTTP/2": &costless2{costless{plainWriter{http.Header{}}}},
	} {
		req := &request{tracing: NewTracing(opentracing.NoopTracer{}, nil)}
		body := []byte("ok")
		if got := testing.AllocsPerRun(500, func() { _, _ = req.record(w).Write(body) }); got > 1 {
			t.Errorf("%s: %v allocations, want 1", name, got)
		}
	}
}

// TestLogHandlerAllocations pins what the handler allocates beyond the one that it
// wraps.
func TestLogHandlerAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("sync.Pool drops what it holds under -race; run without it")
	}
	background := context.Background()
	propagator := propagation.TraceContext{}
	sampled := propagator.Extract(background, propagation.MapCarrier{"traceparent": sampledParent})
	unsampled := propagator.Extract(background, propagation.MapCarrier{"traceparent": unsampledParent})
	noop := opentracing.ContextWithSpan(background, opentracing.NoopTracer{}.StartSpan(""))
	plain := slog.NewJSONHandler(io.Discard, nil)
	allocations := func(h slog.Handler, ctx context.Context) float64 {
		l := slog.New(h)
		return testing.AllocsPerRun(200, func() { l.LogAttrs(ctx, slog.LevelInfo, "m", slog.String("order", "o7")) })
	}
	for _, tc := range []struct {
		name string
		ctx  context.Context
		opts *LogHandlerOptions
		more float64
	}{
		{"no span", background, nil, 0},
		{"no-op span", noop, nil, 0},
		{"unsampled span that isn't logged", unsampled, &LogHandlerOptions{SampledOnly: true}, 0},
		{"span: the text of both IDs", sampled, nil, 1},
		{"unsampled span", unsampled, nil, 1},
	} {
		for name, open := range map[string]func(slog.Handler) slog.Handler{
			"root":  func(h slog.Handler) slog.Handler { return h },
			"group": func(h slog.Handler) slog.Handler { return h.WithGroup("g").WithAttrs([]slog.Attr{slog.Int("a", 1)}) },
		} {
			if name == "group" && tc.more > 0 {
				continue // the group is made anew
			}
			got, want := allocations(open(NewLogHandler(plain, tc.opts)), tc.ctx), allocations(open(plain), tc.ctx)+tc.more
			if got > want {
				t.Errorf("%s, %s: %v allocations, want %v", tc.name, name, got, want)
			}
		}
	}
}
