// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"encoding/base64"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"unicode/utf8"

	"go.opentelemetry.io/otel/attribute"
)

// attributeOf returns the attribute for a value whose type is known at run time
// only: numbers stay numbers, everything else becomes text.
func attributeOf(key string, value any) attribute.KeyValue {
	switch v := value.(type) {
	case nil:
		return attribute.String(key, "<nil>")
	case error, fmt.Stringer:
		return attribute.String(key, fmt.Sprint(v))
	case []byte:
		if utf8.Valid(v) {
			return attribute.String(key, string(v))
		}
		return attribute.String(key, base64.StdEncoding.EncodeToString(v))
	}
	v := reflect.ValueOf(value)
	switch v.Kind() {
	case reflect.String:
		return attribute.String(key, v.String())
	case reflect.Bool:
		return attribute.Bool(key, v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return attribute.Int64(key, v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if v.Uint() > math.MaxInt64 {
			return attribute.String(key, strconv.FormatUint(v.Uint(), 10))
		}
		return attribute.Int64(key, int64(v.Uint()))
	case reflect.Float32, reflect.Float64:
		return attribute.Float64(key, v.Float())
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return attributeOf(key, v.Bytes())
		}
	case reflect.Pointer:
		if v.IsNil() {
			return attribute.String(key, "<nil>")
		}
		switch v.Elem().Kind() {
		case reflect.Struct, reflect.Map, reflect.Slice, reflect.Array, reflect.Interface, reflect.Pointer:
		default:
			return attributeOf(key, v.Elem().Interface())
		}
	}
	return attribute.String(key, fmt.Sprintf("%+v", value))
}
