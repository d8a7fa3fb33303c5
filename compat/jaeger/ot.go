// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// The headers of basictracer (github.com/opentracing/basictracer-go, propagation_ot.go).
const (
	otTraceID       = "ot-tracer-traceid"
	otSpanID        = "ot-tracer-spanid"
	otSampled       = "ot-tracer-sampled"
	otBaggagePrefix = "ot-baggage-"
)

func matchOT(key string) fieldKind {
	switch {
	case !hasPrefixFold(key, "ot-"):
	case strings.EqualFold(key, otTraceID):
		return traceKind
	case strings.EqualFold(key, otSpanID):
		return spanKind
	case strings.EqualFold(key, otSampled):
		return sampledKind
	case hasPrefixFold(key, otBaggagePrefix):
		return itemKind
	}
	return noKind
}

// readOT returns what a carrier has of basictracer's format. Unlike contrib's
// propagators/ot it reads IDs without leading zeros, as basictracer writes them.
func readOT(carrier propagation.TextMapCarrier) (found remote) {
	f := fieldsOf(carrier, otBaggagePrefix, matchOT)
	found.baggage = baggageOf(&f)
	traceText, spanText, sampledText := f.value(traceKind), f.value(spanKind), f.value(sampledKind)
	if traceText == "" && spanText == "" {
		return found
	}
	high, low, ok1 := parseHex(traceText, maxTraceDigits)
	_, spanID, ok2 := parseHex(spanText, maxSpanDigits)
	sampled, err := strconv.ParseBool(truncated(sampledText, len("false")+1))
	if !ok1 || !ok2 || err != nil && sampledText != "" {
		report("ot-tracer-traceid: %.64q, ot-tracer-spanid: %.64q, ot-tracer-sampled: %.64q: want hexadecimal digits, at most 32 and 16, and true or false; a new trace starts",
			traceText, spanText, sampledText)
		return found
	}
	found.SpanContext = newSpanContext(high, low, spanID, sampled)
	return found
}

// injectOT writes a span context, if it is valid.
func injectOT(carrier propagation.TextMapCarrier, sc trace.SpanContext) {
	if !sc.IsValid() {
		return
	}
	carrier.Set(otTraceID, sc.TraceID().String()[maxTraceDigits-maxSpanDigits:])
	carrier.Set(otSpanID, sc.SpanID().String())
	carrier.Set(otSampled, strconv.FormatBool(sc.IsSampled()))
}
