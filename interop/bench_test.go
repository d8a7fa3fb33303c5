// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"context"
	"io"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"
	"github.com/uber/jaeger-client-go"
	"go.opentelemetry.io/otel/attribute"
	bridge "go.opentelemetry.io/otel/bridge/opentracing"
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
