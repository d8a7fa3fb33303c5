// SPDX-License-Identifier: Apache-2.0

package mocktracer_test

import (
	"context"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/compat/mocktracer"
)

// mockContext has OpenTelemetry's IDs as a MockSpanContext.
func mockContext(t *testing.T, traceID trace.TraceID, spanID trace.SpanID) mocktracer.MockSpanContext {
	t.Helper()
	mock := mocktracer.New()
	ctx := trace.ContextWithSpanContext(context.Background(), trace.NewSpanContext(trace.SpanContextConfig{TraceID: traceID, SpanID: spanID, TraceFlags: trace.FlagsSampled, Remote: true}))
	_, child := mock.TracerProvider().Tracer("").Start(ctx, "child")
	span := mocktracer.SpanOf(child)
	return mocktracer.MockSpanContext{TraceID: span.SpanContext.TraceID, SpanID: span.ParentID, Sampled: true}
}

// TestIDs has numbers and OpenTelemetry's IDs one to one.
func TestIDs(t *testing.T) {
	mock := mocktracer.New()
	first := mock.StartSpan("first").(*mocktracer.MockSpan).SpanContext
	_, native := mock.TracerProvider().Tracer("").Start(context.Background(), "second")
	second := mocktracer.SpanOf(native).SpanContext
	if first.TraceID <= 42 || first.TraceID > 1e6 || first.SpanID <= first.TraceID || second.TraceID <= first.SpanID || second.SpanID <= second.TraceID {
		t.Errorf("the numbers are %v and %v, want small ones that count", first, second)
	}
	for _, sc := range []mocktracer.MockSpanContext{first, second} {
		identity, ok := compat.OTelSpanContext(sc)
		if !ok || int(identity.TraceID()[15])+int(identity.TraceID()[14])<<8 != sc.TraceID&0xffff || identity.IsRemote() {
			t.Errorf("%v is %v in OpenTelemetry", sc, identity)
		}
	}
}

// TestOutsideIDs keeps the value of IDs that come from outside.
func TestOutsideIDs(t *testing.T) {
	seen := map[int]trace.TraceID{}
	for _, c := range []struct {
		explanation string
		traceID     trace.TraceID
		spanID      trace.SpanID
		number      int // of the trace; 0 for any
	}{
		{"random IDs", trace.TraceID{1, 2, 3, 15: 4}, trace.SpanID{0xfe, 7: 1}, 0},
		{"64 bits", trace.TraceID{8: 0xfe, 15: 1}, trace.SpanID{0x7e, 7: 1}, 0},
		{"the high half alone", trace.TraceID{0: 9}, trace.SpanID{0: 9}, 0},
		{"another low half of 43", trace.TraceID{0: 1, 15: 43}, trace.SpanID{7: 9}, 0},
		{"small ones", trace.TraceID{15: 7}, trace.SpanID{7: 8}, 7},
		{"32 bits", trace.TraceID{12: 0x80}, trace.SpanID{4: 0x80}, 0},
	} {
		sc := mockContext(t, c.traceID, c.spanID)
		if again := mockContext(t, c.traceID, c.spanID); again.TraceID != sc.TraceID || again.SpanID != sc.SpanID {
			t.Errorf("%s: the numbers are %v, and then %v", c.explanation, sc, again)
		}
		if other, taken := seen[sc.TraceID]; taken {
			t.Errorf("%s: the number %d is that of %v too", c.explanation, sc.TraceID, other)
		}
		seen[sc.TraceID] = c.traceID
		if c.number != 0 && sc.TraceID != c.number || sc.TraceID <= 0 || sc.SpanID <= 0 || sc.TraceID > 1e6 {
			t.Errorf("%s: the numbers are %v, want small ones", c.explanation, sc)
		}
		identity, ok := compat.OTelSpanContext(sc)
		if !ok || identity.TraceID() != c.traceID || identity.SpanID() != c.spanID || !identity.IsRemote() {
			t.Errorf("%s: OpenTelemetry's are %v", c.explanation, identity)
		}
		child := mocktracer.New().StartSpan("child", opentracing.ChildOf(sc))
		if got := compat.OTelSpan(child).(sdktrace.ReadOnlySpan); got.Parent().SpanID() != c.spanID || got.SpanContext().TraceID() != c.traceID {
			t.Errorf("%s: the child by the numbers is %v below %v", c.explanation, got.SpanContext(), got.Parent())
		}
	}
	for _, number := range []int{-1, 1<<31 + 5, 1<<62 + 1} {
		sc := mocktracer.MockSpanContext{TraceID: number, SpanID: number, Sampled: true}
		child := mocktracer.New().StartSpan("child", opentracing.ChildOf(sc)).(*mocktracer.MockSpan)
		if child.SpanContext.TraceID != number || child.ParentID != number {
			t.Errorf("the child of %v is %v", sc, child)
		}
	}
	for _, sc := range []mocktracer.MockSpanContext{{}, {TraceID: 1}, {SpanID: 1}} {
		child := mocktracer.New().StartSpan("child", opentracing.ChildOf(sc)).(*mocktracer.MockSpan)
		if child.ParentID != 0 || child.SpanContext.TraceID == 0 || !child.SpanContext.Sampled {
			t.Errorf("the child of %v, which names no span, is %v", sc, child)
		}
	}
}

