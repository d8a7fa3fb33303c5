// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"fmt"

	"go.opentelemetry.io/otel/attribute"
)

// exceptionAttributes gives the fields of a log about an error the names that they
// have in an exception. The last error tells type and message, if there is one.
func exceptionAttributes(fields []attribute.KeyValue) []attribute.KeyValue {
	names := map[attribute.Key]string{
		"error.kind": "exception.type",
		"message":    "exception.message",
		"stack":      "exception.stacktrace",
	}
	last := -1
	for i, f := range fields {
		if f.Key == "error.object" && len(f.Value.AsStringSlice()) == 2 { // see errorField
			last = i
		}
	}
	var attributes []attribute.KeyValue
	for i, f := range fields {
		name := names[f.Key]
		switch {
		case i == last:
			of := f.Value.AsStringSlice()
			attributes = append(attributes, attribute.String("exception.type", of[0]), attribute.String("exception.message", of[1]))
		case name != "" && (last < 0 || f.Key == "stack"):
			attributes = append(attributes, attribute.String(name, fmt.Sprint(f.Value.AsInterface())))
		default:
			attributes = append(attributes, f)
		}
	}
	return attributes
}
