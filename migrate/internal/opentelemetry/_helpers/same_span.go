// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"go.opentelemetry.io/otel/trace"
)

// sameSpan tells whether two spans are one, or both are none. The operator == panics
// where spans are not recorded.
func sameSpan(a, b trace.Span) bool {
	if !isSpan(a) || !isSpan(b) {
		return isSpan(a) == isSpan(b)
	}
	return a.SpanContext().Equal(b.SpanContext())
}
