// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"github.com/ot2otel/ot2otel/internal/printable"
	"github.com/ot2otel/ot2otel/internal/secret"
)

// What a value is redacted by: its key, or what is in it. TestTreeTellsNoSecret
// has all the places.
func TestRedact(t *testing.T) {
	const redacted = secret.Redacted
	r := newRedactor([]string{" Shoe-Size ", ""})
	tests := []struct {
		explanation string
		in          attribute.KeyValue
		want        string // of the value
	}{
		{"authorization", attribute.String("http.request.header.authorization", "Basic eHl6"), redacted},
		{"cookie, whatever the case", attribute.StringSlice("http.request.header.Set-Cookie", []string{"a=b"}), redacted},
		{"password", attribute.String("db.password", "x"), redacted},
		{"password as a number", attribute.Int("password", 1234), redacted},
		{"token", attribute.String("csrfToken", "x"), redacted},
		{"secret", attribute.String("client_secret", "x"), redacted},
		{"a further word", attribute.Int("user.shoe_size", 1), redacted},
		{"a further word in a text", attribute.String("url.full", "https://h/p?shoesize=47"), "https://h/p?shoesize=" + redacted},
		{"a count of tokens is none", attribute.Int("gen_ai.usage.input_tokens", 12), "12"},
		{"any other attribute", attribute.String("http.method", "GET"), "GET"},
		{"a query parameter", attribute.String("url.full", "https://h/p?a=1&access_token=x.y-z&b=2"), "https://h/p?a=1&access_token=" + redacted + "&b=2"},
		{"the answer of an OAuth server", attribute.String("http.target", "/cb?code=x.y-z&state=2"), "/cb?code=" + redacted + "&state=2"},
		{"a query", attribute.String("url.query", "state=2&code=x.y-z"), "state=2&code=" + redacted},
		{"the user of a URL", attribute.String("db.url", "postgres://joe:pw@db/x"), "postgres://" + redacted + "@db/x"},
		{"a URL without secrets", attribute.String("url.full", "https://h:8080/p?a=1@b"), "https://h:8080/p?a=1@b"},
		{"JSON", attribute.String("body", `{"user":"joe","password": "a b","n":1}`), `{"user":"joe","password": "` + redacted + `","n":1}`},
		{"a header in a text", attribute.String("dump", "Authorization: Bearer abc.def.ghi\r\nAccept: x"), "Authorization: Bearer " + redacted + "\r\nAccept: x"},
		{"a scheme without its header", attribute.String("msg", "sent Bearer abcdefgh.ijk to h"), "sent Bearer " + redacted + " to h"},
		{"just the word", attribute.String("msg", "the token is missing"), "the token is missing"},
		{"in a list", attribute.StringSlice("args", []string{"-v", "--password=x"}), `["-v","--password=` + redacted + `"]`},
		{"after its flag in a list", attribute.StringSlice("args", []string{"app", "--password", "x", "-v"}), `["app","--password","` + redacted + `","-v"]`},
		{"a flag after a flag", attribute.StringSlice("args", []string{"--no-password", "-v"}), `["--no-password","-v"]`},
		{"after its name in a list of anything", attribute.KeyValue{Key: "pair", Value: attribute.SliceValue(attribute.StringValue("X-Api-Key"), attribute.StringValue("x"))},
			`["X-Api-Key","` + redacted + `"]`},
		{"in a map", attribute.KeyValue{Key: "m", Value: attribute.MapValue(attribute.String("token", "x"), attribute.Int("n", 1))}, `{"n":1,"token":"` + redacted + `"}`},
		{"in a map in a list", attribute.KeyValue{Key: "m", Value: attribute.SliceValue(attribute.MapValue(attribute.String("token", "x")))}, `[{"token":"` + redacted + `"}]`},
		{"in bytes", attribute.ByteSlice("body", []byte("password=x")), redacted},
		{"bytes", attribute.ByteSlice("body", []byte("hi")), "aGk="},
	}
	for _, tt := range tests {
		if got := r.attribute(tt.in).Value.String(); got != tt.want {
			t.Errorf("%s: %s = %s, want %s", tt.explanation, tt.in.Key, got, tt.want)
		}
	}
}

