// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"context"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-client-go"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
)

// TestProviderOfPooledSpans shows what docs/providerof.md says of Jaeger's option
// PoolSpans: a span that has ended is another one. The same holds for OpenTracing code.
func TestProviderOfPooledSpans(t *testing.T) {
	for _, pooled := range []bool{false, true} {
		reporter := jaeger.NewNullReporter() // which keeps no span
		tracer, closer := jaeger.NewTracer("shop", jaeger.NewConstSampler(true), reporter, jaeger.TracerOptions.PoolSpans(pooled))
		native := compat.ProviderOf(tracer).Tracer("")
		ctx, ended := native.Start(context.Background(), "ended")
		before := ended.SpanContext()
		ended.End()
		if after := ended.SpanContext(); after.SpanID() != before.SpanID() || after.TraceID() != before.TraceID() {
			t.Errorf("pooled %t: the ID that was asked for before the end is %v afterwards, was %v", pooled, after.SpanID(), before.SpanID())
		}
		ended.SetAttributes(attribute.Bool("late", true)) // is dropped, and does not get to another span
		_, late := native.Start(ctx, "below")
		if same := late.SpanContext().TraceID() == before.TraceID(); same == pooled {
			t.Errorf("pooled %t: a span below one that has ended is in its trace: %t", pooled, same)
		}
		below := tracer.StartSpan("below", opentracing.ChildOf(opentracing.SpanFromContext(ctx).Context()))
		if same := below.Context().(jaeger.SpanContext).TraceID().Low == lowOf(before); same == pooled {
			t.Errorf("pooled %t: an OpenTracing span below one that has ended is in its trace: %t", pooled, same)
		}
		closeQuietly(t, closer)
	}
}

func lowOf(sc trace.SpanContext) (low uint64) {
	id := sc.TraceID()
	for _, b := range id[8:] {
		low = low<<8 | uint64(b)
	}
	return low
}
