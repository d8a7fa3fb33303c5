// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"fmt"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// setAttribute sets an attribute, or the status if the key is "error".
func setAttribute(span trace.Span, tag attribute.KeyValue) {
	if tag.Key != "error" {
		span.SetAttributes(tag)
		return
	}
	switch text := fmt.Sprint(tag.Value.AsInterface()); {
	case text == "":
	case strings.EqualFold(text, "true"):
		span.SetStatus(codes.Error, "")
	case strings.EqualFold(text, "false"):
		span.SetStatus(codes.Ok, "")
	default:
		span.SetStatus(codes.Error, text)
	}
}
