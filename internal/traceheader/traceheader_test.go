// SPDX-License-Identifier: Apache-2.0

package traceheader

import (
	"strings"
	"testing"

	"go.opentelemetry.io/otel/trace"
)

func TestParse(t *testing.T) {
	const low, span = "0000000000000000000000000000abcd", "0000000000000012"
	for _, test := range []struct {
		explanation, format, in string
		want                    string // trace, span, flags; "" for malformed
	}{
		{"no leading zeros", "jaeger", "abcd:12:0:1", low + " " + span + " 1"},
		{"upper case, percent-encoded", "jaeger", "ABCD%3A12%3A0%3a3", low + " " + span + " 3"},
		{"three parts", "jaeger", "abcd:12:0", ""},
		{"too many digits", "jaeger", strings.Repeat("a", 33) + ":12:0:1", ""},
		{"a header without end", "jaeger", strings.Repeat("0", MaxJaeger+1), ""},
		{"flags of two bytes", "jaeger", "abcd:12:0:100", ""},
		{"three parts", "b3", "abcd-12-1", low + " " + span + " 1"},
		{"a parent, and debug", "b3", "abcd-12-d-77", low + " " + span + " 3"},
		{"no state is not sampled", "b3", "abcd-12", low + " " + span + " 0"},
		{"a sampling state alone", "b3", "1", ""},
		{"another state", "b3", "abcd-12-yes", ""},
		{"basictracer's own", "ot", "abcd 12 true", low + " " + span + " 1"},
		{"no sampled", "ot", "abcd 12 ", low + " " + span + " 0"},
		{"not a number", "ot", "abcx 12 true", ""},
		{"empty", "ot", "  ", ""},
	} {
		var sc trace.SpanContext
		var flags byte
		ok := true
		switch test.format {
		case "jaeger":
			var err error
			sc, flags, err = ParseJaeger(test.in)
			ok = err == nil
		case "b3":
			traceText, spanText, state, _ := SplitB3(test.in)
			sc, flags, ok = ParseB3(traceText, spanText, state)
		case "ot":
			parts := strings.Split(test.in, " ")
			sc, ok = ParseOT(parts[0], parts[1], parts[2])
			flags = byte(sc.TraceFlags())
		}
		got := ""
		if ok {
			got = sc.TraceID().String() + " " + sc.SpanID().String() + " " + string('0'+flags)
		}
		if got != test.want {
			t.Errorf("%s, %s: %q is %q, want %q", test.format, test.explanation, test.in, got, test.want)
		}
	}
}

// What is written is read again.
func TestFormat(t *testing.T) {
	for _, high := range []uint64{0, 1} {
		want := NewRemote(high, 2, 3, true)
		jaeger, _, err := ParseJaeger(FormatJaeger(want, FlagSampled))
		if err != nil || !jaeger.Equal(want) {
			t.Errorf("jaeger: %v, %v, want %v", jaeger, err, want)
		}
		traceText, spanText, state, _ := SplitB3(FormatB3(want, "1"))
		if b3, _, ok := ParseB3(traceText, spanText, state); !ok || !b3.Equal(want) {
			t.Errorf("b3: %v, %v, want %v", b3, ok, want)
		}
		if ot, ok := ParseOT(FormatOT(want)); !ok || !ot.Equal(NewRemote(0, 2, 3, true)) {
			t.Errorf("ot: %v, %v, want the low bits of %v", ot, ok, want)
		}
	}
}
