// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat/jaeger"
)

// Injector writes a span context into a carrier, in a format of the program's.
type Injector interface {
	// Inject writes ctx into carrier, an opentracing.TextMapWriter.
	Inject(ctx SpanContext, carrier any) error
}

// Extractor reads a span context from a carrier, in a format of the program's.
type Extractor interface {
	// Extract returns what carrier, an opentracing.TextMapReader, has.
	Extract(carrier any) (SpanContext, error)
}

// foreignPropagator is a program's Injector and Extractor, of which one may be nil, besides
// the other formats: all are injected, and what the program's extracts has precedence.
type foreignPropagator struct {
	injector  Injector
	extractor Extractor
	others    propagation.TextMapPropagator
	fields    []string

	tooMuch sync.Once // a client must not fill the log
}

func newForeignPropagator(injector Injector, extractor Extractor, others propagation.TextMapPropagator) propagation.TextMapPropagator {
	if injector == nil && extractor == nil {
		return others
	}
	p := &foreignPropagator{injector: injector, extractor: extractor, others: others, fields: others.Fields()}
	if injector != nil {
		// Its fields are those that it writes.
		example := propagation.MapCarrier{}
		if err := injector.Inject(NewSpanContext(TraceID{1, 1}, 1, 0, true, nil), textMap{example}); err == nil {
			p.fields = append(p.fields, example.Keys()...)
		}
	}
	return p
}

func (p *foreignPropagator) Fields() []string { return p.fields }

func (p *foreignPropagator) Inject(ctx context.Context, carrier propagation.TextMapCarrier) {
	p.others.Inject(ctx, carrier)
	if p.injector == nil || !trace.SpanContextFromContext(ctx).IsValid() {
		return
	}
	if err := p.injector.Inject(contextIn(ctx), textMap{carrier}); err != nil {
		otel.Handle(fmt.Errorf("jaeger: inject by %T: %w", p.injector, err))
	}
}

func (p *foreignPropagator) Extract(ctx context.Context, carrier propagation.TextMapCarrier) context.Context {
	ctx = p.others.Extract(ctx, carrier)
	if p.extractor == nil {
		return ctx
	}
	found, err := p.extractor.Extract(textMap{carrier})
	if err != nil {
		return ctx // the others' is all that there is
	}
	ctx, err = contextWith(ctx, found)
	if err != nil {
		p.tooMuch.Do(func() { otel.Handle(fmt.Errorf("jaeger: extract by %T: %w", p.extractor, err)) })
	}
	return ctx
}

// flagsIn returns Jaeger's flags of the span in ctx. Those that OpenTelemetry doesn't have
// are known to the propagator alone.
func flagsIn(ctx context.Context) byte {
	carrier := propagation.MapCarrier{}
	jaeger.Propagator{}.Inject(ctx, carrier)
	header := carrier[jaeger.TraceContextHeaderName]
	flags, _ := strconv.ParseUint(header[strings.LastIndexByte(header, ':')+1:], 16, 8) // none without a trace
	return byte(flags)
}

// textMap is a carrier as OpenTracing has them.
type textMap struct{ propagation.TextMapCarrier }

// ForeachKey reads carriers in linear steps where they can be: one that is a
// list of fields looks for each value.
func (m textMap) ForeachKey(handler func(key, value string) error) error {
	switch c := m.TextMapCarrier.(type) {
	case opentracing.TextMapReader: // as compat's are
		return c.ForeachKey(handler)
	case propagation.HeaderCarrier:
		return opentracing.HTTPHeadersCarrier(c).ForeachKey(handler)
	}
	for _, key := range m.Keys() {
		if err := handler(key, m.Get(key)); err != nil {
			return err
		}
	}
	return nil
}
