// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// logPayload records a log with a payload, unless that is nil.
func logPayload(span trace.Span, event string, payload any) {
	if !span.IsRecording() {
		return
	}
	fields := []attribute.KeyValue{attribute.String("event", event)}
	if payload != nil {
		fields = append(fields, attributeOf("payload", payload))
	}
	logFields(span, fields...)
}