func TestValueText(t *testing.T) {
	tests := []struct {
		in   attribute.Value
		want string
	}{
		{attribute.StringValue("word"), "word"},
		{attribute.StringValue("a=b&c"), "a=b&c"},
		{attribute.StringValue(""), `""`},
		{attribute.StringValue("two words"), `"two words"`},
		{attribute.StringValue("true"), `"true"`},
		{attribute.StringValue("1e3"), `"1e3"`},
		{attribute.StringValue("inf"), `"inf"`},
		{attribute.StringValue("[1]"), `"[1]"`},
		{attribute.StringValue(`say "hi"`), `"say \"hi\""`},
		{attribute.StringValue("größe"), "größe"},
		{attribute.StringValue("\x1b[2J"), `"\x1b[2J"`},
		{attribute.StringValue("\u202egnp"), `"\u202egnp"`},
		{attribute.StringValue("\xff"), `"\xff"`},
		{attribute.StringValue("\ufffd"), `"` + "\ufffd" + `"`},
		{attribute.Int64Value(-3), "-3"},
		{attribute.BoolValue(true), "true"},
		{attribute.Float64Value(math.Inf(1)), "Infinity"},
		{attribute.StringSliceValue([]string{"a", "b c"}), `["a","b c"]`},
		{attribute.ByteSliceValue([]byte("hi")), "aGk="},
	}
	for _, tt := range tests {
		if got := valueText(tt.in); got != tt.want {
			t.Errorf("valueText(%#v) = %s, want %s", tt.in.String(), got, tt.want)
		}
	}
}

func TestDurationText(t *testing.T) {
	tests := []struct {
		in   time.Duration
		want string
	}{
		{0, "0ns"},
		{999, "999ns"},
		{12_340, "12.3µs"},
		{999_940, "999.9µs"},
		{999_960, "1.0ms"},
		{87_400_000, "87.4ms"},
		{999_960_000, "1.00s"},
		{1_234_000_000, "1.23s"},
		{59_996_000_000, "1m0s"},
		{125 * time.Second, "2m5s"},
		{-1500, "-1.5µs"},
	}
	for _, tt := range tests {
		if got := durationText(tt.in); got != tt.want {
			t.Errorf("durationText(%d) = %s, want %s", tt.in, got, tt.want)
		}
	}
}

// Where a text ends in the line, as a terminal draws it.
func TestTextWidth(t *testing.T) {
	tests := []struct {
		explanation string
		in          string
		want        int
	}{
		{"nothing", "", 0},
		{"Latin", "größe", 5},
		{"East Asian", "検索", 4},
		{"fullwidth Latin", "Ａ", 2},
		{"halfwidth kana", "ｱ", 1},
		{"a combining accent", "e\u0301te\u0301", 3},
		{"an emoji", "🚀", 2},
		{"an emoji beyond the plane of emoji", "⌛", 2},
		{"a flag is two letters and one character", "🇩🇪", 2},
		{"two flags", "🇩🇪🇫🇷", 4},
		{"a family, joined", "👨\u200d👩\u200d👧", 2},
		{"a tone of skin", "👍🏽", 2},
		{"a heart as a picture", "❤\ufe0f", 2},
		{"a heart as text", "❤", 1},
		{"a character that some fonts draw wide", "±", 1},
		{"what the tree is drawn with", "├─ │  └─ ▏█↖⋯·→…", 16},
	}
	for _, tt := range tests {
		if got := textWidth(tt.in); got != tt.want {
			t.Errorf("%s: textWidth(%q) = %d, want %d", tt.explanation, tt.in, got, tt.want)
		}
	}
}

func TestClip(t *testing.T) {
	tests := []struct {
		explanation string
		in          string
		width       int
		want        string
	}{
		{"it fits", "short", 5, "short"},
		{"it doesn't", "longer", 5, "long…"},
		{"a wide one doesn't fit", "検索結果", 4, "検…"},
		{"a wide one fits", "検索結果", 5, "検索…"},
		{"wide ones fit", "検索結果", 8, "検索結果"},
		{"no room", "x", 0, ""},
		{"less than none", "x", -3, ""},
		{"room for the mark only", "xy", 1, "…"},
		{"an accent stays with its letter", "e\u0301te\u0301", 2, "e\u0301…"},
		{"a flag isn't halved", "🇩🇪🇫🇷", 3, "🇩🇪…"},
		{"nor is a family", "👨\u200d👩\u200d👧 home", 4, "👨\u200d👩\u200d👧 …"},
		{"which goes whole", "👨\u200d👩\u200d👧 home", 2, "…"},
		{"a heart keeps its variation", "❤\ufe0f❤\ufe0f", 3, "❤\ufe0f…"},
	}
	for _, tt := range tests {
		got := clip(tt.in, tt.width, "…")
		if got != tt.want {
			t.Errorf("%s: clip(%q, %d) = %q, want %q", tt.explanation, tt.in, tt.width, got, tt.want)
		}
		if textWidth(got) > max(tt.width, 0) {
			t.Errorf("%s: %q has %d columns", tt.explanation, got, textWidth(got))
		}
	}
}

