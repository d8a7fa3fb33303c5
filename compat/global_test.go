// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/mocktracer"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

func TestSetGlobalTracerOfOurs(t *testing.T) {
	keepGlobals(t)
	recorder := tracetest.NewSpanRecorder()
	tracer := NewTracer(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder)), &Options{TextMap: propagation.TraceContext{}})
	SetGlobalTracer(tracer)
	if opentracing.GlobalTracer() != tracer || otel.GetTracerProvider() != tracer.TracerProvider() {
		t.Error("the globals aren't the tracer and its provider")
	}
	if fields := otel.GetTextMapPropagator().Fields(); len(fields) != 2 {
		t.Errorf("the propagator has the fields %v, want those of the tracer's options", fields)
	}
	ctx, span := otel.Tracer("native").Start(context.Background(), "parent")
	legacy, _ := opentracing.StartSpanFromContext(ctx, "child")
	legacy.Finish()
	span.End()
	if ended := recorder.Ended(); len(ended) != 2 || ended[0].Parent().SpanID() != ended[1].SpanContext().SpanID() {
		t.Errorf("spans of both APIs are not in one trace: %v", ended)
	}
}

func TestSetGlobalTracerOfAnother(t *testing.T) {
	keepGlobals(t)
	mock := mocktracer.New()
	SetGlobalTracer(mock)
	ctx, span := otel.Tracer("native").Start(context.Background(), "native")
	carrier := propagation.MapCarrier{}
	otel.GetTextMapPropagator().Inject(ctx, carrier)
	span.End()
	if got := mock.FinishedSpans(); len(got) != 1 || got[0].OperationName != "native" || opentracing.GlobalTracer() != mock {
		t.Errorf("the tracer recorded %v", got)
	}
	if carrier["mockpfx-ids-traceid"] == "" {
		t.Errorf("injected %v, want the tracer's own headers", carrier)
	}
}

func TestSetGlobalTracerOfNil(t *testing.T) {
	keepGlobals(t)
	before := opentracing.GlobalTracer()
	var none *Tracer
	for name, tracer := range map[string]opentracing.Tracer{"nil": nil, "a nil pointer": none} {
		reports := reportsOf(func() { SetGlobalTracer(tracer) })
		if len(reports) != 1 || !strings.Contains(reports[0], "pass a tracer") {
			t.Errorf("%s: reports %q, want one that names the fix", name, reports)
		}
		if opentracing.GlobalTracer() != before {
			t.Errorf("%s: the global tracer has changed", name)
		}
	}
}
