// SPDX-License-Identifier: Apache-2.0

package mocktracer

import (
	"fmt"
	"math"
	"strings"

	"github.com/opentracing/opentracing-go/ext"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// nativeTag returns an attribute as the value that the tag had before its code was
// rewritten: package ext's type where it has the key, else that of the attribute with
// int for integers.
func nativeTag(kv attribute.KeyValue) any {
	switch kv.Value.Type() {
	case attribute.INT64:
		n := kv.Value.AsInt64()
		switch string(kv.Key) {
		case string(ext.HTTPStatusCode), string(ext.PeerPort), string(ext.SamplingPriority):
			if 0 <= n && n <= math.MaxUint16 {
				return uint16(n)
			}
		case string(ext.PeerHostIPv4):
			if 0 <= n && n <= math.MaxUint32 {
				return uint32(n)
			}
		}
	case attribute.STRING:
		if string(kv.Key) == string(ext.SpanKind) {
			return ext.SpanKindEnum(kv.Value.AsString())
		}
	}
	return nativeValue(kv.Value)
}

// nativeValue returns an attribute's value, integers as int.
func nativeValue(value attribute.Value) any {
	if value.Type() == attribute.INT64 {
		return int(value.AsInt64())
	}
	return value.AsInterface()
}

// kindTag returns the value of span.kind for a kind; nil for internal, which is not one of
// OpenTracing's.
func kindTag(kind trace.SpanKind) any {
	switch kind {
	case trace.SpanKindServer, trace.SpanKindClient, trace.SpanKindProducer, trace.SpanKindConsumer:
		return ext.SpanKindEnum(kind.String())
	}
	return nil
}

// errorTag returns the value of the tag error after a status was set: the value that it has
// already, where that says the same in OpenTracing code's words.
func errorTag(before any, code codes.Code) any {
	failed := code == codes.Error
	text := ""
	if before != nil {
		text = strings.ToLower(fmt.Sprint(before))
	}
	if text != "" && failed == (text != "false") {
		return before
	}
	return failed
}

// Names of OpenTelemetry's exceptions (semantic conventions, "Exceptions"), and of
// OpenTracing's fields for the same (OpenTracing semantic conventions, "Log fields").
const (
	exceptionEvent      = "exception"
	exceptionType       = "exception.type"
	exceptionMessage    = "exception.message"
	exceptionStacktrace = "exception.stacktrace"

	eventField   = "event"
	errorEvent   = "error"
	errorObject  = "error.object"
	errorKind    = "error.kind"
	messageField = "message"
	stackField   = "stack"

	// unnamedEvent is the name of an event that was a log without the field event.
	unnamedEvent = "log"
)

// eventFields returns an event as the fields of the log that it was.
func eventFields(name string, attributes []attribute.KeyValue) []MockKeyValue {
	fields := make([]MockKeyValue, 0, len(attributes)+1)
	names := map[string]string{}
	switch name {
	case unnamedEvent:
	case exceptionEvent:
		fields = append(fields, mockField(eventField, errorEvent))
		names[exceptionType], names[exceptionStacktrace] = errorKind, stackField
		names[exceptionMessage] = messageField
		for _, kv := range attributes {
			if kv.Key == exceptionType {
				// It is of an error, not only of a text.
				names[exceptionMessage] = errorObject
			}
		}
	default:
		fields = append(fields, mockField(eventField, name))
	}
	for _, kv := range attributes {
		key := string(kv.Key)
		if before, renamed := names[key]; renamed {
			key = before
		}
		fields = append(fields, mockField(key, nativeValue(kv.Value)))
	}
	return fields
}

// errorFields returns a recorded error as the fields of the log that it was.
func errorFields(err error, attributes []attribute.KeyValue) []MockKeyValue {
	fields := []MockKeyValue{mockField(eventField, errorEvent), mockField(errorObject, fmt.Sprint(err))}
	for _, kv := range attributes {
		key := string(kv.Key)
		if key == exceptionStacktrace {
			key = stackField
		}
		fields = append(fields, mockField(key, nativeValue(kv.Value)))
	}
	return fields
}

func mockField(key string, value any) (field MockKeyValue) {
	field.set(key, value)
	return field
}
