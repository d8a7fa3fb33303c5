// SPDX-License-Identifier: Apache-2.0

package traceheader

import (
	"strconv"

	"go.opentelemetry.io/otel/trace"
)

// The headers of basictracer (github.com/opentracing/basictracer-go, propagation_ot.go).
const (
	OTTraceID = "ot-tracer-traceid"
	OTSpanID  = "ot-tracer-spanid"
	OTSampled = "ot-tracer-sampled"
)

// ParseOT reads the values of basictracer's headers, IDs also without leading zeros, as it
// writes them. No sampled is false. The span context is invalid where an ID is zero.
func ParseOT(traceText, spanText, sampledText string) (sc trace.SpanContext, ok bool) {
	high, low, ok1 := parseHex(traceText, maxTraceDigits)
	_, spanID, ok2 := parseHex(spanText, maxSpanDigits)
	sampled, err := strconv.ParseBool(sampledText)
	if !ok1 || !ok2 || err != nil && sampledText != "" {
		return sc, false
	}
	return NewRemote(high, low, spanID, sampled), true
}

// FormatOT returns the values of the headers. The high 64 bits of a trace ID aren't sent.
func FormatOT(sc trace.SpanContext) (traceText, spanText, sampledText string) {
	return sc.TraceID().String()[maxTraceDigits-maxSpanDigits:], sc.SpanID().String(), strconv.FormatBool(sc.IsSampled())
}
