// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"slices"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// untold returns the events that the line of the span doesn't say: all but the
// exception whose message is the text after ERROR, or which has none.
func untold(span sdktrace.ReadOnlySpan) []sdktrace.Event {
	if span.Status().Code != codes.Error || len(span.Events()) == 0 {
		return span.Events()
	}
	said := errorText(span)
	return slices.DeleteFunc(slices.Clone(span.Events()), func(event sdktrace.Event) bool {
		message := exceptionMessage(event)
		return message == said && message != "" || message == "" && event.Name == "exception"
	})
}

// exceptionMessage is the first line of what an exception says, "" for other events.
func exceptionMessage(event sdktrace.Event) string {
	for _, kv := range event.Attributes {
		if kv.Key == "exception.message" {
			return firstLine(kv.Value.String())
		}
	}
	return ""
}

// event is the text of an event in a line. A log record without a name has that of
// its fields.
func (l *layout) event(event sdktrace.Event) string {
	if message := exceptionMessage(event); message != "" {
		return l.glyphs.event + l.safe(event.Name+": "+message)
	}
	attributes := slices.DeleteFunc(slices.Clone(event.Attributes), func(kv attribute.KeyValue) bool {
		return kv.Key == "exception.stacktrace" || kv.Key == "event" && kv.Value.AsString() == event.Name
	})
	text := l.safe(event.Name) + l.attributes(attributes)
	if event.Name == "log" && len(attributes) > 0 {
		text = l.attributes(attributes)[1:]
	}
	return l.glyphs.event + text
}
