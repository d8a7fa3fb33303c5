// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// linkActive links the context's span, if there is one, to a span that has another parent.
func linkActive(ctx context.Context) trace.SpanStartOption {
	if !trace.SpanContextFromContext(ctx).IsValid() {
		return trace.WithLinks()
	}
	return trace.WithLinks(trace.LinkFromContext(ctx, attribute.String("opentracing.ref_type", "child_of")))
}
