// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"go.opentelemetry.io/otel/attribute"
)

// attributesOf returns the attributes for a set of tags.
func attributesOf(tags map[string]any) []attribute.KeyValue {
	attributes := make([]attribute.KeyValue, 0, len(tags))
	for key, value := range tags {
		if key == "error" { // becomes the status
			continue
		}
		attributes = append(attributes, attributeOf(key, value))
	}
	return attributes
}
