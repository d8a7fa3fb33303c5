// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"testing"

	"github.com/opentracing/opentracing-go"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// clientContext is the context of another client, as code asserts it.
type clientContext struct {
	opentracing.SpanContext
	parent trace.SpanID
}

func (c clientContext) Unwrap() opentracing.SpanContext { return c.SpanContext }

func newDecoratingTracer() *Tracer {
	return NewTracer(sdktrace.NewTracerProvider(), &Options{
		DecorateContext: func(sc opentracing.SpanContext, span trace.Span) opentracing.SpanContext {
			decorated := clientContext{SpanContext: sc}
			if recorded, ok := span.(sdktrace.ReadOnlySpan); ok {
				decorated.parent = recorded.Parent().SpanID()
			}
			return decorated
		},
	})
}

func TestDecorateContext(t *testing.T) {
	tracer := newDecoratingTracer()
	root := tracer.StartSpan("root").SetBaggageItem("item", "value")
	carrier := opentracing.TextMapCarrier{}
	if err := tracer.Inject(root.Context(), opentracing.TextMap, carrier); err != nil {
		t.Fatal(err)
	}
	extracted, err := tracer.Extract(opentracing.TextMap, carrier)
	if err != nil {
		t.Fatal(err)
	}
	ctx, native := tracer.TracerProvider().Tracer("").Start(opentracing.ContextWithSpan(context.Background(), root), "native")
	want, _ := OTelSpanContext(root.Context())
	for _, c := range []struct {
		explanation string
		context     opentracing.SpanContext
		parent      trace.SpanID
	}{
		{"a span's context", root.Context(), trace.SpanID{}},
		{"that of a child by a decorated reference", tracer.StartSpan("", opentracing.ChildOf(root.Context())).Context(), want.SpanID()},
		{"an extracted context, which has no recorded parent", extracted, trace.SpanID{}},
		{"a child of an extracted context", tracer.StartSpan("", opentracing.ChildOf(extracted)).Context(), want.SpanID()},
		{"the context of a span that OpenTelemetry code started", opentracing.SpanFromContext(ctx).Context(), want.SpanID()},
		{"that of a span translated at the border", OpenTracingSpan(native).Context(), want.SpanID()},
		{"that of a span found in a context with it", SpanFromContext(ContextWithSpanContext(context.Background(), root.Context())).Context(), trace.SpanID{}},
		{"that of a decorated span", embeddingSpan{root}.Context(), trace.SpanID{}},
	} {
		decorated, ok := c.context.(clientContext)
		if !ok {
			t.Errorf("%s: is a %T", c.explanation, c.context)
			continue
		}
		sc, ok := OTelSpanContext(decorated)
		if !ok || sc.TraceID() != want.TraceID() {
			t.Errorf("%s: trace %s, want %s", c.explanation, sc.TraceID(), want.TraceID())
		}
		if decorated.parent != c.parent {
			t.Errorf("%s: parent %s, want %s", c.explanation, decorated.parent, c.parent)
		}
		items := map[string]string{}
		decorated.ForeachBaggageItem(func(key, value string) bool {
			items[key] = value
			return true
		})
		if items["item"] != "value" {
			t.Errorf("%s: baggage %v", c.explanation, items)
		}
	}
	if got := OTelSpan(embeddingSpan{root}).SpanContext(); !got.Equal(want) {
		t.Errorf("a span that embeds another one is %v to OpenTelemetry code, want %v", got, want)
	}
}

// embeddingSpan decorates a span without a method Unwrap.
type embeddingSpan struct{ opentracing.Span }
