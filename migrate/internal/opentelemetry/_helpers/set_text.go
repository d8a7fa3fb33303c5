// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// setText sets an attribute to the text of a value, which it asks for only if the span
// records.
func setText(span trace.Span, key string, value any) {
	if span.IsRecording() {
		span.SetAttributes(attribute.String(key, fmt.Sprint(value)))
	}
}
