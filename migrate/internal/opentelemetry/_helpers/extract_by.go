// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"context"

	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// extractBy returns ctx with the span context and the baggage that a propagator finds in a
// carrier, without those that ctx had.
func extractBy(propagator propagation.TextMapPropagator, ctx context.Context, carrier propagation.TextMapCarrier) context.Context {
	ctx = trace.ContextWithSpanContext(baggage.ContextWithoutBaggage(ctx), trace.SpanContext{})
	return propagator.Extract(ctx, carrier)
}
