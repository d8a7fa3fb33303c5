// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"go.opentelemetry.io/otel/attribute"

	"github.com/ot2otel/ot2otel/internal/printable"
)

// appendAttribute appends key=value, so that the type of a scalar value can be
// told: a text that could be taken for something else, or that would not stay
// one word, is quoted. Nothing that could drive a terminal gets through.
func appendAttribute(b []byte, kv attribute.KeyValue) []byte {
	b = append(b, printable.Text(string(kv.Key))...)
	b = append(b, '=')
	return append(b, valueText(kv.Value)...)
}

func valueText(v attribute.Value) string {
	if v.Type() != attribute.STRING {
		return printable.Text(v.String())
	}
	s := v.AsString()
	if needsQuotes(s) {
		return quote(s)
	}
	return s
}

// needsQuotes reports whether s isn't one plain word that only a text can be.
func needsQuotes(s string) bool {
	switch s {
	case "", "true", "false", "NaN", "Infinity", "-Infinity":
		return true
	}
	if s[0] == '[' || s[0] == '{' {
		return true
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return true
	}
	for _, r := range s {
		if r == ' ' || r == '"' || r == '\\' || r == utf8.RuneError || !strconv.IsPrint(r) {
			return true
		}
	}
	return false
}

// quote is strconv.Quote: printable characters as they are, the rest escaped.
func quote(s string) string { return strconv.Quote(s) }

// firstLine returns s up to its first line break.
func firstLine(s string) string {
	s = strings.TrimSpace(s)
	if i := strings.IndexAny(s, "\r\n"); i >= 0 {
		s = strings.TrimSpace(s[:i])
	}
	return s
}

// durationText gives three or four significant digits: 850ns, 12.3µs, 87.4ms,
// 1.23s, 2m05s.
func durationText(d time.Duration) string {
	sign := ""
	if d < 0 { // an end before its start: a clock was set back
		sign, d = "-", -d
	}
	switch {
	case d < time.Microsecond:
		return sign + strconv.FormatInt(int64(d), 10) + "ns"
	case d < time.Millisecond-50*time.Nanosecond:
		return sign + strconv.FormatFloat(float64(d)/float64(time.Microsecond), 'f', 1, 64) + "µs"
	case d < time.Second-50*time.Microsecond:
		return sign + strconv.FormatFloat(float64(d)/float64(time.Millisecond), 'f', 1, 64) + "ms"
	case d < time.Minute-5*time.Millisecond:
		return sign + strconv.FormatFloat(d.Seconds(), 'f', 2, 64) + "s"
	}
	return sign + d.Round(time.Second).String()
}
