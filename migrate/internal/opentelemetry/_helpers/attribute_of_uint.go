// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"math"
	"strconv"

	"go.opentelemetry.io/otel/attribute"
)

// attributeOfUint returns the attribute for an unsigned number, as text where it is
// too large for an int64.
func attributeOfUint(key string, value uint64) attribute.KeyValue {
	if value > math.MaxInt64 {
		return attribute.String(key, strconv.FormatUint(value, 10))
	}
	return attribute.Int64(key, int64(value))
}
