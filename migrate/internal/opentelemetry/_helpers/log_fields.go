// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// logFields records a log whose fields are known at run time only: the field "event"
// names it, and "error" makes it an exception.
func logFields(span trace.Span, fields ...attribute.KeyValue) {
	if !span.IsRecording() {
		return
	}
	event := "log"
	var attributes []attribute.KeyValue
	for _, f := range fields {
		switch {
		case !f.Valid(): // no field at all
		case f.Key == "event" && f.Value.Type() == attribute.STRING && f.Value.AsString() != "":
			event = f.Value.AsString()
		default:
			attributes = append(attributes, f)
		}
	}
	if event == "error" {
		event, attributes = "exception", exceptionAttributes(attributes)
	}
	for i, f := range attributes {
		if texts := f.Value.AsStringSlice(); len(texts) > 0 { // see errorField and logField
			attributes[i] = attribute.String(string(f.Key), texts[len(texts)-1])
		}
	}
	span.AddEvent(event, trace.WithAttributes(attributes...))
}
