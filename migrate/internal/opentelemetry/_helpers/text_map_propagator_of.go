// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// textMapPropagatorOf returns the propagator of a tracer that brings one for text maps, as
// compat.ProviderOf's do, else the global one.
func textMapPropagatorOf(tracer trace.Tracer) propagation.TextMapPropagator {
	if t, ok := tracer.(interface {
		TextMapPropagator() propagation.TextMapPropagator
	}); ok {
		return t.TextMapPropagator()
	}
	return otel.GetTextMapPropagator()
}
