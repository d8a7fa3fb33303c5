// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/opentracing-contrib/go-stdlib/nethttp"
	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"
	"github.com/uber/jaeger-client-go"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	bridge "go.opentelemetry.io/otel/bridge/opentracing"
	"go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
)

// nothing is a span processor that does nothing: what is measured is the cost of
// making spans.
type nothing struct{}

func (nothing) OnStart(context.Context, sdktrace.ReadWriteSpan) {}
func (nothing) OnEnd(sdktrace.ReadOnlySpan)                     {}
func (nothing) Shutdown(context.Context) error                  { return nil }
func (nothing) ForceFlush(context.Context) error                { return nil }

func newProvider(sampled bool) *sdktrace.TracerProvider {
	sampler := sdktrace.NeverSample()
	if sampled {
		sampler = sdktrace.AlwaysSample()
	}
	return sdktrace.NewTracerProvider(sdktrace.WithSampler(sampler), sdktrace.WithSpanProcessor(nothing{}))
}

// newTracer returns the OpenTracing tracer of a peer.
func newTracer(tb testing.TB, peer string, sampled bool) opentracing.Tracer {
	tb.Helper()
	switch peer {
	case "compat":
		return compat.NewTracer(newProvider(sampled), nil)
	case "bridge":
		tracer, _ := bridge.NewTracerPair(newProvider(sampled).Tracer("bench"))
		return tracer
	case "jaeger":
		tracer, closer := jaeger.NewTracer("bench", jaeger.NewConstSampler(sampled), jaeger.NewNullReporter())
		tb.Cleanup(func() { closeQuietly(tb, closer) })
		return tracer
	case "noop":
		return opentracing.NoopTracer{}
	}
	tb.Fatalf("no peer %q", peer)
	return nil
}

func closeQuietly(tb testing.TB, closer io.Closer) {
	if err := closer.Close(); err != nil {
		tb.Error(err)
	}
}

// twoSpans is the workload that the marks are set for.
func twoSpans(ctx context.Context, tracer opentracing.Tracer) {
	root, ctx := opentracing.StartSpanFromContextWithTracer(ctx, tracer, "root")
	ext.SpanKindRPCServer.Set(root)
	root.SetTag("db.type", "sql")
	root.SetTag("db.instance", "orders")
	root.SetTag("rows", 1000)
	child, _ := opentracing.StartSpanFromContextWithTracer(ctx, tracer, "child")
	child.LogFields(log.String("event", "cache miss"), log.Int("attempt", 2))
	child.Finish()
	root.Finish()
}

func twoSpansNative(ctx context.Context, tracer trace.Tracer) {
	ctx, root := tracer.Start(ctx, "root", trace.WithSpanKind(trace.SpanKindServer))
	root.SetAttributes(attribute.String("db.type", "sql"))
	root.SetAttributes(attribute.String("db.instance", "orders"))
	root.SetAttributes(attribute.Int("rows", 1000))
	_, child := tracer.Start(ctx, "child")
	child.AddEvent("cache miss", trace.WithAttributes(attribute.Int("attempt", 2)))
	child.End()
	root.End()
}

func BenchmarkTwoSpans(b *testing.B) {
	for _, sampled := range []bool{true, false} {
		name := map[bool]string{true: "sampled", false: "unsampled"}[sampled]
		for _, peer := range []string{"jaeger", "bridge", "compat", "noop"} {
			b.Run(name+"/"+peer, func(b *testing.B) {
				tracer := newTracer(b, peer, sampled)
				ctx := context.Background()
				b.ReportAllocs()
				for b.Loop() {
					twoSpans(ctx, tracer)
				}
			})
		}
		b.Run(name+"/otel", func(b *testing.B) {
			tracer := newProvider(sampled).Tracer("bench")
			ctx := context.Background()
			b.ReportAllocs()
			for b.Loop() {
				twoSpansNative(ctx, tracer)
			}
		})
	}
}

// BenchmarkPropagation measures a span context with one baggage item over HTTP
// headers, beside the propagators that do the work.
func BenchmarkPropagation(b *testing.B) {
	ctx := context.Background()
	native := propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{})
	tracer := compat.NewTracer(newProvider(true), &compat.Options{TextMap: native})
	span := tracer.StartSpan("s")
	span.SetBaggageItem("tenant", "acme")
	sc := span.Context()
	active := opentracing.ContextWithSpan(ctx, span)
	header := http.Header{}
	native.Inject(active, propagation.HeaderCarrier(header))
	header.Set("Accept", "*/*")
	header.Set("User-Agent", "bench")
	b.Run("inject/otel", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			native.Inject(active, propagation.HeaderCarrier(header))
		}
	})
	b.Run("inject/compat", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_ = tracer.Inject(sc, opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header))
		}
	})
	b.Run("extract/otel", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_ = native.Extract(ctx, propagation.HeaderCarrier(header))
		}
	})
	b.Run("extract/compat", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header))
		}
	})
}

// BenchmarkServer measures one request: the handler writes two bytes, and the
// parent is in the headers.
func BenchmarkServer(b *testing.B) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok")) })
	w3c := propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{})
	for _, sampled := range []bool{true, false} {
		name := map[bool]string{true: "sampled", false: "unsampled"}[sampled]
		sampler := sdktrace.NeverSample()
		if sampled {
			sampler = sdktrace.AlwaysSample()
		}
		provider := sdktrace.NewTracerProvider(sdktrace.WithSampler(sampler), sdktrace.WithSpanProcessor(nothing{}))
		parent := "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
		bridged, _ := bridge.NewTracerPair(provider.Tracer("bench"))
		bridged.SetTextMapPropagator(w3c)
		for peer, traced := range map[string]http.Handler{
			"bare":           handler,
			"nethttp+jaeger": nethttp.Middleware(newTracer(b, "jaeger", sampled), handler),
			"nethttp+bridge": nethttp.Middleware(bridged, handler),
			"otelhttp":       otelhttp.NewHandler(handler, "server", otelhttp.WithTracerProvider(provider), otelhttp.WithPropagators(w3c), otelhttp.WithMeterProvider(noop.NewMeterProvider())),
			"compat":         compat.NewTracing(compat.NewTracer(provider, &compat.Options{TextMap: w3c}), nil).TraceAll(handler),
		} {
			b.Run(name+"/"+peer, func(b *testing.B) {
				request := httptest.NewRequest(http.MethodGet, "http://shop.example/orders/7", nil)
				request.Header.Set("Traceparent", parent)
				request.Header.Set("Uber-Trace-Id", "af7651916cd43dd:b7ad6b7169203331:0:1")
				writer := &discardWriter{header: http.Header{}}
				b.ReportAllocs()
				for b.Loop() {
					traced.ServeHTTP(writer, request)
				}
			})
		}
	}
}

// discardWriter is a response writer without a cost of its own.
type discardWriter struct{ header http.Header }

func (w *discardWriter) Header() http.Header         { return w.header }
func (w *discardWriter) Write(p []byte) (int, error) { return len(p), nil }
func (w *discardWriter) WriteHeader(int)             {}
