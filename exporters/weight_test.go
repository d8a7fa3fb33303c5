// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// Whatever part of a span is large, the estimate has it, once.
func TestSpanBytes(t *testing.T) {
	const size = 1 << 20
	text := strings.Repeat("x", size)
	tests := []struct {
		explanation string
		stub        tracetest.SpanStub
	}{
		{"the name", tracetest.SpanStub{Name: text}},
		{"what the status says", tracetest.SpanStub{Status: sdktrace.Status{Code: codes.Error, Description: text}}},
		{"a key", with(attribute.Int(text, 1))},
		{"a text", with(attribute.String("k", text))},
		{"bytes", with(attribute.ByteSlice("k", []byte(text)))},
		{"bools", with(attribute.BoolSlice("k", make([]bool, size)))},
		{"integers", with(attribute.Int64Slice("k", make([]int64, size/8)))},
		{"numbers", with(attribute.Float64Slice("k", make([]float64, size/8)))},
		{"texts", with(attribute.StringSlice("k", []string{text[:size/2], text[size/2:]}))},
		{"many empty texts", with(attribute.StringSlice("k", make([]string, size/16)))},
		{"a list of anything", with(attribute.KeyValue{Key: "k", Value: attribute.SliceValue(attribute.StringValue(text))})},
		{"a map", with(attribute.KeyValue{Key: "k", Value: attribute.MapValue(attribute.String("k", text))})},
		{"many attributes", with(make([]attribute.KeyValue, size/80)...)},
		{"an event's name", tracetest.SpanStub{Events: []sdktrace.Event{{Name: text}}}},
		{"an event's attribute", tracetest.SpanStub{Events: []sdktrace.Event{{Attributes: []attribute.KeyValue{attribute.String("k", text)}}}}},
		{"many events", tracetest.SpanStub{Events: make([]sdktrace.Event, size/128)}},
		{"a link's attribute", tracetest.SpanStub{Links: []sdktrace.Link{{Attributes: []attribute.KeyValue{attribute.String("k", text)}}}}},
		{"many links", tracetest.SpanStub{Links: make([]sdktrace.Link, size/128)}},
	}
	for _, tt := range tests {
		if got := spanBytes(tt.stub.Snapshot()); got < size || got > size+size/100 {
			t.Errorf("%s: %d bytes, want about %d", tt.explanation, got, size)
		}
	}
	plain := with(attribute.String("k", text), attribute.Int("n", 1)).Snapshot()
	if got := testing.AllocsPerRun(100, func() { spanBytes(plain) }); got != 0 {
		t.Errorf("%v allocations, want none", got)
	}
}

func with(attributes ...attribute.KeyValue) tracetest.SpanStub {
	return tracetest.SpanStub{Attributes: attributes}
}
