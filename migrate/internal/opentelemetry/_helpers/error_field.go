// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"fmt"
	"reflect"

	"go.opentelemetry.io/otel/attribute"
)

// errorField returns the field of an error for logFields: its type and its message.
func errorField(err error) attribute.KeyValue {
	v := reflect.ValueOf(err)
	if !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return attribute.String("error.object", "<nil>")
	}
	name := v.Type().String()
	if path := v.Type().PkgPath(); path != "" {
		name = path + "." + v.Type().Name()
	}
	return attribute.StringSlice("error.object", []string{name, fmt.Sprint(err)})
}
