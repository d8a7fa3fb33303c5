// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// recordError records an exception, without a type if the error is nil.
func recordError(span trace.Span, err error, options ...trace.EventOption) {
	if err == nil {
		options = append(options, trace.WithAttributes(attribute.String("error.object", "<nil>")))
		span.AddEvent("exception", options...)
		return
	}
	span.RecordError(err, options...)
}
