// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"strings"
	"testing"

	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
)

// TestOutcome asks what depends on the first test against nil.
func TestOutcome(t *testing.T) {
	const from = `span := opentracing.SpanFromContext(ctx); `
	for _, test := range []struct {
		explanation string
		declaration string
		want        outcome
		leavesNil   bool
	}{
		{"calls of the span", `func f(ctx context.Context) { ` + from + `if span != nil { span.SetTag("k", 1) } }`, OutcomeSpans, false},
		{"a child that stays inside", `func f(ctx context.Context) { ` + from + `if span != nil { c := opentracing.StartSpan("c", opentracing.ChildOf(span.Context())); defer c.Finish() } }`, OutcomeSpans, false},
		{"options are only handed on", `func f(ctx context.Context) { var opts []opentracing.StartSpanOption; ` + from + `if span != nil { opts = append(opts, opentracing.ChildOf(span.Context())) } }`, OutcomeSpans, false},
		{"what was rewritten before", `func f(ctx context.Context, tracer trace.Tracer) { ` + from + `if span != nil { _, c := tracer.Start(ctx, "c", trace.WithAttributes(attribute.Int("n", 1))); c.End() } }`, OutcomeSpans, false},
		{"a root that was rewritten before", `func f(ctx context.Context, tracer trace.Tracer) { ` + from + `if span == nil { _, c := tracer.Start(context.Background(), "c", trace.WithAttributes(attribute.String("n", fmt.Sprint(ctx)))); c.End() } }`, OutcomeSpans, false},
		{"a native span that is there already", `func f(ctx context.Context, tracer trace.Tracer) { _, c := tracer.Start(ctx, "r"); ` + from + `if span != nil { _, c = tracer.Start(ctx, "c") }; c.End() }`, OutcomeSpans, false},
		{"a native span that stays nil", `func f(ctx context.Context, tracer trace.Tracer) { var c trace.Span; ` + from + `if span != nil { _, c = tracer.Start(ctx, "c") }; c.End() }`, OutcomeKept, true},
		{"a helper of an earlier run", `func spanOf(_ context.Context, span trace.Span) trace.Span { return span }; func f(ctx context.Context, tracer trace.Tracer) { ` + from + `if span != nil { spanOf(tracer.Start(ctx, "c")).End() } }`, OutcomeSpans, false},
		{"output", `func f(ctx context.Context) { ` + from + `if span != nil { fmt.Println("traced") } }`, OutcomeShown, false},
		{"output of the test itself", `func f(ctx context.Context) { ` + from + `fmt.Println(span == nil) }`, OutcomeShown, false},
		{"output of the other branch", `func f(ctx context.Context) { ` + from + `if span != nil { span.Finish() } else { fmt.Println("none") } }`, OutcomeShown, false},
		{"output behind a return", `func f(ctx context.Context) { ` + from + `if span == nil { return }; fmt.Println("traced") }`, OutcomeShown, false},
		{"a text that is returned", `func f(ctx context.Context) string { ` + from + `if span == nil { return "" }; return "traced" }`, OutcomeShown, false},
		{"a span that stays nil", `func f(ctx context.Context) { var c opentracing.Span; ` + from + `if span != nil { c = opentracing.StartSpan("c") }; c.Finish() }`, OutcomeKept, true},
		{"a span that the other branch starts", `func f(ctx context.Context) { var c opentracing.Span; ` + from + `if span != nil { c = opentracing.StartSpan("c") } else { c = opentracing.StartSpan("r") }; c.Finish() }`, OutcomeSpans, false},
		{"a span that is there already", `func f(ctx context.Context) { c := opentracing.StartSpan("r"); ` + from + `if span != nil { c = opentracing.StartSpan("c") }; c.Finish() }`, OutcomeSpans, false},
		{"a span that is started where there is none", `func f(ctx context.Context) { ` + from + `if span == nil { span = opentracing.StartSpan("r") }; span.Finish() }`, OutcomeSpans, false},
		{"nil that is returned", `func f(ctx context.Context) opentracing.Span { ` + from + `if span == nil { return nil }; return span }`, OutcomeKept, true},
		{"a named result", `func f(ctx context.Context) (c opentracing.Span) { ` + from + `if span != nil { c = opentracing.StartSpan("c") }; return c }`, OutcomeKept, true},
		{"a field", `func f(ctx context.Context, h *struct{ span opentracing.Span }) { ` + from + `if span != nil { h.span = span } }`, OutcomeKept, true},
		{"a map of the function's", `func f(ctx context.Context, m map[string]int) { ` + from + `if span != nil { m["n"] = 1 } }`, OutcomeKept, false},
		{"a function of the module", `func g() {}; func f(ctx context.Context) { ` + from + `if span != nil { g() } }`, OutcomeKept, false},
		{"a panic", `func f(ctx context.Context) { ` + from + `if span == nil { panic("no span") } }`, OutcomeKept, false},
		{"a variable that has the answer", `func f(ctx context.Context) { ` + from + `has := span != nil; _ = has }`, OutcomeKept, false},
		{"a span that is used where it is made only", `func f(ctx context.Context) { var c opentracing.Span; ` + from + `if span != nil { c = opentracing.StartSpan("c"); c.Finish() } }`, OutcomeKept, false},
		{"a variable whose answer leaves nil", `func f(ctx context.Context) { var c opentracing.Span; ` + from + `if has := span != nil; has { c = opentracing.StartSpan("c") }; c.Finish() }`, OutcomeKept, true},
		{"an answer that is returned", `func f(ctx context.Context) bool { ` + from + `return span != nil }`, OutcomeKept, false},
		{"a number", `func f(ctx context.Context) { n := 0; ` + from + `if span != nil { n = 1 }; _ = n }`, OutcomeShown, false},
		{"an error", `func f(ctx context.Context) { var err error; ` + from + `if span != nil { err = ctx.Err() }; _ = err }`, OutcomeShown, false},
		{"a part of a condition", `func f(ctx context.Context, on bool) { ` + from + `if on && span != nil { span.Finish() } }`, OutcomeSpans, false},
		{"a case", `func f(ctx context.Context) { ` + from + `switch { case span == nil: fmt.Println("none") } }`, OutcomeShown, false},
		{"a channel", `func f(ctx context.Context, c chan int) { ` + from + `if span != nil { c <- 1 } }`, OutcomeKept, false},
		{"a field behind a return", `func f(ctx context.Context, h *struct{ n int }) { ` + from + `if span == nil { return }; h.n = 1 }`, OutcomeKept, false},
		{"a return of a literal leaves the function alone", `func f(ctx context.Context) { ` + from + `if span != nil { defer func() { return }() } }`, OutcomeKept, false},
	} {
		var native []string
		if strings.Contains(test.declaration, "trace.Tracer") {
			native = append(native, opentelemetry.TracePath)
		}
		if strings.Contains(test.declaration, "attribute.") {
			native = append(native, opentelemetry.AttributePath)
		}
		s := newSnippet(t, test.declaration, native...)
		got, leavesNil := s.OutcomeOf(s.NilTest(t))
		if got != test.want || leavesNil != test.leavesNil {
			t.Errorf("%s: outcome %d, leaves nil %v; want %d, %v:\n%s", test.explanation, got, leavesNil, test.want, test.leavesNil, test.declaration)
		}
	}
}
