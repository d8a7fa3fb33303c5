// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"reflect"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/trace"
)

// decoratedTracer is a tracer that another one decorates, and its provider.
type decoratedTracer struct {
	tracer   opentracing.Tracer
	provider trace.TracerProvider
}

// named returns the provider of the tracer that a span names. It is p where that is p's, and
// where it is not one for the span: a span may embed another one for the methods
// that it doesn't have, such as a no-op's, and then it names that one's.
func (p *legacyProvider) named(sp opentracing.Span) trace.TracerProvider {
	tracer := p.tracerOf(sp)
	if tracer == nil || isNilPointer(tracer) || p.records(tracer) || !p.comparable && reflect.TypeOf(tracer) == reflect.TypeOf(p.tracer) {
		return p
	}
	if !reflect.ValueOf(tracer).Comparable() {
		return p.newDecorated(tracer, sp).provider
	}
	if known := p.decorated.Load(); known != nil && known.tracer == tracer {
		return known.provider
	}
	decorated := p.newDecorated(tracer, sp)
	p.decorated.Store(decorated)
	return decorated.provider
}

func (p *legacyProvider) newDecorated(tracer opentracing.Tracer, sp opentracing.Span) *decoratedTracer {
	switch tracer.(type) {
	case opentracing.NoopTracer, *opentracing.NoopTracer:
		return &decoratedTracer{tracer, p}
	}
	if sc := p.spanContext(sp); sc == nil || !newLegacyProvider(tracer).takes(sc) {
		return &decoratedTracer{tracer, p}
	}
	return &decoratedTracer{tracer, ProviderOf(tracer)}
}
