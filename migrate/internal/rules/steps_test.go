// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"
	"strings"
	"testing"

	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/snippet"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// Twice as many error tags take twice as many steps, however they come together.
func TestErrorTagsTakeLinearSteps(t *testing.T) {
	const common = `
func fail(span opentracing.Span, err error) {
	if err != nil {
		span.SetTag("error", err)
	}
	span.SetTag("error", true)
}

func work(ctx context.Context) bool { return ctx.Err() != nil }

`
	shapes := []struct{ explanation, before, each, then, after string }{
		{
			"a span of its own for each, in one function", "func f(ctx context.Context) {\n",
			"\tif span := opentracing.StartSpan(\"x\"); work(ctx) {\n\t\tspan.SetTag(\"error\", false)\n\t\twork(ctx)\n\t\tspan.SetTag(\"error\", \"text\")\n\t\twork(ctx)\n\t\tspan.SetTag(\"error\", true)\n\t}\n", "", "}\n",
		},
		{
			"one span for all", "func f(ctx context.Context) {\n\tspan := opentracing.StartSpan(\"x\")\n",
			"\tspan.SetTag(\"error\", false)\n\twork(ctx)\n\tspan.SetTag(\"error\", \"text\")\n\twork(ctx)\n\tspan.SetTag(\"error\", work(ctx))\n", "", "}\n",
		},
		{
			"one span for all, whose errors come first", "func f(ctx context.Context) {\n\tspan := opentracing.StartSpan(\"x\")\n",
			"\tspan.SetTag(\"error\", true)\n\twork(ctx)\n", "\tspan.SetTag(\"error\", false)\n\twork(ctx)\n", "}\n",
		},
		{
			"bare ones after descriptions of other spans", "func f(ctx context.Context) {\n\tspan := opentracing.StartSpan(\"x\")\n",
			"\tspan%d := opentracing.StartSpan(\"y\")\n\tspan%d.SetTag(\"error\", \"text\")\n\tif work(ctx) {\n\t\tspan.SetTag(\"error\", true)\n\t}\n", "", "}\n",
		},
		{
			"a function for each, and one that all of them call", "",
			"func f%d(ctx context.Context) {\n\tspan := opentracing.StartSpan(\"x\")\n\tspan.SetTag(\"error\", false)\n\tfail(span, ctx.Err())\n\tspan.Finish()\n}\n", "", "",
		},
		{
			"a function for each, by contexts", "",
			"func f%d(ctx context.Context) {\n\tspan := opentracing.StartSpan(\"x\")\n\tctx = opentracing.ContextWithSpan(ctx, span)\n\tspan.SetTag(\"error\", false)\n\tg%d(ctx)\n}\n\nfunc g%d(ctx context.Context) { opentracing.SpanFromContext(ctx).SetTag(\"error\", true) }\n", "", "",
		},
	}
	for _, shape := range shapes {
		count := func(n int) (tags, steps int) {
			code := func(each string) string {
				var b strings.Builder
				for i := range n {
					b.WriteString(strings.ReplaceAll(each, "%d", strconv.Itoa(i)))
				}
				return b.String()
			}
			s := snippet.New(t, common+shape.before+code(shape.each)+code(shape.then)+shape.after)
			var families *registry
			rw := plan.New(s.Fset, []*source.Unit{s.Unit}, &plan.Options{MaxAdapters: 1 << 20}, func(rw *plan.Run) plan.Families {
				families = newRegistry(rw)
				return families
			})
			rw.Plan()
			return families.spans.Steps()
		}
		few, fewSteps := count(100)
		many, manySteps := count(200)
		if few < 100 || many < 200 {
			t.Fatalf("%s: %d and %d error tags are too few to tell", shape.explanation, few, many)
		}
		if manySteps > 2*fewSteps+100 {
			t.Errorf("%s: %d error tags take %d steps, %d take %d", shape.explanation, few, fewSteps, many, manySteps)
		}
	}
}
