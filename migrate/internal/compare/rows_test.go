// SPDX-License-Identifier: Apache-2.0

package compare

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Rows of a table are one where only a word of their names differs.
func TestRows(t *testing.T) {
	lost := func(key string, names ...string) Difference {
		return Difference{Kind: AttributeLost, Count: 2, Span: names, Key: key}
	}
	renamed := func(a, b string) Difference {
		return Difference{Kind: SpanRenamed, Count: 1, Span: []string{a}, A: fmt.Sprintf("%q", a), B: fmt.Sprintf("%q", b)}
	}
	var long []Difference
	for i := range 3 {
		long = append(long, lost("k", strings.Repeat("a/", 40)+fmt.Sprint(i)))
	}
	for _, tt := range []struct {
		explanation string
		all         []Difference
		want        []string
	}{
		{"three names that differ in a word", []Difference{lost("k", "GET /a"), lost("k", "GET /b"), lost("k", "GET /c")}, []string{"6 GET /*"}},
		{"two are told as they are", []Difference{lost("k", "GET /a"), lost("k", "GET /b")}, []string{"2 GET /a", "2 GET /b"}},
		{"another key", []Difference{lost("k", "GET /a"), lost("k", "GET /b"), lost("l", "GET /c")}, []string{"2 GET /a", "2 GET /b", "2 GET /c"}},
		{"spans beneath them", []Difference{lost("k", "GET /a", "query"), lost("k", "GET /b", "query"), lost("k", "GET /c", "query")}, []string{"6 GET /* > query"}},
		{"the word is there twice", []Difference{lost("k", "GET /1", "load 1"), lost("k", "GET /2", "load 2"), lost("k", "GET /3", "load 3")}, []string{"6 GET /* > load *"}},
		{"two words differ", []Difference{
			lost("k", "GET /a/1"), lost("k", "GET /a/2"), lost("k", "GET /a/3"), lost("k", "GET /b/1"), lost("k", "GET /b/2"), lost("k", "GET /b/3"),
		}, []string{"6 GET /a/*", "6 GET /b/*"}},
		{"nothing would be left of a name", []Difference{lost("k", "a"), lost("k", "b"), lost("k", "c")}, []string{"2 a", "2 b", "2 c"}},
		{"a rename to the same name", []Difference{renamed("GET /a", "GET /{x}"), renamed("GET /b", "GET /{x}"), renamed("GET /c", "GET /{x}")}, []string{`3 GET /* "GET /*" "GET /{x}"`}},
		{"renames to others", []Difference{renamed("GET /a", "one"), renamed("GET /b", "two"), renamed("GET /c", "three")},
			[]string{`1 GET /a "GET /a" "one"`, `1 GET /b "GET /b" "two"`, `1 GET /c "GET /c" "three"`}},
		{"too many words to look at", long, []string{"2 " + long[0].Span[0], "2 " + long[1].Span[0], "2 " + long[2].Span[0]}},
		{"names with zeros", []Difference{lost("k", "\x00a b"), lost("k", "\x00a c"), lost("k", "\x00a d")}, []string{"2 \x00a b", "2 \x00a c", "2 \x00a d"}},
		{"resources have no name", []Difference{{Kind: ResourceLost, Count: 1, Service: "a", Key: "k"}}, []string{"1"}},
	} {
		before := slices.Clone(tt.all)
		var got []string
		for _, r := range rows(tt.all) {
			parts := []string{fmt.Sprint(r.Count), strings.Join(r.Span, " > "), r.A, r.B}
			parts = slices.DeleteFunc(parts, func(part string) bool { return part == "" })
			got = append(got, strings.Join(parts, " "))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.explanation, diff)
		}
		if diff := cmp.Diff(before, tt.all); diff != "" {
			t.Errorf("%s: the differences themselves change: %s", tt.explanation, diff)
		}
	}
}
