// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"context"

	"go.opentelemetry.io/otel/trace"
)

// childOf returns ctx with another span as the parent, if there is one.
func childOf(ctx context.Context, parent trace.SpanContext) context.Context {
	if !parent.IsValid() {
		return ctx
	}
	return trace.ContextWithSpanContext(ctx, parent)
}
