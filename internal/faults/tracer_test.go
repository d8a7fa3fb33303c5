// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/exporters"
	"github.com/ot2otel/ot2otel/exporters/otlp"
)

// What was lost reaches who flushes and closes the tracer, by each of its ways, and a
// collector that isn't there doesn't cost the ten seconds of Close.
func TestTracerReturnsWhatWasLost(t *testing.T) {
	before := otel.GetErrorHandler()
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(error) {}))
	t.Cleanup(func() { otel.SetErrorHandler(before) })
	for _, protocol := range []string{otlp.ProtocolHTTP, otlp.ProtocolGRPC} {
		t.Run(protocol, func(t *testing.T) {
			endpoint := deadURL(t)
			provider, err := exporters.NewProvider(context.Background(), &exporters.Config{
				Exporter: "otlp", Quiet: true,
				OTLP: func(ctx context.Context) (sdktrace.SpanExporter, error) {
					return otlp.New(ctx, &otlp.Options{Protocol: protocol, Endpoint: endpoint})
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			tracer := compat.NewTracer(provider, nil)
			flusher, ok := tracer.TracerProvider().(interface{ ForceFlush(context.Context) error })
			if !ok {
				t.Fatalf("%T has no ForceFlush", tracer.TracerProvider())
			}
			ways := []struct {
				name string
				call func() error
			}{
				{"TracerProvider().ForceFlush", func() error { return flusher.ForceFlush(context.Background()) }},
				{"ForceFlush", func() error { return tracer.ForceFlush(context.Background()) }},
				{"Close", tracer.Close},
			}
			begin := time.Now()
			for _, way := range ways {
				tracer.StartSpan("op").Finish()
				if err := way.call(); err == nil || !strings.Contains(err.Error(), "1 could not be sent") || !strings.Contains(err.Error(), "connection refused") {
					t.Errorf("%s = %v", way.name, err)
				}
			}
			if took := time.Since(begin); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}
