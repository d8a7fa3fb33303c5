// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/config"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

// newOldTracer returns a tracer of jaeger-client-go that samples nothing by itself. Its
// spans go to exporter, so that they can be printed with those of the others.
func newOldTracer(service string, exporter sdktrace.SpanExporter) (opentracing.Tracer, io.Closer, error) {
	cfg := config.Configuration{ServiceName: service, Sampler: &config.SamplerConfig{Type: jaeger.SamplerTypeConst, Param: 0}}
	return cfg.NewTracer(config.Reporter(oldReporter{service, exporter}))
}

// oldReporter hands spans of jaeger-client-go to an exporter of OpenTelemetry's.
type oldReporter struct {
	service  string
	exporter sdktrace.SpanExporter
}

func (r oldReporter) Report(span *jaeger.Span) {
	sc := span.SpanContext()
	stub := tracetest.SpanStub{
		Name: span.OperationName(), SpanKind: trace.SpanKindInternal,
		SpanContext: otelContext(sc.TraceID(), sc.SpanID()), Parent: otelContext(sc.TraceID(), sc.ParentID()),
		StartTime: span.StartTime(), EndTime: span.StartTime().Add(span.Duration()),
		Resource: resource.NewSchemaless(attribute.String("service.name", r.service)),
	}
	for key, value := range span.Tags() {
		switch value := value.(type) {
		case ext.SpanKindEnum:
			stub.SpanKind = trace.SpanKindServer
			if value == ext.SpanKindRPCClientEnum {
				stub.SpanKind = trace.SpanKindClient
			}
		case bool:
			stub.Status.Code = codes.Error // the services have no other flag
		case uint16:
			stub.Attributes = append(stub.Attributes, attribute.Int(key, int(value)))
		default:
			stub.Attributes = append(stub.Attributes, attribute.String(key, fmt.Sprint(value)))
		}
	}
	if err := r.exporter.ExportSpans(context.Background(), tracetest.SpanStubs{stub}.Snapshots()); err != nil {
		otel.Handle(err)
	}
}

func (oldReporter) Close() {}

func otelContext(traceID jaeger.TraceID, spanID jaeger.SpanID) trace.SpanContext {
	if spanID == 0 {
		return trace.SpanContext{}
	}
	config := trace.SpanContextConfig{TraceFlags: trace.FlagsSampled}
	binary.BigEndian.PutUint64(config.TraceID[:8], traceID.High)
	binary.BigEndian.PutUint64(config.TraceID[8:], traceID.Low)
	binary.BigEndian.PutUint64(config.SpanID[:], uint64(spanID))
	return trace.NewSpanContext(config)
}
