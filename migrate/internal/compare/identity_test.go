// SPDX-License-Identifier: Apache-2.0

package compare_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ot2otel/ot2otel/migrate/internal/compare"
)

// found returns the differences of two recordings of trees, as a table's rows begin.
func found(t *testing.T, r *rand.Rand, before, after []*model) []string {
	t.Helper()
	a, b := write(r, shuffled(r, before), stdouttrace), write(r, shuffled(r, after), format(r.IntN(int(formats))))
	return rows(compare.Compare(read(t, "a", a), read(t, "b", b), nil))
}

func rows(result *compare.Result) []string {
	var list []string
	for _, d := range result.Differences {
		row := fmt.Sprintf("%s %d %s", d.Kind, d.Count, strings.Join(d.Span, " > "))
		if d.Link != "" {
			row += ": " + d.Link
		}
		list = append(list, row)
	}
	return list
}

// What a link leads to, and which roots share a trace, is known by more than names.
func TestIdentities(t *testing.T) {
	root := func(name string, trace int, children ...*model) *model {
		return &model{name: name, trace: trace, remote: trace != 0, children: children}
	}
	span := func(name string, children ...*model) *model { return &model{name: name, children: children} }
	with := func(m *model, targets ...*model) *model {
		for _, to := range targets {
			m.links = append(m.links, &link{to: to})
		}
		return m
	}
	valued := func(m *model, value string) *model {
		m.attributes = []attr{{"id", value}}
		return m
	}
	for _, tt := range []struct {
		explanation string
		trees       func(after bool) []*model
		want        []string
	}{
		{"traces in another order that differ in something new of each run", func(after bool) []*model {
			var orders []*model
			ids, noise := []string{"ann", "bob", "cat"}, "before"
			if after {
				ids, noise = []string{"cat", "ann", "bob"}, "after"
			}
			for _, id := range ids {
				bake := valued(span("bake"), id)
				bake.attributes = append(bake.attributes, attr{"noise", noise})
				orders = append(orders, root("order", 0, bake))
			}
			return orders
		}, []string{"attribute-value 3 order > bake"}},
		{"a trace that is cut in two", func(after bool) []*model {
			y := root("y", 1)
			if after {
				y.trace = 2
			}
			return []*model{root("x", 1), root("x", 1), y}
		}, []string{"span-trace 1 y"}},
		{"two traces that become one, and two that stay", func(after bool) []*model {
			y := root("y", 2)
			if after {
				y.trace = 1
			}
			return []*model{root("x", 1), root("x", 1), y, root("x", 3), root("y", 4)}
		}, []string{"span-trace 1 y"}},
		{"traces of several roots whose values differ in any two runs", func(after bool) []*model {
			var roots []*model
			for i := range 20 {
				roots = append(roots, valued(root("x", i+1), fmt.Sprint(after, i)), root("y", i+1, span("z")))
			}
			return roots
		}, []string{"attribute-value 20 x"}},
		{"a link to the span above becomes one to the same span of another trace", func(after bool) []*model {
			work := span("work")
			x, other := span("x", work), span("x", span("work"))
			with(work, x)
			if after {
				work.links[0].to = other
			}
			return []*model{x, other}
		}, []string{"link-moved 1 x > work: x"}},
		{"crossed links of messages", func(after bool) []*model {
			var roots []*model
			for i := range 3 {
				roots = append(roots, valued(span("send"), fmt.Sprint(i)))
			}
			for i := range 3 {
				to := roots[i]
				if after {
					to = roots[(i+1)%3]
				}
				roots = append(roots, with(valued(span("receive"), fmt.Sprint(i)), to))
			}
			return roots
		}, []string{"link-moved 3 receive: send"}},
		{"links of messages that are alike to their own senders", func(bool) []*model {
			var roots []*model
			for range 5 {
				send := span("send")
				roots = append(roots, send, with(span("receive"), send), with(span("receive"), send))
			}
			return roots
		}, nil},
		{"of messages that are alike, two lead to one", func(after bool) []*model {
			sends := []*model{span("send"), span("send"), span("send")}
			receives := []*model{with(span("receive"), sends[0]), with(span("receive"), sends[1]), with(span("receive"), sends[2])}
			if after {
				receives[1].links[0].to = sends[0]
			}
			return slices.Concat(sends, receives)
		}, []string{"link-moved 1 receive: send"}},
		{"messages whose values differ in any two runs", func(after bool) []*model {
			var roots []*model
			for i := range 20 {
				send := valued(span("send"), fmt.Sprint(after, i))
				roots = append(roots, send, with(valued(span("receive"), fmt.Sprint(after, i)), send))
			}
			return roots
		}, []string{"attribute-value 20 receive", "attribute-value 20 send"}},
		{"a link out of the recording, and one to a span with such a name", func(after bool) []*model {
			outside := span("(outside)")
			work := with(span("work"), outside)
			if after {
				work.links[0].to = nil
			}
			return []*model{outside, work}
		}, []string{`link-lost 1 work: "(outside)"`, "link-new 1 work: (outside)"}},
	} {
		for seed := range uint64(20) {
			r := rand.New(rand.NewPCG(seed, 3))
			if got := found(t, r, tt.trees(false), tt.trees(false)); len(got) > 0 && !strings.Contains(tt.explanation, "differ") {
				t.Errorf("%s: the same trees differ: %q", tt.explanation, got)
			}
			if diff := cmp.Diff(tt.want, found(t, r, tt.trees(false), tt.trees(true))); diff != "" {
				t.Errorf("%s, seed %d (-want +got):\n%s", tt.explanation, seed, diff)
				break
			}
		}
	}
}

