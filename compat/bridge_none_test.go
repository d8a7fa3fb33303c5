// SPDX-License-Identifier: Apache-2.0

//go:build nobridge

package compat

import (
	"context"
	"testing"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/trace"
)

// TestUnwrapIsTheSameSpan holds what Unwrap returns without the bridge to what the
// bridge's span is good for.
func TestUnwrapIsTheSameSpan(t *testing.T) {
	tracer, recorder := newRecorded(t, nil)
	s := tracer.StartSpan("s")
	raw := s.(interface{ Unwrap() opentracing.Span }).Unwrap()
	if _, again := raw.(interface{ Unwrap() opentracing.Span }); again {
		t.Error("what was unwrapped can be unwrapped again: code that does so until it can't never ends")
	}
	raw.SetTag("by", "unwrapped").SetBaggageItem("item", "7")
	if got := s.BaggageItem("item"); got != "7" {
		t.Errorf("an item of the unwrapped span is %q on the span itself, want 7", got)
	}
	if OTelSpan(raw) != OTelSpan(s) {
		t.Error("OpenTelemetry code gets another span for the unwrapped one")
	}
	ctx := opentracing.ContextWithSpan(context.Background(), raw)
	if got := trace.SpanContextFromContext(ctx); !got.Equal(OTelSpan(s).SpanContext()) {
		t.Errorf("OpenTelemetry code sees %v where the unwrapped span is active", got)
	}
	raw.Tracer().StartSpan("child", opentracing.ChildOf(raw.Context())).Finish()
	raw.Finish()
	spans := namedSpans(recorder)
	if got := spans["s"].Attributes(); len(got) != 1 || got[0].Key != "by" {
		t.Errorf("attributes %v", got)
	}
	if spans["child"].Parent().SpanID() != spans["s"].SpanContext().SpanID() {
		t.Error("the child of the unwrapped span isn't one of the span")
	}

	var zero Tracer
	if zero.StartSpan("none").(interface{ Unwrap() opentracing.Span }).Unwrap() == nil {
		t.Error("the span of a tracer's zero value unwraps to nil")
	}
}
