// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"errors"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
)

// SetGlobalTracer makes a tracer the global one of both APIs. It sets what [Install] sets:
//
//   - opentracing.SetGlobalTracer: the tracer,
//   - otel.SetTracerProvider: [ProviderOf] the tracer, which is a [Tracer]'s own,
//   - otel.SetTextMapPropagator: of a Tracer what Install sets, of another one
//     [PropagatorOf] it.
//
// Use it in the place of opentracing.SetGlobalTracer, so that spans of OpenTelemetry code
// are recorded by the tracer, too. A nil tracer is reported through otel.Handle, and no
// global is set.
func SetGlobalTracer(tracer opentracing.Tracer) {
	if tracer == nil || isNilPointer(tracer) {
		otel.Handle(errors.New("compat: SetGlobalTracer: nil Tracer: the global tracer stays; pass a tracer"))
		return
	}
	if t, ok := recordingTracer(tracer).(*Tracer); ok {
		t.install(tracer)
		return
	}
	opentracing.SetGlobalTracer(tracer)
	otel.SetTracerProvider(ProviderOf(tracer))
	otel.SetTextMapPropagator(PropagatorOf(tracer))
}

// install sets the globals to t, and OpenTracing's to a tracer that is t or wraps it.
func (t *Tracer) install(tracer opentracing.Tracer) {
	var propagator propagation.TextMapPropagator
	switch {
	case t.options.HTTPHeaders != nil:
		propagator = t.options.HTTPHeaders
	case t.options.TextMap != nil:
		propagator = t.options.TextMap
	default:
		propagator = otel.GetTextMapPropagator()
	}
	opentracing.SetGlobalTracer(tracer)
	otel.SetTracerProvider(t.TracerProvider())
	t.installed.Store(true)
	otel.SetTextMapPropagator(t.Propagator(propagator))
}
