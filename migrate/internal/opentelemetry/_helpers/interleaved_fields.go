// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"fmt"
	"reflect"

	"go.opentelemetry.io/otel/attribute"
)

// interleavedFields returns the fields of alternating keys and values for logFields.
// What has no type of an attribute becomes text.
func interleavedFields(pairs ...any) ([]attribute.KeyValue, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("non-even keyValues len: %d", len(pairs))
	}
	fields := make([]attribute.KeyValue, len(pairs)/2)
	for i := range fields {
		key, isText := pairs[2*i].(string)
		if !isText {
			return nil, fmt.Errorf("non-string key (pair #%d): %T", i, pairs[2*i])
		}
		switch value := pairs[2*i+1].(type) {
		case bool, string, int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, float32, float64:
			fields[i] = attributeOf(key, value)
		default:
			if v := reflect.ValueOf(value); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
				value = "nil"
			}
			fields[i] = attribute.String(key, fmt.Sprint(value))
		}
	}
	return fields, nil
}
