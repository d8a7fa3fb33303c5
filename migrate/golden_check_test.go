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
	fine := func() (*goldenCase, goldenOutcome) {
		return &goldenCase{files: file(old), after: file(new), spans: "a\n", want: expectation{kind: "rewritten"}},
			goldenOutcome{once: file(new), twice: file(new), before: spans("a"), after: spans("a")}
	}
	for _, test := range []struct {
		explanation string
		change      func(*goldenCase, *goldenOutcome)
		want        string // empty: no failure
	}{
		{"a rewritten case with the same spans passes", func(*goldenCase, *goldenOutcome) {}, ""},
		{"another span is noticed", func(_ *goldenCase, o *goldenOutcome) { o.after = spans("b") }, "records other spans than before"},
		{"a lost span is noticed", func(_ *goldenCase, o *goldenOutcome) { o.after = spans() }, "records other spans than before"},
		{
			"a difference may be declared, and is then stored", func(c *goldenCase, o *goldenOutcome) {
				c.differs, c.spansAfter, o.after = "because", "b\n", spans("b")
			}, "",
		},
		{
			"a declared difference that is none is noticed", func(c *goldenCase, _ *goldenOutcome) { c.differs = "because" },
			"so drop the line",
		},
		{"spans that are not those stored are noticed", func(c *goldenCase, _ *goldenOutcome) { c.spans = "b\n" }, "than stored, before rewriting"},
		{
			"a case that records nothing is noticed", func(c *goldenCase, o *goldenOutcome) {
				c.spans, o.before, o.after = "", spans(), spans()
			}, "proves nothing",
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
		{"a new panic is noticed", func(_ *goldenCase, o *goldenOutcome) { o.after.Panic = "boom" }, "panics after rewriting: boom"},
		{"an old panic is noticed", func(_ *goldenCase, o *goldenOutcome) { o.before.Panic = "boom" }, "panics as it was written: boom"},
		{"other output is noticed", func(_ *goldenCase, o *goldenOutcome) { o.after.Output = "x\n" }, "records other spans than before"},
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
