// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"context"

	"go.opentelemetry.io/otel/trace"
)

// isSpan tells whether there is a span. Where no tracer is installed there is one that
// does nothing, and whose context is not valid.
func isSpan(span trace.Span) bool {
	return span != nil && span != trace.SpanFromContext(context.Background())
}
