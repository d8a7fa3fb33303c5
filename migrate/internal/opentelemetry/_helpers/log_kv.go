// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"errors"
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// logKV records a log of alternating keys and values. What is no pair is recorded
// beside an error that says so.
func logKV(span trace.Span, pairs ...any) {
	if !span.IsRecording() {
		return
	}
	var fields []attribute.KeyValue
	var malformed error
	for i := 0; i < len(pairs); i += 2 {
		key, isText := pairs[i].(string)
		switch {
		case i+1 == len(pairs):
			malformed = errors.Join(malformed, fmt.Errorf("key %v has no value", pairs[i]))
			fields = append(fields, logField(fmt.Sprint("argument ", i), pairs[i]))
		case !isText:
			malformed = errors.Join(malformed, fmt.Errorf("key %v is a %T, not a string", pairs[i], pairs[i]))
			fields = append(fields, logField(fmt.Sprint(pairs[i]), pairs[i+1]))
		default:
			fields = append(fields, logField(key, pairs[i+1]))
		}
	}
	if malformed != nil {
		fields = append(fields, attribute.String("error", "LogKV: "+malformed.Error()), attribute.String("function", "LogKV"))
	}
	logFields(span, fields...)
}
