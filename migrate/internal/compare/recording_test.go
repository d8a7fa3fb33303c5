// SPDX-License-Identifier: Apache-2.0

package compare_test

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ot2otel/ot2otel/migrate/internal/compare"
)

const (
	span1 = `{"Name":"a","SpanContext":{"TraceID":"01000000000000000000000000000000","SpanID":"0300000000000000"}}`
	span2 = `{"Name":"b","SpanContext":{"TraceID":"01000000000000000000000000000000","SpanID":"0400000000000000"},"Parent":{"TraceID":"01000000000000000000000000000000","SpanID":"0300000000000000"}}`
	batch = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"01000000000000000000000000000000","spanId":"0300000000000000","name":"a"}]}]}]}`
)

func TestReadErrors(t *testing.T) {
	for _, tt := range []struct{ explanation, text, want string }{
		{"empty", "", "f:1: the recording is empty: run the program"},
		{"empty lines", "\n \n", "f:1: the recording is empty"},
		{"no spans", `{"resourceSpans":[]}`, "f:1: the recording has no spans"},
		{"cut in the last line", span1 + "\n" + span2[:50], "f:2: the recording is cut short here"},
		{"cut in the last line, which another process has ended", span1 + "\n" + span2[:50] + "\n", "f:2: the recording is cut short here"},
		{"cut before the last line", span1[:50] + "\n" + span2 + "\n", "f:1: the recording is cut short here"},
		{"two processes in a line", span1[:50] + span2 + "\n" + span2 + "\n", "f:1: the line is damaged"},
		{"cut in an object of several lines", "{\n\"Name\": \"a\",\n", "f:1: the recording is cut short here"},
		{"OTLP that is cut", batch[:90], "f:1: the recording is cut short here"},
		{"both formats", span1 + "\n\n" + batch, "f:3: the line is OTLP, but line 1 is stdouttrace: record in two files"},
		{"both formats, the other way", batch + "\n" + span2, "f:2: the line is stdouttrace, but line 1 is OTLP"},
		{"a byte order mark", "\ufeff" + span1 + "\n", `f:1: the line begins with a byte order mark: remove`},
		{"null", span1 + "\nnull\n", `f:2: the line is not a JSON object ("null")`},
		{"other output", span1 + "\nlistening on :8080\n", `f:2: the line is not JSON ("listening on :8080"): keep other output out`},
		{"other output with escapes", "\x1b[2J\n", `("\x1b[2J")`},
		{"a log in JSON", `{"level":"info","msg":"listening"}`, "f:1: the line is JSON, but neither a span"},
		{"a log in JSON with a name", `{"Name":1}`, "Name is a number: not a span"},
		{"metrics", `{"resourceMetrics":[]}`, "f:1: the line has metrics, not spans"},
		{"logs", `{"resourceLogs":[]}`, "f:1: the line has logs, not spans"},
		{"names of protobuf", `{"resource_spans":[]}`, "leave UseProtoNames of protojson out"},
		{"Jaeger", `{"data":[{"traceID":"1"}]}`, "what Jaeger exports: compare reads JSON lines"},
		{"Tempo", `{"batches":[]}`, "what Tempo exports"},
		{"Zipkin", `[{"traceId":"1"}]`, "a JSON array, as Zipkin has it"},
		{"gzip", "\x1f\x8b\x08\x00", "the file is compressed: decompress it first"},
		{"the collector's format proto", "\x00\x00\x01\x00abc", "the file is binary"},
		{"old OTLP", `{"resourceSpans":[{"instrumentationLibrarySpans":[]}]}`, "an OTLP before 0.19"},
		{"recorded twice", span1 + "\n" + span2 + "\n" + span1, `f:3: span "a" has the ID of the span in line 1: remove the file before you record again`},
		{"a span without an ID", `{"Name":"a","SpanContext":{"TraceID":"","SpanID":""}}`, `f:1: span "a" has no ID`},
		{"an ID that is not one", strings.Replace(span1, "0300", "03x0", 1), `f:1: "03x0000000000000" is not the ID`},
		{"a loop", strings.Replace(span2, `"SpanID":"0300`, `"SpanID":"0400`, 1), `f:1: span "b" is its own ancestor`},
		{"an unknown type", strings.Replace(span1, "}}", `},"Attributes":[{"Key":"k","Value":{"Type":"COMPLEX","Value":1}}]}`, 1), `f:1: attribute "k": "COMPLEX" is not a type of attributes`},
		{"a value of another type", strings.Replace(span1, "}}", `},"Attributes":[{"Key":"k","Value":{"Type":"INT64","Value":"x"}}]}`, 1), `f:1: attribute "k": json:`},
		{"an unknown kind", strings.Replace(span1, "}}", `},"SpanKind":9}`, 1), `f:1: "9" is not the kind of a span`},
		{"an unknown status", strings.Replace(span1, "}}", `},"Status":{"Code":"Fine"}}`, 1), `f:1: "Fine" is not the status of a span`},
	} {
		_, err := compare.Read("f", strings.NewReader(tt.text))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s:\n got %v\nwant %s", tt.explanation, err, tt.want)
		}
	}
}

// A file that isn't there may be that of tests which go test has cached.
func TestReadFilesMissing(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "after.jsonl")
	_, _, err := compare.ReadFiles(missing, missing)
	if err == nil || !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "after.jsonl") || !strings.Contains(err.Error(), "go test -count=1") {
		t.Errorf("got %v, want what to do", err)
	}
}

// Deep nesting ends in an error, not in a stack that has no end.
func TestReadDeepValue(t *testing.T) {
	deep := strings.Replace(span1, "}}", `},"Attributes":[{"Key":"k","Value":`+strings.Repeat(`{"Type":"SLICE","Value":[`, 100_000)+"]}", 1)
	if _, err := compare.Read("f", strings.NewReader(deep)); err == nil {
		t.Error("no error")
	}
}

// Objects that are indented over several lines are read, too, and mixed with blank lines.
func TestReadIndented(t *testing.T) {
	indent := func(s string) string {
		return strings.NewReplacer(",", ",\n\t", "{\"N", "{\n\t\"N", "}}", "}\n}").Replace(s)
	}
	text := indent(span1) + "\r\n\n" + indent(strings.Replace(span2, "}}", "}\n}", 1))
	a, b := read(t, "indented", text), read(t, "lines", span1+"\n"+span2)
	if got := compare.Compare(a, b, nil); len(got.Differences) > 0 || got.A.Spans != 2 || got.A.Traces != 1 {
		t.Errorf("%+v\n%s", got, text)
	}
}

// The formats say the same of each type of value.
func TestReadValues(t *testing.T) {
	for _, tt := range []struct{ stub, otlp, explanation string }{
		{`"Type":"STRING","Value":"a\"\n"`, `"stringValue":"a\"\n"`, "string"},
		{`"Type":"STRING","Value":""`, `"stringValue":""`, "an empty string is a value"},
		{`"Type":"BOOL","Value":false`, `"boolValue":false`, "bool"},
		{`"Type":"INT64","Value":9223372036854775807`, `"intValue":"9223372036854775807"`, "a number that a float does not hold"},
		{`"Type":"INT64","Value":-1`, `"intValue":-1`, "an int as a number"},
		{`"Type":"FLOAT64","Value":1`, `"doubleValue":1`, "a float without a fraction"},
		{`"Type":"FLOAT64","Value":1e+30`, `"doubleValue":1e30`, "a large float"},
		{`"Type":"BYTESLICE","Value":"AQI="`, `"bytesValue":"AQI="`, "bytes"},
		{`"Type":"EMPTY","Value":null`, ``, "nothing"},
		{`"Type":"STRINGSLICE","Value":["a","b"]`, `"arrayValue":{"values":[{"stringValue":"a"},{"stringValue":"b"}]}`, "strings"},
		{`"Type":"INT64SLICE","Value":[1]`, `"arrayValue":{"values":[{"intValue":"1"}]}`, "ints"},
		{`"Type":"FLOAT64SLICE","Value":[1]`, `"arrayValue":{"values":[{"doubleValue":1}]}`, "floats"},
		{`"Type":"BOOLSLICE","Value":[true]`, `"arrayValue":{"values":[{"boolValue":true}]}`, "bools"},
		{`"Type":"INT64SLICE","Value":[]`, `"arrayValue":{}`, "an array of nothing has no type in OTLP"},
		{`"Type":"SLICE","Value":[{"Type":"INT64","Value":1},{"Type":"STRING","Value":"a"}]`, `"arrayValue":{"values":[{"intValue":"1"},{"stringValue":"a"}]}`, "an array of any"},
		{`"Type":"MAP","Value":[{"Key":"b","Value":{"Type":"INT64","Value":1}},{"Key":"a","Value":{"Type":"STRING","Value":"x"}}]`,
			`"kvlistValue":{"values":[{"key":"a","value":{"stringValue":"x"}},{"key":"b","value":{"intValue":"1"}}]}`, "a map, in any order"},
	} {
		stub := strings.Replace(span1, "}}", `},"Attributes":[{"Key":"k","Value":{`+tt.stub+`}}]}`, 1)
		otlp := strings.Replace(batch, `"name":"a"`, `"name":"a","attributes":[{"key":"k","value":{`+tt.otlp+`}}]`, 1)
		if got := compare.Compare(read(t, "stub", stub), read(t, "otlp", otlp), nil); len(got.Differences) > 0 {
			t.Errorf("%s: %+v", tt.explanation, got.Differences)
		}
		if got := compare.Compare(read(t, "stub", stub), read(t, "other", span1), nil); len(got.Differences) != 1 || got.Differences[0].Kind != compare.AttributeLost {
			t.Errorf("%s: not read: %+v", tt.explanation, got.Differences)
		}
	}
}
