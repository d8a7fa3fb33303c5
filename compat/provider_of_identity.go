// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
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
// doesn't tell them.
func (p *legacyProvider) identityOf(sc opentracing.SpanContext) trace.SpanContext {
	if sc == nil {
		return trace.SpanContext{}
	}
	if known, ok := OTelSpanContext(sc); ok {
		return known
	}
	defer p.reportPanic("Inject")
	if jaeger, ok := sc.(jaegerContext); ok {
		if known := parseUberTraceID(jaeger.String()); known.IsValid() {
			return known
		}
	}
	fields := opentracing.TextMapCarrier{}
	if err := p.tracer.Inject(sc, opentracing.TextMap, fields); err != nil {
		// Some tracers have no other format than this.
		if p.tracer.Inject(sc, opentracing.HTTPHeaders, fields) != nil {
			return trace.SpanContext{}
		}
	}
	lower := make(propagation.MapCarrier, len(fields))
	for key, value := range fields {
		lower[strings.ToLower(key)] = value
	}
	for _, format := range wireFormats {
		if known := format.parse(lower); known.IsValid() {
			return known
		}
	}
	return trace.SpanContext{}
}

// contextFor returns a span context of OpenTelemetry as one of the tracer; nil where
// it is invalid, or the tracer can't be told.
func (p *legacyProvider) contextFor(sc trace.SpanContext) opentracing.SpanContext {
	if !sc.IsValid() {
		return nil
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
	if known := p.identityOf(found); known.SpanID() == sc.SpanID() && lowID(known) == lowID(sc) {
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
	parse func(fields propagation.MapCarrier) trace.SpanContext
	write func(sc trace.SpanContext, fields propagation.MapCarrier)
}

// wireFormats are those by which tracers tell their IDs. Keys are lower case.
var wireFormats = []wireFormat{
	{ // Jaeger
		parse: func(fields propagation.MapCarrier) trace.SpanContext {
			return parseUberTraceID(strings.ReplaceAll(fields["uber-trace-id"], "%3A", ":"))
		},
		write: func(sc trace.SpanContext, fields propagation.MapCarrier) {
			fields["uber-trace-id"] = fmt.Sprintf("%s:%s:0:%x", sc.TraceID(), sc.SpanID(), byte(sc.TraceFlags()&trace.FlagsSampled))
		},
	},
	{ // B3 in several headers, of Zipkin's tracers
		parse: func(fields propagation.MapCarrier) trace.SpanContext {
			return newIdentity(fields["x-b3-traceid"], fields["x-b3-spanid"], fields["x-b3-sampled"] == "1" || fields["x-b3-flags"] == "1")
		},
		write: func(sc trace.SpanContext, fields propagation.MapCarrier) {
			fields["x-b3-traceid"], fields["x-b3-spanid"], fields["x-b3-sampled"] = sc.TraceID().String(), sc.SpanID().String(), bit(sc.IsSampled())
		},
	},
	{ // B3 in one header
		parse: func(fields propagation.MapCarrier) trace.SpanContext {
			parts := strings.Split(fields["b3"], "-")
			if len(parts) < 2 {
				return trace.SpanContext{}
			}
			return newIdentity(parts[0], parts[1], len(parts) > 2 && (parts[2] == "1" || parts[2] == "d"))
		},
		write: func(sc trace.SpanContext, fields propagation.MapCarrier) {
			fields["b3"] = sc.TraceID().String() + "-" + sc.SpanID().String() + "-" + bit(sc.IsSampled())
		},
	},
	{ // basictracer and LightStep, 64 bits
		parse: func(fields propagation.MapCarrier) trace.SpanContext {
			return newIdentity(fields["ot-tracer-traceid"], fields["ot-tracer-spanid"], fields["ot-tracer-sampled"] == "true")
		},
		write: func(sc trace.SpanContext, fields propagation.MapCarrier) {
			fields["ot-tracer-traceid"] = strconv.FormatUint(lowID(sc), 16)
			fields["ot-tracer-spanid"], fields["ot-tracer-sampled"] = sc.SpanID().String(), strconv.FormatBool(sc.IsSampled())
		},
	},
	{ // Datadog, 64 bits, decimal
		parse: func(fields propagation.MapCarrier) trace.SpanContext {
			sampled := fields["x-datadog-sampling-priority"]
			return newIdentity(hexOf(fields["x-datadog-trace-id"]), hexOf(fields["x-datadog-parent-id"]), sampled == "1" || sampled == "2")
		},
		write: func(sc trace.SpanContext, fields propagation.MapCarrier) {
			fields["x-datadog-trace-id"] = strconv.FormatUint(lowID(sc), 10)
			fields["x-datadog-parent-id"] = strconv.FormatUint(spanNumber(sc), 10)
			fields["x-datadog-sampling-priority"] = bit(sc.IsSampled())
		},
	},
	{ // mocktracer of opentracing-go, an int
		parse: func(fields propagation.MapCarrier) trace.SpanContext {
			return newIdentity(hexOf(fields["mockpfx-ids-traceid"]), hexOf(fields["mockpfx-ids-spanid"]), fields["mockpfx-ids-sampled"] == "true")
		},
		write: func(sc trace.SpanContext, fields propagation.MapCarrier) {
			fields["mockpfx-ids-traceid"] = strconv.FormatUint(lowID(sc), 10)
			fields["mockpfx-ids-spanid"] = strconv.FormatUint(spanNumber(sc), 10)
			fields["mockpfx-ids-sampled"] = strconv.FormatBool(sc.IsSampled())
		},
	},
	{ // W3C trace context
		parse: func(fields propagation.MapCarrier) trace.SpanContext {
			return trace.SpanContextFromContext(propagation.TraceContext{}.Extract(context.Background(), fields)).WithRemote(false)
		},
		write: func(sc trace.SpanContext, fields propagation.MapCarrier) {
			propagation.TraceContext{}.Inject(trace.ContextWithSpanContext(context.Background(), sc), fields)
		},
	},
}

// parseUberTraceID reads "trace:span:parent:flags".
func parseUberTraceID(text string) trace.SpanContext {
	parts := strings.Split(text, ":")
	if len(parts) != 4 {
		return trace.SpanContext{}
	}
	flags, err := strconv.ParseUint(parts[3], 16, 8)
	if err != nil {
		return trace.SpanContext{}
	}
	return newIdentity(parts[0], parts[1], flags&1 != 0)
}

// newIdentity returns a span context with IDs in hexadecimal digits, of which there may be
// too few.
func newIdentity(traceID, spanID string, sampled bool) trace.SpanContext {
	const traceDigits, spanDigits = 32, 16
	if traceID == "" || spanID == "" || len(traceID) > traceDigits || len(spanID) > spanDigits {
		return trace.SpanContext{}
	}
	var config trace.SpanContextConfig
	var err error
	if config.TraceID, err = trace.TraceIDFromHex(strings.ToLower(strings.Repeat("0", traceDigits-len(traceID)) + traceID)); err != nil {
		return trace.SpanContext{}
	}
	if config.SpanID, err = trace.SpanIDFromHex(strings.ToLower(strings.Repeat("0", spanDigits-len(spanID)) + spanID)); err != nil {
		return trace.SpanContext{}
	}
	config.TraceFlags = config.TraceFlags.WithSampled(sampled)
	return trace.NewSpanContext(config)
}

// hexOf returns a decimal number in hexadecimal digits; empty for none.
func hexOf(decimal string) string {
	number, err := strconv.ParseUint(decimal, 10, 64)
	if err != nil {
		return ""
	}
	return strconv.FormatUint(number, 16)
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
