// SPDX-License-Identifier: Apache-2.0

package recording

import (
	"encoding/json"
	"math"
	"slices"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

// A nonFiniteStub is a span in the format of stdouttrace, whose numbers may be NaN or
// infinite. The fields are those of the SDK's stub that have attributes, in its order.
type nonFiniteStub struct {
	tracetest.SpanStub
	Attributes             []keyValue
	Events                 []event
	Links                  []link
	Resource               []keyValue
	InstrumentationScope   scope
	InstrumentationLibrary scope // the old name of the scope
}

type (
	keyValue struct {
		Key   attribute.Key
		Value value
	}
	value struct{ attribute.Value }
	event struct {
		Name                  string
		Attributes            []keyValue
		DroppedAttributeCount int
		Time                  time.Time
	}
	link struct {
		SpanContext           trace.SpanContext
		Attributes            []keyValue
		DroppedAttributeCount int
	}
	scope struct {
		Name, Version, SchemaURL string
		Attributes               []keyValue
	}
)

// nonFiniteLine returns the line of a span.
func nonFiniteLine(span sdktrace.ReadOnlySpan) ([]byte, error) {
	of := tracetest.SpanStubFromReadOnlySpan(span)
	s := nonFiniteStub{SpanStub: of, Attributes: keyValues(of.Attributes), Resource: keyValues(of.Resource.Attributes())}
	for _, e := range of.Events {
		s.Events = append(s.Events, event{e.Name, keyValues(e.Attributes), e.DroppedAttributeCount, e.Time})
	}
	for _, l := range of.Links {
		s.Links = append(s.Links, link{l.SpanContext, keyValues(l.Attributes), l.DroppedAttributeCount})
	}
	from := of.InstrumentationScope
	s.InstrumentationScope = scope{from.Name, from.Version, from.SchemaURL, keyValues(from.Attributes.ToSlice())}
	s.InstrumentationLibrary = s.InstrumentationScope
	line, err := json.Marshal(&s) // not s: codes.Code has its name by a pointer
	return append(line, '\n'), err
}

func keyValues(attributes []attribute.KeyValue) []keyValue {
	if attributes == nil {
		return nil
	}
	list := make([]keyValue, len(attributes))
	for i, kv := range attributes {
		list[i] = keyValue{kv.Key, value{kv.Value}}
	}
	return list
}

// MarshalJSON returns what the SDK returns, and for numbers that JSON does not have their
// names, beside the type that they have.
func (v value) MarshalJSON() ([]byte, error) {
	if isFinite(v.Value) {
		return v.Value.MarshalJSON()
	}
	var data any
	switch v.Type() {
	case attribute.FLOAT64:
		data = number(v.AsFloat64())
	case attribute.FLOAT64SLICE:
		var list []any
		for _, f := range v.AsFloat64Slice() {
			list = append(list, number(f))
		}
		data = list
	case attribute.SLICE:
		var list []value
		for _, e := range v.AsSlice() {
			list = append(list, value{e})
		}
		data = list
	case attribute.MAP:
		data = keyValues(v.AsMap())
	}
	return json.Marshal(struct {
		Type  string
		Value any
	}{v.Type().String(), data})
}

// number is a float, or its name, as the JSON of Protobuf has it.
func number(f float64) any {
	if finite(f) {
		return f
	}
	return attribute.Float64Value(f).String()
}

// isFiniteSpan reports whether JSON has all numbers of a span.
func isFiniteSpan(span sdktrace.ReadOnlySpan) bool {
	return areFinite(span.Attributes()) &&
		!slices.ContainsFunc(span.Events(), func(e sdktrace.Event) bool { return !areFinite(e.Attributes) }) &&
		!slices.ContainsFunc(span.Links(), func(l sdktrace.Link) bool { return !areFinite(l.Attributes) }) &&
		isFiniteSet(span.Resource().Set()) && isFiniteSet(scopeSet(span))
}

// scopeSet returns the attributes of a span's scope.
func scopeSet(span sdktrace.ReadOnlySpan) *attribute.Set {
	set := span.InstrumentationScope().Attributes
	return &set
}

func isFiniteSet(set *attribute.Set) bool {
	for iter := set.Iter(); iter.Next(); {
		if !isFinite(iter.Attribute().Value) {
			return false
		}
	}
	return true
}

func areFinite(attributes []attribute.KeyValue) bool {
	return !slices.ContainsFunc(attributes, func(kv attribute.KeyValue) bool { return !isFinite(kv.Value) })
}

func isFinite(v attribute.Value) bool {
	switch v.Type() {
	case attribute.FLOAT64:
		return finite(v.AsFloat64())
	case attribute.FLOAT64SLICE:
		return !slices.ContainsFunc(v.AsFloat64Slice(), func(f float64) bool { return !finite(f) })
	case attribute.SLICE:
		return !slices.ContainsFunc(v.AsSlice(), func(v attribute.Value) bool { return !isFinite(v) })
	case attribute.MAP:
		return areFinite(v.AsMap())
	}
	return true
}

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }
