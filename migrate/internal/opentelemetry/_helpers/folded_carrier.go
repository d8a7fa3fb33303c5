// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"strings"

	"go.opentelemetry.io/otel/propagation"
)

// A foldedCarrier is a propagation.MapCarrier that finds a key in any case.
type foldedCarrier struct{ propagation.MapCarrier }

func (c foldedCarrier) Get(key string) string {
	if value, ok := c.MapCarrier[key]; ok {
		return value
	}
	found := ""
	for k := range c.MapCarrier {
		if strings.EqualFold(k, key) && (found == "" || k < found) {
			found = k
		}
	}
	return c.MapCarrier[found]
}
