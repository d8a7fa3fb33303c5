// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"strings"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// The headers of B3 (https://github.com/openzipkin/b3-propagation).
const (
	b3Single  = "b3"
	b3TraceID = "x-b3-traceid"
	b3SpanID  = "x-b3-spanid"
	b3Sampled = "x-b3-sampled"
	b3Flags   = "x-b3-flags"
)

// matchB3 tells B3's headers; listKind is the single one.
func matchB3(key string) fieldKind {
	switch {
	case strings.EqualFold(key, b3Single):
		return listKind
	case !hasPrefixFold(key, "x-b3-"):
	case strings.EqualFold(key, b3TraceID):
		return traceKind
	case strings.EqualFold(key, b3SpanID):
		return spanKind
	case strings.EqualFold(key, b3Sampled):
		return sampledKind
	case strings.EqualFold(key, b3Flags):
		return debugKind
	}
	return noKind
}

// readB3 returns what a carrier has of B3: of the single header, else of the others. A
// sampling state without IDs is ignored, and one that is missing isn't sampled.
func readB3(carrier propagation.TextMapCarrier, baggagePrefix string) (found remote) {
	f := fieldsOf(carrier, baggagePrefix, func(key string) fieldKind {
		if baggagePrefix != "" && hasPrefixFold(key, baggagePrefix) {
			return itemKind
		}
		return matchB3(key)
	})
	found.baggage = baggageOf(&f)
	if single := f.value(listKind); single != "" {
		traceID, rest, _ := strings.Cut(truncated(single, maxTraceHeader), "-")
		spanID, rest, ok := strings.Cut(rest, "-")
		state, _, _ := strings.Cut(rest, "-")
		switch {
		case found.setB3(traceID, spanID, state):
			return found
		case ok || spanID != "" || len(traceID) != 1: // more than a sampling state
			report("b3: %.64q is not trace-span-state in hexadecimal digits and 0, 1 or d; it is ignored", single)
		}
	}
	traceID, spanID, state := f.value(traceKind), f.value(spanKind), f.value(sampledKind)
	if f.value(debugKind) == "1" {
		state = "d"
	}
	if traceID == "" && spanID == "" {
		return found
	}
	if !found.setB3(traceID, spanID, state) {
		report("x-b3-traceid: %.64q, x-b3-spanid: %.64q, x-b3-sampled: %.64q: want hexadecimal digits, at most 32 and 16, and 0 or 1; a new trace starts", traceID, spanID, state)
	}
	return found
}

// setB3 sets the span context, and reports whether its parts are well formed.
func (r *remote) setB3(traceText, spanText, state string) bool {
	high, low, ok1 := parseHex(traceText, maxTraceDigits)
	_, spanID, ok2 := parseHex(spanText, maxSpanDigits)
	var flags byte
	switch strings.ToLower(truncated(state, len("false")+1)) {
	case "", "0", "false":
	case "1", "true":
		flags = flagSampled
	case "d":
		flags = flagSampled | flagDebug
	default:
		return false
	}
	if !ok1 || !ok2 {
		return false
	}
	r.SpanContext, r.flags = newSpanContext(high, low, spanID, flags&flagSampled != 0), flags
	return true
}

// injectB3 writes a span context, if it is valid.
func injectB3(carrier propagation.TextMapCarrier, sc trace.SpanContext, flags byte, multi bool) {
	if !sc.IsValid() {
		return
	}
	state := "0"
	switch {
	case flags&flagDebug != 0:
		state = "d"
	case sc.IsSampled():
		state = "1"
	}
	traceID := string(appendTraceID(nil, sc.TraceID()))
	if !multi {
		carrier.Set(b3Single, traceID+"-"+sc.SpanID().String()+"-"+state)
		return
	}
	carrier.Set(b3TraceID, traceID)
	carrier.Set(b3SpanID, sc.SpanID().String())
	if state == "d" {
		carrier.Set(b3Flags, "1") // implies that it is sampled
		return
	}
	carrier.Set(b3Sampled, state)
}
