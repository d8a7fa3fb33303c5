// SPDX-License-Identifier: Apache-2.0

package mocktracer_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go/ext"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat/mocktracer"
	"github.com/ot2otel/ot2otel/internal/document"
)

var update = flag.Bool("update", false, "write what the tests find out into docs/mocktracer.md")

// nativeType is a row of the table in docs/mocktracer.md.
type nativeType struct {
	native string // what native code does
	do     func(trace.Span)
	start  []trace.SpanStartOption
	tags   map[string]any
	logs   [][]mocktracer.MockKeyValue
}

func attributes(kv ...attribute.KeyValue) func(trace.Span) {
	return func(span trace.Span) { span.SetAttributes(kv...) }
}

func field(key string, value any) (kv mocktracer.MockKeyValue) {
	kv.EmitObject(key, value)
	return kv
}

var nativeTypes = []nativeType{
	{native: "`http.status_code` from 0 to 65535", do: attributes(attribute.Int("http.status_code", 404)), tags: map[string]any{"http.status_code": uint16(404)}},
	{native: "`peer.port` from 0 to 65535", do: attributes(attribute.Int("peer.port", 8080)), tags: map[string]any{"peer.port": uint16(8080)}},
	{native: "`peer.ipv4` as a number", do: attributes(attribute.Int64("peer.ipv4", 2130706433)), tags: map[string]any{"peer.ipv4": uint32(2130706433)}},
	{native: "`span.kind` as an attribute", do: attributes(attribute.String("span.kind", "server")), tags: map[string]any{"span.kind": ext.SpanKindRPCServerEnum}},
	{native: "`trace.WithSpanKind(trace.SpanKindClient)`", start: []trace.SpanStartOption{trace.WithSpanKind(trace.SpanKindClient)}, tags: map[string]any{"span.kind": ext.SpanKindRPCClientEnum}},
	{native: "`trace.WithSpanKind(trace.SpanKindInternal)`, or none", start: []trace.SpanStartOption{trace.WithSpanKind(trace.SpanKindInternal)}, tags: map[string]any{}},
	{native: "an attribute of `Start`", start: []trace.SpanStartOption{trace.WithAttributes(attribute.Int("http.status_code", 200))}, tags: map[string]any{"http.status_code": uint16(200)}},
	{native: "other integers", do: attributes(attribute.Int64("rows", 3)), tags: map[string]any{"rows": 3}},
	{native: "a key of package `ext` whose value is beyond its type", do: attributes(attribute.Int("http.status_code", -1)), tags: map[string]any{"http.status_code": -1}},
	{native: "texts", do: attributes(attribute.String("db.statement", "SELECT 1")), tags: map[string]any{"db.statement": "SELECT 1"}},
	{native: "bools", do: attributes(attribute.Bool("cached", true)), tags: map[string]any{"cached": true}},
	{native: "floats", do: attributes(attribute.Float64("ratio", 0.5)), tags: map[string]any{"ratio": 0.5}},
	{native: "slices", do: attributes(attribute.StringSlice("names", []string{"a", "b"})), tags: map[string]any{"names": []string{"a", "b"}}},
	{native: "slices of integers", do: attributes(attribute.IntSlice("sizes", []int{1, 2})), tags: map[string]any{"sizes": []int64{1, 2}}},
	{native: "`SetAttributes` of `sampling.priority`: `SpanContext.Sampled` is true above 0", do: attributes(attribute.Int("sampling.priority", 1)), tags: map[string]any{}},
	{native: "`SetStatus(codes.Error, …)`", do: func(span trace.Span) { span.SetStatus(codes.Error, "boom") }, tags: map[string]any{"error": true}},
	{native: "`SetStatus(codes.Ok, …)`", do: func(span trace.Span) { span.SetStatus(codes.Ok, "") }, tags: map[string]any{"error": false}},
	{
		native: "`AddEvent` with attributes",
		do: func(span trace.Span) {
			span.AddEvent("read", trace.WithAttributes(attribute.Int("rows", 3), attribute.Bool("hit", true), attribute.String("table", "stock"), attribute.Float64("ratio", 0.5)))
		},
		logs: [][]mocktracer.MockKeyValue{{field("event", "read"), field("rows", 3), field("hit", true), field("table", "stock"), field("ratio", 0.5)}},
	},
	{
		native: "an event named `log`, as a log without a field `event` is rewritten",
		do: func(span trace.Span) {
			span.AddEvent("log", trace.WithAttributes(attribute.String("message", "hello")))
		},
		logs: [][]mocktracer.MockKeyValue{{field("message", "hello")}},
	},
	{
		native: "`RecordError`",
		do: func(span trace.Span) {
			span.RecordError(errors.New("boom"), trace.WithAttributes(attribute.Int("attempt", 2)))
		},
		logs: [][]mocktracer.MockKeyValue{{field("event", "error"), field("error.object", "boom"), field("attempt", 2)}},
	},
	{
		native: "an event `exception` with a type",
		do: func(span trace.Span) {
			span.AddEvent("exception", trace.WithAttributes(attribute.String("exception.type", "*url.Error"), attribute.String("exception.message", "boom"), attribute.String("exception.stacktrace", "main.go")))
		},
		logs: [][]mocktracer.MockKeyValue{{field("event", "error"), field("error.kind", "*url.Error"), field("error.object", "boom"), field("stack", "main.go")}},
	},
	{
		native: "an event `exception` without a type, as a log `event=error` without an error is rewritten",
		do: func(span trace.Span) {
			span.AddEvent("exception", trace.WithAttributes(attribute.String("exception.message", "boom")))
		},
		logs: [][]mocktracer.MockKeyValue{{field("event", "error"), field("message", "boom")}},
	},
}

