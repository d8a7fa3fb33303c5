// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"strings"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/internal/traceheader"
)

// matchB3 tells B3's headers; listKind is the single one.
func matchB3(key string) fieldKind {
	switch {
	case strings.EqualFold(key, traceheader.B3Single):
		return listKind
	case !hasPrefixFold(key, "x-b3-"):
	case strings.EqualFold(key, traceheader.B3TraceID):
		return traceKind
	case strings.EqualFold(key, traceheader.B3SpanID):
		return spanKind
	case strings.EqualFold(key, traceheader.B3Sampled):
		return sampledKind
	case strings.EqualFold(key, traceheader.B3Flags):
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
		traceID, spanID, state, ok := traceheader.SplitB3(single)
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
	sc, flags, ok := traceheader.ParseB3(traceText, spanText, state)
	if ok {
		r.SpanContext, r.flags = sc, flags
	}
	return ok
}

// injectB3 writes a span context, if it is valid.
func injectB3(carrier propagation.TextMapCarrier, sc trace.SpanContext, flags byte, multi bool) {
	if !sc.IsValid() {
		return
	}
	state := "0"
	switch {
	case flags&traceheader.FlagDebug != 0:
		state = "d"
	case sc.IsSampled():
		state = "1"
	}
	if !multi {
		carrier.Set(traceheader.B3Single, traceheader.FormatB3(sc, state))
		return
	}
	carrier.Set(traceheader.B3TraceID, traceheader.FormatTraceID(sc))
	carrier.Set(traceheader.B3SpanID, sc.SpanID().String())
	if state == "d" {
		carrier.Set(traceheader.B3Flags, "1") // implies that it is sampled
		return
	}
	carrier.Set(traceheader.B3Sampled, state)
}
