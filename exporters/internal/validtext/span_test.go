// SPDX-License-Identifier: Apache-2.0

package validtext

import (
	"reflect"
	"testing"
	"unicode/utf8"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

const (
	bad  = "caf\xe9"
	good = "caf\ufffd"
)

func TestSpans(t *testing.T) {
	kv := attribute.String
	tests := []struct {
		explanation string
		in, want    tracetest.SpanStub
	}{
		{"the name", tracetest.SpanStub{Name: bad}, tracetest.SpanStub{Name: good}},
		{"cut in mid-rune", tracetest.SpanStub{Name: "検索"[:4]}, tracetest.SpanStub{Name: "検\ufffd"}},
		{"the status", tracetest.SpanStub{Status: sdktrace.Status{Code: 1, Description: bad}}, tracetest.SpanStub{Status: sdktrace.Status{Code: 1, Description: good}}},
		{"a key", tracetest.SpanStub{Attributes: []attribute.KeyValue{kv("a", "b"), kv(bad, "x")}}, tracetest.SpanStub{Attributes: []attribute.KeyValue{kv("a", "b"), kv(good, "x")}}},
		{"a value", tracetest.SpanStub{Attributes: []attribute.KeyValue{kv("k", bad)}}, tracetest.SpanStub{Attributes: []attribute.KeyValue{kv("k", good)}}},
		{"a list", tracetest.SpanStub{Attributes: []attribute.KeyValue{attribute.StringSlice("k", []string{"a", bad})}},
			tracetest.SpanStub{Attributes: []attribute.KeyValue{attribute.StringSlice("k", []string{"a", good})}}},
		{"a nested list", tracetest.SpanStub{Attributes: []attribute.KeyValue{attribute.Slice("k", attribute.IntValue(1), attribute.SliceValue(attribute.StringValue(bad)))}},
			tracetest.SpanStub{Attributes: []attribute.KeyValue{attribute.Slice("k", attribute.IntValue(1), attribute.SliceValue(attribute.StringValue(good)))}}},
		{"a map", tracetest.SpanStub{Attributes: []attribute.KeyValue{attribute.Map("k", kv(bad, bad), attribute.Int("i", 1))}},
			tracetest.SpanStub{Attributes: []attribute.KeyValue{attribute.Map("k", kv(good, good), attribute.Int("i", 1))}}},
		{"the name of an event", tracetest.SpanStub{Events: []sdktrace.Event{{Name: "e"}, {Name: bad}}}, tracetest.SpanStub{Events: []sdktrace.Event{{Name: "e"}, {Name: good}}}},
		{"an event, as RecordError makes it", tracetest.SpanStub{Events: []sdktrace.Event{{Name: "exception", Attributes: []attribute.KeyValue{kv("exception.message", bad)}}}},
			tracetest.SpanStub{Events: []sdktrace.Event{{Name: "exception", Attributes: []attribute.KeyValue{kv("exception.message", good)}}}}},
		{"a link", tracetest.SpanStub{Links: []sdktrace.Link{{Attributes: []attribute.KeyValue{kv("k", bad)}}}}, tracetest.SpanStub{Links: []sdktrace.Link{{Attributes: []attribute.KeyValue{kv("k", good)}}}}},
		{"the scope", tracetest.SpanStub{InstrumentationScope: instrumentation.Scope{Name: bad, Version: bad, SchemaURL: bad, Attributes: attribute.NewSet(kv(bad, bad))}},
			tracetest.SpanStub{InstrumentationScope: instrumentation.Scope{Name: good, Version: good, SchemaURL: good, Attributes: attribute.NewSet(kv(good, good))}}},
		{"the resource", tracetest.SpanStub{Resource: resource.NewWithAttributes(bad, kv("k", bad))}, tracetest.SpanStub{Resource: resource.NewWithAttributes(good, kv("k", good))}},
	}
	for _, tt := range tests {
		t.Run(tt.explanation, func(t *testing.T) {
			before, valid := tt.in.Snapshot(), tracetest.SpanStub{Name: "valid"}.Snapshot()
			spans := []sdktrace.ReadOnlySpan{valid, before, nil}
			got := Spans(spans)
			want := tracetest.SpanStubFromReadOnlySpan(tt.want.Snapshot())
			if mended := tracetest.SpanStubFromReadOnlySpan(got[1]); !reflect.DeepEqual(mended, want) {
				t.Errorf("the span is\n%+v\nwant\n%+v", mended, want)
			}
			if _, mended := got[0].(*mendedSpan); mended || got[2] != nil {
				t.Error("the others are other spans")
			}
			if _, mended := spans[1].(*mendedSpan); mended || !reflect.DeepEqual(before, tt.in.Snapshot()) {
				t.Error("the caller's slice or span was changed")
			}
		})
	}
}

// Valid spans are neither copied nor cost anything.
func TestValidSpansCostNothing(t *testing.T) {
	shared := resource.NewSchemaless(attribute.String("service.name", "shop"))
	var spans []sdktrace.ReadOnlySpan
	for range 100 {
		spans = append(spans, tracetest.SpanStub{
			Name: "GET /caf\u00e9", Resource: shared, Status: sdktrace.Status{Description: "d"},
			Attributes:           []attribute.KeyValue{attribute.String("k", "v"), attribute.Int("i", 1), attribute.Float64("f", 1), attribute.Bool("b", true)},
			Events:               []sdktrace.Event{{Name: "e", Attributes: []attribute.KeyValue{attribute.String("k", "v")}}},
			Links:                []sdktrace.Link{{Attributes: []attribute.KeyValue{attribute.String("k", "v")}}},
			InstrumentationScope: instrumentation.Scope{Name: "scope", Version: "1"},
		}.Snapshot())
	}
	if got := Spans(spans); &got[0] != &spans[0] {
		t.Error("the slice was copied")
	}
	if got := testing.AllocsPerRun(100, func() { Spans(spans) }); got > 1 { // the resource's attributes, once
		t.Errorf("%v allocations for 100 spans, want 1", got)
	}
}

func FuzzSpans(f *testing.F) {
	f.Add("k", "v")
	f.Add(bad, "\x80\xf0\x9f")
	f.Fuzz(func(t *testing.T, key, value string) {
		stub := tracetest.SpanStub{Name: value, Attributes: []attribute.KeyValue{attribute.StringSlice(key, []string{value, key})}}
		span := Spans([]sdktrace.ReadOnlySpan{stub.Snapshot()})[0]
		list := span.Attributes()[0].Value.AsStringSlice()
		for i, text := range []string{span.Name(), string(span.Attributes()[0].Key), list[0], list[1]} {
			given := []string{value, key, value, key}[i]
			if !utf8.ValidString(text) || utf8.ValidString(given) && text != given {
				t.Errorf("%q became %q", given, text)
			}
		}
	})
}