// The environment's word on colours and characters.
func TestTerminalEnvironment(t *testing.T) {
	tests := []struct {
		explanation    string
		env            map[string]string
		isTerminal     bool
		colours, ascii bool
	}{
		{"a terminal is coloured", nil, true, true, false},
		{"anything else isn't", nil, false, false, false},
		{"NO_COLOR", map[string]string{"NO_COLOR": "1"}, true, false, false},
		{"NO_COLOR wins over CLICOLOR_FORCE", map[string]string{"NO_COLOR": "1", "CLICOLOR_FORCE": "1"}, true, false, false},
		{"CLICOLOR_FORCE colours a file", map[string]string{"CLICOLOR_FORCE": "1"}, false, true, false},
		{"CLICOLOR_FORCE=0 doesn't", map[string]string{"CLICOLOR_FORCE": "0"}, false, false, false},
		{"CLICOLOR=0", map[string]string{"CLICOLOR": "0"}, true, false, false},
		{"a dumb terminal", map[string]string{"TERM": "dumb"}, true, false, true},
		{"TERM says nothing about a file", map[string]string{"TERM": "dumb"}, false, false, false},
		{"LANG", map[string]string{"LANG": "C"}, true, true, true},
		{"LC_ALL wins over LANG", map[string]string{"LANG": "C", "LC_ALL": "en_US.utf8"}, true, true, false},
		{"LC_CTYPE wins over LANG", map[string]string{"LANG": "en_US.UTF-8", "LC_CTYPE": "POSIX"}, true, true, true},
	}
	for _, tt := range tests {
		t.Run(tt.explanation, func(t *testing.T) {
			for _, name := range []string{"NO_COLOR", "CLICOLOR_FORCE", "CLICOLOR", "TERM", "LANG", "LC_ALL", "LC_CTYPE"} {
				t.Setenv(name, tt.env[name])
			}
			if got := colourEnvironment(tt.isTerminal); got != tt.colours {
				t.Errorf("colours: %v, want %v", got, tt.colours)
			}
			if got := asciiEnvironment(tt.isTerminal); got != tt.ascii {
				t.Errorf("ASCII: %v, want %v", got, tt.ascii)
			}
		})
	}
}

func TestTerminalColumns(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	tests := []struct {
		explanation string
		terminal    terminal
		want        int
	}{
		{"a buffer has no limit", newTerminal(&bytes.Buffer{}, TreeOptions{}), 0},
		{"a file has no limit", newTerminal(file, TreeOptions{}), 0},
		{"a width that was asked for", newTerminal(file, TreeOptions{Width: 120}), 120},
		{"a width that leaves no room", newTerminal(file, TreeOptions{Width: 3}), 20},
		{"no limit", newTerminal(file, TreeOptions{Width: -1}), 0},
		{"a terminal that doesn't tell its size", terminal{fd: int(file.Fd())}, 80},
	}
	for _, tt := range tests {
		if got := tt.terminal.columns(); got != tt.want {
			t.Errorf("%s: %d columns, want %d", tt.explanation, got, tt.want)
		}
	}
}

// Whatever is printed, no control character gets through, and escaping twice
// changes nothing more.
func FuzzEscape(f *testing.F) {
	for _, seed := range []string{"", "plain", "\x1b[2J", "\xff\xfe", "a\u202eb", "\"'\\", "\ufffd", "検索"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, got := range map[string]string{"escape": printable.Text(s), "escapeASCII": printable.ASCII(s), "value": valueText(attribute.StringValue(s))} {
			if strings.IndexFunc(got, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }) >= 0 {
				t.Errorf("%s(%q) = %q", name, s, got)
			}
			if printable.Text(got) != got {
				t.Errorf("%s(%q): escaping again changes %q", name, s, got)
			}
		}
	})
}
