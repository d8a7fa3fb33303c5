// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"github.com/opentracing/opentracing-go"
	"github.com/ot2otel/ot2otel/compat"
	"go.opentelemetry.io/otel/trace"
)

// tracerOrNoop returns a tracer that records its spans where another one does, one that does
// nothing for NoopTracer, and nil for nil.
func tracerOrNoop(tracer opentracing.Tracer, name string) trace.Tracer {
	switch tracer.(type) {
	case nil:
		return nil
	case opentracing.NoopTracer, *opentracing.NoopTracer:
		return noopTracer{}
	}
	return compat.ProviderOf(tracer).Tracer(name)
}
