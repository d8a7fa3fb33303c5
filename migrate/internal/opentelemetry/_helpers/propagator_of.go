// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// propagatorOf returns the propagator of a tracer that brings one for HTTP headers, as
// compat.ProviderOf's do, else the global one.
func propagatorOf(tracer trace.Tracer) propagation.TextMapPropagator {
	if t, ok := tracer.(interface {
		Propagator() propagation.TextMapPropagator
	}); ok {
		return t.Propagator()
	}
	return otel.GetTextMapPropagator()
}
