// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"go.opentelemetry.io/otel/attribute"
)

// logField returns the field of a value for logFields.
func logField(key string, value any) attribute.KeyValue {
	if err, ok := value.(error); ok && key == "error.object" {
		return errorField(err)
	}
	a := attributeOf(key, value)
	if _, isText := value.(string); key == "event" && !isText && a.Value.Type() == attribute.STRING {
		return attribute.StringSlice(key, []string{a.Value.AsString()}) // not the event's name
	}
	return a
}
