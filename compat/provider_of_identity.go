// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/internal/traceheader"
)

// jaegerContext is what a span context of jaeger-client-go has, and what it has of its
// own. Its IDs are of types of its own too, but its text is uber-trace-id's.
type jaegerContext interface {
	String() string
	IsSampled() bool
	IsDebug() bool
	IsSamplingFinalized() bool
}

// isSampled reports whether a span context is sampled, and whether it tells.
func (p *legacyProvider) isSampled(sc opentracing.SpanContext) (sampled, tells bool) {
	defer p.reportPanic("IsSampled of a span context")
	told, ok := sc.(interface{ IsSampled() bool })
	if !ok {
		return false, false
	}
	return told.IsSampled(), true
}

// keeps reports whether the tracer keeps what is set on a span: it doesn't where its
// context says that it isn't sampled, and that this is final.
func (p *legacyProvider) keeps(sc opentracing.SpanContext) bool {
	if sampled, tells := p.isSampled(sc); sampled || !tells {
		return true
	}
	undecided, ok := sc.(jaegerContext)
	return ok && !undecided.IsSamplingFinalized()
}

// identityOf returns the IDs of a span context of the tracer; an invalid one where it
// doesn't tell them. It tells some, if only that they are zero, where told is set.
func (p *legacyProvider) identityOf(sc opentracing.SpanContext) (known trace.SpanContext, told bool) {
	if sc == nil {
		return trace.SpanContext{}, true
	}
	if known, ok := OTelSpanContext(sc); ok {
		return known, true
	}
	defer p.reportPanic("Inject")
	if jaeger, ok := sc.(jaegerContext); ok {
		if known, _, err := traceheader.ParseJaeger(jaeger.String()); err == nil && known.IsValid() {
			return known, true
		}
	}
	fields := opentracing.TextMapCarrier{}
	if err := p.tracer.Inject(sc, opentracing.TextMap, fields); err != nil {
		// Some tracers have no other format than this.
		if p.tracer.Inject(sc, opentracing.HTTPHeaders, fields) != nil {
			return trace.SpanContext{}, false
		}
	}
	lower := make(propagation.MapCarrier, len(fields))
	for key, value := range fields {
		lower[strings.ToLower(key)] = value
	}
	for _, format := range wireFormats {
		if known := format.parse(lower); known.IsValid() {
			return known, true
		}
		told = told || slices.ContainsFunc(format.ids, func(key string) bool { return lower[key] != "" })
	}
	return trace.SpanContext{}, told
}

// contextAsked is the carrier of an Inject that asks a tracer whether it takes the span context
// of a [Tracer], as one does that decorates such a tracer. Nothing is written.
type contextAsked struct{ known bool }

func (*contextAsked) Set(_, _ string) {}

// knows reports whether p's tracer takes the span context of a [Tracer].
func (p *legacyProvider) knows(sc opentracing.SpanContext) bool {
	asked := new(contextAsked)
	func() {
		defer func() { _ = recover() }() // of a tracer that asserts its own type
		_ = p.tracer.Inject(sc, opentracing.TextMap, asked)
	}()
	return asked.known
}

// contextFor returns a span context of OpenTelemetry as one of the tracer; nil where
// it is invalid, or the tracer can't be told.
func (p *legacyProvider) contextFor(sc trace.SpanContext) opentracing.SpanContext {
	if !sc.IsValid() {
		return nil
	}
	if replaced, of := legacyIDs.find(sc.SpanID()); replaced != nil {
		if of == p || p.records(of.tracer) || p.takes(replaced) {
			return replaced
		}
	}
	if own := (&spanContext{foreign: &contextSpan{noopSpan, sc}}); !sc.IsRemote() && p.knows(own) {
		return own // as it is: what comes by headers is of another process
	}
	fields := propagation.MapCarrier{}
	for _, format := range wireFormats {
		format.write(sc, fields)
	}
	found := p.extract(opentracing.TextMap, fields)
	if found == nil {
		found = p.extract(opentracing.HTTPHeaders, fields)
	}
	// A tracer of fewer bits may have read something else.
	if known, _ := p.identityOf(found); known.SpanID() == sc.SpanID() && lowID(known) == lowID(sc) {
		return found
	}
	p.reportCut()
	return nil
}

// extract has the tracer read a context from what all formats have; nil for none.
func (p *legacyProvider) extract(format opentracing.BuiltinFormat, fields propagation.MapCarrier) (found opentracing.SpanContext) {
	defer p.reportPanic("Extract")
	sc, err := p.tracer.Extract(format, opentracing.TextMapCarrier(fields))
	if err != nil {
		return nil
	}
	return sc
}

// wireFormat is a format of headers: how a span context is read from it, and written.
type wireFormat struct {
	ids   []string // keys of the IDs
	parse func(fields propagation.MapCarrier) trace.SpanContext
	write func(sc trace.SpanContext, fields propagation.MapCarrier)
}

