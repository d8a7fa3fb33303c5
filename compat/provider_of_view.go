// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/trace"
)

// legacyProviderOf returns the provider of the tracer that a span tells, if that is one of
// OpenTracing alone; nil for a tracer that is OpenTelemetry's, that does nothing, or that
// isn't told.
func legacyProviderOf(sp opentracing.Span) *legacyProvider {
	tracer := unknownTracer.tracerOf(sp)
	if p := globalLegacyProvider(); p != nil && p.records(tracer) {
		return p
	}
	switch tracer := recordingTracer(tracer).(type) {
	case nil, interface{ TracerProvider() trace.TracerProvider }, opentracing.NoopTracer, *opentracing.NoopTracer:
		return nil
	default:
		if isPointerOf(tracer, "go.opentelemetry.io/otel/bridge/opentracing") {
			return nil
		}
		return newLegacyProvider(tracer)
	}
}

// viewOf returns OpenTelemetry's view of a span that its tracer records: all that is done to
// it is done to sp.
func (p *legacyProvider) viewOf(sp opentracing.Span) trace.Span {
	return &legacySpan{provider: p, openTracing: sp, under: sp}
}
