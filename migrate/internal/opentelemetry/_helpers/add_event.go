// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// addEvent records an event whose name is known at run time only: "" is "log", and
// "error" is an exception without an error value.
func addEvent(span trace.Span, event string, options ...trace.EventOption) {
	if !span.IsRecording() {
		return
	}
	switch event {
	case "":
		options = append(options, trace.WithAttributes(attribute.String("event", "")))
		event = "log"
	case "error":
		config := trace.NewEventConfig(options...)
		attributes := config.Attributes()
		for i, a := range attributes {
			switch a.Key {
			case "error.kind":
				attributes[i] = attribute.String("exception.type", fmt.Sprint(a.Value.AsInterface()))
			case "message":
				attributes[i] = attribute.String("exception.message", fmt.Sprint(a.Value.AsInterface()))
			case "stack":
				attributes[i] = attribute.String("exception.stacktrace", fmt.Sprint(a.Value.AsInterface()))
			}
		}
		options = []trace.EventOption{trace.WithTimestamp(config.Timestamp()), trace.WithAttributes(attributes...)}
		event = "exception"
	}
	span.AddEvent(event, options...)
}
