// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"go.opentelemetry.io/otel/trace"
)

// spanOrNil returns a span, or nil where there is none.
func spanOrNil(span trace.Span) any {
	if !isSpan(span) {
		return nil
	}
	return span
}
