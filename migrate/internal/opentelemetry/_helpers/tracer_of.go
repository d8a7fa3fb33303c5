// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"github.com/opentracing/opentracing-go"
	"github.com/ot2otel/ot2otel/compat"
	"go.opentelemetry.io/otel/trace"
)

// tracerOf returns the tracer of that name whose spans go where those of another one go, nil
// for nil.
func tracerOf(tracer opentracing.Tracer, name string) trace.Tracer {
	if tracer == nil {
		return nil
	}
	return compat.ProviderOf(tracer).Tracer(name)
}
