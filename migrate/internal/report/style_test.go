// SPDX-License-Identifier: Apache-2.0

package report

import (
	"encoding/json"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
)

func TestMarkdownText(t *testing.T) {
	for _, tt := range []struct{ in, want, explanation string }{
		{"example.com/shop-v2/order_items", "example.com/shop-v2/order_items", "what a name usually has stays"},
		{"store.(*DB).Query", `store.(\*DB).Query`, "a star begins emphasis"},
		{"_x_ a_b __init__", `\_x\_ a_b \_\_init\_\_`, "an underscore does so at the edge of a word"},
		{"a|b`c", "a\\|b\\`c", "a bar ends a cell, a backtick begins code"},
		{"[a](javascript:b)", `\[a\](javascript:b)`, "a link"},
		{"![x](http://e/p.png)", `!\[x\](http://e/p.png)`, "a picture"},
		{"<img src=x onerror=y>&lt;", `\<img src=x onerror=y\>\&lt;`, "HTML and its entities"},
		{`a\|b`, `a\\\|b`, "a backslash can't undo what is escaped"},
		{"~~a~~", `\~\~a\~\~`, "strikethrough"},
		{"# a", `\# a`, "a heading in a list"},
		{"a\n\n# b\x1b\u202e", `a\\n\\n# b\\x1b\\u202e`, "one line stays one line, and is seen whole"},
	} {
		if got := string(markdownStyle{}.text(tt.in)); got != tt.want {
			t.Errorf("%q is shown as %s, want %s: %s", tt.in, got, tt.want, tt.explanation)
		}
	}
}

// Every text of a report may be chosen by whoever wrote the module. None of them gets to
// a terminal, ends a line, or means something to Markdown; JSON and SARIF stay valid.
func TestReportOfHostileNames(t *testing.T) {
	const hostile = "a\x1b[2J\a\r\nforged\u202e|`<i>[c](d)\xff\u009b"
	report := &Report{}
	fillStrings(reflect.ValueOf(report).Elem(), hostile)
	report.Totals.Code.Uses, report.Tests = 1, true
	report.Plan.Categories[0].Link = refusal.Guide // the only text that is never the module's
	for _, format := range ReportFormats() {
		var b strings.Builder
		if err := report.Write(&b, format); err != nil {
			t.Fatal(err)
		}
		out := b.String()
		switch format {
		case "text", "markdown":
			for i, line := range strings.Split(out, "\n") {
				if strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) || strings.ContainsRune(line, unicode.ReplacementChar) {
					t.Errorf("%s: line %d is %q", format, i+1, line)
				}
				if strings.HasPrefix(line, "forged") {
					t.Errorf("%s: line %d is one that a name has made: %q", format, i+1, line)
				}
			}
			if format == "text" {
				continue
			}
			plain := strings.NewReplacer("\\|", "", "\\`", "", `\<`, "", `\[`, "", `\]`, "").Replace(out)
			for _, what := range []string{"`", "<i", "[c]"} {
				if strings.Contains(plain, what) {
					t.Errorf("markdown: %s has been kept", what)
				}
			}
			for line := range strings.Lines(plain) {
				if strings.HasPrefix(line, "|") && !strings.HasSuffix(line, "|\n") {
					t.Errorf("markdown: the row is broken: %s", line)
				}
			}
		case "json", "sarif":
			if !json.Valid([]byte(out)) {
				t.Errorf("%s is not valid JSON", format)
			}
			if strings.ContainsAny(out, "\x1b\a\r") {
				t.Errorf("%s has control characters", format)
			}
		}
		if format == "sarif" {
			var log sarifLog
			if err := json.Unmarshal([]byte(out), &log); err != nil {
				t.Fatal(err)
			}
			for _, r := range log.Runs[0].Results {
				uri := r.Locations[0].Physical.Artifact.URI
				if u, err := url.Parse(uri); err != nil || strings.ContainsAny(uri, "|`<>[]\" ") || !strings.HasPrefix(u.Path, "a\x1b[2J") {
					t.Errorf("sarif: the URI of a file is %q, %v", uri, err)
				}
			}
			for _, r := range log.Runs[0].Tool.Driver.Rules {
				if _, err := url.Parse(r.HelpURI); err != nil {
					t.Errorf("sarif: the help is at %q: %v", r.HelpURI, err)
				}
			}
		}
	}
}

// fillStrings sets every text in a value, and gives every list one element.
func fillStrings(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillStrings(v.Elem(), text)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fillStrings(v.Index(0), text)
	case reflect.Struct:
		for _, field := range v.Fields() {
			if field.CanSet() {
				fillStrings(field, text)
			}
		}
	case reflect.Int:
		v.SetInt(2)
	}
}
