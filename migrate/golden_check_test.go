// SPDX-License-Identifier: Apache-2.0

package migrate_test

import (
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestGoldenCheck holds the golden harness to what it has to notice: a proof that can't fail proves nothing.
func TestGoldenCheck(t *testing.T) {
	const (
		old = "package p\n\nimport _ \"github.com/opentracing/opentracing-go\"\n"
		new = "package p\n\nimport _ \"go.opentelemetry.io/otel\"\n"
	)
	file := func(src string) []txtar.File { return []txtar.File{{Name: "p.go", Data: []byte(src)}} }
	spans := func(names ...string) *recording {
		r := &recording{}
		for _, n := range names {
			r.Spans = append(r.Spans, &goldenSpan{Name: n})
		}
		return r
	}
	runs := func() map[setUp]*recording {
		return map[setUp]*recording{sampled: spans("a"), absent: spans(), unsampled: spans()}
	}
	fine := func() (*goldenCase, goldenOutcome) {
		c := &goldenCase{files: file(old), after: file(new), want: expectation{kind: "rewritten"}, differs: make(map[setUp]string)}
		c.recorded, c.recordedAfter = map[setUp]string{sampled: "a\n"}, make(map[setUp]string)
		return c, goldenOutcome{once: file(new), twice: file(new), before: runs(), after: runs()}
	}
	for _, test := range []struct {
		explanation string
		change      func(*goldenCase, *goldenOutcome)
		want        string // empty: no failure
	}{
		{"a rewritten case with the same spans passes", func(*goldenCase, *goldenOutcome) {}, ""},
		{"another span is noticed", func(_ *goldenCase, o *goldenOutcome) { o.after[sampled] = spans("b") }, "sampled: records something else than before"},
		{"a lost span is noticed", func(_ *goldenCase, o *goldenOutcome) { o.after[sampled] = spans() }, "sampled: records something else than before"},
		{
			"a kind that comes after the start is noticed", func(_ *goldenCase, o *goldenOutcome) { o.after[sampled].Spans[0].Late = true },
			"after its start",
		},
		{
			"a kind that comes with the start is progress", func(_ *goldenCase, o *goldenOutcome) { o.before[sampled].Spans[0].Late = true }, "",
		},
		{
			"a difference may be declared, and is then stored", func(c *goldenCase, o *goldenOutcome) {
				c.differs[sampled], c.recordedAfter[sampled], o.after[sampled] = "because", "b\n", spans("b")
				o.changes = []string{"p.go:1 why"}
			}, "",
		},
		{
			"a difference that the rewriter doesn't list is noticed", func(c *goldenCase, o *goldenOutcome) {
				c.differs[sampled], c.recordedAfter[sampled], o.after[sampled] = "because", "b\n", spans("b")
			}, "sampled: records something else than before, and the rewriter lists no change",
		},
		{
			"a declared difference that does not show is noticed", func(c *goldenCase, _ *goldenOutcome) { c.differs[sampled] = "because" },
			"so drop the line",
		},
		{
			"spans that are not those stored are noticed", func(c *goldenCase, _ *goldenOutcome) { c.recorded[sampled] = "b\n" },
			"than stored, before rewriting",
		},
		{
			"spans after rewriting that are not those stored are noticed", func(c *goldenCase, o *goldenOutcome) {
				c.differs[sampled], c.recordedAfter[sampled], o.after[sampled] = "because", "c\n", spans("b")
				o.changes = []string{"p.go:1 why"}
			}, "than stored, after rewriting",
		},
		{
			"a case that records nothing is noticed", func(c *goldenCase, o *goldenOutcome) {
				c.recorded[sampled], o.before[sampled], o.after[sampled] = "", spans(), spans()
			}, "proves nothing",
		},
		{
			"a header that is lost is noticed", func(c *goldenCase, o *goldenOutcome) {
				c.recorded[sampled] = "a\nwire:\n\ttraceparent: a\n"
				o.before[sampled].Wire = []string{"traceparent: a"}
			}, "sampled: records something else than before",
		},
		{
			"a header that is lost where nothing is sampled is noticed", func(_ *goldenCase, o *goldenOutcome) {
				o.before[unsampled].Wire = []string{"traceparent: a, unsampled"}
			}, "unsampled: records something else than before",
		},
		{
			"a header that comes in addition is noticed", func(_ *goldenCase, o *goldenOutcome) {
				o.after[unsampled].Wire = []string{"baggage: a=b"}
			}, "unsampled: records something else than before",
		},
		{
			"other output where no tracer is installed is noticed", func(_ *goldenCase, o *goldenOutcome) { o.after[absent].Output = "x\n" },
			"nothing installed: records something else than before",
		},
		{
			"a difference under one set-up is not declared by that of another", func(c *goldenCase, o *goldenOutcome) {
				c.differs[unsampled], o.changes = "because", []string{"p.go:1 why"}
				o.after[unsampled].Output, o.after[absent].Output = "x\n", "x\n"
			}, "nothing installed: records something else than before",
		},
		{
			"a difference where no tracer is installed may be declared, and both sides are stored", func(c *goldenCase, o *goldenOutcome) {
				c.differs[absent], o.changes = "because", []string{"p.go:1 why"}
				o.before[absent].Output, o.after[absent].Output = "x\n", "y\n"
				c.recorded[absent], c.recordedAfter[absent] = "stdout:\n\tx\n", "stdout:\n\ty\n"
			}, "",
		},
		{
			"such a difference that the rewriter doesn't list is noticed", func(c *goldenCase, o *goldenOutcome) {
				c.differs[absent], o.after[absent].Output = "because", "y\n"
			}, "nothing installed: records something else than before, and the rewriter lists no change",
		},
		{
			"such a difference that does not show is noticed", func(c *goldenCase, _ *goldenOutcome) { c.differs[absent] = "because" },
			"nothing installed: records the same as before, so drop the line",
		},
		{
			"a new panic where no tracer is installed is noticed, even if a difference is declared", func(c *goldenCase, o *goldenOutcome) {
				c.differs[absent], o.changes = "because", []string{"p.go:1 why"}
				o.after[absent].Panic = "boom"
			}, "nothing installed: panics after rewriting: boom",
		},
		{
			"a new panic where nothing is sampled is noticed", func(_ *goldenCase, o *goldenOutcome) { o.after[unsampled].Panic = "boom" },
			"unsampled: panics after rewriting: boom",
		},
		{
			"the same panic where no tracer is installed is the same", func(_ *goldenCase, o *goldenOutcome) {
				o.before[absent].Panic, o.after[absent].Panic = "boom", "boom"
			}, "",
		},
		{"other code than stored is noticed", func(c *goldenCase, _ *goldenOutcome) { c.after = nil }, "is rewritten otherwise than stored"},
		{
			"a second run that changes something is noticed", func(_ *goldenCase, o *goldenOutcome) { o.twice = file(new + "\n") },
			"a second run changes it again",
		},
		{
			"a file that was left alone at first and changes in the second run is noticed", func(c *goldenCase, o *goldenOutcome) {
				c.want, c.after, o.once = expectation{kind: "unchanged"}, nil, file(old)
			}, "a second run changes it again",
		},
		{"code that is not formatted is noticed", func(c *goldenCase, o *goldenOutcome) {
			c.after = file(new + "\n\n")
			o.once, o.twice = c.after, c.after
		}, "is not formatted"},
		{"a compiler error is noticed", func(_ *goldenCase, o *goldenOutcome) { o.compiler, o.after = "undefined: x", nil }, "does not compile"},
		{"a new panic is noticed", func(_ *goldenCase, o *goldenOutcome) { o.after[sampled].Panic = "boom" }, "panics after rewriting: boom"},
		{"an old panic is noticed", func(_ *goldenCase, o *goldenOutcome) { o.before[sampled].Panic = "boom" }, "panics as it was written: boom"},
		{"other output is noticed", func(_ *goldenCase, o *goldenOutcome) { o.after[sampled].Output = "x\n" }, "records something else than before"},
		{"an import that is left is noticed", func(c *goldenCase, o *goldenOutcome) {
			c.after, o.once, o.twice = nil, file(old), file(old)
		}, "still imports"},
		{"a refusal in a rewritten case is noticed", func(_ *goldenCase, o *goldenOutcome) { o.refused = goldenRefusals{"x": "here"} }, "x at here"},
		{"another category than promised is noticed", func(c *goldenCase, o *goldenOutcome) {
			c.want = expectation{kind: "in part", category: "x"}
			o.refused = goldenRefusals{"y": "there"}
		}, "not refused as x"},
		{"a change of what is to be refused is noticed", func(c *goldenCase, o *goldenOutcome) {
			c.want = expectation{kind: "refused", category: "x"}
			o.refused = goldenRefusals{"x": "here"}
		}, "was rewritten"},
		{"an adapter too many is noticed", func(c *goldenCase, o *goldenOutcome) {
			c.after = file(new + "\nvar _ = compat.OTelSpan(nil)\n")
			o.once, o.twice = c.after, c.after
		}, "has 1 adapters, not 0"},
	} {
		t.Run(test.explanation, func(t *testing.T) {
			c, o := fine()
			test.change(c, &o)
			failures := strings.Join(c.check(o), "\n")
			if test.want == "" && failures != "" || !strings.Contains(failures, test.want) {
				t.Errorf("failures are %q, want one with %q", failures, test.want)
			}
		})
	}
}

func TestParseExpectation(t *testing.T) {
	for _, test := range []struct {
		in   string
		want expectation
	}{
		{"rewritten", expectation{kind: "rewritten"}},
		{"rewritten with adapters 2", expectation{kind: "rewritten", adapters: 2}},
		{"rewritten in part own-span because of it", expectation{kind: "in part", category: "own-span", because: "of it"}},
		{"rewritten in part with adapters 1 own-span because of it", expectation{kind: "in part", adapters: 1, category: "own-span", because: "of it"}},
		{"refused own-span because of it", expectation{kind: "refused", category: "own-span", because: "of it"}},
		{"unchanged because of it", expectation{kind: "unchanged", because: "of it"}},
	} {
		got, err := parseExpectation(test.in)
		if err != nil || got != test.want {
			t.Errorf("parseExpectation(%q) = %+v, %v, want %+v", test.in, got, err, test.want)
		}
	}
	for _, in := range []string{"", "refused", "refused own-span", "rewritten with adapters", "unchanged", "done"} {
		if got, err := parseExpectation(in); err == nil {
			t.Errorf("parseExpectation(%q) = %+v, want an error", in, got)
		}
	}
}
