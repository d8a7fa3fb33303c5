// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"go.opentelemetry.io/otel/trace"
)

// endFunc returns a function that ends the span.
func endFunc(span trace.Span) func() {
	return func() { span.End() }
}
