// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"go.opentelemetry.io/otel/trace"
)

// setValue sets an attribute to a value whose type is known at run time only, which it
// looks at only if the span records.
func setValue(span trace.Span, key string, value any) {
	if span.IsRecording() {
		span.SetAttributes(attributeOf(key, value))
	}
}
