// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// logText records a log of one key and its text. The key "event" names it.
func logText(span trace.Span, key, text string) {
	switch {
	case !span.IsRecording():
	case key != "event" || text == "":
		span.AddEvent("log", trace.WithAttributes(attribute.String(key, text)))
	case text == "error":
		span.AddEvent("exception")
	default:
		span.AddEvent(text)
	}
}
