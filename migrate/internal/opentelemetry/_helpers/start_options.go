// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// startOptions returns the options for a set of tags: its kind, and the others as
// attributes.
func startOptions(tags map[string]any) []trace.SpanStartOption {
	var options []trace.SpanStartOption
	attributes := make([]attribute.KeyValue, 0, len(tags))
	for key, value := range tags {
		if key == "error" { // becomes the status
			continue
		}
		if key == "span.kind" {
			switch kind := value.(type) {
			case string:
				options = append(options, spanKind(kind))
				continue
			case trace.SpanKind:
				options = append(options, trace.WithSpanKind(kind))
				continue
			}
		}
		attributes = append(attributes, attributeOf(key, value))
	}
	return append(options, trace.WithAttributes(attributes...))
}
