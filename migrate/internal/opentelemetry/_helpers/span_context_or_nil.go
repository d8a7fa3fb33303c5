// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"go.opentelemetry.io/otel/trace"
)

// spanContextOrNil returns a span context, or nil where there is none.
func spanContextOrNil(sc trace.SpanContext) any {
	if sc.Equal(trace.SpanContext{}) {
		return nil
	}
	return sc
}
