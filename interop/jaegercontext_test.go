// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"testing"

	"github.com/opentracing/opentracing-go"
	old "github.com/uber/jaeger-client-go"

	jaeger "github.com/ot2otel/ot2otel/compat/jaegerclient"
)

// SpanContextOf reads a context of Jaeger's client as the assertion to its own type does, and
// of no other tracer.
func TestJaegerSpanContextOf(t *testing.T) {
	for _, sampled := range []bool{true, false} {
		tracer, closer := old.NewTracer("shop", old.NewConstSampler(sampled), old.NewNullReporter(), old.TracerOptions.Gen128Bit(true))
		root := tracer.StartSpan("root").SetBaggageItem("user", "ada")
		want := tracer.StartSpan("child", opentracing.ChildOf(root.Context())).Context().(old.SpanContext)
		got, ok := jaeger.SpanContextOf(want)
		if !ok || got.String() != want.String() || got.TraceID().String() != want.TraceID().String() || got.SpanID().String() != want.SpanID().String() ||
			got.ParentID().String() != want.ParentID().String() || got.IsSampled() != want.IsSampled() || got.Flags() != want.Flags() || got.IsValid() != want.IsValid() {
			t.Errorf("sampled %t: SpanContextOf returns %v, %t of %v", sampled, got, ok, want)
		}
		baggage := ""
		got.ForeachBaggageItem(func(key, value string) bool { baggage += key + "=" + value; return true })
		if baggage != "user=ada" {
			t.Errorf("its baggage is %q", baggage)
		}
		if err := closer.Close(); err != nil {
			t.Error(err)
		}
	}
	all := old.NewSpanContext(old.TraceID{Low: 1}, 2, 3, true, nil)
	if got, ok := jaeger.SpanContextOf(all); !ok || got.String() != all.String() {
		t.Errorf("SpanContextOf returns %v, %t of %v", got, ok, all)
	}
	for _, other := range []opentracing.SpanContext{nil, opentracing.NoopTracer{}.StartSpan("").Context(), &all} {
		if got, ok := jaeger.SpanContextOf(other); ok {
			t.Errorf("SpanContextOf returns %v of a %T", got, other)
		}
	}
}
