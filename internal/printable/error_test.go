// SPDX-License-Identifier: Apache-2.0

package printable

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestError(t *testing.T) {
	long := strings.Repeat("x", 2*MaxError)
	tests := []struct {
		explanation string
		in, want    string
	}{
		{"a plain text", "connection refused", "connection refused"},
		{"control characters", "a\x1b[2J\nb\x00", `a\x1b[2J\nb\x00`},
		{"invalid UTF-8", "a\xffb", `a\xffb`},
		{"quotes and backslashes stay", `say "it's\n"`, `say "it's\n"`},
		{"the direction of a text", "a\u202eb", `a\u202eb`},
		{"a secret", "POST http://joe:hunter2@h?api_key=hunter2 Bearer\thunter2hunter2", "POST http://REDACTED@h?api_key=REDACTED Bearer\\tREDACTED"},
		{"as long as it may be", long[:MaxError], long[:MaxError]},
		{"a byte longer", long[:MaxError+1], long[:MaxError-len(" … (1001 bytes)")] + " … (1001 bytes)"},
		{"longer when escaped", strings.Repeat("\n", MaxError/2+1), strings.Repeat(`\n`, MaxError/2)[:MaxError-len(" … (501 bytes)")] + " … (501 bytes)"},
		{"wide characters aren't cut", strings.Repeat("検", 400), strings.Repeat("検", (MaxError-len(" … (1200 bytes)"))/3) + " … (1200 bytes)"},
		{"a secret beyond all that is looked at", strings.Repeat("password=hunter2 ", 100_000), ""},
		{"a secret of all that is looked at", "token=" + strings.Repeat("hunter2", 100_000), "token=REDACTED … (700006 bytes)"},
	}
	for _, tt := range tests {
		err := Error(fmt.Errorf("%s%w", tt.in, silent{context.Canceled}))
		got := err.Error()
		if tt.want != "" && got != tt.want {
			t.Errorf("%s:\n got %q\nwant %q", tt.explanation, got, tt.want)
		}
		if len(got) > MaxError || !utf8.ValidString(got) || strings.Contains(got, "hunter2") {
			t.Errorf("%s: %d bytes: %q", tt.explanation, len(got), got)
		}
		if again := Error(err); again != err {
			t.Errorf("%s: once more gives %q", tt.explanation, again)
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: what it wraps is lost", tt.explanation)
		}
	}
	if Error(nil) != nil {
		t.Error("Error(nil) is an error")
	}
}

// silent adds nothing to the text of what wraps it.
type silent struct{ error }

func (silent) Error() string   { return "" }
func (s silent) Unwrap() error { return s.error }

func TestClip(t *testing.T) {
	for in, want := range map[string]string{
		"thrift":                 "thrift",
		"http://joe:hunter2@h":   "http://REDACTED@h",
		strings.Repeat("検", 100): strings.Repeat("検", 66) + "…",
	} {
		if got := Clip(in); got != want {
			t.Errorf("Clip(%q) = %q, want %q", in, got, want)
		}
	}
}
