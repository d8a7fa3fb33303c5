// SPDX-License-Identifier: Apache-2.0

package compare_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ot2otel/ot2otel/migrate/internal/compare"
)

// Where much differs, it is told as one difference of each place, and what that costs grows
// with the spans and not with their square.
func TestGrowth(t *testing.T) {
	const few, times = 60, 8
	wants := map[string]map[compare.Kind]int{ // of few spans
		"same":                      {},
		"an attribute everywhere":   {compare.AttributeLost: few},
		"a value everywhere":        {compare.AttributeType: few},
		"all names":                 {compare.SpanRenamed: few},
		"all values and all names":  nil, // nothing is left by which they could be known
		"no child":                  {compare.SpanLost: few / 10 * 5},
		"links to one span":         {},
		"links that are crossed":    nil, // many of them are to spans that are alike
		"one trace that is cut":     {compare.SpanTrace: few - 1},
		"traces of several roots":   {compare.SpanTrace: few / 5}, // one of each trace of five,
		"siblings":                  {compare.AttributeValue: few - 1},
		"siblings that are renamed": {compare.SpanRenamed: few},
		"a chain":                   {compare.SpanRenamed: few},
	}
	for name, shape := range shapes(few) {
		t.Run(name, func(t *testing.T) {
			cost := func(shape func() (a, b []*model)) (result *compare.Result, allocations float64) {
				r := rand.New(rand.NewPCG(1, 2))
				before, after := shape()
				a, b := read(t, "a", write(r, before, stdouttrace)), read(t, "b", write(r, after, collector))
				allocations = testing.AllocsPerRun(1, func() { result = compare.Compare(a, b, nil) })
				return result, allocations
			}
			result, fewAllocations := cost(shape)
			kinds := make(map[compare.Kind]int)
			for _, d := range result.Differences {
				kinds[d.Kind] += d.Count
			}
			if want := wants[name]; want != nil {
				if diff := cmp.Diff(want, kinds); diff != "" {
					t.Errorf("differences by kind (-want +got):\n%s", diff)
				}
			}
			_, allocations := cost(shapes(times * few)[name])
			t.Logf("%.0f and %.0f allocations", fewAllocations, allocations)
			if allocations > 1.5*times*fewAllocations {
				t.Errorf("%d times the spans: %.0f allocations instead of %.0f", times, allocations, fewAllocations)
			}
		})
	}
}
