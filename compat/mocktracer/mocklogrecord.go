// SPDX-License-Identifier: Apache-2.0

package mocktracer

import (
	"fmt"
	"reflect"
	"time"

	"github.com/opentracing/opentracing-go/log"
)

// MockLogRecord is a log of a span, or an event that OpenTelemetry code added.
type MockLogRecord struct {
	Timestamp time.Time
	Fields    []MockKeyValue
}

// MockKeyValue is one field of a log: its key, its value as a text, and the kind of Go's
// types that the value had.
type MockKeyValue struct {
	Key         string
	ValueKind   reflect.Kind
	ValueString string
}

var _ log.Encoder = (*MockKeyValue)(nil)

// set is all that the methods below do. The kind of nil is reflect.Invalid.
func (m *MockKeyValue) set(key string, value any) {
	*m = MockKeyValue{Key: key, ValueKind: reflect.ValueOf(value).Kind(), ValueString: fmt.Sprint(value)}
}

// EmitString and the other methods of log.Encoder take over a field of their type.
func (m *MockKeyValue) EmitString(key, value string)          { m.set(key, value) }
func (m *MockKeyValue) EmitBool(key string, value bool)       { m.set(key, value) }
func (m *MockKeyValue) EmitInt(key string, value int)         { m.set(key, value) }
func (m *MockKeyValue) EmitInt32(key string, value int32)     { m.set(key, value) }
func (m *MockKeyValue) EmitInt64(key string, value int64)     { m.set(key, value) }
func (m *MockKeyValue) EmitUint32(key string, value uint32)   { m.set(key, value) }
func (m *MockKeyValue) EmitUint64(key string, value uint64)   { m.set(key, value) }
func (m *MockKeyValue) EmitFloat32(key string, value float32) { m.set(key, value) }
func (m *MockKeyValue) EmitFloat64(key string, value float64) { m.set(key, value) }
func (m *MockKeyValue) EmitObject(key string, value any)      { m.set(key, value) }

// EmitLazyLogger takes over the last field that value emits; a nil value none.
func (m *MockKeyValue) EmitLazyLogger(value log.LazyLogger) {
	if value != nil {
		value(m)
	}
}

// logged returns the fields of a log as a record has them, and without lazy ones, each of
// which is evaluated once.
func logged(fields []log.Field) (kept []MockKeyValue, evaluated []log.Field) {
	kept = make([]MockKeyValue, len(fields))
	for i, field := range fields {
		lazy, ok := field.Value().(log.LazyLogger)
		if !ok {
			kept[i] = keptField(field)
			evaluated = append(evaluated, field)
			continue
		}
		var list fieldList
		list.EmitLazyLogger(lazy)
		if len(list) > 0 {
			kept[i] = keptField(list[len(list)-1])
		}
		evaluated = append(evaluated, list...)
	}
	return kept, evaluated
}

// keptField returns a field as a record has it. An error whose method panics, as that of a
// nil pointer does, is the text that package fmt makes of it.
func keptField(field log.Field) (kept MockKeyValue) {
	defer func() {
		if recover() != nil {
			kept.EmitString(field.Key(), fmt.Sprint(field.Value()))
		}
	}()
	field.Marshal(&kept)
	return kept
}

// fieldList collects what a lazy field emits.
type fieldList []log.Field

func (l *fieldList) add(field log.Field) { *l = append(*l, field) }

func (l *fieldList) EmitString(key, value string)          { l.add(log.String(key, value)) }
func (l *fieldList) EmitBool(key string, value bool)       { l.add(log.Bool(key, value)) }
func (l *fieldList) EmitInt(key string, value int)         { l.add(log.Int(key, value)) }
func (l *fieldList) EmitInt32(key string, value int32)     { l.add(log.Int32(key, value)) }
func (l *fieldList) EmitInt64(key string, value int64)     { l.add(log.Int64(key, value)) }
func (l *fieldList) EmitUint32(key string, value uint32)   { l.add(log.Uint32(key, value)) }
func (l *fieldList) EmitUint64(key string, value uint64)   { l.add(log.Uint64(key, value)) }
func (l *fieldList) EmitFloat32(key string, value float32) { l.add(log.Float32(key, value)) }
func (l *fieldList) EmitFloat64(key string, value float64) { l.add(log.Float64(key, value)) }
func (l *fieldList) EmitObject(key string, value any)      { l.add(log.Object(key, value)) }

func (l *fieldList) EmitLazyLogger(value log.LazyLogger) {
	if value != nil {
		value(l)
	}
}