// line is a span of stdouttrace with the last digits of its IDs.
func line(name string, traceID, spanID, parent int, more string) string {
	return fmt.Sprintf(`{"Name":%q,"SpanContext":{"TraceID":"%032x","SpanID":"%016x"},"Parent":{"TraceID":"%032x","SpanID":"%016x"}%s}`+"\n", name, traceID, spanID, traceID, parent, more)
}

func linkTo(traceID, spanID int) string {
	return fmt.Sprintf(`,"Links":[{"SpanContext":{"TraceID":"%032x","SpanID":"%016x"}}]`, traceID, spanID)
}

// Recordings that no SDK writes, or that trees of models don't have.
func TestIdentitiesOfLines(t *testing.T) {
	tree := line("x", 1, 2, 0, "") + line("y", 1, 3, 2, "")
	parentIn := func(traceID int) string {
		return strings.Replace(tree, fmt.Sprintf(`"Parent":{"TraceID":"%032x","SpanID":"%016x"}`, 1, 2), fmt.Sprintf(`"Parent":{"TraceID":"%032x","SpanID":"%016x"}`, traceID, 2), 1)
	}
	other := line("x", 7, 2, 0, "")
	value := func(v string) string { return line("x", 1, 2, 0, `,"Attributes":[{"Key":"k","Value":`+v+`}]`) }
	for _, tt := range []struct {
		explanation string
		a, b        string
		want        []string
	}{
		{"a parent of a trace that is not recorded", tree, parentIn(7), []string{"span-moved 1 x > y"}},
		{"a parent of another trace", tree + other, parentIn(7) + other, []string{"span-trace 1 x > y"}},
		{"a parent without a trace is of the trace of the span", tree, parentIn(0), nil},
		{"a child in another trace than its parent", tree, strings.Replace(parentIn(1), fmt.Sprintf(`"SpanContext":{"TraceID":"%032x","SpanID":"%016x"}`, 1, 3), fmt.Sprintf(`"SpanContext":{"TraceID":"%032x","SpanID":"%016x"}`, 9, 3), 1), []string{"span-trace 1 x > y"}},
		{"a link out of the recording, in the trace", line("x", 1, 2, 0, linkTo(1, 9)), line("x", 1, 2, 0, linkTo(5, 9)), []string{"link-lost 1 x: (outside, in the same trace)", "link-new 1 x: (outside)"}},
		{"a link out of the recording, in a trace of it", line("x", 1, 2, 0, linkTo(7, 9)) + other, line("x", 1, 2, 0, linkTo(5, 9)) + other, []string{"link-lost 1 x: (outside, in another trace of the recording)", "link-new 1 x: (outside)"}},
		{"a link of no IDs", line("x", 1, 2, 0, linkTo(0, 0)), line("x", 1, 2, 0, linkTo(5, 9)), []string{"link-lost 1 x: (no span)", "link-new 1 x: (outside)"}},
		{"links out of the recording to other IDs", line("x", 1, 2, 0, linkTo(4, 9)), line("x", 1, 2, 0, linkTo(5, 8)), nil},
		{"NaN and its name", value(`{"Type":"FLOAT64","Value":"NaN"}`), value(`{"Type":"STRING","Value":"NaN"}`), []string{"attribute-type 1 x"}},
		{"NaN and an infinity", value(`{"Type":"FLOAT64","Value":"NaN"}`), value(`{"Type":"FLOAT64","Value":"-Infinity"}`), []string{"attribute-value 1 x"}},
		{"infinities and their text", value(`{"Type":"FLOAT64SLICE","Value":[1,"Infinity"]}`), value(`{"Type":"STRING","Value":"[1,\"Infinity\"]"}`), []string{"attribute-type 1 x"}},
		{"NaN is NaN", value(`{"Type":"SLICE","Value":[{"Type":"FLOAT64","Value":"NaN"}]}`), value(`{"Type":"SLICE","Value":[{"Type":"FLOAT64","Value":"NaN"}]}`), nil},
	} {
		for _, swapped := range []bool{false, true} {
			a, b := read(t, "a", tt.a), read(t, "b", tt.b)
			if swapped {
				a, b = b, a
			}
			got := rows(compare.Compare(a, b, nil))
			if swapped && len(got) != len(tt.want) {
				t.Errorf("%s, the other way: %q", tt.explanation, got)
			}
			if diff := cmp.Diff(tt.want, got); !swapped && diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.explanation, diff)
			}
		}
	}
}

// The table and the JSON name what has become of traces and links.
func TestIdentitiesAreNamed(t *testing.T) {
	const server = `,"SpanKind":2`
	a := line("x", 1, 2, 9, server) + line("y", 1, 3, 9, linkTo(1, 2)) + line("x", 4, 5, 9, "")
	b := line("x", 1, 2, 9, server) + line("y", 6, 3, 9, linkTo(4, 5)) + line("x", 4, 5, 9, "")
	result := compare.Compare(read(t, "a", a), read(t, "b", b), nil)
	var table, text bytes.Buffer
	if err := result.WriteText(&table); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`span-trace  1      y                  in a trace with "x"     in a trace of its own       2:2`,
		`link-moved  1      y      link to x  x in the same trace, line 1  x in another trace, line 3  2:2`,
	} {
		if !strings.Contains(strings.Join(strings.Fields(table.String()), " "), strings.Join(strings.Fields(want), " ")) {
			t.Errorf("no row %q:\n%s", want, table.String())
		}
	}
	if err := result.WriteJSON(&text); err != nil {
		t.Fatal(err)
	}
	var decoded struct{ Differences []compare.Difference }
	if err := json.Unmarshal(text.Bytes(), &decoded); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(result.Differences, decoded.Differences); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
}
