// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"strings"

	"go.opentelemetry.io/otel/propagation"
)

// A foldedHeader is a propagation.HeaderCarrier that finds a key in any case.
type foldedHeader struct{ propagation.HeaderCarrier }

func (c foldedHeader) Values(key string) []string {
	if values := c.HeaderCarrier.Values(key); len(values) > 0 {
		return values
	}
	for k, values := range c.HeaderCarrier {
		if strings.EqualFold(k, key) {
			return values
		}
	}
	return nil
}

func (c foldedHeader) Get(key string) string {
	if values := c.Values(key); len(values) > 0 {
		return values[0]
	}
	return ""
}
