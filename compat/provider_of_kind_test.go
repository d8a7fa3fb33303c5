// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"testing"

	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/mocktracer"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

func TestWithSpanKindText(t *testing.T) {
	for _, test := range []struct {
		name   string
		option trace.SpanStartOption
		tag    any
		kind   trace.SpanKind
	}{
		{"a text", WithSpanKindText(trace.SpanKindClient), "client", trace.SpanKindClient},
		{"a text that package ext has no kind for", WithSpanKindText(trace.SpanKindInternal), "internal", trace.SpanKindInternal},
		{"a text that is no kind", WithSpanKindText(trace.SpanKindUnspecified), nil, trace.SpanKindInternal},
		{"OpenTelemetry's option", trace.WithSpanKind(trace.SpanKindClient), ext.SpanKindRPCClientEnum, trace.SpanKindClient},
	} {
		t.Run(test.name, func(t *testing.T) {
			mock := mocktracer.New()
			_, span := ProviderOf(mock).Tracer("test").Start(t.Context(), "call", test.option)
			span.End()
			if got := mock.FinishedSpans()[0].Tag("span.kind"); got != test.tag {
				t.Errorf("the tracer behind ProviderOf got %#v; want %#v", got, test.tag)
			}

			recorder := tracetest.NewSpanRecorder()
			_, span = sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder)).Tracer("test").Start(t.Context(), "call", test.option)
			span.End()
			if got := recorder.Ended()[0].SpanKind(); got != test.kind {
				t.Errorf("OpenTelemetry's own span has the kind %v; want %v", got, test.kind)
			}
		})
	}
}
