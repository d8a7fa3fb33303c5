// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"context"

	"go.opentelemetry.io/otel/trace"
)

// foundSpanContext is remoteSpanContext where baggage alone is something, too: what it
// returns then names no trace, but is not the zero SpanContext.
func foundSpanContext(ctx context.Context) (trace.SpanContext, error) {
	sc, err := remoteSpanContext(ctx)
	if err == nil && !sc.IsValid() {
		sc = sc.WithTraceFlags(trace.FlagsSampled)
	}
	return sc, err
}
