// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"context"
	"net"
	"testing"

	"github.com/opentracing/basictracer-go"
	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-client-go"

	"github.com/ot2otel/ot2otel/compat"
)

type discardRecorder struct{}

func (discardRecorder) RecordSpan(basictracer.RawSpan) {}

// BenchmarkProviderOf measures the workload of two spans by OpenTelemetry's API on a
// tracer, beside OpenTracing's API on the same one. Jaeger's client is measured as it runs
// in a program, with a reporter that encodes and sends, and without one. The bare adapter
// is what no adapter can do without.
func BenchmarkProviderOf(b *testing.B) {
	for _, peer := range []string{"jaeger", "jaeger, no reporter", "jaeger, unsampled", "basictracer"} {
		b.Run(peer+"/alone", func(b *testing.B) {
			tracer := benchTracer(b, peer)
			ctx := context.Background()
			b.ReportAllocs()
			for b.Loop() {
				twoSpans(ctx, tracer)
			}
		})
		b.Run(peer+"/bare adapter", func(b *testing.B) {
			native := &bareTracer{tracer: benchTracer(b, peer)}
			ctx := context.Background()
			b.ReportAllocs()
			for b.Loop() {
				twoSpansNative(ctx, native)
			}
		})
		b.Run(peer+"/ProviderOf", func(b *testing.B) {
			native := compat.ProviderOf(benchTracer(b, peer)).Tracer("bench")
			ctx := context.Background()
			b.ReportAllocs()
			for b.Loop() {
				twoSpansNative(ctx, native)
			}
		})
	}
}

func benchTracer(b *testing.B, peer string) opentracing.Tracer {
	if peer == "basictracer" {
		options := basictracer.DefaultOptions()
		options.ShouldSample = func(uint64) bool { return true }
		options.Recorder = discardRecorder{}
		return basictracer.NewWithOptions(options)
	}
	var reporter jaeger.Reporter = jaeger.NewNullReporter()
	if peer == "jaeger" {
		agent, err := net.ListenPacket("udp", "127.0.0.1:0") // nobody reads: what is too much is dropped
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { closeQuietly(b, agent) })
		transport, err := jaeger.NewUDPTransport(agent.LocalAddr().String(), 0)
		if err != nil {
			b.Fatal(err)
		}
		reporter = jaeger.NewRemoteReporter(transport)
	}
	tracer, closer := jaeger.NewTracer("bench", jaeger.NewConstSampler(peer != "jaeger, unsampled"), reporter)
	b.Cleanup(func() { closeQuietly(b, closer) })
	return tracer
}
