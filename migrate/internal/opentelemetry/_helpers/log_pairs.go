// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// logPairs records an event with keys and values, which it looks at only if the span
// records.
func logPairs(span trace.Span, event string, pairs ...any) {
	if !span.IsRecording() {
		return
	}
	attributes := make([]attribute.KeyValue, 0, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		attributes = append(attributes, attributeOf(fmt.Sprint(pairs[i]), pairs[i+1]))
	}
	span.AddEvent(event, trace.WithAttributes(attributes...))
}
