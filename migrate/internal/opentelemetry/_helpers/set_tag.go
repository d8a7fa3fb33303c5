// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"fmt"
	"reflect"
	"strings"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// setTag sets an attribute, or the status if the key is "error": true, an error or
// a text is one, nil and "" are none.
func setTag(span trace.Span, key string, value any) {
	if !span.IsRecording() {
		return
	}
	if key != "error" {
		span.SetAttributes(attributeOf(key, value))
		return
	}
	if v := reflect.ValueOf(value); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return
	}
	text := fmt.Sprint(attributeOf(key, value).Value.AsInterface())
	switch {
	case text == "":
	case strings.EqualFold(text, "true"):
		span.SetStatus(codes.Error, "")
	case strings.EqualFold(text, "false"):
		span.SetStatus(codes.Ok, "")
	default:
		span.SetStatus(codes.Error, text)
	}
}
