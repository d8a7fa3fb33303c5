// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// logError records an exception and makes it the span's status.
func logError(span trace.Span, err error, attributes ...attribute.KeyValue) {
	recordError(span, err, trace.WithAttributes(attributes...))
	span.SetStatus(codes.Error, "")
}
