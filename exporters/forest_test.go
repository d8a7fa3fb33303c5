// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

func TestForest(t *testing.T) {
	type spanRow struct {
		id, parent byte
		start      int
	}
	tests := []struct {
		explanation string
		spans       []spanRow
		want        string // id(children) …
	}{
		{"no spans, no trees", nil, ""},
		{"children may end before their parents", []spanRow{{3, 2, 2}, {2, 1, 1}, {1, 0, 0}}, "1(2(3))"},
		{"siblings are in the order of their start", []spanRow{{4, 1, 3}, {2, 1, 1}, {3, 1, 2}, {1, 0, 0}}, "1(2 3 4)"},
		{"the same start: in the order given", []spanRow{{5, 3, 1}, {2, 1, 1}, {3, 1, 1}, {1, 0, 0}}, "1(2 3(5))"},
		{"an unknown parent makes a root", []spanRow{{3, 9, 2}, {1, 0, 0}}, "1 3"},
		{"a span of itself", []spanRow{{1, 1, 0}}, "1"},
		{"a cycle is cut once and loses nothing", []spanRow{{1, 3, 0}, {2, 1, 1}, {3, 2, 2}, {4, 3, 3}}, "2(3(1 4))"},
		{"a span given twice is shown twice", []spanRow{{1, 0, 0}, {1, 0, 0}, {2, 1, 1}}, "1(2) 1"},
	}
	for _, tt := range tests {
		var nodes []*node
		for _, row := range tt.spans {
			nodes = append(nodes, &node{span: tracetest.SpanStub{
				SpanContext: trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{row.id}}),
				Parent:      trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{row.parent}}),
				StartTime:   time.Unix(int64(row.start), 0),
			}.Snapshot()})
		}
		if got := shape(forest(nodes)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.explanation, got, tt.want)
		}
	}
}

func shape(nodes []*node) string {
	var texts []string
	for _, n := range nodes {
		id := n.span.SpanContext().SpanID()
		text := string('0' + rune(id[0]))
		if len(n.children) > 0 {
			text += "(" + shape(n.children) + ")"
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, " ")
}
