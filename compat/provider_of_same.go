// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/trace"
)

// SameTracer reports whether the spans of a tracer are recorded by an OpenTracing tracer:
// whether it is one of [ProviderOf](legacy), by whichever call. Two nil tracers are the same.
// A tracer whose provider is its own, such as a [Tracer], is the same as no other.
func SameTracer(tracer trace.Tracer, legacy opentracing.Tracer) bool {
	if tracer == nil || legacy == nil {
		return tracer == nil && legacy == nil
	}
	provided, ok := tracer.(*legacyTracer)
	return ok && provided.provider.comparable && provided.provider.tracer == legacy
}
