// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"context"

	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/trace"
)

// remoteSpanContext returns the span context that was extracted into ctx.
func remoteSpanContext(ctx context.Context) (trace.SpanContext, error) {
	sc := trace.SpanContextFromContext(ctx)
	if !sc.IsValid() && baggage.FromContext(ctx).Len() == 0 {
		return sc, errSpanContextNotFound
	}
	return sc, nil
}
