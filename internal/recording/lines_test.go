// SPDX-License-Identifier: Apache-2.0

package recording

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

// spanWith returns a span that has the number f wherever it may have one.
func spanWith(f float64) sdktrace.ReadOnlySpan {
	attributes := []attribute.KeyValue{
		attribute.String("text", "a<b"), attribute.Int64("int", 1), attribute.Bool("bool", true), attribute.ByteSlice("bytes", []byte{1, 255}), {Key: "nothing"},
		attribute.StringSlice("texts", []string{"a"}), attribute.Float64("float", f), attribute.Float64Slice("floats", []float64{0.5, f}),
		attribute.Slice("slice", attribute.IntValue(1), attribute.Float64Value(f), attribute.SliceValue(attribute.Float64Value(f))),
		attribute.Map("map", attribute.Float64("a", f), attribute.String("b", "x")),
	}
	id := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}, TraceFlags: trace.FlagsSampled})
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return tracetest.SpanStub{
		Name: "op", SpanContext: id, Parent: id.WithSpanID(trace.SpanID{3}), SpanKind: trace.SpanKindServer, StartTime: at, EndTime: at,
		Attributes: attributes,
		Events:     []sdktrace.Event{{Name: "e", Attributes: attributes, DroppedAttributeCount: 2, Time: at}},
		Links:      []sdktrace.Link{{SpanContext: id, Attributes: attributes, DroppedAttributeCount: 3}},
		Status:     sdktrace.Status{Code: codes.Error, Description: "d"}, DroppedAttributes: 4, DroppedEvents: 5, DroppedLinks: 6, ChildSpanCount: 7,
		Resource:             resource.NewSchemaless(attributes...),
		InstrumentationScope: instrumentation.Scope{Name: "n", Version: "v", SchemaURL: "s", Attributes: attribute.NewSet(attributes...)},
	}.Snapshot()
}

func linesOf(t *testing.T, spans ...sdktrace.ReadOnlySpan) string {
	t.Helper()
	var out bytes.Buffer
	if err := NewLines(&out).ExportSpans(context.Background(), spans); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// A line with numbers that JSON does not have is as stdouttrace writes others.
func TestNonFiniteLine(t *testing.T) {
	line, err := nonFiniteLine(spanWith(1.5))
	if err != nil {
		t.Fatal(err)
	}
	var got, want any
	if err := json.Unmarshal(line, &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(linesOf(t, spanWith(1.5))), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("a line (-stdouttrace +ours):\n%s", diff)
	}
}

// Numbers that JSON does not have keep their types, wherever they are.
func TestNonFiniteNumbers(t *testing.T) {
	for _, tt := range []struct {
		number float64
		name   string
	}{{math.NaN(), `"NaN"`}, {math.Inf(1), `"Infinity"`}, {math.Inf(-1), `"-Infinity"`}} {
		got := linesOf(t, spanWith(tt.number))
		// All as for a number that JSON has, but for the number.
		line, err := nonFiniteLine(spanWith(1.5))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.ReplaceAll(string(line), "1.5", tt.name), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		for _, with := range []struct {
			explanation string
			stub        tracetest.SpanStub
		}{
			{"a resource", tracetest.SpanStub{Resource: resource.NewSchemaless(attribute.Float64("r", tt.number))}},
			{"a scope", tracetest.SpanStub{InstrumentationScope: instrumentation.Scope{Name: "n", Attributes: attribute.NewSet(attribute.Float64("r", tt.number))}}},
		} {
			if line := linesOf(t, with.stub.Snapshot()); !strings.Contains(line, `{"Key":"r","Value":{"Type":"FLOAT64","Value":`+tt.name+`}}`) {
				t.Errorf("%s in %s: %s", tt.name, with.explanation, line)
			}
		}
	}
}

// Spans stay in their order, and after Shutdown none is written.
func TestNonFiniteOrder(t *testing.T) {
	var out bytes.Buffer
	lines := NewLines(&out)
	named := func(name string, f float64) sdktrace.ReadOnlySpan {
		return tracetest.SpanStub{Name: name, Attributes: []attribute.KeyValue{attribute.Float64("f", f)}}.Snapshot()
	}
	spans := []sdktrace.ReadOnlySpan{named("a", math.NaN()), named("b", 1), named("c", 1), named("d", math.NaN()), named("e", math.NaN()), named("f", 1)}
	if err := lines.ExportSpans(context.Background(), slices.Clone(spans)); err != nil {
		t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(out.String()) {
		var span struct{ Name string }
		if err := json.Unmarshal([]byte(line), &span); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		names = append(names, span.Name)
	}
	if diff := cmp.Diff([]string{"a", "b", "c", "d", "e", "f"}, names); diff != "" {
		t.Errorf("spans (-want +got):\n%s", diff)
	}
	before := out.Len()
	if err := lines.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := lines.ExportSpans(context.Background(), spans); err != nil || out.Len() != before {
		t.Errorf("after Shutdown: err %v, %d more bytes", err, out.Len()-before)
	}
}
