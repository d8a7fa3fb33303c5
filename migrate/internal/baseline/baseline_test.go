// SPDX-License-Identifier: Apache-2.0

package baseline

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ot2otel/ot2otel/migrate/internal/inventory"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
)

func TestBaselineRoundTrip(t *testing.T) {
	setTag, _ := opentracing.LookupSymbol(opentracing.OpenTracingPath, "Span.SetTag")
	str, _ := opentracing.LookupSymbol(opentracing.LogPath, "String")
	uses := []inventory.Use{
		{Symbol: str, File: "b/b.go", Line: 9},
		{Symbol: setTag, File: "b/b.go", Line: 7},
		{Symbol: setTag, File: "a b/a.go", Line: 3},
		{Symbol: setTag, File: "b/b.go", Line: 8},
	}
	text := NewBaseline(uses).Bytes()
	want := "a b/a.go\topentracing.Span.SetTag\t1\nb/b.go\tlog.String\t1\nb/b.go\topentracing.Span.SetTag\t2\n"
	if !strings.HasSuffix(string(text), want) {
		t.Errorf("baseline is\n%s\nwant it to end in\n%s: sorted, counted, without lines", text, want)
	}
	// As a checkout with CRLF line ends, and with a comment of a person's own.
	edited := strings.ReplaceAll(string(text), "\n", "\r\n") + "\r\n# until next year\r\n"
	parsed, err := ParseBaseline("b", strings.NewReader(edited))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(text), string(parsed.Bytes())); diff != "" {
		t.Errorf("read and written again (-first +second):\n%s", diff)
	}
	if parsed.Total() != len(uses) {
		t.Errorf("total is %d, want %d", parsed.Total(), len(uses))
	}
}

// FuzzParseBaseline looks for input that is accepted and does not survive being
// written and read again.
func FuzzParseBaseline(f *testing.F) {
	f.Add([]byte("ot2otel baseline v1\na.go\topentracing.Span\t1\n"))
	f.Add([]byte("# c\n\not2otel baseline v1\r\na.go\text.Error\t12\r\n"))
	f.Add([]byte("ot2otel baseline v1\n<<<<<<< x\n"))
	f.Add([]byte("\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := ParseBaseline("fuzz", bytes.NewReader(data))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "migrate: fuzz") {
				t.Fatalf("error does not name the file: %v", err)
			}
			return
		}
		text := b.Bytes()
		again, err := ParseBaseline("again", bytes.NewReader(text))
		if err != nil {
			t.Fatalf("what was accepted is refused when written: %v\n%q", err, text)
		}
		if !bytes.Equal(again.Bytes(), text) || again.Total() != b.Total() {
			t.Fatalf("%q became %q", text, again.Bytes())
		}
	})
}

// A name that a checkout has chosen makes no lines of its own.
func TestBaselineOfHostileNames(t *testing.T) {
	for _, name := range []string{
		"a\nb.go\topentracing.Span\t9", "a\tb.go", "a\r.go", "#a.go", `"a".go`, `"a"`, "<<<<<<<.go", "=======", "a\x1b\u202e.go", "a\xff.go", "größe b.go",
	} {
		b := &Baseline{Counts: map[baselineKey]int{{name, "opentracing.Span"}: 2, {"z.go", "opentracing.Span"}: 1}}
		text := b.Bytes()
		again, err := ParseBaseline("b", bytes.NewReader(text))
		if err != nil {
			t.Errorf("%q: %v\n%s", name, err, text)
			continue
		}
		if diff := cmp.Diff(b.Counts, again.Counts, cmp.AllowUnexported(baselineKey{})); diff != "" {
			t.Errorf("%q is not what was written (-want +got):\n%s", name, diff)
		}
		if bytes.ContainsAny(text, "\x1b\r\u202e\xff") {
			t.Errorf("%q is raw: %q", name, text)
		}
	}
}
