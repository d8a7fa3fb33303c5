// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// linkBesides links the context's span, if there is one, to a span that has another
// parent, if it has.
func linkBesides(ctx context.Context, parent trace.SpanContext) trace.SpanStartOption {
	if !parent.IsValid() || !trace.SpanContextFromContext(ctx).IsValid() {
		return trace.WithLinks()
	}
	return trace.WithLinks(trace.LinkFromContext(ctx, attribute.String("opentracing.ref_type", "child_of")))
}