// TestTakenNumber has a small ID from outside whose number is that of a large one already.
func TestTakenNumber(t *testing.T) {
	large := mockContext(t, trace.TraceID{0xab, 15: 1}, trace.SpanID{0xab, 7: 1})
	var small trace.TraceID
	small[13], small[14], small[15] = byte(large.TraceID>>16), byte(large.TraceID>>8), byte(large.TraceID)
	sc := mockContext(t, small, trace.SpanID{7: 1})
	if sc.TraceID == large.TraceID {
		t.Errorf("two traces have the number %d", sc.TraceID)
	}
	for want, named := range map[trace.TraceID]mocktracer.MockSpanContext{{0xab, 15: 1}: large, small: sc} {
		if got, _ := compat.OTelSpanContext(named); got.TraceID() != want {
			t.Errorf("%v is the trace %v, want %v", named, got.TraceID(), want)
		}
	}
}

// TestSampled has a flag that children and headers have, and all spans recorded.
func TestSampled(t *testing.T) {
	mock := mocktracer.New()
	native := mock.TracerProvider().Tracer("")
	tag := func(value any) func(opentracing.Span, trace.Span) {
		return func(span opentracing.Span, _ trace.Span) { span.SetTag(string(ext.SamplingPriority), value) }
	}
	for _, c := range []struct {
		explanation string
		do          func(opentracing.Span, trace.Span)
		sampled     bool
		tags        int
	}{
		{"by default", func(opentracing.Span, trace.Span) {}, true, 0},
		{"a uint16 of 0", tag(uint16(0)), false, 0},
		{"an int of 0", tag(0), false, 0},
		{"0 and 1", func(span opentracing.Span, _ trace.Span) {
			ext.SamplingPriority.Set(span, 0)
			ext.SamplingPriority.Set(span, 1)
		}, true, 0},
		{"an int64 of 0, which is a tag as before", tag(int64(0)), true, 1},
		{"a native attribute of 0", func(_ opentracing.Span, span trace.Span) {
			span.SetAttributes(attribute.Int(string(ext.SamplingPriority), 0))
		}, false, 0},
	} {
		mock.Reset()
		span := mock.StartSpan("span").(*mocktracer.MockSpan)
		before := span.Context().(mocktracer.MockSpanContext)
		c.do(span, compat.OTelSpan(span))
		of := mock.StartSpan("child of the context before", opentracing.ChildOf(before)).(*mocktracer.MockSpan)
		ctx := opentracing.ContextWithSpan(context.Background(), span)
		_, nativeChild := native.Start(ctx, "native child")
		child := mock.StartSpan("child", opentracing.ChildOf(span.Context())).(*mocktracer.MockSpan)
		w3c, own := propagation.MapCarrier{}, opentracing.TextMapCarrier{}
		propagation.TraceContext{}.Inject(ctx, w3c)
		if err := mock.Inject(span.Context(), opentracing.TextMap, own); err != nil {
			t.Fatal(err)
		}
		for what, got := range map[string]bool{
			"the span":                 span.SpanContext.Sampled,
			"its context":              span.Context().(mocktracer.MockSpanContext).Sampled,
			"the native span":          compat.OTelSpan(span).SpanContext().IsSampled(),
			"a child":                  child.SpanContext.Sampled,
			"a native child":           nativeChild.SpanContext().IsSampled(),
			"the MockSpan of that":     mocktracer.SpanOf(nativeChild).SpanContext.Sampled,
			"the header traceparent":   w3c["traceparent"][53:] == "01",
			"the header of mocktracer": own["mockpfx-ids-sampled"] == "true",
		} {
			if got != c.sampled {
				t.Errorf("%s: %s: sampled is %t, want %t", c.explanation, what, got, c.sampled)
			}
		}
		if !of.SpanContext.Sampled {
			t.Errorf("%s: a context has changed after it was returned", c.explanation)
		}
		for _, s := range []opentracing.Span{child, of, span} {
			s.SetTag("recorded", true).Finish()
		}
		nativeChild.End()
		if got := mock.FinishedSpans(); len(got) != 4 || got[0].Tag("recorded") != true {
			t.Errorf("%s: the finished spans are %v", c.explanation, got)
		}
		if got := len(span.Tags()) - 1; got != c.tags {
			t.Errorf("%s: the tags are %v", c.explanation, span.Tags())
		}
	}
	unsampled := mock.StartSpan("child", opentracing.ChildOf(mocktracer.MockSpanContext{TraceID: 1, SpanID: 2})).(*mocktracer.MockSpan)
	if unsampled.SpanContext.Sampled || !compat.OTelSpan(unsampled).IsRecording() {
		t.Errorf("the child of an unsampled parent is %v, recording: %t", unsampled, compat.OTelSpan(unsampled).IsRecording())
	}
}
