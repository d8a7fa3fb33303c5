// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"reflect"
	"slices"

	"github.com/ot2otel/ot2otel/exporters"
)

// mockLogs returns the logs of a span by the names that mocktracer gave them: a recorded
// error is the event error with an error.object.
func mockLogs(span *exporters.Span) []exporters.LogRecord {
	logs := span.Logs()
	for i := range logs {
		logs[i].Fields = mockFields(span.Events[i].Name, logs[i].Fields)
	}
	return logs
}

func mockFields(event string, fields []exporters.LogField) (named []exporters.LogField) {
	for _, field := range fields {
		if field.ValueKind == reflect.Int64 {
			field.ValueKind = reflect.Int
		}
		switch {
		case event != "exception":
		case field.Key == "event":
			field.ValueString = "error"
		case field.Key == "exception.type":
			continue
		case field.Key == "exception.message":
			field.Key = "error.object"
			named = slices.Insert(named, min(1, len(named)), field)
			continue
		case field.Key == "exception.stacktrace":
			field.Key = "stack"
		}
		named = append(named, field)
	}
	return named
}
