// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"context"

	"go.opentelemetry.io/otel/trace"
)

// followsFrom returns ctx, with a span to follow from as the parent where it has none.
func followsFrom(ctx context.Context, sc trace.SpanContext) context.Context {
	if trace.SpanContextFromContext(ctx).IsValid() {
		return ctx
	}
	return trace.ContextWithSpanContext(ctx, sc)
}
