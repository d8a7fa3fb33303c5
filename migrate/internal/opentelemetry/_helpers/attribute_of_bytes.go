// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"encoding/base64"
	"unicode/utf8"

	"go.opentelemetry.io/otel/attribute"
)

// attributeOfBytes returns the attribute for bytes that may be text: the text, or else
// their base64 encoding.
func attributeOfBytes(key string, value []byte) attribute.KeyValue {
	if utf8.Valid(value) {
		return attribute.String(key, string(value))
	}
	return attribute.String(key, base64.StdEncoding.EncodeToString(value))
}
