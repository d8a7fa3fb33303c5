// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"github.com/opentracing/opentracing-go"
	"github.com/ot2otel/ot2otel/compat"
	"go.opentelemetry.io/otel/trace"
)

// tracerOf returns a tracer that records its spans where another one does, nil for nil.
func tracerOf(tracer opentracing.Tracer, name string) trace.Tracer {
	if tracer == nil {
		return nil
	}
	return compat.ProviderOf(tracer).Tracer(name)
}
