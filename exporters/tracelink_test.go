// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

// handled collects what goes to the error handler of OpenTelemetry.
func handled(t *testing.T) *[]string {
	t.Helper()
	var reported []string
	before := otel.GetErrorHandler()
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { reported = append(reported, err.Error()) }))
	t.Cleanup(func() { otel.SetErrorHandler(before) })
	return &reported
}

// Which templates make links, and what is said of the others.
func TestTraceLink(t *testing.T) {
	const id = "01000000000000000000000000000000"
	tests := []struct {
		explanation         string
		option, environment string
		want                string
		reported            string
	}{
		{"none", "", "", "", ""},
		{"of the options", "http://localhost:16686/trace/{trace}", "", "http://localhost:16686/trace/" + id, ""},
		{"of the environment", "", " https://h/{trace} ", "https://h/" + id, ""},
		{"the options win", "http://a/{trace}", "http://b/{trace}", "http://a/" + id, ""},
		{"twice, in the query", "https://h/?a={trace}&b={trace}", "", "https://h/?a=" + id + "&b=" + id, ""},
		{"characters beyond ASCII", "https://h/ö?x=\u009b#{trace}", "", "https://h/%C3%B6?x=%C2%9B#" + id, ""},
		{"a space", "https://h/a b/{trace}", "", "https://h/a%20b/" + id, ""},
		{"no place for the ID", "https://h/", "", "", `TreeOptions.TraceURL="https://h/" has no {trace}: write it where the trace ID goes`},
		{"another scheme", "", "file:///etc/{trace}", "", `OT2OTEL_TRACE_URL="file:///etc/{trace}" is not a URL of http or https`},
		{"a script", "javascript:alert({trace})", "", "", `TreeOptions.TraceURL="javascript:alert({trace})" is not a URL of http or https`},
		{"no scheme", "localhost/{trace}", "", "", `TreeOptions.TraceURL="localhost/{trace}" is not a URL of http or https`},
		{"no host", "http:///{trace}", "", "", `TreeOptions.TraceURL="http:///{trace}" has no host`},
		{"a user", "http://joe:hunter2@h/{trace}", "", "", `TreeOptions.TraceURL="http://REDACTED@h/{trace}" has a user: leave it out`},
		{"what would end the link", "http://h/{trace}\x1b\\\x1b[2J", "", "", `TreeOptions.TraceURL="http://h/{trace}\x1b\\\x1b[2J" is not a URL`},
		{"the other end of one", "http://h/{trace}\a", "", "", `TreeOptions.TraceURL="http://h/{trace}\a" is not a URL`},
	}
	for _, tt := range tests {
		t.Run(tt.explanation, func(t *testing.T) {
			t.Setenv(traceURLVariable, tt.environment)
			reported := handled(t)
			tree := NewTree(&bytes.Buffer{}, &TreeOptions{TraceURL: tt.option})
			if got := tree.printer.link.to(trace.TraceID{1}); got != tt.want {
				t.Errorf("link to %q, want %q", got, tt.want)
			}
			var want []string
			if tt.reported != "" {
				want = []string{"exporters: tree: " + tt.reported}
			}
			if diff := cmp.Diff(want, *reported); diff != "" {
				t.Errorf("reported (-want +got):\n%s", diff)
			}
		})
	}
}

// Only a terminal with colours gets links, and their text is as long as without.
func TestTraceLinkInTerminal(t *testing.T) {
	stub := tracetest.SpanStub{Name: "op", SpanContext: trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{1}})}
	b := block{trace: trace.TraceID{1}, roots: []*node{{span: stub.Snapshot()}}}
	late := b
	late.late = true
	const id, to = "01000000000000000000000000000000", "http://h/01000000000000000000000000000000"
	for _, tt := range []struct {
		explanation string
		terminal    terminal
		block       block
		want        string
	}{
		{"a terminal", terminal{fd: 1, colour: true, width: 80}, b, "\x1b[2mtrace \x1b[0m\x1b]8;;" + to + "\x1b\\\x1b[2m" + id + "\x1b[0m\x1b]8;;\x1b\\\n"},
		{"a narrow terminal", terminal{fd: 1, colour: true, width: 20}, b, "\x1b]8;;" + to + "\x1b\\\x1b[2m" + id + "\x1b[0m\x1b]8;;\x1b\\\n"},
		{"late spans", terminal{fd: 1, colour: true, width: 80}, late, "\x1b]8;;" + to + "\x1b\\\x1b[2m01000000…\x1b[0m\x1b]8;;\x1b\\  "},
		{"no colours", terminal{fd: 1, width: 80}, b, "trace " + id + "\n"},
		{"no terminal", terminal{fd: -1, colour: true, width: 80}, b, "\x1b[2mtrace \x1b[0m\x1b[2m" + id + "\x1b[0m\n"},
	} {
		var out bytes.Buffer
		p := newPrinter(&out, TreeOptions{TraceURL: "http://h/{trace}"})
		p.terminal = tt.terminal
		if err := p.write(tt.block); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), tt.want) {
			t.Errorf("%s: no %q in\n%q", tt.explanation, tt.want, out.String())
		}
	}
}
