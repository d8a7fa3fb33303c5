// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"strings"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/internal/traceheader"
)

// otBaggagePrefix starts the header of a baggage item in basictracer's format.
const otBaggagePrefix = "ot-baggage-"

func matchOT(key string) fieldKind {
	switch {
	case !hasPrefixFold(key, "ot-"):
	case strings.EqualFold(key, traceheader.OTTraceID):
		return traceKind
	case strings.EqualFold(key, traceheader.OTSpanID):
		return spanKind
	case strings.EqualFold(key, traceheader.OTSampled):
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
	sc, ok := traceheader.ParseOT(traceText, spanText, sampledText)
	if !ok {
		report("ot-tracer-traceid: %.64q, ot-tracer-spanid: %.64q, ot-tracer-sampled: %.64q: want hexadecimal digits, at most 32 and 16, and true or false; a new trace starts",
			traceText, spanText, sampledText)
		return found
	}
	found.SpanContext = sc
	return found
}

// injectOT writes a span context, if it is valid.
func injectOT(carrier propagation.TextMapCarrier, sc trace.SpanContext) {
	if !sc.IsValid() {
		return
	}
	traceText, spanText, sampledText := traceheader.FormatOT(sc)
	carrier.Set(traceheader.OTTraceID, traceText)
	carrier.Set(traceheader.OTSpanID, spanText)
	carrier.Set(traceheader.OTSampled, sampledText)
}