// wireFormats are those by which tracers tell their IDs. Keys are lower case.
var wireFormats = []wireFormat{
	{ // Jaeger
		ids: []string{"uber-trace-id"},
		parse: func(fields propagation.MapCarrier) trace.SpanContext {
			sc, _, _ := traceheader.ParseJaeger(fields["uber-trace-id"])
			return sc
		},
		write: func(sc trace.SpanContext, fields propagation.MapCarrier) {
			fields["uber-trace-id"] = traceheader.FormatJaeger(sc, byte(sc.TraceFlags()&trace.FlagsSampled))
		},
	},
	{ // B3 in several headers, of Zipkin's tracers
		ids: []string{traceheader.B3TraceID},
		parse: func(fields propagation.MapCarrier) trace.SpanContext {
			state := fields[traceheader.B3Sampled]
			if fields[traceheader.B3Flags] == "1" {
				state = "d"
			}
			sc, _, _ := traceheader.ParseB3(fields[traceheader.B3TraceID], fields[traceheader.B3SpanID], state)
			return sc
		},
		write: func(sc trace.SpanContext, fields propagation.MapCarrier) {
			fields[traceheader.B3TraceID], fields[traceheader.B3SpanID] = traceheader.FormatTraceID(sc), sc.SpanID().String()
			fields[traceheader.B3Sampled] = bit(sc.IsSampled())
		},
	},
	{ // B3 in one header
		ids: []string{traceheader.B3Single},
		parse: func(fields propagation.MapCarrier) trace.SpanContext {
			traceText, spanText, state, _ := traceheader.SplitB3(fields[traceheader.B3Single])
			sc, _, _ := traceheader.ParseB3(traceText, spanText, state)
			return sc
		},
		write: func(sc trace.SpanContext, fields propagation.MapCarrier) {
			fields[traceheader.B3Single] = traceheader.FormatB3(sc, bit(sc.IsSampled()))
		},
	},
	{ // basictracer and LightStep, 64 bits
		ids: []string{traceheader.OTTraceID},
		parse: func(fields propagation.MapCarrier) trace.SpanContext {
			sc, _ := traceheader.ParseOT(fields[traceheader.OTTraceID], fields[traceheader.OTSpanID], fields[traceheader.OTSampled])
			return sc
		},
		write: func(sc trace.SpanContext, fields propagation.MapCarrier) {
			fields[traceheader.OTTraceID], fields[traceheader.OTSpanID], fields[traceheader.OTSampled] = traceheader.FormatOT(sc)
		},
	},
	{ // Datadog, 64 bits, decimal
		ids: []string{"x-datadog-trace-id"},
		parse: func(fields propagation.MapCarrier) trace.SpanContext {
			sampled := fields["x-datadog-sampling-priority"]
			return decimalIdentity(fields["x-datadog-trace-id"], fields["x-datadog-parent-id"], sampled == "1" || sampled == "2")
		},
		write: func(sc trace.SpanContext, fields propagation.MapCarrier) {
			fields["x-datadog-trace-id"] = strconv.FormatUint(lowID(sc), 10)
			fields["x-datadog-parent-id"] = strconv.FormatUint(spanNumber(sc), 10)
			fields["x-datadog-sampling-priority"] = bit(sc.IsSampled())
		},
	},
	{ // mocktracer of opentracing-go, an int
		ids: []string{"mockpfx-ids-traceid"},
		parse: func(fields propagation.MapCarrier) trace.SpanContext {
			return decimalIdentity(fields["mockpfx-ids-traceid"], fields["mockpfx-ids-spanid"], fields["mockpfx-ids-sampled"] == "true")
		},
		write: func(sc trace.SpanContext, fields propagation.MapCarrier) {
			fields["mockpfx-ids-traceid"] = strconv.FormatUint(lowID(sc), 10)
			fields["mockpfx-ids-spanid"] = strconv.FormatUint(spanNumber(sc), 10)
			fields["mockpfx-ids-sampled"] = strconv.FormatBool(sc.IsSampled())
		},
	},
	{ // W3C trace context
		ids: []string{"traceparent"},
		parse: func(fields propagation.MapCarrier) trace.SpanContext {
			return trace.SpanContextFromContext(propagation.TraceContext{}.Extract(context.Background(), fields)).WithRemote(false)
		},
		write: func(sc trace.SpanContext, fields propagation.MapCarrier) {
			propagation.TraceContext{}.Inject(trace.ContextWithSpanContext(context.Background(), sc), fields)
		},
	},
}

// decimalIdentity returns a span context of 64-bit IDs in decimal digits.
func decimalIdentity(traceText, spanText string, sampled bool) trace.SpanContext {
	low, err1 := strconv.ParseUint(traceText, 10, 64)
	spanID, err2 := strconv.ParseUint(spanText, 10, 64)
	if err1 != nil || err2 != nil {
		return trace.SpanContext{}
	}
	return traceheader.NewRemote(0, low, spanID, sampled)
}

// lowID returns the low 64 bits of a trace ID, which is the whole of one for many tracers.
func lowID(sc trace.SpanContext) uint64 {
	id := sc.TraceID()
	return binary.BigEndian.Uint64(id[8:])
}

func spanNumber(sc trace.SpanContext) uint64 {
	id := sc.SpanID()
	return binary.BigEndian.Uint64(id[:])
}

func bit(set bool) string {
	if set {
		return "1"
	}
	return "0"
}
