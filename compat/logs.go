// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/opentracing/opentracing-go/log"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// Fields with a meaning of their own (OpenTracing semantic conventions, "Log
// fields").
const (
	eventField       = "event"
	errorEvent       = "error"
	errorObjectField = "error.object"
	errorKindField   = "error.kind"
	messageField     = "message"
	stackField       = "stack"
)

// Names of OpenTelemetry's exception events (semantic conventions, "Exceptions").
const (
	defaultEvent        = "log"
	exceptionEvent      = "exception"
	exceptionType       = attribute.Key("exception.type")
	exceptionMessage    = attribute.Key("exception.message")
	exceptionStacktrace = attribute.Key("exception.stacktrace")
)

// record collects the fields of one log. It is a log.Encoder, so fields reach
// their attribute without a detour over an interface value.
type record struct {
	event      string
	attributes []attribute.KeyValue
	// errorObject is the error of an error.object field. Its type is lost in the
	// attribute.
	errorObject error
	// errorText is the attribute for errorObject where it isn't recorded as an
	// exception: its position in attributes.
	errorText int
	opts      [2]trace.EventOption // the storage of options
	lent      bool                 // a lazy logger has it, and may keep it
}

var records = sync.Pool{New: func() any { return new(record) }}

// newRecord takes an empty record out of the pool; release gives it back.
func newRecord() *record {
	return records.Get().(*record)
}

func (r *record) release() {
	if r.lent {
		return
	}
	clear(r.attributes)
	*r = record{attributes: r.attributes[:0]}
	records.Put(r)
}

func (r *record) addFields(fields []log.Field) {
	for _, field := range fields {
		if field.Key() == errorObjectField {
			r.add(errorObjectField, field.Value())
			continue
		}
		field.Marshal(r)
	}
}

// addPairs adds alternating keys and values, as of LogKV. Pairs that have no key
// or no value are recorded as they are, beside an error that says so: jaeger's
// client records the error too.
func (r *record) addPairs(pairs []any) {
	var malformed error
	for i := 0; i < len(pairs); i += 2 {
		key, isString := pairs[i].(string)
		switch {
		case i+1 == len(pairs):
			malformed = errors.Join(malformed, fmt.Errorf("key %v has no value", pairs[i]))
			r.add(fmt.Sprint("argument ", i), pairs[i])
		case !isString:
			malformed = errors.Join(malformed, fmt.Errorf("key %v is a %T, not a string", pairs[i], pairs[i]))
			r.add(fmt.Sprint(pairs[i]), pairs[i+1])
		default:
			r.add(key, pairs[i+1])
		}
	}
	if malformed != nil {
		r.add("error", fmt.Errorf("LogKV: %w", malformed))
		r.add("function", "LogKV")
	}
}

func (r *record) add(key string, value any) {
	switch key {
	case eventField:
		if event, ok := value.(string); ok {
			r.EmitString(key, event)
			return
		}
	case errorObjectField:
		if err, ok := value.(error); ok && !isNilPointer(err) {
			r.errorObject = err
			r.errorText = len(r.attributes)
		}
	}
	if lazy, ok := value.(log.LazyLogger); ok {
		r.EmitLazyLogger(lazy)
		return
	}
	r.append(attributeOf(key, value))
}

func (r *record) append(kv attribute.KeyValue) {
	r.attributes = append(r.attributes, kv)
}

// addTo records the log on a span: as an exception where its event is error,
// else as an event named by its event field (OpenTelemetry specification,
// compatibility/opentracing.md, "Log").
func (r *record) addTo(span trace.Span, timestamp time.Time) {
	if r.event == errorEvent {
		r.addException(span, timestamp)
		return
	}
	name := r.event
	if name == "" {
		name = defaultEvent
	}
	span.AddEvent(name, r.options(timestamp)...)
}

