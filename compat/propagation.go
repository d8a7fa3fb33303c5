// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// w3c propagates where nothing else was chosen.
var w3c = newFixedFields(propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}))

// fixedFields is a propagator whose fields are asked for once: a composite makes them
// anew at each call.
type fixedFields struct {
	propagation.TextMapPropagator
	fields []string
}

// newFixedFields returns nil for nil.
func newFixedFields(p propagation.TextMapPropagator) propagation.TextMapPropagator {
	if p == nil {
		return nil
	}
	return &fixedFields{p, fieldsOf(p)}
}

func fieldsOf(p propagation.TextMapPropagator) []string {
	defer reportPanic("Fields of a propagator")
	return p.Fields()
}

// Fields returns the keys that are set by Inject.
func (f *fixedFields) Fields() []string { return f.fields }

// orDefault returns chosen, and W3C trace context and baggage where nobody chose:
// the global propagator is one of OpenTelemetry's own without fields then, or nil
// after otel.SetTextMapPropagator(nil). One without fields that somebody set, as for
// OTEL_PROPAGATORS=none, stays.
func orDefault(chosen propagation.TextMapPropagator) propagation.TextMapPropagator {
	if chosen == nil || isPointerOf(chosen, globalPackage) && len(chosen.Fields()) == 0 {
		return w3c
	}
	return chosen
}

// propagator returns the propagator for a format.
func (t *Tracer) propagator(format opentracing.BuiltinFormat) propagation.TextMapPropagator {
	if format == opentracing.HTTPHeaders && t.options.HTTPHeaders != nil {
		return t.options.HTTPHeaders
	}
	if t.options.TextMap != nil {
		return t.options.TextMap
	}
	return orDefault(otel.GetTextMapPropagator())
}

// Inject writes a span context into a carrier.
//
// Formats and carriers: opentracing.TextMap and opentracing.HTTPHeaders take an
// opentracing.TextMapWriter, a propagation.TextMapCarrier, an http.Header or a
// map[string]string; opentracing.Binary takes an io.Writer. A context without a
// valid span has its baggage injected.
//
// The errors are those of OpenTracing: ErrUnsupportedFormat,
// ErrInvalidSpanContext for the context of another tracer, ErrInvalidCarrier also
// for a nil map, what an io.Writer returns, and one that says what is too much for
// the binary format. A panic of a propagator or a carrier is an error too.
func (t *Tracer) Inject(sc opentracing.SpanContext, format, carrier any) (err error) {
	defer panicToError("inject", &err)
	builtin, ok := format.(opentracing.BuiltinFormat)
	if !ok || builtin > opentracing.HTTPHeaders {
		return opentracing.ErrUnsupportedFormat
	}
	own, known := ownSpanContext(sc)
	if !known {
		return opentracing.ErrInvalidSpanContext
	}
	if asked, ok := carrier.(*contextAsked); ok {
		asked.known = true
		return nil
	}
	if builtin == opentracing.Binary {
		writer, ok := carrier.(io.Writer)
		if !ok || isNilPointer(writer) {
			return opentracing.ErrInvalidCarrier
		}
		fields := propagation.MapCarrier{}
		t.injectInto(context.Background(), t.propagator(builtin), own, fields)
		return writeBinary(writer, fields)
	}
	textMap, err := carrierForInject(carrier)
	if err != nil {
		return err
	}
	t.injectInto(context.Background(), t.propagator(builtin), own, textMap)
	return nil
}

// injectHTTP injects sc, with the values of ctx, into the headers of a request, in the
// place of what they have of the propagator's.
func (t *Tracer) injectHTTP(ctx context.Context, sc *spanContext, header http.Header) (err error) {
	defer panicToError("inject", &err)
	propagator := t.propagator(opentracing.HTTPHeaders)
	if len(header) > 0 {
		for _, field := range propagator.Fields() {
			header.Del(field)
		}
	}
	t.injectInto(ctx, propagator, sc, headerCarrier(header))
	return nil
}

// injectInto injects sc, with the values of ctx, into a carrier.
func (t *Tracer) injectInto(ctx context.Context, propagator propagation.TextMapPropagator, sc *spanContext, carrier propagation.TextMapCarrier) {
	if !sc.items.fitW3C() && hasW3CBaggage(propagator) {
		sc = sc.withBaggage(t.fittingW3C(sc.items.members()))
	}
	propagator.Inject(newStartContext(ctx, sc, false), carrier)
}

