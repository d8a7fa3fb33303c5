// SPDX-License-Identifier: Apache-2.0

package compare

import (
	"fmt"
	"strings"
	"testing"
)

// What is read of a line does not depend on whether its end was seen before.
func TestTail(t *testing.T) {
	const tail = `,"Resource":[{"Key":"service.name","Value":{"Type":"STRING","Value":"shop"}}],"InstrumentationScope":{"Name":"lib"}}`
	line := func(id int, members string) string {
		return fmt.Sprintf(`{"Name":"s","SpanContext":{"TraceID":"5a11acba01e1c96da8e121b4f8be92a1","SpanID":"%016x"}%s`, id, members)
	}
	first := line(1, tail)
	for _, test := range []struct {
		explanation, line string
		service, scope    string // of the second span
		err               string
	}{
		{"the same end", line(2, tail), "shop", "lib", ""},
		{"another resource", line(2, strings.Replace(tail, "shop", "cart", 1)), "cart", "lib", ""},
		{"another scope", line(2, strings.Replace(tail, "lib", "bil", 1)), "shop", "bil", ""},
		{"a resource before", line(2, `,"Resource":[]`+tail), "shop", "lib", ""},
		{"a text that looks like one", line(2, `,"Attributes":[{"Key":"a","Value":{"Type":"STRING","Value":",\"Resource\":[]}"}}]`+tail), "shop", "lib", ""},
		{"a member of another object", line(2, `,"Links":[{"SpanContext":{"TraceID":"","SpanID":""}`+strings.TrimSuffix(tail, "}")+`}]}`), "", "", ""},
		{"more after it", line(2, strings.TrimSuffix(tail, "}")+`,"Name":"z"}`), "shop", "lib", ""},
		{"a damaged start", strings.Replace(line(2, tail), `"Name":"s",`, `"Name":"s"`, 1), "", "", "the line is damaged (invalid character '\"' after object key:value pair)"},
		{"a start of another type", strings.Replace(line(2, tail), `"s"`, `7`, 1), "", "", "Name is a number: not a span"},
		{"an end without a start", `{"SpanContext":{}` + tail, "", "", `span "" has no ID`},
		{"only the end", "{" + tail[1:], "", "", "neither a span of stdouttrace nor a batch"},
	} {
		for _, text := range []string{first + "\n" + test.line + "\n", strings.Replace(first, "lib", "other", 1) + "\n" + test.line + "\n"} {
			recording, err := Read("r", strings.NewReader(text))
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) || !strings.HasPrefix(err.Error(), "r:2: ") {
					t.Errorf("%s: error %v, want %q", test.explanation, err, test.err)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", test.explanation, err)
				continue
			}
			span, service := recording.Spans[1], ""
			for _, a := range span.Resource.Attributes {
				service = strings.Trim(a.Value.Text, `"`)
			}
			if span.Name != "s" && span.Name != "z" || service != test.service || span.Scope.Name != test.scope {
				t.Errorf("%s: span %q of %q by %q, want one of %q by %q", test.explanation, span.Name, service, span.Scope.Name, test.service, test.scope)
			}
		}
	}
}
