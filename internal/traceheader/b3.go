// SPDX-License-Identifier: Apache-2.0

package traceheader

import (
	"strings"

	"go.opentelemetry.io/otel/trace"
)

// The headers of B3 (https://github.com/openzipkin/b3-propagation).
const (
	B3Single  = "b3"
	B3TraceID = "x-b3-traceid"
	B3SpanID  = "x-b3-spanid"
	B3Sampled = "x-b3-sampled"
	B3Flags   = "x-b3-flags"
)

// SplitB3 splits the single header of B3 into what [ParseB3] takes. It has more than a
// sampling state where both IDs are named.
func SplitB3(single string) (traceText, spanText, state string, both bool) {
	traceText, rest, _ := strings.Cut(single[:min(len(single), MaxJaeger)], "-")
	spanText, rest, both = strings.Cut(rest, "-")
	state, _, _ = strings.Cut(rest, "-")
	return traceText, spanText, state, both
}

// ParseB3 reads the values of B3's headers. The state is 0, 1, their words, d for debug, or
// empty. The span context is invalid where an ID is zero.
func ParseB3(traceText, spanText, state string) (sc trace.SpanContext, flags byte, ok bool) {
	high, low, ok1 := parseHex(traceText, maxTraceDigits)
	_, spanID, ok2 := parseHex(spanText, maxSpanDigits)
	switch {
	case state == "" || state == "0" || strings.EqualFold(state, "false"):
	case state == "1" || strings.EqualFold(state, "true"):
		flags = FlagSampled
	case strings.EqualFold(state, "d"):
		flags = FlagSampled | FlagDebug
	default:
		return sc, 0, false
	}
	if !ok1 || !ok2 {
		return sc, 0, false
	}
	return NewRemote(high, low, spanID, flags&FlagSampled != 0), flags, true
}

// FormatB3 writes the single header.
func FormatB3(sc trace.SpanContext, state string) string {
	return FormatTraceID(sc) + "-" + sc.SpanID().String() + "-" + state
}
