// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/internal/traceheader"
)

// Format is a format of headers. The values are those of OTEL_PROPAGATORS.
type Format string

const (
	// FormatJaeger is that of [Propagator].
	FormatJaeger Format = "jaeger"
	// FormatTraceContext is W3C's traceparent and tracestate.
	FormatTraceContext Format = "tracecontext"
	// FormatBaggage is W3C's baggage.
	FormatBaggage Format = "baggage"
	// FormatB3 is Zipkin's, injected as the single header b3. Either B3 format extracts
	// both.
	FormatB3 Format = "b3"
	// FormatB3Multi is Zipkin's, injected as the headers x-b3-….
	FormatB3Multi Format = "b3multi"
	// FormatOT is that of basictracer, ot-tracer-… and ot-baggage-…. Its trace IDs have
	// 64 bits: the high ones of a longer ID aren't sent.
	FormatOT Format = "ottrace"
)

// allFormats are the formats in the order in which errors name them.
var allFormats = [...]Format{FormatJaeger, FormatTraceContext, FormatBaggage, FormatB3, FormatB3Multi, FormatOT}

// defaultFormats are for a fleet that moves from Jaeger's clients to OpenTelemetry.
var defaultFormats = []Format{FormatJaeger, FormatTraceContext, FormatBaggage}

// FormatsOptions are the optional settings of [NewFormats]. The zero value is ready to
// use.
type FormatsOptions struct {
	// Extract are the formats to extract. A trace is that of the first that has one. Nil
	// are those of OTEL_PROPAGATORS, else of JAEGER_PROPAGATION, else FormatJaeger,
	// FormatTraceContext, FormatBaggage; empty are none.
	Extract []Format
	// Inject are the formats to inject. Nil are those of Extract; empty are none.
	Inject []Format
	// Jaeger has the header names of FormatJaeger. The zero value has the usual ones.
	Jaeger Propagator
	// B3BaggagePrefix starts the header of a baggage item beside B3's, "baggage-" in
	// jaeger-client-go's package zipkin. Empty is B3 without baggage.
	B3BaggagePrefix string
	// MeterProvider counts what is extracted. Nil is the global one.
	MeterProvider metric.MeterProvider
}

// Formats is a propagator of several formats, for a fleet whose services don't change
// all on one day: each service extracts all formats and injects all, until the last
// peer that knows only the old one is gone. Make one with [NewFormats]; the zero value
// propagates nothing. All methods are safe for concurrent use.
//
// Of the formats that Extract finds, the first one's span context is the parent. A later
// one of the same trace adds the debug flag and the trace state. Baggage is that of all;
// of a repeated key the first format's item stays.
//
// The counter ot2otel.propagation.extractions, unit {extraction}, counts calls of Extract
// by the formats that the carrier had a header of, also of those that aren't extracted:
// its attribute ot2otel.propagation.formats has, joined by "+" in this order, jaeger, w3c,
// b3 and ot, or none. Old peers send jaeger alone, and those with Formats jaeger+w3c: when
// no jaeger alone comes, the last old peer is gone.
type Formats struct {
	extract, inject []Format
	jaeger          Propagator
	b3Prefix        string
	fields          []string
	counter         extractionCounter
}

var _ propagation.TextMapPropagator = (*Formats)(nil)

// NewFormats returns a propagator of several formats. Nil options are the defaults.
//
// OTEL_PROPAGATORS is a list of formats by their values, or none. JAEGER_PROPAGATION, of
// other Jaeger clients, is a list of jaeger, b3 (injected as FormatB3Multi) and w3c. They
// are read where Extract is nil. An unknown format is an error that names it, and its
// variable. jaeger-client-go does not read JAEGER_PROPAGATION: where it turns off Jaeger's
// or W3C's headers, otel.Handle is told so, once.
func NewFormats(opts *FormatsOptions) (*Formats, error) {
	if opts == nil {
		opts = &FormatsOptions{}
	}
	f := &Formats{extract: slices.Clone(opts.Extract), jaeger: opts.Jaeger, b3Prefix: opts.B3BaggagePrefix}
	if f.extract == nil {
		named, err := chosenFormats()
		if err != nil {
			return nil, err
		}
		f.extract = named.formats
		if note := named.note(); note != "" && named.variable == jaegerVariable {
			report("%s", note)
		}
	}
	f.inject = slices.Clone(opts.Inject)
	if f.inject == nil {
		f.inject = f.extract
	}
	for _, format := range slices.Concat(f.extract, f.inject) {
		if !slices.Contains(allFormats[:], format) {
			return nil, fmt.Errorf("jaeger: %q is not a format; use those of %q", format, allFormats)
		}
	}
	for _, format := range f.inject {
		f.fields = append(f.fields, f.fieldsOf(format)...)
	}
	f.counter = newExtractionCounter(opts.MeterProvider)
	return f, nil
}

