// SPDX-License-Identifier: Apache-2.0

package shop

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/mocktracer"
)

var update = flag.Bool("update", false, "write testdata/spans.txt anew")

// TestRunSpans compares every span of the scenario with testdata/spans.txt: its
// name, its parent, its tags with their types and its logs.
func TestRunSpans(t *testing.T) {
	spans, out := run(t)

	got := forest(t, spans)
	if *update {
		if err := os.WriteFile("testdata/spans.txt", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/spans.txt")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the spans are not those of testdata/spans.txt (go test -update writes it); first difference:\n%s", firstDifference(got, string(want)))
	}
	for _, want := range []string{
		"GET  /healthz                 → 204",
		"GET  /products/unicorn        → 404",
		"POST /orders                  → 201",
		"POST /orders                  → 402",
		"POST /orders                  → 409",
		"POST /orders                  → 422",
		"GET  /report                  → 500",
		"order.paid order-1 by alice",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("Run wrote no line %q:\n%s", want, out)
		}
	}
}

// TestRunPatterns looks at what is easily lost in a change of the tracing API.
func TestRunPatterns(t *testing.T) {
	spans, _ := run(t)
	byID := make(map[int]*mocktracer.MockSpan)
	for _, span := range spans {
		if byID[span.SpanContext.SpanID] != nil {
			t.Errorf("span %q is finished twice", span.OperationName)
		}
		byID[span.SpanContext.SpanID] = span
	}
	tests := []struct {
		name, why string
		parent    string
		check     func(*mocktracer.MockSpan) bool
	}{
		{"gateway.score", "the trace goes on behind a call that is injected by hand", "payments.score", baggage("customer")},
		{"gateway.charge", "the trace goes on behind nethttp.Transport", "HTTP POST", baggage("customer")},
		{"HTTP POST", "nethttp puts a span of its own around the request", "payments.charge", func(s *mocktracer.MockSpan) bool {
			return s.Tag("span.kind") == ext.SpanKindRPCClientEnum
		}},
		{"audit.consume", "a message's span follows the publisher's", "audit.publish", baggage("customer")},
		{"mail.confirm", "a mail's span follows the order's and ends after it", "orders.place", func(s *mocktracer.MockSpan) bool {
			return s.FinishTime.After(byID[s.ParentID].FinishTime)
		}},
		{"smtp.send", "the mail's span is active in its goroutine", "mail.confirm", baggage("customer")},
		{"tx.reserve", "the transaction is a child of the span put into the context by hand", "orders.reserve", nil},
		{"tx.reserve", "a transaction that is rolled back is marked", "orders.reserve", func(s *mocktracer.MockSpan) bool {
			return (s.Tag("error") == true) == (s.Tag("rows") == 0)
		}},
		{"report.render", "a span is finished when its handler panics", "GET /report", nil},
	}
	for _, test := range tests {
		var found int
		for _, span := range spans {
			if span.OperationName != test.name {
				continue
			}
			found++
			parent := "none"
			if p := byID[span.ParentID]; p != nil {
				parent = p.OperationName
			}
			if parent != test.parent {
				t.Errorf("%s: parent is %s, want %s: %s", test.name, parent, test.parent, test.why)
			}
			if test.check != nil && !test.check(span) {
				t.Errorf("%s: %s: tags %v, baggage %v", test.name, test.why, span.Tags(), span.SpanContext.Baggage)
			}
		}
		if found == 0 {
			t.Errorf("%s: no such span: %s", test.name, test.why)
		}
	}
}

// TestRunTwice runs the scenario with two tracers: nothing of the first may be
// left in the second.
func TestRunTwice(t *testing.T) {
	first, _ := run(t)
	second, _ := run(t)
	if a, b := forest(t, first), forest(t, second); a != b {
		t.Errorf("two runs gave different spans; first difference:\n%s", firstDifference(b, a))
	}
}

// TestRunWithoutTracer runs the scenario as it runs where no tracer was installed.
func TestRunWithoutTracer(t *testing.T) {
	install(t, opentracing.NoopTracer{})
	var out bytes.Buffer
	if err := Run(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(out.String(), " → "); got != len(scenario) {
		t.Errorf("Run wrote %d answers for %d requests:\n%s", got, len(scenario), out.String())
	}
}

func baggage(key string) func(*mocktracer.MockSpan) bool {
	return func(s *mocktracer.MockSpan) bool { return s.BaggageItem(key) != "" }
}

// recorder is a mock tracer that returns no context where it found none. The plain
// one returns an empty context next to the error, and nethttp's middleware, which
// looks at the context only, would make every request a part of trace 0, which no
// mock tracer extracts again.
type recorder struct{ *mocktracer.MockTracer }

func (r recorder) Extract(format, carrier any) (opentracing.SpanContext, error) {
	sc, err := r.MockTracer.Extract(format, carrier)
	if err != nil {
		return nil, err
	}
	return sc, nil
}

func install(t *testing.T, tracer opentracing.Tracer) {
	t.Helper()
	before := opentracing.GlobalTracer()
	opentracing.SetGlobalTracer(tracer)
	t.Cleanup(func() { opentracing.SetGlobalTracer(before) })
}

func run(t *testing.T) ([]*mocktracer.MockSpan, string) {
	t.Helper()
	tracer := recorder{mocktracer.New()}
	install(t, tracer)
	var out bytes.Buffer
	if err := Run(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	return tracer.FinishedSpans(), out.String()
}

// forest writes the spans as trees, in the order in which the roots were started;
// siblings too, but those that follow from their parent come in no fixed order, so
// they are put last, by name.
func forest(t *testing.T, spans []*mocktracer.MockSpan) string {
	t.Helper()
	late := func(s *mocktracer.MockSpan) string {
		if s.OperationName == "audit.consume" || s.OperationName == "mail.confirm" {
			return s.OperationName
		}
		return ""
	}
	slices.SortFunc(spans, func(a, b *mocktracer.MockSpan) int {
		if c := strings.Compare(late(a), late(b)); c != 0 {
			return c
		}
		return a.SpanContext.SpanID - b.SpanContext.SpanID
	})
	children := make(map[int][]*mocktracer.MockSpan)
	for _, span := range spans {
		children[span.ParentID] = append(children[span.ParentID], span)
	}
	var b strings.Builder
	written := 0
	var write func(parent int, indent string)
	write = func(parent int, indent string) {
		for _, span := range children[parent] {
			written++
			fmt.Fprintf(&b, "%s%s\n", indent, span.OperationName)
			tags := span.Tags()
			keys := make([]string, 0, len(tags))
			for key := range tags {
				keys = append(keys, key)
			}
			sort.Strings(keys)
			for _, key := range keys {
				fmt.Fprintf(&b, "%s    %s = %v (%T)\n", indent, key, tags[key], tags[key])
			}
			for _, record := range span.Logs() {
				fmt.Fprintf(&b, "%s    log", indent)
				for _, field := range record.Fields {
					fmt.Fprintf(&b, " %s=%q", field.Key, field.ValueString)
				}
				b.WriteByte('\n')
			}
			write(span.SpanContext.SpanID, indent+"  ")
		}
	}
	write(0, "")
	if written != len(spans) {
		t.Errorf("%d of %d spans hang on a parent that was not finished", len(spans)-written, len(spans))
	}
	return b.String()
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d:\n got %s\nwant %s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("got %d lines, want %d", len(g), len(w))
}
