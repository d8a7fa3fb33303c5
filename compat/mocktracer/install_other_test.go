// SPDX-License-Identifier: Apache-2.0

package mocktracer_test

import (
	"context"
	"testing"

	"github.com/opentracing/opentracing-go"
	original "github.com/opentracing/opentracing-go/mocktracer"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat/mocktracer"
)

// recorder embeds a mock and overrides a method, as tests do.
type recorder struct{ *mocktracer.MockTracer }

func (recorder) Extract(any, any) (opentracing.SpanContext, error) { return nil, nil }

// providing is a tracer of a provider that is not compat's.
type providing struct {
	opentracing.NoopTracer
	provider trace.TracerProvider
}

func (p providing) TracerProvider() trace.TracerProvider { return p.provider }

// TestInstallOther installs tracers that are not a MockTracer, one after the other.
func TestInstallOther(t *testing.T) {
	before := opentracing.GlobalTracer()
	t.Cleanup(func() {
		if got := opentracing.GlobalTracer(); got != before {
			t.Errorf("the global tracer is a %T after all were restored", got)
		}
	})
	mock, recorded, ended := original.New(), recorder{mocktracer.New()}, tracetest.NewSpanRecorder()
	tests := []struct {
		name   string
		tracer opentracing.Tracer
		spans  func() int
		header string // that the propagator writes
	}{
		{"one of OpenTracing alone", mock, func() int { return len(mock.FinishedSpans()) }, "mockpfx-ids-traceid"},
		{"one that embeds a mock", recorded, func() int { return len(recorded.FinishedSpans()) }, "mockpfx-ids-traceid"},
		{"one of another provider, below one that was not restored", providing{provider: sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(ended))},
			func() int { return len(ended.Ended()) }, "mockpfx-ids-traceid"},
	}
	for _, tt := range tests {
		restore := mocktracer.Install(tt.tracer)
		t.Cleanup(restore) // after the last, as tests that set the global tracer and leave it
		if opentracing.GlobalTracer() != tt.tracer {
			t.Errorf("%s: OpenTracing's global tracer is a %T", tt.name, opentracing.GlobalTracer())
		}
		ctx, span := packageTracer.Start(context.Background(), "by variable")
		carrier := propagation.MapCarrier{}
		otel.GetTextMapPropagator().Inject(ctx, carrier)
		span.End()
		if got := tt.spans(); got != 1 {
			t.Errorf("%s: the tracer has %d spans of OpenTelemetry code, want 1", tt.name, got)
		}
		if carrier[tt.header] == "" {
			t.Errorf("%s: injected %v, want %s", tt.name, carrier, tt.header)
		}
	}

	said := reports(t)
	restore := mocktracer.Install(opentracing.NoopTracer{})
	if startByVariable("to nobody").IsValid() || len(said()) > 0 {
		t.Errorf("NoopTracer starts spans, or is reported: %v", said())
	}
	restore()
	if !startByVariable("to the last").IsValid() {
		t.Error("the tracer before NoopTracer is not back")
	}
}