// TestNativeTypes runs each row, and compares the table in the docs with what the MockSpan
// has.
func TestNativeTypes(t *testing.T) {
	var table strings.Builder
	table.WriteString("| native code | MockSpan |\n|---|---|\n")
	for _, row := range nativeTypes {
		mock := mocktracer.New()
		_, span := mock.TracerProvider().Tracer("native").Start(context.Background(), "span", row.start...)
		if row.do != nil {
			row.do(span)
		}
		span.End()
		finished := mock.FinishedSpans()[0]
		tags, logs := finished.Tags(), [][]mocktracer.MockKeyValue{}
		for _, record := range finished.Logs() {
			if record.Timestamp.IsZero() {
				t.Errorf("%s: a log without a time", row.native)
			}
			logs = append(logs, record.Fields)
		}
		if row.tags == nil {
			row.tags = map[string]any{}
		}
		if row.logs == nil {
			row.logs = [][]mocktracer.MockKeyValue{}
		}
		if diff := cmp.Diff(row.tags, tags); diff != "" {
			t.Errorf("%s: tags (-want +got):\n%s", row.native, diff)
		}
		if diff := cmp.Diff(row.logs, logs); diff != "" {
			t.Errorf("%s: logs (-want +got):\n%s", row.native, diff)
		}
		fmt.Fprintf(&table, "| %s | %s |\n", row.native, inWords(tags, logs))
	}
	document.Check(t, "../../docs/mocktracer.md", "types", table.String(), *update)
}

func inWords(tags map[string]any, logs [][]mocktracer.MockKeyValue) string {
	var words []string
	for key, value := range tags {
		words = append(words, fmt.Sprintf("tag `%s` of `%T`: `%v`", key, value, value))
	}
	for _, fields := range logs {
		var texts []string
		for _, f := range fields {
			texts = append(texts, fmt.Sprintf("`%s` of %v: `%s`", f.Key, f.ValueKind, f.ValueString))
		}
		words = append(words, "log with "+strings.Join(texts, ", "))
	}
	if len(words) == 0 {
		return "no tag"
	}
	slices.Sort(words)
	return strings.Join(words, "; ")
}
