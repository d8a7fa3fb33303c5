// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"fmt"
	"math"
	"time"

	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// tagValue returns the value of a tag for an attribute, of the type that OpenTracing
// code sets: that of package ext for its keys, an int, a float64, a bool or a string;
// what else attributes have is text.
func tagValue(kv attribute.KeyValue) any {
	switch kv.Value.Type() {
	case attribute.STRING:
		if kv.Key == spanKindKey {
			return ext.SpanKindEnum(kv.Value.AsString())
		}
		return kv.Value.AsString()
	case attribute.INT64:
		value := kv.Value.AsInt64()
		switch string(kv.Key) {
		case "http.status_code", "peer.port", "sampling.priority":
			if 0 <= value && value <= math.MaxUint16 {
				return uint16(value)
			}
		case "peer.ipv4":
			if 0 <= value && value <= math.MaxUint32 {
				return uint32(value)
			}
		}
		return int(value)
	case attribute.BOOL:
		return kv.Value.AsBool()
	case attribute.FLOAT64:
		return kv.Value.AsFloat64()
	}
	return kv.Value.String()
}

// appendFields adds a log field for each attribute.
func appendFields(fields []log.Field, attributes []attribute.KeyValue) []log.Field {
	for _, kv := range attributes {
		fields = append(fields, fieldOf(string(kv.Key), kv.Value))
	}
	return fields
}

func fieldOf(key string, value attribute.Value) log.Field {
	switch value.Type() {
	case attribute.STRING:
		return log.String(key, value.AsString())
	case attribute.INT64:
		return log.Int(key, int(value.AsInt64()))
	case attribute.BOOL:
		return log.Bool(key, value.AsBool())
	case attribute.FLOAT64:
		return log.Float64(key, value.AsFloat64())
	}
	return log.String(key, value.String())
}

// appendExceptionFields is appendFields for an exception, whose attributes have names of
// their own in OpenTracing.
func appendExceptionFields(fields []log.Field, attributes []attribute.KeyValue) []log.Field {
	for _, kv := range attributes {
		key := string(kv.Key)
		switch kv.Key {
		case exceptionType:
			key = errorKindField
		case exceptionMessage:
			key = messageField
		case exceptionStacktrace:
			key = stackField
		}
		fields = append(fields, fieldOf(key, kv.Value))
	}
	return fields
}

// errorText returns what an error says, and the log field for it. A tracer may ask it for
// its text later, where a panic would end the program: one that can't speak is text.
func errorText(err error) (text string, object log.Field) {
	if !speaks(err) {
		text = fmt.Sprint(err)
		return text, log.String(errorObjectField, text)
	}
	return err.Error(), log.Error(err)
}

// eventOptions returns what an event was given; a zero time for none. EventConfig would
// say now then.
func eventOptions(opts []trace.EventOption) (attributes []attribute.KeyValue, timestamp time.Time, stack bool) {
	for _, opt := range opts {
		if starts, ok := opt.(trace.SpanStartOption); ok { // attributes or a time
			config := trace.NewSpanStartConfig(starts)
			if attributes == nil {
				attributes = config.Attributes()
			} else {
				attributes = append(attributes, config.Attributes()...)
			}
			if !config.Timestamp().IsZero() {
				timestamp = config.Timestamp()
			}
		} else if ends, ok := opt.(trace.SpanEndOption); ok {
			config := trace.NewSpanEndConfig(ends)
			stack = config.StackTrace()
		}
	}
	return attributes, timestamp, stack
}
