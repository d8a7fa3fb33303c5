// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"cmp"
	"context"
	"strings"

	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/internal/traceheader"
)

// The names of Jaeger's headers where a [Propagator] has no others.
const (
	TraceContextHeaderName   = "uber-trace-id"
	TraceBaggageHeaderPrefix = "uberctx-"
	JaegerBaggageHeader      = "jaeger-baggage"
	JaegerDebugHeader        = "jaeger-debug-id"
)

// Propagator is Jaeger's format on the wire, as its clients read and write it. The
// zero value is ready to use, and all methods are safe for concurrent use.
//
// Extract reads, in any case of the keys:
//
//   - uber-trace-id, "trace:span:parent:flags" in hexadecimal digits of either case: a
//     trace ID of 1 to 32 digits, a span ID and a parent ID of 1 to 16, flags of one byte.
//     It may be percent-encoded as a whole. Where a carrier has several, the last one.
//   - uberctx-KEY: baggage items. Keys become lower case, values are URL-decoded; one
//     that can't be decoded is kept as it is.
//   - jaeger-baggage: more items, "k1=v1, k2=v2". An item of uberctx- has precedence.
//   - jaeger-debug-id, where the carrier names no trace: the next root is sampled as a
//     debug trace and has the ID as its attribute. It takes [Priority] to do so.
//
// Inject writes uber-trace-id and uberctx-KEY. A trace ID of 64 bits has 16 digits and any
// other 32. The parent ID is 0: it is deprecated, and no client reads it. Flags other than
// the sampled one, such as debug, are written as they were extracted, also on the context
// of a local span of the same trace; a debug ID sets the debug flag. Values of baggage are
// URL-encoded, with %20 for a space, which clients in all languages decode. An item whose
// key can't be the name of a header is left out, and reported.
//
// Malformed trace headers make a new trace. So do IDs of zero, without a report. Baggage is
// read in any case. What is malformed or too much is reported through otel.Handle: each
// message once in a process, 100 at most.
//
// A carrier of any size costs one look at each key. A trace header of more than 256 bytes
// is malformed. Of baggage, 64 items are read (those whose keys come first in the
// alphabet) of together 64 KiB with their keys, and of a debug ID 256 bytes. Text that
// isn't UTF-8 is made so. Of a carrier without Keys, uber-trace-id, jaeger-baggage and
// jaeger-debug-id are read.
type Propagator struct {
	// TraceContextHeaderName is the key of the trace. Empty is uber-trace-id.
	TraceContextHeaderName string
	// TraceBaggageHeaderPrefix starts the key of a baggage item. Empty is uberctx-.
	TraceBaggageHeaderPrefix string
	// JaegerBaggageHeader is the key of baggage that a person adds to a request. Empty
	// is jaeger-baggage.
	JaegerBaggageHeader string
	// JaegerDebugHeader is the key of the debug ID. Empty is jaeger-debug-id.
	JaegerDebugHeader string
	// TextMap reads and writes values as they are, not URL-encoded, and keys of any text:
	// what Jaeger's clients do in the format opentracing.TextMap. False is for HTTP.
	TextMap bool
}

var _ propagation.TextMapPropagator = Propagator{}

// Fields returns the key of the trace. Those of baggage depend on the items.
func (p Propagator) Fields() []string { return []string{p.traceKey()} }

func (p Propagator) traceKey() string {
	return cmp.Or(p.TraceContextHeaderName, TraceContextHeaderName)
}
func (p Propagator) baggagePrefix() string {
	return cmp.Or(p.TraceBaggageHeaderPrefix, TraceBaggageHeaderPrefix)
}

// Inject writes the trace and the baggage of ctx into carrier. Without a valid span it
// writes the baggage.
func (p Propagator) Inject(ctx context.Context, carrier propagation.TextMapCarrier) {
	if sc := trace.SpanContextFromContext(ctx); sc.IsValid() {
		carrier.Set(p.traceKey(), traceheader.FormatJaeger(sc, flagsOf(ctx, sc)))
	}
	if p.TextMap {
		injectBaggage(ctx, carrier, p.baggagePrefix(), textMapValue)
		return
	}
	injectBaggage(ctx, carrier, p.baggagePrefix(), encodedValue)
}

// Extract returns ctx with what carrier has: the remote span context, the baggage, the
// flags and the debug ID.
func (p Propagator) Extract(ctx context.Context, carrier propagation.TextMapCarrier) context.Context {
	return p.read(carrier).in(ctx)
}

// read returns what a carrier has of this format.
func (p Propagator) read(carrier propagation.TextMapCarrier) (found remote) {
	names := p.names()
	decode := decodeURL
	if p.TextMap {
		decode = verbatim
	}
	f := fieldsOf(carrier, names.prefix, names.match)
	if f.has(traceKind) {
		value, err := f.value(traceKind), error(nil)
		if found.SpanContext, found.flags, err = traceheader.ParseJaeger(value); err != nil {
			report("%s: %.64q: %w; a new trace starts", names.trace, value, err)
		}
	}
	found.debugID = debugID(f.value(debugKind), decode)
	var r baggageReader
	r.addFields(&f, decode)
	if f.has(listKind) {
		var list items
		for _, value := range valuesOf(carrier, f.keys[listKind]) {
			list.addList(value)
		}
		if list.malformed {
			report("%s is not a list of key=value, URL-encoded; what is malformed is left out", names.list)
		}
		r.addList(&list)
	}
	found.baggage = r.baggage()
	return found
}

// propagatorNames are the keys of a Propagator.
type propagatorNames struct{ trace, prefix, list, debug string }

func (p Propagator) names() propagatorNames {
	return propagatorNames{
		trace:  p.traceKey(),
		prefix: p.baggagePrefix(),
		list:   cmp.Or(p.JaegerBaggageHeader, JaegerBaggageHeader),
		debug:  cmp.Or(p.JaegerDebugHeader, JaegerDebugHeader),
	}
}

func (n *propagatorNames) match(key string) fieldKind {
	switch {
	case strings.EqualFold(key, n.trace):
		return traceKind
	case hasPrefixFold(key, n.prefix):
		return itemKind
	case strings.EqualFold(key, n.debug):
		return debugKind
	case strings.EqualFold(key, n.list):
		return listKind
	}
	return noKind
}

// remote is what a carrier has: a span context, baggage, and what OpenTelemetry has no
// place for.
type remote struct {
	trace.SpanContext
	flags   byte   // of Jaeger's, with those that OpenTelemetry doesn't have
	debugID string // counts where no trace is named
	baggage baggage.Baggage
}

// in returns ctx with what was found.
func (r remote) in(ctx context.Context) context.Context {
	if r.baggage.Len() > 0 {
		ctx = baggage.ContextWithBaggage(ctx, union(r.baggage, baggage.FromContext(ctx)))
	}
	switch {
	case r.IsValid():
		ctx = trace.ContextWithRemoteSpanContext(ctx, r.SpanContext)
		// Also without a flag, in the place of the mark of another request in ctx.
		if flags := r.flags &^ traceheader.FlagSampled; flags != 0 || markOf(ctx) != nil {
			ctx = context.WithValue(ctx, debugMarkKey{}, &debugMark{traceID: r.TraceID(), flags: flags})
		}
	case r.debugID != "":
		ctx = trace.ContextWithRemoteSpanContext(ctx, debugRoot)
		ctx = context.WithValue(ctx, debugMarkKey{}, &debugMark{debugID: r.debugID})
	}
	return ctx
}
