// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// Twice as many error tags take twice as many steps, however they come together.
func TestErrorTagsTakeLinearSteps(t *testing.T) {
	const api = `
-- go.mod --
module example.com/m

go 1.26

require github.com/opentracing/opentracing-go v1.2.0

replace github.com/opentracing/opentracing-go => ./opentracing
-- opentracing/go.mod --
module github.com/opentracing/opentracing-go

go 1.26
-- opentracing/api.go --
package opentracing

import "context"

type (
	Span interface {
		Finish()
		SetTag(key string, value interface{}) Span
	}
	StartSpanOption interface{ Apply(*StartSpanOptions) }
	StartSpanOptions struct{}
)

func StartSpan(name string, opts ...StartSpanOption) Span { return nil }

func SpanFromContext(ctx context.Context) Span { return nil }

func ContextWithSpan(ctx context.Context, span Span) context.Context { return ctx }
`
	const common = `package p

import (
	"context"

	"github.com/opentracing/opentracing-go"
)

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
	var files strings.Builder
	files.WriteString(api)
	code := func(each string, n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.ReplaceAll(each, "%d", strconv.Itoa(i)))
		}
		return b.String()
	}
	for i, s := range shapes {
		for _, n := range []int{100, 200} {
			files.WriteString(fmt.Sprintf("-- p%d_%d/p.go --\n", i, n) + common + s.before + code(s.each, n) + code(s.then, n) + s.after)
		}
	}
	program, err := Load(t.Context(), &LoadOptions{Dir: writeModule(t, files.String()), Env: []string{"GOFLAGS=-mod=mod", "GOPROXY=off", "GOSUMDB=off"}})
	if err != nil {
		t.Fatal(err)
	}
	opts := &FixOptions{MaxAdapters: 1 << 20}
	byPath, steps := make(map[string]*tagOrder), make(map[string]int)
	for _, u := range programUnits(program, nil, opts) {
		rw := newRewriter(program.Fset, []*unit{u}, opts)
		rw.plan()
		spans := rw.families.(*registry).spans
		byPath[u.path] = spans.status
		for _, f := range spans.files {
			steps[u.path] += f.steps
		}
	}
	for i, s := range shapes {
		few, many := byPath[fmt.Sprintf("example.com/m/p%d_100", i)], byPath[fmt.Sprintf("example.com/m/p%d_200", i)]
		if len(few.tags) < 100 || len(many.tags) < 200 {
			t.Fatalf("%s: %d and %d error tags are too few to tell", s.explanation, len(few.tags), len(many.tags))
		}
		if few, many := steps[fmt.Sprintf("example.com/m/p%d_100", i)], steps[fmt.Sprintf("example.com/m/p%d_200", i)]; many > 2*few+100 {
			t.Errorf("%s: to find descriptions takes %d steps, twice as many %d", s.explanation, few, many)
		}
		if many.steps > 2*few.steps+100 {
			t.Errorf("%s: %d error tags take %d steps, %d take %d", s.explanation, len(few.tags), few.steps, len(many.tags), many.steps)
		}
	}
}
