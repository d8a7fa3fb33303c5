// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// linkDisplaced links the context's span, if there is one, to a span whose parent is
// another one: that of the second context.
func linkDisplaced(ctx, parent context.Context) trace.SpanStartOption {
	active, other := trace.SpanContextFromContext(ctx), trace.SpanContextFromContext(parent)
	if !active.IsValid() || !other.IsValid() || other.Equal(active) {
		return trace.WithLinks()
	}
	return trace.WithLinks(trace.LinkFromContext(ctx, attribute.String("opentracing.ref_type", "child_of")))
}