func (r *record) addException(span trace.Span, timestamp time.Time) {
	if err := r.errorObject; err != nil {
		r.attributes = append(r.attributes[:r.errorText], r.attributes[r.errorText+1:]...)
		r.rename(stackField, exceptionStacktrace)
		if clean, ok := err.(*redactedError); ok { //nolint:errorlint // the one that was logged, not one in it
			r.attributes = append(r.attributes, exceptionType.String(typeName(clean.error)), exceptionMessage.String(clean.text))
			span.AddEvent(exceptionEvent, r.options(timestamp)...)
			return
		}
		if speaks(err) {
			span.RecordError(err, r.options(timestamp)...)
			return
		}
		r.attributes = append(r.attributes, exceptionType.String(typeName(err)), exceptionMessage.String(textOf(err)))
		span.AddEvent(exceptionEvent, r.options(timestamp)...)
		return
	}
	r.rename(errorKindField, exceptionType)
	r.rename(messageField, exceptionMessage)
	r.rename(stackField, exceptionStacktrace)
	span.AddEvent(exceptionEvent, r.options(timestamp)...)
}

// speaks reports whether RecordError can be given err: it asks for the text, so
// an Error method that panics would fail the request, and exports it as it is, so
// one that isn't UTF-8 would cost the batch.
func speaks(err error) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	return utf8.ValidString(err.Error())
}

// typeName names the type of an error, as the SDK does in exceptions.
func typeName(err error) string {
	kind := reflect.TypeOf(err)
	if kind.PkgPath() == "" {
		return kind.String()
	}
	return kind.PkgPath() + "." + kind.Name()
}

func (r *record) rename(from string, to attribute.Key) {
	for i, kv := range r.attributes {
		if string(kv.Key) == from {
			r.attributes[i] = to.String(kv.Value.String())
		}
	}
}

// options returns what the event is added with. It is used again, as the slice in
// WithAttributes is: the API copies both.
func (r *record) options(timestamp time.Time) []trace.EventOption {
	options := r.opts[:0]
	if len(r.attributes) > 0 {
		options = append(options, trace.WithAttributes(r.attributes...))
	}
	if !timestamp.IsZero() {
		options = append(options, trace.WithTimestamp(timestamp))
	}
	return options
}

var _ log.Encoder = (*record)(nil)

// EmitString adds a text. The last event field that has one names the event.
func (r *record) EmitString(key, value string) {
	if key == eventField && value != "" {
		r.event = validUTF8(value)
		return
	}
	r.append(attribute.String(validUTF8(key), validUTF8(value)))
}

// EmitBool and the other methods of log.Encoder add a value of their type.
func (r *record) EmitBool(key string, value bool) { r.append(attribute.Bool(validUTF8(key), value)) }
func (r *record) EmitInt(key string, value int)   { r.append(attribute.Int(validUTF8(key), value)) }
func (r *record) EmitInt32(key string, value int32) {
	r.append(attribute.Int64(validUTF8(key), int64(value)))
}
func (r *record) EmitInt64(key string, value int64) {
	r.append(attribute.Int64(validUTF8(key), value))
}
func (r *record) EmitUint32(key string, value uint32) {
	r.append(attribute.Int64(validUTF8(key), int64(value)))
}
func (r *record) EmitUint64(key string, value uint64) {
	r.append(unsignedAttribute(attribute.Key(validUTF8(key)), value))
}
func (r *record) EmitFloat32(key string, value float32) {
	r.append(attribute.Float64(validUTF8(key), float64(value)))
}
func (r *record) EmitFloat64(key string, value float64) {
	r.append(attribute.Float64(validUTF8(key), value))
}
func (r *record) EmitObject(key string, value any) { r.add(key, value) }

// EmitLazyLogger evaluates a lazy field; nil adds nothing.
func (r *record) EmitLazyLogger(value log.LazyLogger) {
	if value != nil {
		r.lent = true
		value(r)
	}
}

// redactedError is an error that is recorded without the secrets in its text.
type redactedError struct {
	error
	text string
}

func (e *redactedError) Error() string { return e.text }

// Unwrap returns the error as it was.
func (e *redactedError) Unwrap() error { return e.error }