// Fields returns the keys that Inject sets. Those of baggage items in other formats than
// W3C's depend on the items.
func (f *Formats) Fields() []string { return slices.Clone(f.fields) }

func (f *Formats) fieldsOf(format Format) []string {
	switch format {
	case FormatJaeger:
		return f.jaeger.Fields()
	case FormatTraceContext:
		return propagation.TraceContext{}.Fields()
	case FormatBaggage:
		return propagation.Baggage{}.Fields()
	case FormatB3:
		return []string{traceheader.B3Single}
	case FormatB3Multi:
		return []string{traceheader.B3TraceID, traceheader.B3SpanID, traceheader.B3Sampled, traceheader.B3Flags}
	case FormatOT:
		return []string{traceheader.OTTraceID, traceheader.OTSpanID, traceheader.OTSampled}
	}
	return nil
}

// Inject writes the trace and the baggage of ctx into carrier in each format.
func (f *Formats) Inject(ctx context.Context, carrier propagation.TextMapCarrier) {
	sc := trace.SpanContextFromContext(ctx)
	for _, format := range f.inject {
		switch format {
		case FormatJaeger:
			f.jaeger.Inject(ctx, carrier)
		case FormatTraceContext:
			propagation.TraceContext{}.Inject(ctx, carrier)
		case FormatBaggage:
			propagation.Baggage{}.Inject(ctx, carrier)
		case FormatB3, FormatB3Multi:
			injectB3(carrier, sc, flagsOf(ctx, sc), format == FormatB3Multi)
			if f.b3Prefix != "" {
				injectBaggage(ctx, carrier, f.b3Prefix, plainValue)
			}
		case FormatOT:
			injectOT(carrier, sc)
			injectBaggage(ctx, carrier, otBaggagePrefix, plainValue)
		}
	}
}

// Extract returns ctx with what carrier has in the formats to extract.
func (f *Formats) Extract(ctx context.Context, carrier propagation.TextMapCarrier) context.Context {
	carried := f.carried(carrier)
	var found remote
	for _, format := range f.extract {
		if carried&carriedAs[format] != 0 {
			found.merge(f.read(format, carrier))
		}
	}
	ctx = found.in(ctx)
	f.counter.add(ctx, carried)
	return ctx
}

func (f *Formats) read(format Format, carrier propagation.TextMapCarrier) (found remote) {
	switch format {
	case FormatJaeger:
		return f.jaeger.read(carrier)
	case FormatB3, FormatB3Multi:
		return readB3(carrier, f.b3Prefix)
	case FormatOT:
		return readOT(carrier)
	case FormatTraceContext:
		ctx := propagation.TraceContext{}.Extract(context.Background(), carrier)
		found.SpanContext = trace.SpanContextFromContext(ctx)
	case FormatBaggage:
		ctx := propagation.Baggage{}.Extract(context.Background(), carrier)
		found.baggage = baggage.FromContext(ctx)
	}
	return found
}

// merge adds what a later format has.
func (r *remote) merge(later remote) {
	switch {
	case !r.IsValid():
		r.SpanContext, r.flags = later.SpanContext, later.flags
	case later.IsValid() && low(later.TraceID()) == low(r.TraceID()):
		r.flags |= later.flags
		if r.TraceState().Len() == 0 {
			r.SpanContext = r.WithTraceState(later.TraceState())
		}
	}
	if r.debugID == "" {
		r.debugID = later.debugID
	}
	if r.baggage.Len() == 0 {
		r.baggage = later.baggage
	} else if later.baggage.Len() > 0 {
		r.baggage = union(r.baggage, later.baggage)
	}
}

// low returns the bits of a trace ID that formats with 64 of them have.
func low(id trace.TraceID) uint64 { return binary.BigEndian.Uint64(id[8:]) }
