// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"context"

	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/trace"
)

// withRemote returns ctx with the span context and the baggage that were extracted into
// another context, as far as there are any.
func withRemote(ctx, remote context.Context) context.Context {
	if sc := trace.SpanContextFromContext(remote); sc.IsValid() {
		ctx = trace.ContextWithSpanContext(ctx, sc)
	}
	if bag := baggage.FromContext(remote); bag.Len() > 0 {
		ctx = baggage.ContextWithBaggage(ctx, bag)
	}
	return ctx
}
