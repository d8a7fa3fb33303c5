// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"io"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	jaeger "github.com/ot2otel/ot2otel/compat/jaegerclient"
	"github.com/ot2otel/ot2otel/compat/jaegerclient/config"
)

// newTwinTracer is newOldTracer with other import lines.
func newTwinTracer(service string, exporter sdktrace.SpanExporter) (opentracing.Tracer, io.Closer, error) {
	cfg := config.Configuration{ServiceName: service, Sampler: &config.SamplerConfig{Type: jaeger.SamplerTypeConst, Param: 0}}
	return cfg.NewTracer(config.Reporter(twinReporter{exporter}), config.Logger(jaeger.NullLogger))
}

// twinReporter hands spans of the twin to an exporter of OpenTelemetry's.
type twinReporter struct{ exporter sdktrace.SpanExporter }

func (r twinReporter) Report(span *jaeger.Span) {
	if err := r.exporter.ExportSpans(context.Background(), []sdktrace.ReadOnlySpan{span.OTelSpan()}); err != nil {
		otel.Handle(err)
	}
}

func (twinReporter) Close() {}