// Extract reads a span context from a carrier: those of [Tracer.Inject] with an
// opentracing.TextMapReader or an io.Reader. Keys are compared without regard to
// case.
//
// A context is returned when it is valid, sampled, or has baggage. Else the error
// is ErrSpanContextNotFound where the carrier has nothing of the propagator's, and
// ErrSpanContextCorrupted where it has something malformed. An error of the
// carrier itself is returned as it is, and a panic of a propagator or a carrier is
// an error.
func (t *Tracer) Extract(format, carrier any) (_ opentracing.SpanContext, err error) {
	defer panicToError("extract", &err)
	builtin, ok := format.(opentracing.BuiltinFormat)
	if !ok || builtin > opentracing.HTTPHeaders {
		return nil, opentracing.ErrUnsupportedFormat
	}
	var textMap propagation.TextMapCarrier
	if builtin == opentracing.Binary {
		reader, ok := carrier.(io.Reader)
		if !ok || isNilPointer(reader) {
			return nil, opentracing.ErrInvalidCarrier
		}
		textMap, err = readBinary(reader)
	} else {
		textMap, err = carrierForExtract(carrier)
	}
	if err != nil {
		return nil, err
	}
	propagator := t.propagator(builtin)
	if sc := extractFrom(propagator, textMap); sc.foreign.SpanContext().IsValid() || sc.foreign.SpanContext().IsSampled() || sc.items != nil {
		return t.decorated(sc, sc.foreign), nil
	}
	for _, field := range propagator.Fields() {
		if value := textMap.Get(field); value != "" {
			return nil, fmt.Errorf("%w: %s: %.64q", opentracing.ErrSpanContextCorrupted, field, value)
		}
	}
	return nil, opentracing.ErrSpanContextNotFound
}

// extractHTTP returns what the headers of a request have: a trace, baggage, or only
// what a propagator keeps in a context; nil for nothing. A client that sends malformed
// headers can't make the server report errors.
func (t *Tracer) extractHTTP(header http.Header) (sc *spanContext) {
	var panicked error // not reported, as a client could make it so
	defer panicToError("extract", &panicked)
	if len(header) == 0 {
		return nil
	}
	sc = extractFrom(t.propagator(opentracing.HTTPHeaders), headerCarrier(header))
	if sc.extracted == context.Background() {
		return nil
	}
	return sc
}

func extractFrom(propagator propagation.TextMapPropagator, carrier propagation.TextMapCarrier) *spanContext {
	ctx := propagator.Extract(context.Background(), carrier)
	if ctx == nil {
		ctx = context.Background()
	}
	sc := &spanContext{foreign: trace.SpanFromContext(ctx), extracted: ctx}
	if bag := baggage.FromContext(ctx); bag.Len() > 0 {
		sc.items = newMadeItems(bag, baggageStateIn(ctx))
	}
	return sc
}

// livePropagator is the global propagator that Install sets: what it injects has
// the baggage items that were set on the active OpenTracing span after its
// activation.
type livePropagator struct {
	fixedFields
	tracer *Tracer
}

// Propagator returns p as [Install] sets it: requests that OpenTelemetry code sends carry
// the baggage items of OpenTracing spans too. Pass it to otel.SetTextMapPropagator where
// the tracer is of [NewTracer]. Nil is W3C trace context and baggage.
func (t *Tracer) Propagator(p propagation.TextMapPropagator) propagation.TextMapPropagator {
	return t.newLivePropagator(orDefault(p))
}

func (t *Tracer) newLivePropagator(wrapped propagation.TextMapPropagator) propagation.TextMapPropagator {
	if live, ok := wrapped.(*livePropagator); ok {
		wrapped = live.TextMapPropagator
	}
	return &livePropagator{fixedFields: fixedFields{wrapped, fieldsOf(wrapped)}, tracer: t}
}

// Inject adds the items to what ctx has, leaves out what the wire can't carry, and
// injects.
func (p *livePropagator) Inject(ctx context.Context, carrier propagation.TextMapCarrier) {
	if active := activeIn(ctx); active != nil && active.span.current() != active.activated {
		ctx = baggage.ContextWithBaggage(ctx, contextBaggage(ctx))
	}
	if ctx != nil && hasW3CBaggage(p) {
		if items := baggage.FromContext(ctx).Members(); !fitsW3C(items) {
			ctx = baggage.ContextWithBaggage(ctx, p.tracer.fittingW3C(items))
		}
	}
	p.TextMapPropagator.Inject(ctx, carrier)
}
