// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"context"

	"go.opentelemetry.io/otel/baggage"
)

// foreachBaggageItem calls handler with the items of a context's baggage until it
// returns false.
func foreachBaggageItem(ctx context.Context, handler func(k, v string) bool) {
	for _, item := range baggage.FromContext(ctx).Members() {
		if !handler(item.Key(), item.Value()) {
			return
		}
	}
}
