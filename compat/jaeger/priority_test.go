// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"context"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat/jaeger"
)

func TestPriority(t *testing.T) {
	state, err := trace.ParseTraceState("vendor=1")
	if err != nil {
		t.Fatal(err)
	}
	unsampledParent := trace.ContextWithSpanContext(context.Background(), trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}, TraceState: state,
	}))
	for _, c := range []struct {
		explanation string
		attributes  []attribute.KeyValue
		next        sdktrace.Sampler
		want        sdktrace.SamplingDecision
	}{
		{"above 0 is sampled, whatever the parent says", []attribute.KeyValue{attribute.Int("sampling.priority", 1)}, nil, sdktrace.RecordAndSample},
		{"0 is dropped, whatever next says", []attribute.KeyValue{attribute.Int("sampling.priority", 0)}, sdktrace.AlwaysSample(), sdktrace.Drop},
		{"below 0 is dropped", []attribute.KeyValue{attribute.Int("sampling.priority", -1)}, sdktrace.AlwaysSample(), sdktrace.Drop},
		{"a float is a number", []attribute.KeyValue{attribute.Float64("sampling.priority", 0.5)}, nil, sdktrace.RecordAndSample},
		{"a text is none: next decides", []attribute.KeyValue{attribute.String("sampling.priority", "1")}, sdktrace.NeverSample(), sdktrace.Drop},
		{"without the tag the default follows the parent", nil, nil, sdktrace.Drop},
		{"without the tag next decides", nil, sdktrace.AlwaysSample(), sdktrace.RecordAndSample},
	} {
		result := jaeger.Priority(c.next).ShouldSample(sdktrace.SamplingParameters{ParentContext: unsampledParent, Attributes: c.attributes})
		if result.Decision != c.want {
			t.Errorf("%s: decision %v, want %v", c.explanation, result.Decision, c.want)
		}
		if result.Tracestate.String() != "vendor=1" {
			t.Errorf("%s: tracestate %q is lost", c.explanation, result.Tracestate)
		}
	}
	if got, want := jaeger.Priority(sdktrace.AlwaysSample()).Description(), "Priority{AlwaysOnSampler}"; got != want {
		t.Errorf("description %q, want %q", got, want)
	}
}
