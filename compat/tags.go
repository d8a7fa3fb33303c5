// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"encoding/base64"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/opentracing/opentracing-go/ext"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// attributeOf returns the attribute for a tag or a log field.
//
// Numbers stay numbers: every integer that fits an int64 is one, a larger
// unsigned one is its decimal text; a float32 is a float64. Errors, Stringers
// and everything else become text. All text is valid UTF-8, since one invalid
// byte would cost a whole OTLP batch.
func attributeOf(key string, value any) attribute.KeyValue {
	k := attribute.Key(validUTF8(key))
	switch v := value.(type) {
	case string:
		return k.String(validUTF8(v))
	case bool:
		return k.Bool(v)
	case int:
		return k.Int(v)
	case int64:
		return k.Int64(v)
	case float64:
		return k.Float64(v)
	case uint16:
		return k.Int64(int64(v))
	case uint32:
		return k.Int64(int64(v))
	case uint64:
		return unsignedAttribute(k, v)
	case ext.SpanKindEnum: // set on nearly every span, so not by reflection
		return k.String(validUTF8(string(v)))
	case nil:
		return k.String("<nil>")
	case error, fmt.Stringer:
		return k.String(textOf(v))
	case []byte:
		return bytesAttribute(k, v)
	}
	return reflectedAttribute(k, reflect.ValueOf(value))
}

// reflectedAttribute is attributeOf for named basic types, the less common
// widths, pointers to basic types, and composite values.
func reflectedAttribute(k attribute.Key, value reflect.Value) attribute.KeyValue {
	switch value.Kind() {
	case reflect.String:
		return k.String(validUTF8(value.String()))
	case reflect.Bool:
		return k.Bool(value.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return k.Int64(value.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return unsignedAttribute(k, value.Uint())
	case reflect.Float32:
		return k.Float64(value.Float())
	case reflect.Float64:
		return k.Float64(value.Float())
	case reflect.Slice: // json.RawMessage, say
		if value.Type().Elem().Kind() == reflect.Uint8 {
			return bytesAttribute(k, value.Bytes())
		}
	case reflect.Pointer:
		if value.IsNil() {
			return k.String("<nil>")
		}
		switch value.Elem().Kind() {
		case reflect.Struct, reflect.Map, reflect.Slice, reflect.Array, reflect.Interface, reflect.Pointer:
		default:
			return attributeOf(string(k), value.Elem().Interface())
		}
	}
	return k.String(validUTF8(fmt.Sprintf("%+v", value.Interface())))
}

func bytesAttribute(k attribute.Key, value []byte) attribute.KeyValue {
	if utf8.Valid(value) {
		return k.String(string(value))
	}
	return k.String(base64.StdEncoding.EncodeToString(value))
}

func unsignedAttribute(k attribute.Key, value uint64) attribute.KeyValue {
	if value > math.MaxInt64 {
		return k.String(strconv.FormatUint(value, 10))
	}
	return k.Int64(int64(value))
}

// textOf returns what an error or a Stringer says. fmt calls them, because it
// survives one that panics on a nil receiver.
func textOf(value any) string {
	return validUTF8(fmt.Sprint(value))
}

// isNilPointer reports whether value is a nil pointer, whose methods may panic.
func isNilPointer(value any) bool {
	v := reflect.ValueOf(value)
	return v.Kind() == reflect.Pointer && v.IsNil()
}

func validUTF8(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	return strings.ToValidUTF8(text, string(utf8.RuneError))
}

const (
	spanKindKey = "span.kind"
	errorKey    = "error"
)

// spanKindOf returns the kind that the value of a span.kind tag names, in any
// case; false for one that OpenTelemetry doesn't have.
func spanKindOf(value any) (trace.SpanKind, bool) {
	var name string
	switch v := value.(type) {
	case ext.SpanKindEnum:
		name = string(v)
	case string:
		name = v
	default:
		return trace.SpanKindUnspecified, false
	}
	switch {
	case strings.EqualFold(name, string(ext.SpanKindRPCServerEnum)):
		return trace.SpanKindServer, true
	case strings.EqualFold(name, string(ext.SpanKindRPCClientEnum)):
		return trace.SpanKindClient, true
	case strings.EqualFold(name, string(ext.SpanKindProducerEnum)):
		return trace.SpanKindProducer, true
	case strings.EqualFold(name, string(ext.SpanKindConsumerEnum)):
		return trace.SpanKindConsumer, true
	case strings.EqualFold(name, "internal"):
		return trace.SpanKindInternal, true
	}
	return trace.SpanKindUnspecified, false
}
